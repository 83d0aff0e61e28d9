"""import_labels of tables: what is made, what stays, what is refused."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.actions.counts import check_counts
from annotation.models import Annotator, Campaign, Label
from judging.models import Dataset, Item, Judgment, Reply, Run
from tests import factories

pytestmark = pytest.mark.django_db

LONG = """item_id,rater_type,rater,criterion,value
q1,human,anna,tone,4
q1,human,ben,tone,5
q2,human,anna,tone,2
q1,judge,gpt,tone,4
q2,judge,gpt,tone,
"""


def write(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def take(path: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_labels", str(path), "--dataset", "d", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def said() -> list[tuple[str, str, str]]:
    rows = Label.objects.current().order_by("item__position", "annotator__name")
    return [(label.item.key, label.annotator.name, label.value) for label in rows]


def test_new_dataset_is_made_of_the_names_of_the_items(tmp_path: Path) -> None:
    found = take(write(tmp_path, LONG))
    assert (found["made"], found["new_items"], found["new"], found["criteria"]) == (True, 2, 3, ["tone"])
    dataset = Dataset.objects.get(name="d")
    assert dataset.state == Dataset.State.READY
    assert [(item.key, item.question, item.answer_state) for item in dataset.items.all()] == [
        ("q1", "q1", Item.AnswerState.MISSING),
        ("q2", "q2", Item.AnswerState.MISSING),
    ]
    assert said() == [("q1", "anna", "4"), ("q1", "ben", "5"), ("q2", "anna", "2")]
    assert list(Label.objects.values_list("score", "verdict", "criterion").distinct()) == [
        (4.0, "", "tone"),
        (5.0, "", "tone"),
        (2.0, "", "tone"),
    ]
    assert Campaign.objects.get().kind == Campaign.Kind.IMPORTED


def test_judges_of_a_table_become_runs(tmp_path: Path) -> None:
    found = take(write(tmp_path, LONG))
    run = Run.objects.get()
    assert found["runs"] == [run.pk]
    assert (run.judge.name, run.kind, run.state) == ("gpt", Run.Kind.IMPORTED, Run.State.FINISHED)  # type: ignore[union-attr]
    first, second = run.judgments.order_by("item__position")
    assert (first.value, first.score, first.status, first.verdict) == ("4", 4.0, "scored", "")
    assert (second.value, second.status, second.reason) == ("", "unscored", "not_recorded")


def test_same_table_again_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, LONG)
    take(path)
    before = [list(model.objects.order_by("pk").values()) for model in (Label, Judgment, Item, Annotator, Run)]
    found = take(path)
    assert (found["new"], found["unchanged"], found["changed"], found["new_items"]) == (0, 3, 0, 0)
    assert found["judgments"] == {"total": 2, "new": 0, "unchanged": 2, "changed": 0}
    assert [list(model.objects.order_by("pk").values()) for model in (Label, Judgment, Item, Annotator, Run)] == before


def test_changed_value_ends_the_old_label_and_replaces_the_judgment(tmp_path: Path) -> None:
    take(write(tmp_path, LONG))
    found = take(write(tmp_path, LONG.replace("anna,tone,4", "anna,tone,3").replace("gpt,tone,4", "gpt,tone,5")))
    assert (found["new"], found["changed"], found["judgments"]["changed"]) == (0, 1, 1)
    assert said()[0] == ("q1", "anna", "3")
    assert Label.objects.filter(ended_by="superseded").count() == 1
    assert Judgment.objects.get(item__key="q1").value == "5"


def test_kept_counts_are_right_after_an_import(tmp_path: Path) -> None:
    take(write(tmp_path, LONG))
    assert all(check.is_right and check.rows == 2 for check in check_counts(Campaign.objects.get()))


def test_second_table_adds_items_to_what_tables_made(tmp_path: Path) -> None:
    take(write(tmp_path, LONG))
    found = take(write(tmp_path, "item,carl\nq2,1\nq3,5\n"), "--criterion", "tone")
    assert (found["new_items"], found["new"]) == (1, 2)
    assert said()[-2:] == [("q2", "carl", "1"), ("q3", "carl", "5")]


def test_items_of_a_real_dataset_are_found_and_none_is_added(tmp_path: Path) -> None:
    dataset = factories.make_dataset("d")
    factories.make_item(dataset, key="q1")
    found = take(write(tmp_path, LONG))
    assert (found["made"], found["new_items"], found["new"]) == (False, 0, 2)
    assert [problem["message"] for problem in found["unmatched"]] == [
        "The dataset has no such item; its labels were left out."
    ]
    assert dataset.items.count() == 1


def test_table_of_other_items_is_refused(tmp_path: Path) -> None:
    factories.make_item(factories.make_dataset("d"), key="other")
    with pytest.raises(CommandError, match=r"No row of .* belongs to an item of 'd'"):
        take(write(tmp_path, LONG))
    assert not Campaign.objects.exists()


def test_several_models_have_items_of_their_own(tmp_path: Path) -> None:
    take(write(tmp_path, "item_id,model,rater,value\nq1,a,anna,1\nq1,b,anna,2\n"))
    first, second = Item.objects.order_by("position")
    assert (first.key, first.model, second.model) == ("q1:a", "a", "b")
    assert first.question_key == second.question_key


def test_places_of_a_table_are_nobody_elses(tmp_path: Path) -> None:
    table = "item_id,value\nq1,1\nq1,2\n"
    take(write(tmp_path, table, "one.csv"))
    found = take(write(tmp_path, table, "two.csv"))
    assert found["identity"] == "positional"
    assert list(Annotator.objects.values_list("name", "source", "identity")) == [
        ("rater 1", "one.csv", "positional"),
        ("rater 1", "two.csv", "positional"),
        ("rater 2", "one.csv", "positional"),
        ("rater 2", "two.csv", "positional"),
    ]


def test_votes_in_both_orders_are_one_judgment_with_its_replies(tmp_path: Path) -> None:
    rows = ["q1,judge,gpt,A,ab", "q1,judge,gpt,A,ba", "q2,judge,gpt,A,ab", "q2,judge,gpt,B,ba", "q1,human,anna,B,"]
    take(write(tmp_path, "\n".join(["item_id,rater_type,rater,value,order", *rows]) + "\n"))
    assert list(Judgment.objects.order_by("item__position").values_list("value", "reason", "detail")) == [
        ("A", "", {"orders": {"ab": "A", "ba": "A"}}),
        ("", "inconsistent", {"orders": {"ab": "A", "ba": "B"}}),
    ]
    assert Reply.objects.count() == 4
    assert {item.kind for item in Item.objects.all()} == {Item.Kind.PAIR}


def test_second_word_of_a_judge_is_of_its_second_run(tmp_path: Path) -> None:
    path = write(tmp_path, "item,run1,run2\nq1,3,4\nq2,1,1\n")
    options = ("--rater-type", "judge", "--annotator", "gpt")
    take(path, *options)
    take(path, *options)
    assert [run.judgments.count() for run in Run.objects.order_by("pk")] == [2, 2]
    assert {run.judge_id for run in Run.objects.all()} == {Run.objects.first().judge_id}  # type: ignore[union-attr]


def test_newer_word_of_a_person_counts_where_times_are_given(tmp_path: Path) -> None:
    rows = "q1,anna,1,2026-01-02T10:00\nq1,anna,2,2026-01-01T10:00\n"
    take(write(tmp_path, "item_id,rater,value,time\n" + rows))
    assert said() == [("q1", "anna", "1")]
    assert Label.objects.get().at.isoformat().startswith("2026-01-02")


def test_two_words_of_one_person_are_a_problem_and_nothing_is_stored(tmp_path: Path) -> None:
    path = write(tmp_path, "item_id,rater,value\nq1,anna,1\nq1,anna,2\n")
    out = StringIO()
    with pytest.raises(CommandError, match="1 problem; no label was stored"):
        call_command("import_labels", str(path), "--dataset", "d", "--json", stdout=out)
    (problem,) = json.loads(out.getvalue())["problems"]
    assert (problem["file"], problem["line"]) == (str(path), 3)
    assert "'anna' said '1' of item 'q1' in line 2 and '2' here" in problem["message"]
    assert not Dataset.objects.exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    err = StringIO()
    with pytest.raises(CommandError, match="no label was stored"):
        call_command("import_labels", str(tmp_path / "none.csv"), "--dataset", "d", stderr=err)
    assert "cannot be opened: No such file" in err.getvalue()


def test_report_in_words_says_what_was_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_labels", str(write(tmp_path, LONG)), "--dataset", "d")
    out = capsys.readouterr().out
    assert "Took a table of 2 items into 'd' (new):" in out
    assert "labels: new 3, unchanged 0, changed 0" in out
    assert "raters (3): anna, ben, gpt" in out
    assert "criteria: tone" in out
