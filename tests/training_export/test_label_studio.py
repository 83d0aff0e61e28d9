"""Tasks of Label Studio that leave, come in and leave again."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from annotation.actions.label_imports import import_annotations, import_labels
from annotation.models import Annotator, Label
from judging.actions.imports import InputFile
from judging.models import Dataset
from tests import factories
from tests.training_export.test_files_back_in import exported, imported, labelled, tricky
from training_export.selection import ExportProblem

pytestmark = pytest.mark.django_db
__all__ = ["tricky"]


def tasks(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def as_written(path: Path) -> object:
    """The bytes; what an item came with is JSON, and PostgreSQL keeps no order of its keys."""
    return tasks(path) if connection.vendor == "postgresql" else path.read_bytes()


def came_back(first: Path, folder: Path, *, annotator: str = "") -> Path:
    again = imported("second", first)
    if annotator:
        import_labels(again, InputFile(first), annotator=annotator)
    return exported(again, folder, "label_studio") / "tasks.json"


def test_tasks_come_back_byte_for_byte(tricky: Dataset, tmp_path: Path) -> None:
    first = exported(tricky, tmp_path / "1", "label_studio") / "tasks.json"
    second = came_back(first, tmp_path / "2", annotator=f"rater of {tricky}")
    assert as_written(second) == as_written(first)
    assert tasks(first)[0]["meta"] == {"level": {"n": [0, None]}}


def test_words_of_several_people_comments_and_decisions_come_back(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    items = [factories.make_item(dataset, f"Q{n}?", f"A{n}.", key=f"k{n}") for n in range(3)]
    campaign, one, two = factories.make_campaign(dataset), factories.make_annotator("a"), factories.make_annotator("b")
    factories.make_label(campaign, items[0], one, "clean", comment="Good.")
    factories.make_label(campaign, items[0], two, "wrong", correction={"answer": "B."})
    factories.make_label(campaign, items[1], one, "undefined", comment="Who knows.")
    first = exported(dataset, tmp_path / "1", "label_studio") / "tasks.json"
    second = came_back(first, tmp_path / "2", annotator="a")
    assert as_written(second) == as_written(first)


def test_a_person_s_newer_word_replaces_the_one_the_task_came_with(tricky: Dataset, tmp_path: Path) -> None:
    first = exported(tricky, tmp_path / "1", "label_studio") / "tasks.json"
    again = imported("second", first)
    campaign = factories.make_campaign(again)
    item = again.items.get(position=1)
    factories.make_label(campaign, item, factories.make_annotator("new"), "wrong")
    from_file = tasks(first)[0]["annotations"][0]["completed_by"]["email"]
    factories.make_label(campaign, item, Annotator.objects.get(name=from_file), "wrong")
    found = tasks(exported(again, tmp_path / "2", "label_studio") / "tasks.json")[0]["annotations"]
    said = {entry["completed_by"]["email"]: entry["result"][0]["value"]["choices"] for entry in found}
    assert said == {from_file: ["wrong"], "new": ["wrong"]}


def test_a_task_of_label_studio_keeps_its_own_keys(tmp_path: Path) -> None:
    choice = {"from_name": "v", "to_name": "t", "type": "choices", "value": {"choices": ["Correct"]}}
    entry = {
        "id": 7,
        "data": {"question": "Q?", "answer": "A.", "page": 3},
        "meta": {"batch": 1},
        "annotations": [{"id": 1, "completed_by": 5, "result": [choice], "lead_time": 3.5}],
        "predictions": [{"model_version": "m", "score": 0.5, "result": [choice]}],
        "project": 9,
    }
    source = tmp_path / "in.json"
    source.write_text(json.dumps([entry]), encoding="utf-8")
    dataset = imported("first", source)
    import_labels(dataset, InputFile(source), annotator="five")
    first = exported(dataset, tmp_path / "1", "label_studio") / "tasks.json"
    (task,) = tasks(first)
    assert {name: task[name] for name in entry if name != "data"} == {k: v for k, v in entry.items() if k != "data"}
    assert task["data"] == {"page": 3, "key": "7", "question": "Q?", "answer": "A."}
    assert came_back(first, tmp_path / "2", annotator="five").read_bytes() == first.read_bytes()


def test_a_score_without_a_name_is_no_verdict(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    campaign, item = factories.make_campaign(dataset), factories.make_item(dataset, "Q?", "A.")
    factories.make_label(campaign, item, factories.make_annotator("a"), "", value="7", score=7)
    (task,) = tasks(exported(dataset, tmp_path / "1", "label_studio") / "tasks.json")
    (region,) = task["annotations"][0]["result"]
    assert (region["from_name"], region["type"], region["value"]) == ("score", "number", {"number": 7.0})


def test_pairs_leave_with_the_votes_on_them_and_come_back(tmp_path: Path) -> None:
    source = tmp_path / "pairs.jsonl"
    rows = [
        {"id": f"p{n}", "question": f"Q{n}?", "answer_a": "A", "answer_b": "B", "model_a": "m", "model_b": "n"}
        for n in (1, 2, 3)
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    dataset = imported("pairs", source)
    campaign, one = factories.make_campaign(dataset), factories.make_annotator("a@x")
    for item, vote in zip(dataset.items.order_by("position"), ("A", "B", "tie"), strict=True):
        factories.make_label(campaign, item, one, "", value=vote)
    first = exported(dataset, tmp_path / "1", "label_studio") / "tasks.json"
    found = tasks(first)
    assert found[0]["data"] == {
        "key": "p1",
        "prompt": "Q1?",
        "answer1": "A",
        "answer2": "B",
        "model1": "m",
        "model2": "n",
    }
    said = [task["annotations"][0]["result"][0] for task in found]
    assert [region["value"] for region in said] == [{"selected": "left"}, {"selected": "right"}, {"choices": ["tie"]}]
    again = imported("second", first)
    assert list(again.items.order_by("position").values_list("kind", "model", "model_b")) == [("pair", "m", "n")] * 3
    taken = import_annotations(again, InputFile(first))
    assert (taken.raters, taken.labels["new"]) == (("a@x",), 3)
    assert list(Label.objects.filter(campaign__dataset=again).order_by("pk").values_list("value", flat=True)) == [
        "A",
        "B",
        "tie",
    ]
    assert as_written(exported(again, tmp_path / "2", "label_studio") / "tasks.json") == as_written(first)


def test_choices_are_refused_with_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "choices.jsonl"
    source.write_text(json.dumps({"question": "Q?", "choices": ["a", "b"], "answer": "A"}) + "\n", encoding="utf-8")
    dataset = labelled(imported("choices", source), "")
    with pytest.raises(ExportProblem, match=r"Not written: 1 choices\."):
        exported(dataset, tmp_path / "1", "label_studio")
    assert not (tmp_path / "1").exists()


def test_what_people_said_under_several_controls_is_not_written_again(tmp_path: Path) -> None:
    def region(control: str, kind: str, **value: Any) -> dict[str, Any]:
        return {"from_name": control, "to_name": "t", "type": kind, "value": value}

    regions = [
        region("verdict", "choices", choices=["Correct"]),
        region("help", "rating", rating=4),
        region("topic", "choices", choices=["math", "code"]),
        region("comment", "textarea", text=["two", "lines"]),
    ]
    annotations = [
        {"completed_by": {"email": "kim@x"}, "result": regions, "lead_time": 2.5},
        {"completed_by": 7, "result": regions[:2]},
    ]
    source = tmp_path / "tasks.json"
    task = {"id": 5, "data": {"question": "Q?", "answer": "A"}, "annotations": annotations, "predictions": []}
    source.write_text(json.dumps([task]), encoding="utf-8")
    dataset = imported("first", source)
    assert import_annotations(dataset, InputFile(source)).labels["new"] == 5
    (written,) = tasks(exported(dataset, tmp_path / "1", "label_studio") / "tasks.json")
    assert written["annotations"] == annotations
