"""Splits that keep near-copies and documents together, leaks of a benchmark, rows that nearly repeat others."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.models import Dataset
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = ["pump", "valve", "wheel", "plate", "motor", "river", "bridge", "paper", "stone", "lamp"]


def labelled(questions: list[str], *, name: str = "mine", verdicts: str = "clean", **fields: Any) -> Dataset:
    """A dataset whose items one person labelled; `fields` are callables of the item's number."""
    dataset = factories.make_dataset(name)
    campaign = factories.make_campaign(dataset)
    person = factories.make_annotator(f"rater of {name}")
    for n, question in enumerate(questions):
        item = factories.make_item(
            dataset, question, f"The answer is {n}.", **{key: of(n) for key, of in fields.items()}
        )
        factories.make_label(campaign, item, person, verdicts)
    return dataset


def exported(folder: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    asked = {"format": "trl_prompt_completion", "json": True} | options
    call_command("export_dataset", "mine", output=folder, stdout=out, **asked)
    found: dict[str, Any] = json.loads(out.getvalue())["manifest"]
    return found


def sides(folder: Path) -> dict[str, set[str]]:
    return {
        path.stem: {json.loads(line)["prompt"] for line in path.read_text().splitlines()}
        for path in folder.glob("t*.jsonl")
    }


def questions(count: int) -> list[str]:
    tail = "according to the book that every owner of such a machine was given"
    return [f"How does the {WORDS[n % 10]} of the {WORDS[n // 10 % 10]} work in case {n} {tail}?" for n in range(count)]


def test_near_copies_lie_on_one_side(tmp_path: Path) -> None:
    asked = questions(100)
    labelled([text for one in asked for text in (one, one.replace("work in case", "work, in that case"))])
    checks = exported(tmp_path / "out", split="50/50")["checks"]
    found = sides(tmp_path / "out")
    for one in asked:
        other = one.replace("work in case", "work, in that case")
        assert (one in found["train"]) == (other in found["train"])
    assert 30 < len(found["train"]) / 2 < 70
    assert checks["groups"] == {"items": 200, "groups": 100, "largest": 2}


def test_items_about_one_document_lie_on_one_side(tmp_path: Path) -> None:
    labelled(questions(60), context=lambda n: f"Document {n // 6}: the plate says so.")
    exported(tmp_path / "out", split="50/50")
    found = sides(tmp_path / "out")
    asked = questions(60)
    for first in range(0, 60, 6):
        assert len({asked[n] in found["train"] for n in range(first, first + 6)}) == 1
    assert all(found.values())


def test_a_document_can_be_named_by_the_item_s_file(tmp_path: Path) -> None:
    labelled(questions(40), extra=lambda n: {"doc_id": n // 20})
    checks = exported(tmp_path / "out", split="50/50", format="trl_unpaired")["checks"]
    assert checks["groups"] == {"items": 40, "groups": 2, "largest": 20}


def test_items_that_repeat_a_benchmark_are_left_out_and_counted(tmp_path: Path) -> None:
    asked = questions(20)
    labelled(asked)
    labelled([asked[3].upper(), asked[5].replace("How does", "Just how does"), "Unrelated?"], name="benchmark")
    counts = exported(tmp_path / "out", leakage_against="benchmark")["counts"]
    assert (counts["leaked"], counts["left_out"], counts["clean"]) == (2, {"leaked": 2}, 18)
    assert not {asked[3], asked[5]} & sides(tmp_path / "out")["train"]


def test_near_copies_in_one_of_the_datasets_alone_are_no_leaks(tmp_path: Path) -> None:
    asked = questions(4)
    labelled([*asked, *(text.replace("How does", "Just how does") for text in asked)])
    labelled(["Unrelated?", "Unrelated, too?"], name="benchmark")
    assert exported(tmp_path / "out", leakage_against="benchmark")["counts"]["leaked"] == 0


def test_leaks_can_be_only_counted(tmp_path: Path) -> None:
    labelled(questions(3))
    labelled(questions(1), name="benchmark")
    manifest = exported(tmp_path / "out", leakage_against="benchmark", leakage="report", format="qa_jsonl")
    assert (manifest["counts"]["leaked"], manifest["counts"]["clean"]) == (1, 3)
    assert manifest["filters"] == {"leakage_against": "benchmark", "leakage": "report"}


def test_an_export_with_all_of_it_is_rebuilt_byte_for_byte(tmp_path: Path) -> None:
    labelled(questions(30) * 2, extra=lambda n: {"doc_id": n // 3})
    labelled(questions(2), name="benchmark")
    exported(tmp_path / "out", leakage_against="benchmark", split="60/20/20", near_copies="drop", files="hub")
    out = StringIO()
    call_command("export_dataset", verify=tmp_path / "out" / "manifest.json", stdout=out)
    assert "byte for byte the same" in out.getvalue()


@pytest.mark.parametrize(("how", "rows"), [("report", 20), ("drop", 10)])
def test_rows_that_nearly_repeat_others_are_counted_or_dropped(tmp_path: Path, how: str, rows: int) -> None:
    dataset = labelled(questions(10) + [question.upper() for question in questions(10)])
    for item in dataset.items.all():
        item.turns[0]["answer"] = f"It is the {WORDS[(item.position - 1) % 10]} that works so."
        item.save()
    manifest = exported(tmp_path / "out", near_copies=how)
    assert manifest["checks"]["near_copies"] == 10
    assert manifest["checks"]["dropped"] == ({"near_copy": 10} if how == "drop" else {})
    assert {file["name"]: file["rows"] for file in manifest["files"]}["train.jsonl"] == rows


def test_pairs_whose_sides_are_too_alike_are_dropped(tmp_path: Path) -> None:
    dataset = factories.make_dataset("mine")
    campaign, person = factories.make_campaign(dataset), factories.make_annotator()
    answers = [("The plate of the pump says twelve volts.", "The plate of the pump says twelve volt."), ("No.", "Yes.")]
    for before, after in answers:
        item = factories.make_item(dataset, f"Question about {after}?", before)
        factories.make_label(campaign, item, person, "wrong", correction={"answer": after})
    checks = exported(tmp_path / "out", format="trl_preference", max_similarity=0.8)["checks"]
    assert (checks["dropped"], checks["pairs_from"]["corrections"]) == ({"sides_too_alike": 1}, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"leakage_against": "nothing"}, "There is no dataset “nothing”"),
        ({"leakage_against": "mine"}, "repeats all of its own questions"),
        ({"format": "mdk", "files": "parquet"}, "are for the formats that trainers read"),
        ({"max_similarity": 1.5}, "from 0 to 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, options: dict[str, Any], sentence: str) -> None:
    labelled(questions(2))
    with pytest.raises(CommandError, match=sentence):
        exported(tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()
