"""Which items a report is about: one part of a locked split, with or without those whose question or reference is bad.

Every reader of this package asks `kept` or `kept_sql`, so that no figure, matrix or list can speak of other items than
its neighbours. What is asked for is set once, around the whole report, by `about`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Count, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from annotation.core.words import FLAGS
from annotation.models import Campaign, FlagDecision, Label, LockedSplit
from judging.models import Dataset, Item

Rows = TypeVar("Rows", bound="QuerySet[Any]")
DEV, TEST, ALL = "dev", "test", "all"
PARTS = (DEV, TEST, ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """`split`: a part of the locked split, or `all`; '' is dev where there is a split, else all items."""

    split: str = ""
    without_flagged: bool = False

    def settled(self, dataset: Dataset) -> "Which":
        """What it comes to on this dataset: the test part is in nothing that did not ask for it."""
        if locked_split(dataset) is None:
            return replace(self, split="")
        return replace(self, split=self.split or DEV)

    @property
    def shows_test(self) -> bool:
        """Whether the numbers speak of the locked test part."""
        return self.split in {TEST, ALL}


def locked_split(dataset: Dataset) -> LockedSplit | None:
    """The dataset's split, asked for once for each dataset in hand; None where nothing is locked away."""
    if not hasattr(dataset, "_locked_split"):
        dataset._locked_split = LockedSplit.objects.filter(pk=dataset.pk).first()  # type: ignore[attr-defined]
    found: LockedSplit | None = dataset._locked_split  # type: ignore[attr-defined]
    return found


EVERY = Which()
"""What is asked for where nothing is said: all items, of a locked split those to tune on."""

_ITEMS: "ContextVar[QuerySet[Any] | None]" = ContextVar("items", default=None)
_ABOUT: "ContextVar[tuple[Dataset, Campaign | None, Which] | None]" = ContextVar("about", default=None)


@contextmanager
def about(dataset: Dataset, campaign: Campaign | None, which: Which) -> Iterator[None]:
    """Until its end, reports read these items alone."""
    items, meant = _ITEMS.set(items_of(dataset, campaign, which)), _ABOUT.set((dataset, campaign, which))
    try:
        yield
    finally:
        _ITEMS.reset(items)
        _ABOUT.reset(meant)


def items_of(dataset: Dataset, campaign: Campaign | None, which: Which) -> "QuerySet[Any] | None":
    """The items that are meant; None for all of them."""
    found = which.settled(dataset)
    if found.split in {"", ALL} and not found.without_flagged:
        return None
    items: QuerySet[Any] = Item.objects.filter(dataset=dataset)
    if found.split in {DEV, TEST}:
        items = items.filter(split=found.split)
    if found.without_flagged and campaign is not None:
        items = items.exclude(pk__in=flagged_items(campaign))
    return items.order_by().values("pk")


def flagged_items(campaign: Campaign) -> "QuerySet[Any]":
    """Items whose question or reference is bad: as a lead decided, else where anybody's current label says so."""
    decided = FlagDecision.objects.filter(campaign=campaign, ended_at=None)
    is_bad = Q(pk__in=decided.filter(is_bad=True).order_by().values("item"))
    is_open = ~Q(pk__in=decided.order_by().values("item"))
    flagged = Q(pk__in=flagging_labels(campaign).order_by().values("item"))
    found: QuerySet[Any] = Item.objects.filter(is_bad | (flagged & is_open), dataset=campaign.dataset_id)
    return found.order_by().values("pk")


def flagging_labels(campaign: Campaign) -> "QuerySet[Any]":
    """Current labels that say that the question or the reference is bad."""
    said = Q()
    for flag in FLAGS:
        said |= Q(flags_text__contains=f'"{flag}"')
    labels = Label.objects.current().filter(campaign=campaign).exclude(flags=[])
    found: QuerySet[Any] = labels.annotate(flags_text=Cast("flags", TextField())).filter(said)
    return found


def kept(rows: Rows, field: str = "item") -> Rows:
    """The rows about items that the report is about. `field`: where a row names its item."""
    items = _ITEMS.get()
    return rows if items is None else rows.filter(**{f"{field}__in": items})


def kept_sql(column: str) -> tuple[str, tuple[Any, ...]]:
    """The same as a condition that goes on with AND, and its parameters."""
    items = _ITEMS.get()
    if items is None:
        return "", ()
    sql, parameters = items.query.sql_with_params()
    return f" AND {column} IN ({sql})", tuple(parameters)


def state_of_part() -> tuple[object, ...]:
    """What the edges of the part follow from, beside labels: empty for all items."""
    meant = _ABOUT.get()
    if meant is None or _ITEMS.get() is None:
        return ()
    dataset, campaign, which = meant
    found, split = which.settled(dataset), locked_split(dataset)
    drawn = (split.seed, split.test_share, split.at, split.settled_to) if split else ()
    current = FlagDecision.objects.filter(campaign=campaign, ended_at=None)
    decided = current.aggregate(n=Count("pk"), last=Max("pk")) if found.without_flagged else {}
    return found.split, found.without_flagged, *drawn, *decided.values()


def kept_count(dataset: Dataset) -> int:
    """How many items the report is about."""
    items = _ITEMS.get()
    return dataset.items.count() if items is None else items.count()
