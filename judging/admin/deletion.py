"""What a deletion takes with it, and what forbids it, found by counting: a dataset may have millions of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils.text import capfirst

DEEPEST = 6
Path = tuple[type[Model], str, Any]
"""A model, the way from its rows to what is deleted, and what happens to them then."""


def paths_to(model: type[Model], way: str = "", depth: int = 0) -> Iterator[Path]:
    """Everything that refers to a model, over rows that go with it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        child, name = relation.related_model, relation.field.name  # type: ignore[union-attr]
        step = f"{name}__{way}" if way else name
        on_delete = relation.on_delete  # type: ignore[union-attr]
        if on_delete in (models.CASCADE, models.PROTECT):
            yield child, step, on_delete  # type: ignore[misc]
        if on_delete is models.CASCADE and depth < DEEPEST and child is not model:
            yield from paths_to(child, step, depth + 1)  # type: ignore[arg-type]


def counted(rows: Sequence[Model], wanted: Any) -> Iterator[tuple[type[Model], int]]:
    """How many rows of each model the deletion of these meets."""
    ways: dict[type[Model], Q] = {}
    for child, step, on_delete in paths_to(type(rows[0])):
        if on_delete is wanted and not child._meta.auto_created:
            ways[child] = ways.get(child, Q()) | Q(**{f"{step}__in": rows})
    for child, way in ways.items():
        if n := child._base_manager.filter(way).count():
            yield child, n


class CountedDeletion(admin.ModelAdmin):  # type: ignore[type-arg]
    """Before a deletion: how many rows of which kind go, or which ones forbid it."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete something deletes what belongs to it; what is protected is named with its number."""
        rows = list(objs)
        name = capfirst(self.opts.verbose_name)
        model_count = {self.opts.verbose_name_plural: len(rows)}
        if not rows:
            return [], model_count, set(), []
        model_count |= {child._meta.verbose_name_plural: n for child, n in counted(rows, models.CASCADE)}
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        protected = [f"{capfirst(child._meta.verbose_name_plural)}: {n}" for child, n in counted(rows, models.PROTECT)]
        return [f"{name}: {row}" for row in rows], model_count, lacking, protected
