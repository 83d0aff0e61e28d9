"""Models and migrations say the same, and every migration has a name that says what it does."""

from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = [
    path for app in ("judging", "annotation", "training_export") for path in (ROOT / app / "migrations").glob("0*.py")
]


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_migrations_are_named(path: Path) -> None:
    assert "_auto_" not in path.name
    assert "_initial" not in path.name
