"""Why a queue has nothing left, and which places nobody can take: several tables at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from annotation.querysets import AssignmentQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Items that somebody else has open; `name` is '' where annotators do not see each other."""

    name: str
    items: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingLeft:
    """Where the items of a campaign are when a person gets none: the parts add up to `items`.

    `open` is what they can still decide themselves; `filtered` of it is what a filter hides. `taken`: others have
    labelled it as often as wanted. `free`: nobody has it; more than 0 means that there is something left. What a lead
    took from their queue is in no part.
    """

    items: int
    submitted: int
    skipped: int
    open: int
    filtered: int
    held: tuple[Held, ...]
    taken: int
    free: int
    no_such_item: bool

    @property
    def all_decided(self) -> bool:
        """Whether everything there is has this person's decision."""
        return 0 < self.items == self.submitted

    @property
    def held_items(self) -> int:
        """How many others have open."""
        return sum(one.items for one in self.held)

    @property
    def next_free_at(self) -> datetime | None:
        """When the first of them is free again, if nobody comes back to it."""
        return min((one.until for one in self.held), default=None)


def nothing_left(campaign: Campaign, annotator: Annotator, shown: AssignmentQuerySet | None = None) -> NothingLeft:
    """Say in numbers why. `shown`: the part of their queue that the filter or search of the page leaves."""
    queue = Assignment.objects.queue(campaign.pk, annotator.pk)
    states = queue.state_counts()
    mine, still_open = sum(states.values()), queue.open().count()
    held = held_by_others(campaign, annotator) if campaign.is_pulled else ()
    items = mine
    if campaign.is_pulled:
        items = items_met_or_wanting(campaign, annotator) - sum(queue.put_aside().values())
    free = unmet(campaign, annotator).count() if campaign.is_pulled and items > mine else 0
    return NothingLeft(
        items=items,
        submitted=states[Assignment.State.SUBMITTED],
        skipped=states[Assignment.State.SKIPPED],
        open=still_open,
        filtered=0 if shown is None else still_open - shown.open().count(),
        held=held,
        taken=items - mine - free - sum(one.items for one in held),
        free=free,
        no_such_item=shown is not None and not shown.exists(),
    )


def items_met_or_wanting(campaign: Campaign, annotator: Annotator) -> int:
    """The items of a pulled campaign as this person sees them: without the check items that did not come to them."""
    items = CampaignItem.objects.filter(campaign=campaign)
    return items.count() - unknown_to(items.filter(how=CampaignItem.How.CHECK), annotator).count()


def unknown_to(items: "QuerySet[CampaignItem]", annotator: Annotator) -> "QuerySet[CampaignItem]":
    """Those that never were in this person's queue."""
    return items.exclude(Exists(Assignment.objects.filter(campaign_item=OuterRef("pk"), annotator=annotator)))


def unmet(campaign: Campaign, annotator: Annotator) -> "QuerySet[CampaignItem]":
    """Items that want a label and that this person does not know."""
    return unknown_to(CampaignItem.objects.filter(campaign=campaign, taken__lt=F("wanted")), annotator)


def held_by_others(campaign: Campaign, annotator: Annotator) -> tuple[Held, ...]:
    """Who has items open that this person does not know and nobody else can take, until when."""
    known = Assignment.objects.filter(campaign_item=OuterRef("campaign_item"), annotator=annotator)
    rows = (
        Assignment.objects.filter(campaign=campaign, held_until__gte=timezone.now())
        .exclude(campaign_item__how=CampaignItem.How.CHECK)
        .exclude(Exists(known))
        .filter(campaign_item__taken__gte=F("campaign_item__wanted"))
        .order_by("campaign_item", "held_until")
        .values_list("campaign_item", "annotator__name", "held_until")
    )
    first: dict[int, tuple[str, datetime]] = {}
    for item, name, until in rows:
        first.setdefault(item, (name, until))
    return tuple(_held(list(first.values()), blind=campaign.blind_people))


def _held(rows: Sequence[tuple[str, datetime]], *, blind: bool) -> list[Held]:
    names = sorted({"" if blind else name for name, _ in rows})
    found = {name: [until for holder, until in rows if blind or holder == name] for name in names}
    return [Held(name=name, items=len(untils), until=min(untils)) for name, untils in found.items()]


def without_people(campaign: Campaign, people: int) -> int:
    """Items that want a label which none of so many annotators can give: all of them have met the item already.

    Where it is not 0 the lead has to add somebody, or to live with fewer labels.
    """
    wanting = CampaignItem.objects.filter(campaign=campaign, returned=True, taken__lt=F("wanted"))
    return wanting.annotate(met=Count("assignments")).filter(met__gte=people).count()
