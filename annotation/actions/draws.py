"""Places of items: drawing the next item of a pulled campaign, taking a place, giving it back, and its expiry.

`CampaignItem.taken` counts the assignments with `placed`, and is changed by conditional updates only: never two people
on one place. A check item, whose value is known, has as many places as people draw it, and is drawn by turn.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from judging.models import Item
from judging.permissions import groups_of
from judging.prepared import Planned, Prepared, PreparedInsert, PreparedUpdate

RETURNED_LOOKED_AT = 20
FREED_AT_ONCE = 100
DRAWN_LATELY = 10


@dataclass(frozen=True, slots=True)
class EndOfQueue:
    """Where somebody is in a pulled campaign: their last place and the furthest rank of its items that they drew
    lately, before which lies what they know, but for what came back. Beside: their first open place, when the first
    place of anybody expires, and the first item that came back (primary keys).
    """

    rank: int = 0
    reached: int = 0
    open_place: int | None = None
    first_expiry: datetime | None = None
    returned: int | None = None


def take_place(row: CampaignItem) -> bool:
    """Take a place of an item; False where every label it wants has its person."""
    if row.how == CampaignItem.How.CHECK:
        return CampaignItem.objects.filter(pk=row.pk).update(taken=F("taken") + 1, wanted=F("wanted") + 1) == 1
    return TAKE(row.pk) == 1


def give_place(row: CampaignItem, *, places: int = 1) -> None:
    """Give places of an item back; they are drawn before fresh items."""
    taken = CampaignItem.objects.filter(pk=row.pk, taken__gte=places)
    if row.how == CampaignItem.How.CHECK:
        taken.update(taken=F("taken") - places, wanted=F("wanted") - places)
    else:
        taken.update(taken=F("taken") - places, returned=True)


def held_from_now(campaign: Campaign) -> datetime:
    """Until when a place is kept that is opened now."""
    return timezone.now() + timedelta(seconds=campaign.hold_seconds)


def lock_queues(people: Sequence[Annotator]) -> None:
    """Nobody else puts anything into these people's queues until the transaction ends."""
    if not connection.features.has_select_for_update:
        return  # SQLite lets one writer in at a time
    if len(people) == 1:
        LOCK(people[0].pk)
    else:
        rows = Annotator.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


def free_expired(campaign: Campaign) -> int:
    """Places that nobody came back to are free again; how many. Their drafts stay with those who typed them."""
    now = timezone.now()
    if not ANY_EXPIRED(campaign.pk, now):
        return 0
    expired = Assignment.objects.filter(campaign=campaign, held_until__lt=now)
    with transaction.atomic():
        rows = list(
            expired.select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("campaign_item")
            .order_by("campaign_item")[:FREED_AT_ONCE]
        )
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(placed=False, held_until=None)
        free = Counter(row.campaign_item for row in rows if row.placed and row.is_open)
        for item in sorted(free, key=lambda item: item.rank):
            give_place(item, places=free[item])
    return sum(free.values())


def draw(campaign: Campaign, annotator: Annotator) -> Assignment | None:
    """A place of an item that this person does not know yet, at the end of their queue; None where there is none.

    Who is no longer one of the campaign's people keeps what they have and draws nothing more.
    Call with their queue locked. What others gave back comes first; then the campaign's order, from where this person
    is in it. Items that others are taking just now are passed over.
    """
    if not may_draw(campaign, annotator):
        return None
    end = _end_of_queue(campaign, annotator)
    found = _check_item(campaign, annotator, end.rank + 1) or _passing_item(campaign, annotator, end)
    return _given(campaign, annotator, end, found)


def draw_waiting(campaign: Campaign, annotator: Annotator) -> Assignment | None:
    """The same from the beginning of the campaign's order, waiting for what becomes of items that others are taking.

    Call it in a transaction that holds nothing but their queue. Whoever waits here keeps what it has looked at until
    the end: all who wait for several items go by their order, and so nobody waits in a circle.
    """
    if not may_draw(campaign, annotator):
        return None
    end = _end_of_queue(campaign, annotator)
    if end.rank >= CampaignItem.objects.filter(campaign=campaign).count():
        return None
    waiting = _wanting(campaign.pk).select_for_update(of=("self",), no_key=True)
    return _given(campaign, annotator, end, _unknown(waiting, annotator.pk).first())


def draw_at_once(campaign: Campaign, annotator: Annotator) -> Assignment | None:
    """The place that a press goes on with, drawn and opened in the transaction that stores the press.

    That one holds an item already, so nothing is waited for here. None where `draw` must look, in a transaction of its
    own: this person has something open, somebody's place has expired, a check item is due, others hold what is free.
    """
    if not may_draw(campaign, annotator):
        return None
    end, now = _end_of_queue(campaign, annotator), timezone.now()
    is_due = end.first_expiry is not None and end.first_expiry < now
    if end.open_place or is_due or is_check_turn(campaign, annotator, end.rank + 1):
        return None
    return _given(campaign, annotator, end, _passing_item(campaign, annotator, end), opened_at=now)


def may_draw(campaign: Campaign, annotator: Annotator) -> bool:
    """Whether this person is one of the campaign's people now: a member of its group, or named by its rules."""
    user = annotator.user
    if user is None or not user.is_active:
        return False
    if campaign.group:
        return campaign.group in groups_of(user)
    return user.get_username() in CampaignRules.from_json(campaign.rules).annotators


def is_swapped(campaign: Campaign, item: Item, annotator: Annotator) -> bool:
    """Whether this person sees the sides of a pair the other way round: drawn once for all by the seed."""
    drawn = Random(f"{campaign.seed}/{campaign.pk}/{item.pk}/{annotator.pk}")  # noqa: S311 - a draw, not a secret
    return item.kind == Item.Kind.PAIR and drawn.random() < 0.5


def is_check_turn(campaign: Campaign, annotator: Annotator, rank: int) -> bool:
    """Whether a check item stands at this place of a queue: one in every so many, where in them nobody can tell."""
    share = CampaignRules.from_json(campaign.rules).known_share
    if share <= 0:
        return False
    every = max(1, round(1 / share))
    block, place = divmod(rank - 1, every)
    return Random(f"{campaign.seed}/{annotator.pk}/{block}").randrange(every) == place  # noqa: S311


def _check_item(campaign: Campaign, annotator: Annotator, rank: int) -> CampaignItem | None:
    if not is_check_turn(campaign, annotator, rank):
        return None
    checks = CampaignItem.objects.filter(campaign=campaign, how=CampaignItem.How.CHECK).select_related("item")
    return _unknown(checks, annotator.pk).first()


def _end_of_queue(campaign: Campaign, annotator: Annotator) -> EndOfQueue:
    rows = DRAWN(campaign.pk, annotator.pk)
    if not rows:
        return EndOfQueue()
    (rank, _, *around), reached = rows[0], max(in_campaign for _, in_campaign, *_ in rows)
    return EndOfQueue(rank, reached, *around)


def _given(
    campaign: Campaign,
    annotator: Annotator,
    end: EndOfQueue,
    found: CampaignItem | None,
    *,
    opened_at: datetime | None = None,
) -> Assignment | None:
    """A place of the item that was found, as the last of the queue."""
    if found is None or not take_place(found):
        return None
    return GIVEN(
        Assignment(
            campaign=campaign,
            campaign_item=found,
            annotator=annotator,
            queue_rank=end.rank + 1,
            held_until=held_from_now(campaign),
            swapped=is_swapped(campaign, found.item, annotator),
            opened_at=opened_at,
        )
    )


def _passing_item(campaign: Campaign, annotator: Annotator, end: EndOfQueue) -> CampaignItem | None:
    """The next item that wants a label and that this person has not met, locked: of what came back and of what lies
    ahead, passing over what others are taking just now."""
    came_back = BACK_UNKNOWN.first(campaign.pk, annotator.pk) if end.returned or not end.rank else None
    return came_back or NEXT_UNKNOWN.first(campaign.pk, end.reached, annotator.pk)


def _wanting(campaign: Any) -> QuerySet[CampaignItem]:
    return CampaignItem.objects.filter(campaign=campaign, taken__lt=F("wanted")).select_related("item")


def _passing(campaign: Any) -> QuerySet[CampaignItem]:
    """Those that nobody holds; whichever is read is locked."""
    return _wanting(campaign).select_for_update(of=("self",), no_key=True, skip_locked=True)


def _unknown(items: QuerySet[CampaignItem], annotator: Any) -> QuerySet[CampaignItem]:
    known = Assignment.objects.filter(campaign_item=OuterRef("pk"), annotator=annotator)
    return items.exclude(Exists(known)).order_by("rank")


def _returned(campaign: Any) -> QuerySet[CampaignItem]:
    return _wanting(campaign).filter(returned=True).order_by("rank")


def _drawn_lately(campaign: Any, annotator: Any) -> QuerySet[Assignment, tuple[Any, ...]]:
    """The last places of a queue, each with what is around it. What is around is the first by an index, so that its
    plan is good however many there are."""
    queue = Assignment.objects.queue(campaign, annotator)
    held = Assignment.objects.filter(campaign=campaign, held_until__isnull=False).order_by("held_until")
    around = {
        "first_open": Coalesce(*[Subquery(nearest) for nearest in queue.nearest_open()]),
        "first_expiry": Subquery(held.values("held_until")[:1]),
        "first_returned": Subquery(_returned(campaign).values("pk")[:1]),
    }
    latest = queue.order_by("-queue_rank").annotate(**around)
    rows: QuerySet[Assignment, tuple[Any, ...]] = latest.values_list("queue_rank", "campaign_item__rank", *around)
    return rows[:DRAWN_LATELY]


def _back_unknown(campaign: Any, annotator: Any) -> QuerySet[CampaignItem]:
    # Only the first few are looked at: a person may know thousands of them already.
    first = _returned(campaign).values("pk")[:RETURNED_LOOKED_AT]
    return _unknown(_passing(campaign).filter(pk__in=first), annotator)[:1]


def _next_unknown(campaign: Any, reached: Any, annotator: Any) -> QuerySet[CampaignItem]:
    return _unknown(_passing(campaign).filter(rank__gt=reached), annotator)[:1]


LOCK = Planned(
    lambda pk: Annotator.objects.filter(pk=pk).order_by().select_for_update(no_key=True).values_list("pk"), 1
)
TAKE = PreparedUpdate(
    lambda pk: (CampaignItem.objects.filter(pk=pk, taken__lt=F("wanted")), {"taken": F("taken") + 1}), 1
)
GIVEN = PreparedInsert(Assignment)
NEXT_UNKNOWN = Planned(_next_unknown, 3)
BACK_UNKNOWN = Planned(_back_unknown, 2)
DRAWN = Planned(_drawn_lately, 2)
ANY_EXPIRED = Prepared(
    lambda campaign, now: Assignment.objects.filter(campaign=campaign, held_until__lt=now).order_by().values("pk")[:1],
    2,
)
