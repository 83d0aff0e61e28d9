"""A passage that people corrected leaves as they left it, in every format that shows passages."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pyarrow import parquet

from annotation.actions.label_imports import import_labels
from annotation.models import Label
from judging.actions.imports import InputFile
from judging.models import Dataset, Item
from tests import factories
from training_export.actions import export_dataset
from training_export.selection import select

pytestmark = pytest.mark.django_db
BEFORE, AFTER = "The plate says 24 V.", "The plate says 12 V."


def corrected(**fields: Any) -> Dataset:
    """One clean item whose passage was wrong."""
    dataset = factories.make_dataset("d")
    item = factories.make_item(dataset, "Q?", "12 V.", context=BEFORE, **fields)
    campaign, person = factories.make_campaign(dataset), factories.make_annotator("r")
    factories.make_label(campaign, item, person, "clean", correction={"context": AFTER})
    return dataset


def exported(dataset: Dataset, folder: Path, form: str) -> Path:
    export_dataset(select(dataset), folder, format_name=form)
    return folder


def only(folder: Path, pattern: str) -> Path:
    (path,) = [path for path in folder.rglob(pattern) if path.stat().st_size]
    return path


@pytest.mark.parametrize(("form", "pattern"), [("qa_jsonl", "*_clean.jsonl"), ("mdk", "*.json"), ("mdk_gold", "*.csv")])
def test_texts_have_the_passage_as_people_left_it(tmp_path: Path, form: str, pattern: str) -> None:
    folder = exported(corrected(), tmp_path / "out", form)
    (path,) = [path for path in folder.glob(pattern) if path.name != "manifest.json"]
    assert AFTER in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(("form", "pattern"), [("parquet", "*_clean.parquet"), ("hf_dataset", "train-*.parquet")])
def test_tables_have_the_passage_as_people_left_it(tmp_path: Path, form: str, pattern: str) -> None:
    (row,) = parquet.read_table(only(exported(corrected(), tmp_path / "out", form), pattern)).to_pylist()
    assert row["context"] == AFTER
    assert row.get("original_context", BEFORE) == BEFORE


def test_label_studio_has_both(tmp_path: Path) -> None:
    folder = exported(corrected(), tmp_path / "out", "label_studio")
    (task,) = json.loads((folder / "tasks.json").read_text())
    assert task["data"]["context"] == BEFORE
    assert {"text": [AFTER]} in [region["value"] for region in task["annotations"][0]["result"]]


def test_results_of_promptfoo_stay_what_the_model_was_given(tmp_path: Path) -> None:
    folder = exported(corrected(), tmp_path / "out", "promptfoo")
    (result,) = json.loads((folder / "results.json").read_text())["results"]["results"]
    assert result["vars"] == {"question": "Q?", "context": BEFORE}
    call_command("import_dataset", folder / "results.json", "--name", "again", stdout=StringIO())
    assert Item.objects.get(dataset__name="again").context == BEFORE


def test_answers_about_passages_that_differ_now_make_no_pair(tmp_path: Path) -> None:
    dataset = corrected()
    for context, answer in ((BEFORE, "24 V."), (AFTER, "13 V.")):
        other = factories.make_item(dataset, "Q?", answer, context=context)
        label = Label.objects.get(item__position=1)
        factories.make_label(label.campaign, other, label.annotator, "wrong")
    folder = exported(dataset, tmp_path / "out", "trl_preference")
    (row,) = [json.loads(line) for line in (folder / "train.jsonl").read_text().splitlines()]
    assert row == {"prompt": "Q?", "chosen": "12 V.", "rejected": "13 V."}


@pytest.mark.parametrize("page", [{"page": BEFORE, "number": 3}, BEFORE])
def test_the_log_keeps_the_form_of_a_page_and_what_was_replaced(tmp_path: Path, page: Any) -> None:
    folder = exported(corrected(extra={"mdk": {"page": page}}), tmp_path / "out", "mdk")
    (entry,) = json.loads(only(folder, "experiment_log_manual_*.json").read_text())
    assert entry["page"] == (AFTER if page == BEFORE else {"page": AFTER, "number": 3})
    assert entry["original"] == {"context": BEFORE}


def test_a_log_with_another_passage_brings_its_correction(tmp_path: Path) -> None:
    dataset = corrected()
    log = only(exported(dataset, tmp_path / "out", "mdk"), "experiment_log_manual_*.json")
    outcome = import_labels(dataset, InputFile(log), annotator="s")
    assert (outcome.labels, outcome.corrections) == (1, 1)
    assert Label.objects.get(annotator__name="s").correction == {"context": AFTER}
    assert import_labels(dataset, InputFile(log), annotator="s").unchanged == 1


def test_a_passage_that_the_dataset_never_had_is_no_correction(tmp_path: Path) -> None:
    dataset = corrected()
    log = only(exported(dataset, tmp_path / "out", "mdk"), "experiment_log_manual_*.json")
    Item.objects.update(context="")
    assert import_labels(dataset, InputFile(log), annotator="s").corrections == 0


def test_people_who_saw_one_passage_are_merged_although_one_corrected_it(tmp_path: Path) -> None:
    log = only(exported(corrected(), tmp_path / "out", "mdk"), "experiment_log_manual_*.json")
    other = tmp_path / "experiment_log_manual_other.json"
    entry = {"qa": [{"question": "Q?", "answer": "12 V."}], "page": {"page": BEFORE}, "num_error": 0, "output": "[]"}
    other.write_text(json.dumps([entry]))
    out = StringIO()
    call_command("merge_labels", log, other, output=tmp_path / "gold", stdout=out)
    assert "good:1, bad:0, total:1" in out.getvalue()
    (found,) = json.loads((tmp_path / "gold" / "dataset_checked.json").read_text())
    assert found["page"] == {"page": AFTER}
