"""Reads over many rows of one table. Each reaches its model as `self.model`."""

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce


class FrozenError(ValueError):
    """A used rubric or judge was to be changed or deleted."""


class DatasetQuerySet(QuerySet):  # type: ignore[type-arg]
    """Datasets."""

    def ready(self) -> "DatasetQuerySet":
        """Those whose import is complete; the others are shown to nobody."""
        return self.filter(state=self.model.State.READY)

    def importing(self) -> "DatasetQuerySet":
        """Those whose import is under way, or was killed."""
        return self.filter(state=self.model.State.IMPORTING)

    def named_like(self, text: str) -> "DatasetQuerySet":
        """Those whose name has this text; all of them for ''."""
        return self.filter(name__icontains=text) if text else self

    def with_sizes(self) -> "DatasetQuerySet":
        """Each with `n_items` and `n_runs`, read from indexes: positions are numbered without gaps."""
        items, runs = (self.model._meta.get_field(name).related_model._default_manager for name in ("items", "runs"))
        last = items.filter(dataset=OuterRef("pk")).order_by("-position").values("position")[:1]
        counted = runs.filter(dataset=OuterRef("pk")).order_by().values("dataset").annotate(n=Count("pk")).values("n")
        sized: DatasetQuerySet = self.annotate(
            n_items=Coalesce(Subquery(last), 0), n_runs=Coalesce(Subquery(counted), 0)
        )
        return sized


class ItemQuerySet(QuerySet):  # type: ignore[type-arg]
    """Items."""

    def between(self, first: int, last: int) -> "ItemQuerySet":
        """Items of a closed range of positions, in order."""
        return self.filter(position__gte=first, position__lte=last).order_by("position")

    def in_split(self, split: str) -> "ItemQuerySet":
        """Those of one part of the dataset's split; all of them for ''."""
        return self.filter(split=split) if split else self

    def asked(self, solved: str) -> "ItemQuerySet":
        """Without those of the part that is shown solved; files without parts are asked whole."""
        return self.filter(Q(extra__part__isnull=True) | ~Q(extra__part=solved))

    def last_position(self) -> int:
        """The highest position; 0 where there are no items."""
        return int(self.aggregate(last=Max("position"))["last"] or 0)

    def saying(self, text: str) -> "ItemQuerySet":
        """Items with this text in question, answer, reference, context, criteria or key; all of them for ''."""
        if not text:
            return self
        # By path, because SQLite keeps the JSON as a whole with its characters escaped.
        places = ("turns__0__question", "turns__0__answer", "turns__0__reference", "context", "criteria", "key")
        found = Q()
        for place in places:
            found |= Q(**{f"{place}__icontains": text})
        # The stored text first: reading it as JSON costs much more, and most items do not have the words at all.
        stored = json.dumps(text, ensure_ascii=connection.vendor == "sqlite")[1:-1]
        near = Q(stored__icontains=stored)
        for place in places[3:]:
            near |= Q(**{f"{place}__icontains": text})
        rows: ItemQuerySet = self.alias(stored=Cast("turns", TextField())).filter(near).filter(found)
        return rows

    def values_of(self, field: str, limit: int = 200) -> list[str]:
        """The different values of a text column that are not empty, in order."""
        return list(self.exclude(**{field: ""}).order_by(field).values_list(field, flat=True).distinct()[:limit])

    def neighbours(self, position: int) -> tuple[int | None, int | None]:
        """Positions of the items before and after this one."""
        before = self.filter(position__lt=position).order_by("-position").values_list("position", flat=True).first()
        after = self.filter(position__gt=position).order_by("position").values_list("position", flat=True).first()
        return before, after


class VersionedQuerySet(QuerySet):  # type: ignore[type-arg]
    """Rubrics and judges."""

    def newest(self, name: str) -> "VersionedQuerySet":
        """Versions of one name, newest first."""
        return self.filter(name=name).order_by("-version")

    def numbered(self, version: str) -> "VersionedQuerySet":
        """The version that a person wrote; '' leaves the choice open, and what is no number means none."""
        if not version:
            return self.all()
        return self.filter(version=int(version)) if version.isdecimal() else self.none()

    def usable(self) -> "VersionedQuerySet":
        """Judges that can be put to work: those with a rubric, and panels, which may do without."""
        return self.filter(Q(rubric__isnull=False) | Q(kind=self.model.Kind.PANEL))

    def freeze(self, now: datetime) -> int:
        """Mark those as used that are not yet; the first use counts."""
        return self.filter(frozen_at=None).update(frozen_at=now)

    def update(self, **values: Any) -> int:
        """Change rows, if no run used any of them: FrozenError then, as when one is saved.

        Deleting needs no such guard: the database keeps a judge that a run points to.
        """
        self.refuse_frozen()
        return int(super().update(**values))

    def refuse_frozen(self) -> None:
        """Raise FrozenError where a run used one of these."""
        used = self.filter(frozen_at__isnull=False).first()
        if used is not None:
            raise FrozenError(f"{used} was used by a run and cannot be changed. Save a new version instead.")


class RunQuerySet(QuerySet):  # type: ignore[type-arg]
    """Runs."""

    def unfinished(self) -> "RunQuerySet":
        """Runs that still have work to do."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.RUNNING])

    def resumable(self) -> "RunQuerySet":
        """Runs whose work can go on: unfinished ones, and those that failed before they were done."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.RUNNING, self.model.State.FAILED])

    def worked_here(self) -> "RunQuerySet":
        """Runs that our workers do, not those that came with a file."""
        return self.exclude(kind=self.model.Kind.IMPORTED)

    def with_batches(self) -> "RunQuerySet":
        """Each with `n_batches` and `n_done`, counted in one index."""
        batches = self.model._meta.get_field("batches").related_model._default_manager
        ours = batches.filter(run=OuterRef("pk")).order_by().values("run").annotate(n=Count("pk")).values("n")
        done = ours.filter(state="done")
        runs: RunQuerySet = self.annotate(n_batches=Coalesce(Subquery(ours), 0), n_done=Coalesce(Subquery(done), 0))
        return runs


class BenchmarkRunQuerySet(QuerySet):  # type: ignore[type-arg]
    """Benchmarks over candidates."""

    def unfinished(self) -> "BenchmarkRunQuerySet":
        """Those that still have work to do."""
        return self.filter(state=self.model.State.RUNNING)

    def resumable(self) -> "BenchmarkRunQuerySet":
        """Those whose work can go on: unfinished ones, and those in which something failed."""
        return self.filter(state__in=[self.model.State.RUNNING, self.model.State.FAILED])


class RunBatchQuerySet(QuerySet):  # type: ignore[type-arg]
    """Batches of runs."""

    def open(self) -> "RunBatchQuerySet":
        """Batches nobody has finished."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.CLAIMED])

    def claimable(self, silent_since: datetime, max_attempts: int) -> "RunBatchQuerySet":
        """Batches of an unfinished run that nobody has, or whose claimer was silent for too long."""
        free = Q(state=self.model.State.PENDING) | Q(state=self.model.State.CLAIMED, claimed_at__lt=silent_since)
        return self.filter(free, run__state__in=["pending", "running"], attempts__lt=max_attempts)

    def claim_of(self, batch: Any) -> "RunBatchQuerySet":
        """The row of a claimed batch as long as this very claim holds; empty once somebody else has it."""
        return self.filter(
            pk=batch.pk, state=self.model.State.CLAIMED, claimed_by=batch.claimed_by, attempts=batch.attempts
        )


class JudgmentQuerySet(QuerySet):  # type: ignore[type-arg]
    """Judgments."""

    def unscored(self) -> "JudgmentQuerySet":
        """Judgments without a value."""
        return self.filter(status="unscored")
