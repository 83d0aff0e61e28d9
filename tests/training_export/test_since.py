"""An export that cannot be rebuilt says what happened to its dataset."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Campaign
from judging.models import Dataset
from tests import factories

pytestmark = pytest.mark.django_db


EVERY_ITEM = ("mdk", "promptfoo", "label_studio", "fastchat")
"""Formats that show items nobody reviewed, too."""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Of an export of a manual log, which shows every item."""
    labelled(tmp_path)
    return exported(tmp_path, "mdk")


def labelled(tmp_path: Path) -> None:
    for name in ("a", "z"):
        imported(tmp_path, name, {"id": name, "question": f"Q {name}?", "answer": "A."})
    dataset = Dataset.objects.get(name="d")
    campaign, rater = factories.make_campaign(dataset), factories.make_annotator("r")
    for item in dataset.items.all():
        factories.make_label(campaign, item, rater, "clean")


def exported(folder: Path, form: str, *options: str) -> Path:
    call_command("export_dataset", "d", "--format", form, "--output", folder / "out", *options, stdout=StringIO())
    return folder / "out" / "manifest.json"


def imported(folder: Path, name: str, row: dict[str, str]) -> None:
    path = folder / f"{name}.jsonl"
    path.write_text(json.dumps(row) + "\n")
    call_command("import_dataset", path, "--name", "d", stdout=StringIO())


def verified(manifest: Path) -> str:
    out = StringIO()
    call_command("export_dataset", "--verify", manifest, "--json", stdout=out)
    return out.getvalue()


def test_later_labels_change_no_export(manifest: Path) -> None:
    campaign, other = Campaign.objects.get(), factories.make_annotator("s")
    for item in campaign.dataset.items.all():
        factories.make_label(campaign, item, other, "wrong")
    assert json.loads(verified(manifest)) == {"manifest": str(manifest), "changed": [], "why": []}


@pytest.mark.parametrize("form", EVERY_ITEM)
def test_later_items_change_no_export(tmp_path: Path, form: str) -> None:
    labelled(tmp_path)
    path = exported(tmp_path, form)
    imported(tmp_path, "new", {"id": "b", "question": "Q a?", "answer": "B."})
    assert json.loads(verified(path))["changed"] == []


def test_later_items_of_either_dataset_change_no_split_and_no_leak(tmp_path: Path) -> None:
    text = "What voltage does the pump of the second house run at, and who said so?"
    imported(tmp_path, "w", {"id": "w", "question": text, "answer": "12 V."})
    labelled(tmp_path)
    other = factories.make_dataset("tests")
    factories.make_item(other, "Q z?", "Z.")
    asked = ("--split", "50/50", "--near-copies", "drop", "--leakage-against", "tests")
    path = exported(tmp_path, "trl_prompt_completion", *asked)
    imported(tmp_path, "new", {"id": "b", "question": text.replace("second", "third"), "answer": "12 V."})
    factories.make_item(other, "Q a?", "A.")
    assert json.loads(verified(path))["changed"] == []


def test_an_export_from_before_items_were_noted_sees_all_of_them(tmp_path: Path, manifest: Path) -> None:
    said = json.loads(manifest.read_text())
    assert said["as_of"].pop("item") > 0
    manifest.write_text(json.dumps(said))
    assert json.loads(verified(manifest))["changed"] == []
    imported(tmp_path, "new", {"id": "b", "question": "R?", "answer": "B."})
    with pytest.raises(CommandError, match=r"Imported since: new\.jsonl\.$"):
        verified(manifest)


def test_a_text_that_was_changed_since_is_said(tmp_path: Path, manifest: Path) -> None:
    imported(tmp_path, "changed", {"id": "a", "question": "Q a?", "answer": "C."})
    with pytest.raises(CommandError) as refusal:
        verified(manifest)
    assert str(refusal.value).startswith("Not the same any more: ")
    assert str(refusal.value).endswith("Imported since: changed.jsonl. 1 text was changed since.")
