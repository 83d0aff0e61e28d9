"""A candidate before questions with choices: what is asked, what is stored, what is refused."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from judging.actions.candidates import Candidate
from judging.actions.choices import open_choice_run, start_choice_run
from judging.actions.imports import InputFile, import_files
from judging.actions.runs import RunRefused
from judging.actions.work import work_run
from judging.benchmarks.mmlu.recipe import Recipe
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineOptions
from judging.models import Dataset, Judgment, Reply, Run
from judging.reports import queue_of, run_progress

pytestmark = pytest.mark.django_db
CANDIDATE = Candidate(engine="scripted", model="models/step-100")


class Chooser:
    """Finds the letter of the shortest choice most likely; keeps what it was asked."""

    def __init__(self, failing: str = "") -> None:
        self.asked: list[ChoiceRequest] = []
        self._failing = failing

    def __call__(self, name: str, options: EngineOptions) -> Any:
        return self

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        for request in requests:
            self.asked.append(request)
            if self._failing and self._failing in request.prompts[0].text:
                failure = Unscored(Reason.PROMPT_TOO_LONG, "The prompt has 9,000 tokens.")
                yield ChoiceReply(id=request.id, failure=failure)
                continue
            lines = request.prompts[0].text.splitlines()[-5:-1]
            yield ChoiceReply(id=request.id, loglikelihoods=tuple(-float(len(line)) for line in lines), tokens=50)

    def versions(self) -> dict[str, str]:
        return {"chooser": "1"}

    def close(self) -> None:
        """Nothing to free."""


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    files = {
        "anatomy_test.csv": "Q1?,a,bb,ccc,dddd,A\nQ2?,aaa,b,cc,dddd,C\n",
        "virology_test.csv": "Q3?,aa,aa,cc,dd,A\n",
        "anatomy_dev.csv": "".join(f"Solved {n}?,w,x,y,z,D\n" for n in range(5)),
        "virology_dev.csv": "".join(f"Known {n}?,w,x,y,z,B\n" for n in range(5)),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    import_files("mmlu", [InputFile(tmp_path / name) for name in files])
    return Dataset.objects.get(name="mmlu")


def worked(run: Run, chooser: Chooser) -> Run:
    work_run(run.pk, claimer="here", engine=chooser)
    run.refresh_from_db()
    return run


def test_questions_are_asked_and_solved_ones_are_shown(dataset: Dataset) -> None:
    chooser = Chooser()
    run = worked(open_choice_run(dataset, CANDIDATE, Recipe()), chooser)
    assert run.state == Run.State.FINISHED
    assert [request.group for request in chooser.asked] == ["anatomy", "anatomy", "virology"]
    first = chooser.asked[0].prompts[0].text
    assert first.startswith("The following are multiple choice questions (with answers) about anatomy.\n\nSolved 0?\n")
    assert first.count("Answer: D") == 5
    assert first.endswith("Q1?\nA. a\nB. bb\nC. ccc\nD. dddd\nAnswer:")


def test_a_choice_is_kept_with_its_likelihoods_and_whether_it_is_right(dataset: Dataset) -> None:
    run = worked(open_choice_run(dataset, CANDIDATE, Recipe()), Chooser())
    right, wrong, tied = Judgment.objects.filter(run=run).order_by("item__position")
    assert (right.value, right.verdict, right.score) == ("A", "clean", 1.0)
    assert (wrong.value, wrong.verdict, wrong.score) == ("B", "wrong", 0.0)
    assert (tied.value, tied.detail["tie"], tied.detail["margin"]) == ("A", True, 0.0)
    assert Reply.objects.get(run=run, item=right.item).logprobs == {"A": -4.0, "B": -5.0, "C": -6.0, "D": -7.0}
    progress = run_progress(run)
    assert (progress.items, progress.judged, progress.mean_score) == (3, 3, pytest.approx(2 / 3))


def test_a_question_that_cannot_be_put_is_not_wrong(dataset: Dataset) -> None:
    run = worked(open_choice_run(dataset, CANDIDATE, Recipe()), Chooser(failing="Q2?"))
    lost = Judgment.objects.get(run=run, item__position=2)
    assert (lost.status, lost.verdict, lost.score, lost.reason) == ("unscored", "", None, "prompt_too_long")
    assert Reply.objects.get(run=run, item__position=2).detail == "The prompt has 9,000 tokens."


def test_only_the_first_questions(dataset: Dataset) -> None:
    chooser = Chooser()
    worked(open_choice_run(dataset, CANDIDATE, Recipe(), limit=1), chooser)
    assert len(chooser.asked) == 1


def test_no_shots_need_no_solved_questions(dataset: Dataset) -> None:
    dataset.items.filter(extra__part="dev").delete()
    chooser = Chooser()
    worked(open_choice_run(dataset, CANDIDATE, Recipe(shots=0)), chooser)
    assert chooser.asked[2].prompts[0].text.count("Answer:") == 1


def test_the_unfinished_run_of_the_same_recipe_goes_on(dataset: Dataset) -> None:
    run = open_choice_run(dataset, CANDIDATE, Recipe())
    assert open_choice_run(dataset, CANDIDATE, Recipe()) == run
    assert open_choice_run(dataset, CANDIDATE, Recipe(shots=3)) != run
    assert open_choice_run(dataset, Candidate(engine="scripted", model="models/step-200"), Recipe()) != run


def test_a_finished_run_is_not_asked_again(dataset: Dataset) -> None:
    run = worked(open_choice_run(dataset, CANDIDATE, Recipe()), Chooser())
    assert open_choice_run(dataset, CANDIDATE, Recipe()) != run


def test_the_work_goes_to_the_queue_of_the_engine(dataset: Dataset) -> None:
    run = open_choice_run(dataset, Candidate(engine="vllm_offline", model="models/step-100"), Recipe())
    assert queue_of(run) == "gpu"


def test_too_few_solved_questions_are_refused(dataset: Dataset) -> None:
    dataset.items.filter(category="virology", extra__part="dev").delete()
    with pytest.raises(
        RunRefused, match=r"virology has 0 solved questions and the recipe shows 5.*dev/virology_dev.csv"
    ):
        start_choice_run(dataset, CANDIDATE, Recipe())
    assert not Run.objects.exists()


def test_a_dataset_of_answers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "qa.jsonl").write_text('{"question": "Q", "answer": "A"}\n')
    import_files("answers", [InputFile(tmp_path / "qa.jsonl")])
    with pytest.raises(RunRefused, match="Item 1 of the dataset answers has no choices"):
        open_choice_run(Dataset.objects.get(), CANDIDATE, Recipe(shots=0))


def test_an_engine_that_only_talks_fails_the_run_with_a_sentence(dataset: Dataset) -> None:
    run = open_choice_run(dataset, Candidate(engine="reference", model="m"), Recipe())
    work_run(run.pk, claimer="here")
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "cannot tell how likely a text is" in run.error
