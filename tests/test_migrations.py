"""Models and migrations say the same, and every migration has a name that says what it does."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.migrations import AlterField, AlterModelOptions
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field

from judging.migrations._words import OnlyWords

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


def column(field: Field) -> tuple[Any, ...]:
    """What the database knows of a field."""
    _, kind, given, options = field.deconstruct()
    return kind, given, {name: value for name, value in options.items() if name not in field.non_db_attrs}


def test_migrations_of_words_change_no_column() -> None:
    loader, altered = MigrationLoader(None), 0
    for (app, name), migration in loader.disk_migrations.items():
        words = [
            step for whole in migration.operations if isinstance(whole, OnlyWords) for step in whole.state_operations
        ]
        before = loader.project_state((app, name), at_end=False).models if words else {}
        for step in words:
            assert isinstance(step, AlterField | AlterModelOptions), step
            if isinstance(step, AlterField):
                altered += 1
                old = before[app, step.model_name_lower].fields[step.name]
                assert column(step.field) == column(old), (name, step.model_name, step.name)
    assert altered
