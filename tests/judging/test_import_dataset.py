"""Import: plan, apply, and the command."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from judging.actions.imports import ImportPlan, ImportRefused, InputFile, apply_import, plan_import
from judging.actions.imports.pace import BATCH
from judging.models import Dataset, ImportFile, Item, ItemRevision, Judge, Judgment, Reply, Run
from tests import factories
from tests.mdk_logs import blind_entry, converter_entry, gold_entry, judge_entry, manual_entry, write

pytestmark = pytest.mark.django_db


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def qa(number: int, answer: str = "") -> dict[str, Any]:
    return {"question": f"問い {number}", "answer": answer or f"答え {number}"}


def planned(*paths: Path, name: str = "d") -> ImportPlan:
    return plan_import(name, [InputFile(path) for path in paths])


def imported(*paths: Path, name: str = "d") -> Dataset:
    return apply_import(planned(*paths, name=name))


def run(*arguments: object) -> dict[str, Any]:
    out = StringIO()
    call_command("import_dataset", *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def refused(*arguments: object) -> tuple[dict[str, Any], str]:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_dataset", *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue()), str(error.value)


def test_rows_become_items_in_their_order(tmp_path: Path) -> None:
    dataset = imported(jsonl(tmp_path / "a.jsonl", qa(1), qa(2) | {"source": "本"}))
    assert dataset.state == Dataset.State.READY
    first, second = dataset.items.order_by("position")
    assert (first.position, first.question, first.answer, first.answer_state) == (1, "問い 1", "答え 1", "given")
    assert (second.position, second.extra) == (2, {"source": "本"})


def test_file_is_remembered_with_its_checksum(tmp_path: Path) -> None:
    dataset = imported(jsonl(tmp_path / "a.jsonl", qa(1)))
    (file,) = dataset.files.all()
    assert (file.name, file.format, file.rows, len(file.sha256)) == ("a.jsonl", "qa_jsonl", 1, 64)


def test_more_rows_than_a_batch_come_in_whole(tmp_path: Path) -> None:
    dataset = imported(jsonl(tmp_path / "a.jsonl", *(qa(number) for number in range(BATCH + 5))))
    assert dataset.items.count() == dataset.items.last_position() == BATCH + 5


def test_planning_stores_nothing(tmp_path: Path) -> None:
    plan = planned(jsonl(tmp_path / "a.jsonl", qa(1)))
    assert (plan.counts.items, plan.counts.new) == (1, 1)
    assert not Dataset.objects.exists()


def test_same_file_again_changes_nothing(tmp_path: Path) -> None:
    log = write(tmp_path / "experiment_log.json", [judge_entry(1), judge_entry(2)])
    dataset = imported(log)
    before = list(dataset.items.values())
    plan = planned(log)
    apply_import(plan)
    assert (plan.counts.new, plan.counts.unchanged, plan.counts.changed, plan.counts.gone) == (0, 2, 0, 0)
    assert list(dataset.items.values()) == before
    assert (Run.objects.count(), Judge.objects.count(), ImportFile.objects.count()) == (1, 1, 1)
    assert (Judgment.objects.count(), ItemRevision.objects.count()) == (2, 0)


def test_new_rows_go_to_the_end_and_gone_rows_stay(tmp_path: Path) -> None:
    imported(jsonl(tmp_path / "a.jsonl", qa(1), qa(2)))
    plan = planned(jsonl(tmp_path / "b.jsonl", qa(3), qa(2)))
    assert (plan.counts.new, plan.counts.unchanged, plan.counts.gone) == (1, 1, 1)
    dataset = apply_import(plan)
    assert [item.question for item in dataset.items.order_by("position")] == ["問い 1", "問い 2", "問い 3"]


def test_changed_text_makes_a_revision(tmp_path: Path, lead: Any) -> None:
    imported(jsonl(tmp_path / "a.jsonl", qa(1), qa(2)))
    plan = planned(jsonl(tmp_path / "b.jsonl", qa(1, answer="別の答え"), qa(2)))
    assert (plan.counts.changed, plan.counts.unchanged) == (1, 1)
    dataset = apply_import(plan, by=lead)
    item = dataset.items.get(position=1)
    assert (item.answer, item.revision) == ("別の答え", 2)
    (revision,) = ItemRevision.objects.all()
    assert (revision.number, revision.fields["turns"][0]["answer"], revision.author) == (1, "答え 1", lead)
    assert list(revision.fields) == ["turns"]
    assert dataset.items.get(position=2).revision == 1


def test_changed_facts_beside_the_text_make_no_revision(tmp_path: Path) -> None:
    imported(jsonl(tmp_path / "a.jsonl", qa(1)))
    dataset = imported(jsonl(tmp_path / "b.jsonl", qa(1) | {"category": "c", "note": 1}))
    item = dataset.items.get()
    assert (item.category, item.extra, item.revision) == ("c", {"note": 1}, 1)


def test_changed_question_with_an_id_is_the_same_item(tmp_path: Path) -> None:
    imported(jsonl(tmp_path / "a.jsonl", {"id": "q1", "question": "Old?"}))
    dataset = imported(jsonl(tmp_path / "b.jsonl", {"id": "q1", "question": "New?"}))
    item = dataset.items.get()
    old = factories.make_item(factories.make_dataset("other"), "New?")
    assert (item.question, item.revision, item.question_key) == ("New?", 2, old.question_key)


def test_equal_questions_are_told_apart_by_model_and_occurrence(tmp_path: Path) -> None:
    rows = [qa(1) | {"model": "m1"}, qa(1) | {"model": "m2"}, qa(1) | {"model": "m1"}]
    path = jsonl(tmp_path / "a.jsonl", *rows)
    dataset = imported(path)
    assert dataset.items.values("key").distinct().count() == 3
    assert dataset.items.values("question_key").distinct().count() == 1
    assert planned(path).counts.unchanged == 3


def test_judge_log_becomes_a_finished_run(tmp_path: Path) -> None:
    log = write(tmp_path / "experiment_log.json", [judge_entry(1), judge_entry(2, num_error=None)])
    dataset = imported(log)
    (made,) = Run.objects.all()
    assert (made.kind, made.state, made.dataset) == (Run.Kind.IMPORTED, Run.State.FINISHED, dataset)
    assert made.judge is not None
    assert (made.judge.name, made.judge.kind) == ("imported: experiment_log", Judge.Kind.IMPORTED)
    clean, invalid = made.judgments.order_by("item__position")
    assert (clean.verdict, clean.value, clean.score, clean.n_read, clean.n_replies) == ("clean", "clean", -0.5, 4, 4)
    assert (clean.spread, clean.imported, clean.detail["raw_score"]) == (0.25, True, [-0.25, -0.75])
    assert (invalid.verdict, invalid.value, invalid.status, invalid.score) == ("invalid", "", "unscored", -0.5)
    assert set(Reply.objects.values_list("part", "sample", "value")) == {
        ("attr_1", 0, "-0.25"),
        ("attr_1", 1, "-0.75"),
        ("attr_2", 0, "-0.25"),
        ("attr_2", 1, "-0.75"),
    }


def test_second_log_of_the_same_items_is_a_second_run(tmp_path: Path) -> None:
    dataset = imported(write(tmp_path / "one.json", [judge_entry(1)]))
    imported(write(tmp_path / "two.json", [judge_entry(1, num_error=1)]))
    assert [run.judge.name for run in dataset.runs.order_by("pk")] == ["imported: one", "imported: two"]
    assert dataset.items.count() == 1


def test_another_prompt_template_is_another_version_of_the_judge(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    imported(write(tmp_path / "log.json", [judge_entry(1)]), name="one")
    imported(write(tmp_path / "b" / "log.json", [judge_entry(1, evaluate_template="other")]), name="two")
    assert list(Judge.objects.order_by("version").values_list("name", "version")) == [
        ("imported: log", 1),
        ("imported: log", 2),
    ]


def test_grade_without_a_threshold_is_a_value_and_no_verdict(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps([{"input": "課題", "model_output": "答", "eval_aspect": "観点", "score": 4}]))
    imported(path)
    judgment = Judgment.objects.get()
    assert (judgment.value, judgment.score, judgment.verdict, judgment.status) == ("4", 4.0, "", "scored")


@pytest.mark.parametrize(
    ("name", "entries", "items", "judgments", "words"),
    [
        ("converter.json", [converter_entry(1, 2), converter_entry(3)], 3, 0, 0),
        ("judge.json", [judge_entry(1), judge_entry(2, previous_num_error=2)], 2, 2, 1),
        ("experiment_log_manual_x.json", [manual_entry(1), gold_entry(2), manual_entry(3, num_error=None)], 3, 0, 2),
        ("experiment_log_autosave.json", [manual_entry(1, num_error=2)], 1, 0, 1),
        ("dataset_checked.json", [gold_entry(1), gold_entry(2, num_error=1)], 2, 0, 2),
        ("dataset.json", [blind_entry(1)], 1, 0, 0),
    ],
)
def test_every_log_of_mdk_comes_in(
    tmp_path: Path, name: str, entries: list[dict[str, Any]], items: int, judgments: int, words: int
) -> None:
    found = run(write(tmp_path / name, entries), "--name", "mdk")
    assert (found["items"], found["new"], found["judgments"], found["human_verdicts"]) == (
        items,
        items,
        judgments,
        words,
    )
    assert Judgment.objects.count() == judgments


class Killed(BaseException):
    """Like Ctrl-C: no Exception."""


def killer(after: int) -> Any:
    stored = 0

    def progress(rows: int) -> None:
        nonlocal stored
        stored += rows
        if stored >= after:
            raise Killed

    return progress


def test_killed_new_import_leaves_nothing(tmp_path: Path) -> None:
    entries = [judge_entry(number) for number in range(2 * BATCH)]
    plan = planned(write(tmp_path / "log.json", entries))
    with pytest.raises(Killed):
        apply_import(plan, progress=killer(BATCH))
    for model in (Dataset, Item, Run, Judgment, Reply, Judge, ImportFile):
        assert not model.objects.exists(), model


def test_dataset_is_hidden_while_it_arrives(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def look(rows: int) -> None:
        seen.append((Dataset.objects.count(), Dataset.objects.ready().count()))

    plan = planned(jsonl(tmp_path / "a.jsonl", qa(1)))
    apply_import(plan, progress=look)
    assert seen == [(1, 0)]
    assert Dataset.objects.ready().count() == 1


def test_killed_change_leaves_the_dataset_as_it_was(tmp_path: Path) -> None:
    dataset = imported(jsonl(tmp_path / "a.jsonl", qa(1)))
    before = list(dataset.items.values())
    plan = planned(jsonl(tmp_path / "b.jsonl", qa(1, "x"), *(qa(number) for number in range(2, BATCH + 10))))
    with pytest.raises(Killed):
        apply_import(plan, progress=killer(BATCH))
    assert list(dataset.items.values()) == before
    assert not ItemRevision.objects.exists()


def test_plan_with_problems_is_not_applied(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="nothing was stored"):
        apply_import(planned(jsonl(tmp_path / "a.jsonl", {"question": ""})))


def test_file_that_changed_since_the_plan_is_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", qa(1))
    plan = planned(path)
    jsonl(path, qa(1), qa(2))
    with pytest.raises(ImportRefused, match="changed while it was read"):
        apply_import(plan)
    assert not Dataset.objects.exists()


def test_name_that_was_taken_meanwhile_is_refused(tmp_path: Path) -> None:
    plan = planned(jsonl(tmp_path / "a.jsonl", qa(1)))

    def take(rows: int) -> None:
        factories.make_dataset("d")

    with pytest.raises(ImportRefused, match="appeared meanwhile"):
        apply_import(plan, progress=take)
    assert Dataset.objects.get().items.count() == 0


def test_what_a_killed_process_left_is_cleaned_up_later(tmp_path: Path) -> None:
    left = factories.make_dataset("left", state=Dataset.State.IMPORTING)
    factories.make_item(left)
    fresh = factories.make_dataset("fresh", state=Dataset.State.IMPORTING)
    Dataset.objects.filter(pk=left.pk).update(at=timezone.now() - timedelta(days=2))
    imported(jsonl(tmp_path / "a.jsonl", qa(1)))
    assert not Dataset.objects.filter(pk=left.pk).exists()
    assert Dataset.objects.filter(pk=fresh.pk).exists()


def test_floats_that_are_whole_numbers_do_not_count_as_changes(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", qa(1) | {"big": 1e16, "one": 1.0, "nested": [{"x": 2.0}]})
    imported(path)
    Item.objects.update(extra={"big": 10**16, "one": 1, "nested": [{"x": 2}]})
    assert planned(path).counts.unchanged == 1


def test_real_files_come_in_and_are_unchanged_the_second_time(shared_data: Path) -> None:
    folder = shared_data / "elyza_tasks_100"
    bench = sorted((folder / "bench_elyza").glob("*.json"))
    tables = sorted((shared_data / "mmlu" / "dialects" / "question_choice0-3_answer_index").glob("*.csv"))
    pairs = shared_data / "llmbar" / "LLMBar" / "Natural" / "dataset.json"
    for name, paths, count in (
        ("elyza", [folder / "elyza_tasks_100.csv"], 100),
        ("bench", bench, 200),
        ("mmlu", tables, 266),
        ("llmbar", [pairs], 100),
    ):
        assert run(*paths, "--name", name)["new"] == count
        assert run(*paths, "--name", name)["unchanged"] == count
    assert Judgment.objects.filter(run__dataset__name="bench").count() == 200


def test_fastchat_tree_becomes_one_dataset_with_a_run_per_judgment_file(tmp_path: Path) -> None:
    questions = jsonl(tmp_path / "question.jsonl", {"question_id": 1, "category": "math", "turns": ["Q1", "Q2"]})
    answers = jsonl(
        tmp_path / "m.jsonl", {"question_id": 1, "model_id": "m", "choices": [{"index": 0, "turns": ["A1", "A2"]}]}
    )
    said = {"question_id": 1, "model": "m", "judge": ["gpt-4", "single-v1"], "judgment": "[[9]]"}
    judged = jsonl(tmp_path / "gpt-4_single.jsonl", said | {"score": 9, "turn": 1}, said | {"score": -1, "turn": 2})
    dataset = imported(answers, judged, questions)
    (item,), (run,) = dataset.items.all(), dataset.runs.all()
    assert (item.model, [turn["answer"] for turn in item.turns]) == ("m", ["A1", "A2"])
    assert (run.judge.name, run.judge.model) == ("imported: gpt-4_single", "gpt-4")
    columns = ("criterion", "status", "value", "score", "reason", "n_read", "n_replies")
    assert list(run.judgments.order_by("criterion").values_list(*columns)) == [
        ("turn_1", "scored", "9", 9.0, "", 1, 1),
        ("turn_2", "unscored", "", None, "no_verdict", 0, 1),
    ]
    assert planned(answers, judged, questions).counts.unchanged == 1


def test_judgments_without_their_questions_are_refused(tmp_path: Path) -> None:
    said = {"question_id": 1, "model": "m", "judge": ["g", "p"], "judgment": "[[9]]", "score": 9, "turn": 1}
    document, _ = refused(jsonl(tmp_path / "j.jsonl", said), "--name", "d")
    assert "Import question.jsonl in the same command" in document["problems"][0]["message"]
    assert not Dataset.objects.exists()


def test_pairs_and_choices_are_items_of_their_kind(tmp_path: Path) -> None:
    choices = jsonl(tmp_path / "c.jsonl", {"question": "Q", "choices": ["a", "b"], "answer": 1})
    (item,) = imported(choices, name="choices").items.all()
    assert (item.kind, item.choices, item.gold_choice, item.answer_state) == ("choice", ["a", "b"], "B", "missing")
    assert planned(choices, name="choices").counts.unchanged == 1
    questions = jsonl(tmp_path / "question.jsonl", {"question_id": 1, "turns": ["Q1"]})
    game = {
        "question_id": 1,
        "model_1": "m",
        "model_2": "n",
        "g1_winner": "tie",
        "g2_winner": "tie",
        "judge": ["g", "p"],
    }
    (pair,) = imported(questions, jsonl(tmp_path / "p.jsonl", game), name="pairs").items.all()
    assert (pair.kind, pair.model, pair.model_b, pair.judgments.get().value) == ("pair", "m", "n", "tie")
