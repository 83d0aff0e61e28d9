"""Files of annotation tools become labels of everybody who said something in them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Label
from judging.actions.imports import InputFile, apply_import, plan_import
from judging.models import Dataset

pytestmark = pytest.mark.django_db


def choice(control: str, value: str) -> dict[str, Any]:
    return {"from_name": control, "type": "choices", "value": {"choices": [value]}}


def annotation(who: Any, *regions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"completed_by": who, "result": list(regions), **more}


def task(number: int, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "data": {"question": f"Q{number}", "answer": "A"}, "annotations": list(annotations)}


def write(folder: Path, *tasks: dict[str, Any], name: str = "tasks.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(tasks))
    return path


def imported(path: Path) -> Dataset:
    return apply_import(plan_import("d", [InputFile(path)]))


def take(path: Path, *arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_labels", str(path), "--dataset", "d", "--json", *arguments, stdout=out, stderr=StringIO())
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def labels() -> list[tuple[str, str, str, str]]:
    return [
        (label.item.key, label.annotator.name, label.criterion, label.value)
        for label in Label.objects.current().select_related("item", "annotator").order_by("item__position", "pk")
    ]


def test_several_people_keep_their_names(tmp_path: Path) -> None:
    rating = {"from_name": "help", "type": "rating", "value": {"rating": 4}}
    path = write(
        tmp_path,
        task(1, annotation({"email": "kim@x"}, choice("v", "Correct"), rating), annotation(8, choice("v", "Wrong"))),
        task(2, annotation({"email": "kim@x"}, choice("v", "Wrong"))),
    )
    assert imported(path).items.count() == 2
    found = take(path)
    assert (found["raters"], found["criteria"], found["labels"]) == (["annotator 8", "kim@x"], ["", "help"], 4)
    assert labels() == [
        ("1", "kim@x", "", "clean"),
        ("1", "annotator 8", "", "wrong"),
        ("1", "kim@x", "help", "4"),
        ("2", "kim@x", "", "wrong"),
    ]
    assert Label.objects.get(criterion="help").score == 4


def test_the_same_file_changes_nothing_and_a_changed_word_ends_the_old_label(tmp_path: Path) -> None:
    path = write(tmp_path, task(1, annotation(1, choice("v", "yes")), annotation(2, choice("v", "yes"))))
    imported(path)
    assert take(path)["new"] == 2
    assert (take(path)["new"], take(path)["changed"], take(path)["unchanged"]) == (0, 0, 2)
    changed = write(tmp_path, task(1, annotation(1, choice("v", "no")), annotation(2, choice("v", "yes"))))
    found = take(changed)
    assert (found["new"], found["changed"], found["unchanged"]) == (0, 1, 1)
    assert labels() == [("1", "annotator 2", "", "clean"), ("1", "annotator 1", "", "wrong")]
    assert Label.objects.get(ended_by="superseded").value == "clean"


def test_the_name_given_is_that_of_the_only_person_and_of_nameless_words(tmp_path: Path) -> None:
    path = write(tmp_path, task(1, annotation(1, choice("v", "yes"))))
    imported(path)
    assert take(path, "--annotator", "kim")["raters"] == ["kim"]
    path = write(
        tmp_path, task(1, annotation({"email": "lee@x"}, choice("v", "no")), annotation(None, choice("v", "no")))
    )
    assert take(path, "--annotator", "kim")["raters"] == ["kim", "lee@x"]
    with pytest.raises(CommandError, match="does not say who said everything"):
        take(path)


def test_last_word_of_a_person_on_an_item_counts(tmp_path: Path) -> None:
    early = annotation(1, choice("v", "no"), updated_at="2024-01-01T00:00:00Z")
    late = annotation(1, choice("v", "yes"), updated_at="2024-02-01T00:00:00Z", lead_time=9)
    path = write(tmp_path, task(1, late, early))
    imported(path)
    take(path)
    label = Label.objects.get()
    assert (label.value, label.seconds, f"{label.at:%Y-%m-%d}") == ("clean", 9, "2024-02-01")


def test_comment_and_correction_are_kept_with_the_label(tmp_path: Path) -> None:
    text = {"from_name": "comment", "type": "textarea", "value": {"text": ["short"]}}
    better = {"from_name": "corrected_answer", "type": "textarea", "value": {"text": ["B"]}}
    path = write(tmp_path, task(1, annotation(1, choice("v", "no"), text, better)))
    imported(path)
    take(path)
    label = Label.objects.get()
    assert (label.comment, label.correction) == ("short", {"answer": "B"})
    other = write(tmp_path, task(1, annotation(1, choice("v", "no"), better)))
    assert take(other)["changed"] == 1


def test_sides_of_a_pair_are_votes(tmp_path: Path) -> None:
    vote = {"from_name": "p", "type": "pairwise", "value": {"selected": "right"}}
    data = {"prompt": "Q", "answer1": "a", "answer2": "b"}
    path = write(tmp_path, {"id": 1, "data": data, "annotations": [annotation(1, vote)]})
    assert imported(path).items.get().kind == "pair"
    take(path)
    assert labels() == [("1", "annotator 1", "", "B")]


def test_votes_of_a_list_of_battles_need_a_name(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("id,prompt,response_a,response_b,winner\n1,Q,a,b,model_b\n2,R,a,b,tie\n")
    imported(path)
    with pytest.raises(CommandError, match="Name the person with --annotator"):
        take(path)
    assert take(path, "--annotator", "voters")["labels"] == 2
    assert labels() == [("1", "voters", "", "B"), ("2", "voters", "", "tie")]


def test_free_texts_are_told_and_no_labels(tmp_path: Path) -> None:
    record = {"id": "r", "prompt": "Q", "response": "A", "why.responses": ["x" * 200], "q.responses": [4]}
    path = write(tmp_path, record, name="records.json")
    imported(path)
    found = take(path, "--annotator", "kim")
    assert (found["labels"], found["criteria"]) == (1, ["q"])
    assert found["hints"] == ["What was written under 'why' is free text and no label; it stays with the items."]


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([task(1)], "holds no words of people"),
        ([task(9, annotation(1, choice("v", "yes")))], "belongs to an item of 'd'"),
    ],
)
def test_files_without_words_or_items_are_refused(tmp_path: Path, tasks: list[dict[str, Any]], message: str) -> None:
    imported(write(tmp_path, task(1), task(2), task(3), task(4)))
    with pytest.raises(CommandError, match=message):
        take(write(tmp_path, *tasks, name="other.json"))
    assert not Label.objects.exists()


def test_a_problem_of_a_row_stores_nothing(tmp_path: Path) -> None:
    imported(write(tmp_path, task(1)))
    path = write(tmp_path, task(1, annotation(1, choice("v", "yes"))), task(2) | {"annotations": "x"}, name="bad.json")
    with pytest.raises(CommandError, match="1 problem; no label was stored"):
        take(path)
    assert not Label.objects.exists()


def test_rows_without_an_item_are_listed(tmp_path: Path) -> None:
    imported(write(tmp_path, task(1), task(2), task(3)))
    words = [task(number, annotation(1, choice("v", "yes"))) for number in (1, 9)]
    found = take(write(tmp_path, *words, name="words.json"))
    assert (found["labels"], [problem["line"] for problem in found["unmatched"]]) == (1, [2])
