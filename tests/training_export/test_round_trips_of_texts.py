"""Text formats that are both written and read: out, in, out again, byte for byte."""

import json
from pathlib import Path

import pytest

from annotation.actions.label_imports import import_label_table, import_labels
from annotation.core.label_tables import TableOptions
from annotation.models import Campaign, Label
from judging.actions.imports import InputFile
from judging.models import Dataset
from tests import factories
from tests.training_export.test_files_back_in import exported, imported, labelled, tricky
from training_export.actions import export_dataset
from training_export.core.records import Source
from training_export.selection import select

pytestmark = pytest.mark.django_db
__all__ = ["tricky"]


def test_promptfoo_s_tests_come_back_byte_for_byte(tricky: Dataset, tmp_path: Path) -> None:
    first = exported(tricky, tmp_path / "1", "promptfoo_csv") / "tests.csv"
    again = labelled(imported("second", first))
    assert (exported(again, tmp_path / "2", "promptfoo_csv") / "tests.csv").read_bytes() == first.read_bytes()


@pytest.fixture
def both(tmp_path: Path) -> Dataset:
    """Two answers to each question, one clean and one wrong."""
    rows = [
        {"question": f"問{n}?", "answer": f"{text}{n} “答”\n二行目", "model": text} for n in range(3) for text in "ab"
    ]
    source = tmp_path / "both.jsonl"
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    dataset = imported("first", source)
    campaign, person = factories.make_campaign(dataset), factories.make_annotator("reviewer")
    for item in dataset.items.order_by("position"):
        factories.make_label(campaign, item, person, "clean" if item.model == "a" else "wrong")
    return dataset


@pytest.mark.parametrize("name", ["trl_preference", "trl_unpaired"])
def test_preferences_come_back_byte_for_byte(both: Dataset, tmp_path: Path, name: str) -> None:
    first = exported(both, tmp_path / "1", name) / "train.jsonl"
    again = imported("second", first)
    export_dataset(select(again, source=Source.JUDGE), tmp_path / "2", format_name=name)
    second = tmp_path / "2" / "train.jsonl"
    assert first.read_bytes()
    assert second.read_bytes() == first.read_bytes()


def test_the_manual_log_comes_back_byte_for_byte(tricky: Dataset, tmp_path: Path) -> None:
    item = tricky.items.get(position=3)
    Label.objects.filter(item=item).update(
        verdict="wrong", value="wrong", error_count=3, correction={"answer": "直した"}
    )
    (first,) = exported(tricky, tmp_path / "1", "mdk").glob("experiment_log_manual_*.json")
    again = imported("second", first)
    import_labels(again, InputFile(first), annotator="reader")
    (second,) = exported(again, tmp_path / "2", "mdk").glob("experiment_log_manual_*.json")
    assert second.read_bytes() == first.read_bytes()


def test_a_table_of_labels_comes_back_byte_for_byte(both: Dataset, tmp_path: Path) -> None:
    campaign = Campaign.objects.get(dataset=both)
    item = both.items.get(position=1)
    second = factories.make_annotator('山田, "T."')
    factories.make_label(campaign, item, second, "wrong", seconds=7.5)
    factories.make_label(campaign, item, second, "", criterion="tone", value="4", score=4)
    first = exported(both, tmp_path / "1", "labels") / "labels.csv"
    again = imported("second", tmp_path / "both.jsonl")
    import_label_table("second", InputFile(first), options=TableOptions())
    assert (exported(again, tmp_path / "2", "labels") / "labels.csv").read_bytes() == first.read_bytes()
