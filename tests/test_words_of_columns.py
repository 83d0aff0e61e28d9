"""What the back office calls tables, columns and choices can be said in every language."""

from typing import Any

import pytest
from django.apps import apps
from django.utils.functional import Promise

APPS = ("judging", "annotation", "training_export")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
CODES = {"reason"}
"""Columns whose choices are codes, the same in every language."""


def own_fields(model: Any) -> list[Any]:
    return [field for field in model._meta.local_fields + model._meta.local_many_to_many if not field.auto_created]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_tables_and_columns_have_words(model: Any) -> None:
    names = [(field.name, field.verbose_name) for field in own_fields(model)]
    assert [name for name, words in names if not isinstance(words, Promise)] == []
    assert all(isinstance(words, Promise) for words in (model._meta.verbose_name, model._meta.verbose_name_plural))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_choices_have_words(model: Any) -> None:
    chosen = [field for field in own_fields(model) if field.choices and field.name not in CODES]
    bare = [f"{field.name}: {value}" for field in chosen for value, words in field.choices if not is_said(value, words)]
    assert bare == []


def is_said(value: str, words: Any) -> bool:
    """Nothing needs no word, and a letter is the same everywhere."""
    return isinstance(words, Promise) or (not value and not words) or len(value) == 1
