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


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Of an export of a manual log, which shows every item."""
    for name in ("a", "z"):
        imported(tmp_path, name, {"id": name, "question": f"Q {name}?", "answer": "A."})
    dataset = Dataset.objects.get(name="d")
    campaign, rater = factories.make_campaign(dataset), factories.make_annotator("r")
    for item in dataset.items.all():
        factories.make_label(campaign, item, rater, "clean")
    call_command("export_dataset", "d", "--format", "mdk", "--output", tmp_path / "out", stdout=StringIO())
    return tmp_path / "out" / "manifest.json"


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


@pytest.mark.parametrize(
    ("name", "row", "sentences"),
    [
        ("new", {"id": "b", "question": "R?", "answer": "B."}, "Imported since: new.jsonl."),
        (
            "changed",
            {"id": "a", "question": "Q a?", "answer": "C."},
            "Imported since: changed.jsonl. 1 text was changed since.",
        ),
    ],
)
def test_what_was_added_and_changed_since_is_said(
    tmp_path: Path, manifest: Path, name: str, row: dict[str, str], sentences: str
) -> None:
    imported(tmp_path, name, row)
    with pytest.raises(CommandError) as refusal:
        verified(manifest)
    assert str(refusal.value).endswith(sentences)
    assert str(refusal.value).startswith("Not the same any more: ")
