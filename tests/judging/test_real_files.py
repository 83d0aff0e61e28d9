"""Files of other projects go in by the command, and everything in them is stored."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from judging.models import Dataset, ImportFile, Item, Judgment, Run
from judging.reports import run_progress
from tests.judging.core.readers.test_every_reader import REAL

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("patterns", "form", "items", "judgments", "people"), REAL, ids=lambda value: str(value)[:60])
def test_real_files_are_stored_whole(
    shared_data: Path, patterns: list[str], form: str, items: int, judgments: int, people: int
) -> None:
    paths = [path for pattern in patterns for path in sorted(shared_data.glob(pattern))]
    call_command("import_dataset", *paths, "--name", "real", stdout=StringIO(), stderr=StringIO())
    dataset = Dataset.objects.get(name="real")
    assert Item.objects.filter(dataset=dataset).count() == items
    assert list(dataset.items.order_by("position").values_list("position", flat=True)) == list(range(1, items + 1))
    assert Judgment.objects.filter(item__dataset=dataset, imported=True).count() == judgments
    stored = {file.sha256: file for file in ImportFile.objects.filter(dataset=dataset)}
    assert len(stored) == len(paths)
    assert not form or {file.format for file in stored.values()} == {form}
    assert sum(file.header.get("human_verdicts", 0) for file in stored.values()) == people
    for run in Run.objects.filter(dataset=dataset):
        assert run_progress(run).judged > 0
