"""A benchmark's runs, one after another: planned, opened, resumed, cancelled."""

from pathlib import Path
from typing import Any

import pytest

from judging.actions.benchmarks import (
    Graders,
    Wish,
    advance,
    cancel_benchmark,
    grading_judge,
    named_benchmark,
    open_benchmark,
    questions_of,
    resume_benchmark,
    resume_benchmarks,
)
from judging.actions.candidates import Candidate, candidates_of
from judging.actions.judges import JudgeChoice
from judging.actions.runs import RunRefused, cancel_run
from judging.actions.work import work_run
from judging.benchmarks import BENCHMARKS
from judging.engines.base import EngineError, EngineOptions
from judging.models import BenchmarkRun, Dataset, Item, Judgment, Reply, Run
from tests.judging.benchmarks.conftest import Player

pytestmark = pytest.mark.django_db


def candidates(*names: str) -> list[Candidate]:
    return [Candidate(engine="scripted", model=name) for name in names]


def by(name: str, **changes: str) -> Graders:
    return Graders(choice=JudgeChoice(name=name, **changes))


def opened(name: str, data: Path, *models: str, **wish: Any) -> BenchmarkRun:
    benchmark = BENCHMARKS[name]
    if benchmark.is_graded and wish.get("stage") != "answers" and "judge" not in wish:
        wish["judge"] = grading_judge(benchmark, by("ja-1-5", engine="scripted", model="grader"))
    return open_benchmark(benchmark, questions_of(benchmark, str(data)), Wish(candidates=candidates(*models), **wish))


def finished(benchmark_run: BenchmarkRun, player: Any) -> BenchmarkRun:
    while (run := advance(benchmark_run.pk)) is not None:
        work_run(run.pk, claimer="here", engine=player)
    benchmark_run.refresh_from_db()
    return benchmark_run


def test_candidates_choose_one_after_another(mmlu: Path) -> None:
    player = Player()
    found = finished(opened("mmlu", mmlu, "A", "C"), player)
    assert found.state == BenchmarkRun.State.FINISHED
    assert player.loaded == ["A", "C"]
    stages = list(found.runs.order_by("pk").values_list("stage", "candidate", "model", "state"))
    assert stages == [("choices", 0, "A", "finished"), ("choices", 1, "C", "finished")]
    right = Judgment.objects.filter(run__benchmark_run=found, score=1).order_by("run_id", "item__position")
    asked = right.values_list("run__model", "item__turns__0__question")
    assert list(asked) == [("A", "Q1?"), ("A", "Q3?"), ("C", "Q2?")]


def test_all_answer_before_any_answer_is_graded(elyza: Path) -> None:
    player = Player()
    found = finished(opened("elyza_tasks_100", elyza, "m1", "m2"), player)
    assert (found.state, found.error) == ("finished", "")
    assert player.loaded == ["m1", "m2", "grader", "grader"]
    assert list(found.runs.order_by("pk").values_list("stage", "candidate")) == [
        ("answers", 0), ("answers", 1), ("judging", 0), ("judging", 1),
    ]  # fmt: skip
    judged = found.runs.get(stage="judging", candidate=1)
    assert judged.scope == {"limit": None, "seed": 0, "first": 7, "last": 12}
    assert set(Judgment.objects.filter(run=judged).values_list("item__model", "score")) == {("m2", 4.0)}


def test_the_answer_of_the_set_itself_is_the_reference(elyza: Path) -> None:
    found = finished(opened("elyza_tasks_100", elyza, "m1"), Player())
    item = Item.objects.get(dataset__name=f"{found.dataset.name} answers", position=1)
    assert item.turns == [{"question": "課題1", "answer": "m1: 4", "reference": "模範1"}]
    assert item.criteria == "観点1"


def test_stored_answers_are_graded_again_without_being_made_again(elyza: Path) -> None:
    finished(opened("elyza_tasks_100", elyza, "m1", stage="answers"), Player())
    replies = Reply.objects.filter(run__stage="answers").count()
    player = Player()
    found = finished(opened("elyza_tasks_100", elyza, "m1", stage="judge", repeats=2), player)
    assert player.loaded == ["grader", "grader"]
    assert list(found.runs.order_by("pk").values_list("stage", "repeat", "scope__seed")) == [
        ("judging", 0, 0), ("judging", 1, 1000),
    ]  # fmt: skip
    assert Reply.objects.filter(run__stage="answers").count() == replies


def test_answers_that_are_not_there_cannot_be_graded(elyza: Path) -> None:
    with pytest.raises(RunRefused, match="m1 has no finished answers to elyza_tasks_100"):
        opened("elyza_tasks_100", elyza, "m1", stage="judge")


def test_the_same_examination_goes_on_and_a_finished_one_starts_anew(mmlu: Path) -> None:
    found = opened("mmlu", mmlu, "A")
    assert opened("mmlu", mmlu, "A") == found
    assert opened("mmlu", mmlu, "A", first_n=1) != found
    assert opened("mmlu", mmlu, "C") != found
    finished(found, Player())
    assert opened("mmlu", mmlu, "A") != found


def test_looking_twice_opens_nothing_twice(mmlu: Path) -> None:
    found = opened("mmlu", mmlu, "A")
    first = advance(found.pk)
    assert first is not None
    assert advance(found.pk) == first
    assert Run.objects.count() == 1


def test_a_candidate_that_cannot_be_loaded_keeps_nobody_else_waiting(elyza: Path) -> None:
    class Broken(Player):
        def __call__(self, name: str, options: EngineOptions) -> Any:
            if options.model == "m1":
                raise EngineError("There is no m1.")
            return super().__call__(name, options)

    found = finished(opened("elyza_tasks_100", elyza, "m1", "m2"), Broken())
    failed = found.runs.get(candidate=0)
    assert (found.state, found.error) == ("failed", f"Run {failed.pk} (m1) is failed.")
    assert found.runs.filter(candidate=1, state="finished").count() == 2
    player = Player()
    resume_benchmark(found)
    assert finished(found, player).state == "finished"
    assert player.loaded == ["m1", "grader"]


def test_a_cancelled_benchmark_stops_and_can_go_on(mmlu: Path) -> None:
    found = opened("mmlu", mmlu, "A", "C")
    run = advance(found.pk)
    assert run is not None
    assert cancel_benchmark(found)
    assert not cancel_benchmark(found)
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert advance(found.pk) is None
    assert resume_benchmarks() == []
    resume_benchmark(found)
    assert finished(found, Player()).state == "finished"


def test_a_run_that_somebody_cancelled_is_named(mmlu: Path) -> None:
    found = opened("mmlu", mmlu, "A", "C")
    run = advance(found.pk)
    assert run is not None
    cancel_run(run)
    finished(found, Player())
    assert (found.state, found.error) == ("failed", f"Run {run.pk} (A) is cancelled.")


def test_unfinished_benchmarks_are_resumed(mmlu: Path) -> None:
    found = opened("mmlu", mmlu, "A")
    assert resume_benchmarks() == [found]
    assert resume_benchmarks() == [found]
    assert Run.objects.get().benchmark_run == found


def test_files_are_imported_once_and_changed_ones_anew(mmlu: Path) -> None:
    benchmark = named_benchmark("mmlu")
    dataset = questions_of(benchmark, str(mmlu))
    assert questions_of(benchmark, str(mmlu)) == dataset
    assert questions_of(benchmark, dataset.name) == dataset
    assert questions_of(benchmark, str(mmlu), part="val") != dataset
    (mmlu / "test/virology_test.csv").write_text("Q4?,aa,aa,cc,dd,A\n")
    assert questions_of(benchmark, str(mmlu)) != dataset
    assert [item.question for item in dataset.items.filter(extra__part="test")] == ["Q1?", "Q2?", "Q3?"]
    assert Dataset.objects.count() == 3


def test_the_questions_asked_last_need_not_be_named(mmlu: Path) -> None:
    found = opened("mmlu", mmlu, "A", part="test")
    assert questions_of(named_benchmark("mmlu"), "") == found.dataset
    with pytest.raises(RunRefused, match="Where are the questions of MT-Bench"):
        questions_of(named_benchmark("mt_bench"), "")


@pytest.mark.parametrize(
    ("name", "data", "part", "refusal"),
    [
        ("mmlu", "nowhere", "", "neither a dataset nor a file or folder 'nowhere'"),
        ("mmlu", "mmlu/dev", "", "holds no questions of MMLU"),
        ("mmlu", "mmlu", "train", "MMLU has no part 'train'. Parts: test, val."),
        ("mt_bench", "mmlu", "", "holds no question.jsonl"),
        ("elyza_tasks_100", "mmlu", "", "is no table of ELYZA-tasks-100"),
    ],
)
def test_questions_that_are_not_there_are_refused(
    mmlu: Path, name: str, data: str, part: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mmlu.parent)
    with pytest.raises(RunRefused, match=refusal):
        questions_of(named_benchmark(name), data, part=part)


def test_a_folder_of_checkpoints_is_every_checkpoint_in_it(tmp_path: Path) -> None:
    for name in ("step-10", "step-9", "notes"):
        (tmp_path / "run" / name).mkdir(parents=True)
    for name in ("step-10", "step-9"):
        (tmp_path / "run" / name / "config.json").write_text("{}")
        (tmp_path / "run" / name / "model.safetensors").write_text(name)
    found = candidates_of([str(tmp_path / "run")], engine="vllm_offline")
    assert [Path(each.model).name for each in found] == ["step-9", "step-10"]
    assert len({each.content for each in found}) == 2
    (tmp_path / "run/step-9/model.safetensors").write_text("trained on")
    assert candidates_of([str(tmp_path / "run/step-9")], engine="vllm_offline")[0].content != found[0].content
    with pytest.raises(RunRefused, match=r"holds no model: neither it nor a folder in it has a config\.json"):
        candidates_of([str(tmp_path / "run/notes")], engine="vllm_offline")


def test_a_checkpoint_that_changed_meanwhile_is_not_examined(mmlu: Path, tmp_path: Path) -> None:
    for name in ("step-1", "step-2"):
        (tmp_path / "run" / name).mkdir(parents=True)
        (tmp_path / "run" / name / "config.json").write_text("{}")
        (tmp_path / "run" / name / "model.safetensors").write_text(name)
    both = candidates_of([str(tmp_path / "run")], engine="vllm_offline")
    found = open_benchmark(BENCHMARKS["mmlu"], questions_of(BENCHMARKS["mmlu"], str(mmlu)), Wish(candidates=both))
    (tmp_path / "run/step-1/model.safetensors").write_text("step-1, trained on")
    finished(found, Player())
    first, second = found.runs.order_by("candidate")
    assert (first.state, second.state, found.state) == ("failed", "finished", "failed")
    assert "holds another model than when this was planned" in first.error
    assert not Reply.objects.filter(run=first).exists()
    (tmp_path / "run/step-1/model.safetensors").write_text("step-1")
    resume_benchmark(found)
    assert finished(found, Player()).state == "finished"
    (tmp_path / "run/step-2/config.json").unlink()
    again = open_benchmark(BENCHMARKS["mmlu"], found.dataset, Wish(candidates=both))
    assert "holds no model on this machine" in finished(again, Player()).runs.get(candidate=1).error


def test_one_model_named_twice_is_examined_once() -> None:
    assert len(candidates_of(["m", "m"], engine="scripted")) == 1
    with pytest.raises(RunRefused, match="There is no engine 'telepathy'"):
        candidates_of(["m"], engine="telepathy")


def test_a_benchmark_needs_somebody_who_grades(elyza: Path) -> None:
    with pytest.raises(RunRefused, match="Who grades the answers of Rubric set"):
        grading_judge(named_benchmark("rubric"), by(""))
    with pytest.raises(RunRefused, match="There is no judge 'nobody'"):
        grading_judge(named_benchmark("rubric"), by("nobody"))
    with pytest.raises(RunRefused, match="MMLU has one stage"):
        open_benchmark(BENCHMARKS["mmlu"], Dataset(state="ready"), Wish(candidates=candidates("A"), stage="judge"))
    with pytest.raises(RunRefused, match="There is no benchmark 'bingo'"):
        named_benchmark("bingo")
