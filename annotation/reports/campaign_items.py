"""The items of a campaign as a lead lists them: by filter, with what was said of each."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotation.models import Assignment, Campaign, CampaignItem, GoldLabel, ItemCount, Label
from annotation.querysets import LabelQuerySet
from judging.models import Item

CampaignItems = QuerySet[CampaignItem, CampaignItem]


class Show(StrEnum):
    """Which items are listed."""

    ALL = "all"
    OPEN = "open"
    DONE = "done"
    UNTOUCHED = "untouched"
    DISAGREEMENT = "disagreement"
    SKIPPED = "skipped"
    DECIDED = "decided"
    UNDECIDED = "undecided"
    SENT = "sent"
    KNOWN = "known"
    EXTRA = "extra"
    UNSKIPPABLE = "unskippable"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """What a lead asks for; '' asks for nothing."""

    show: Show = Show.ALL
    category: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """A line of the list."""

    row: CampaignItem
    labels: tuple[Label, ...]
    states: dict[str, int]
    gold: tuple[GoldLabel, ...]

    @property
    def open(self) -> int:
        """Labels that are still wanted."""
        return max(0, self.row.wanted - len({label.annotator_id for label in self.labels}))


def items_of(campaign: Campaign, asked: ItemFilter) -> CampaignItems:
    """The items that a filter leaves, in the campaign's order."""
    rows = CampaignItem.objects.filter(CONDITIONS[asked.show](campaign), campaign=campaign)
    if asked.category:
        rows = rows.filter(item__category=asked.category)
    if asked.q:
        found = Item.objects.filter(dataset=campaign.dataset_id).saying(asked.q)
        rows = rows.filter(item__in=found.order_by().values("pk"))
    return rows.order_by("rank")


def lines_of(campaign: Campaign, rows: Sequence[CampaignItem]) -> list[ItemLine]:
    """Rows with what was said of them: three queries for any number of rows."""
    items = [row.item_id for row in rows]
    states: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row, state in Assignment.objects.filter(campaign_item__in=rows).values_list("campaign_item", "state"):
        states[row][state] += 1
    labels = by_item(Label.objects.current().filter(campaign=campaign, item__in=items).select_related("annotator"))
    gold = by_item(GoldLabel.objects.filter(campaign=campaign, item__in=items, ended_at__isnull=True))
    return [
        ItemLine(row=row, labels=tuple(labels[row.item_id]), states=dict(states[row.pk]), gold=tuple(gold[row.item_id]))
        for row in rows
    ]


def by_item(rows: Any) -> dict[int, list[Any]]:
    """Rows under their item."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.item_id].append(row)
    return found


def labelled_by_all(campaign: Campaign) -> Q:
    """Every label that an item wants is there."""
    waiting = Assignment.objects.open().filter(campaign_item=OuterRef("pk"), placed=True)
    return Q(taken__gte=F("wanted"), wanted__gt=0) & ~Exists(waiting) & Q(Exists(any_label(campaign)))


def any_label(campaign: Campaign) -> LabelQuerySet:
    """Standing labels of the outer item."""
    labels: LabelQuerySet = Label.objects.current().filter(campaign=campaign, item=OuterRef("item"))
    return labels


def still_wanted(_campaign: Campaign) -> Q:
    """A place is free, or somebody has it and has not decided."""
    waiting = Assignment.objects.open().filter(campaign_item=OuterRef("pk"), placed=True)
    return Q(taken__lt=F("wanted")) | Q(Exists(waiting))


def disputed(campaign: Campaign) -> Q:
    """People say different things."""
    counts = ItemCount.objects.filter(campaign=campaign, newest=True, entropy__gt=0)
    return Q(item__in=counts.values("item"))


def decided(campaign: Campaign) -> Q:
    """A lead has decided."""
    gold = GoldLabel.objects.filter(campaign=campaign, ended_at__isnull=True)
    return Q(item__in=gold.values("item"))


def skipped(campaign: Campaign) -> Q:
    """Somebody's place of it is closed without a label."""
    places = Assignment.objects.filter(campaign=campaign, state=Assignment.State.SKIPPED)
    return Q(pk__in=places.values("campaign_item")) & Q(wanted__gt=0)


CONDITIONS: dict[Show, Callable[[Campaign], Q]] = {
    Show.ALL: lambda _campaign: Q(),
    Show.OPEN: still_wanted,
    Show.DONE: labelled_by_all,
    Show.UNTOUCHED: lambda campaign: ~Q(Exists(any_label(campaign))),
    Show.DISAGREEMENT: disputed,
    Show.SKIPPED: skipped,
    Show.DECIDED: decided,
    Show.UNDECIDED: lambda campaign: ~decided(campaign),
    Show.SENT: lambda _campaign: Q(for_adjudication=True),
    Show.KNOWN: lambda _campaign: ~Q(known_value=""),
    Show.EXTRA: lambda _campaign: Q(extra__gt=0),
    Show.UNSKIPPABLE: lambda _campaign: Q(unskippable=True),
    Show.REMOVED: lambda _campaign: Q(wanted=0) & ~Q(how=CampaignItem.How.CHECK),
}
