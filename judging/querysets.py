"""Reads over many rows of one table. Each reaches its model as `self.model`."""

from django.db.models import QuerySet


class DatasetQuerySet(QuerySet):  # type: ignore[type-arg]
    """Datasets."""

    def ready(self) -> "DatasetQuerySet":
        """Those whose import is complete; the others are shown to nobody."""
        return self.filter(state=self.model.State.READY)


class ItemQuerySet(QuerySet):  # type: ignore[type-arg]
    """Items."""

    def between(self, first: int, last: int) -> "ItemQuerySet":
        """Items of a closed range of positions, in order."""
        return self.filter(position__gte=first, position__lte=last).order_by("position")


class VersionedQuerySet(QuerySet):  # type: ignore[type-arg]
    """Rubrics and judges."""

    def newest(self, name: str) -> "VersionedQuerySet":
        """Versions of one name, newest first."""
        return self.filter(name=name).order_by("-version")


class RunQuerySet(QuerySet):  # type: ignore[type-arg]
    """Runs."""

    def unfinished(self) -> "RunQuerySet":
        """Runs that still have work to do."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.RUNNING])


class RunBatchQuerySet(QuerySet):  # type: ignore[type-arg]
    """Batches of runs."""

    def open(self) -> "RunBatchQuerySet":
        """Batches nobody has finished."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.CLAIMED])


class JudgmentQuerySet(QuerySet):  # type: ignore[type-arg]
    """Judgments."""

    def unscored(self) -> "JudgmentQuerySet":
        """Judgments without a value."""
        return self.filter(status="unscored")
