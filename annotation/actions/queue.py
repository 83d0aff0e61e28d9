"""An annotator's queue: the next item, its place while it is open, and the ways to give it back.

In a dealt campaign the places are one's own and never expire. In a pulled one a place is taken when an item is drawn,
kept until `held_until`, and free for others after that. Rows are locked in one order, so that nobody waits in a circle:
annotator, assignment, item, campaign item; whoever goes against it does not wait (skip_locked).

For a label: `keep_place` before it is stored says whether it is surplus, `settle` after it ends the hold, and `hold`
after it was taken back keeps the place again. Why nothing is left, `reports.queues.nothing_left` says in numbers.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.actions.draws import (
    draw,
    draw_waiting,
    free_expired,
    give_place,
    held_from_now,
    lock_queues,
    take_place,
)
from annotation.actions.extras import deal_to_another, want_one_more
from annotation.actions.refusals import LabelRefused, StalePage, elsewhere, refuse_closed, refuse_unskippable
from annotation.core.rules import CampaignRules, Skipped, skip_rule
from annotation.core.words import PageView
from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from annotation.querysets import AssignmentQuerySet
from judging.prepared import Planned, Prepared

MOST_OPEN = 10
OPEN_LOOKED_AT = 100
FIRST_OPEN = Prepared(lambda *of: _with_item(Assignment.objects.queue(*of).first_open()), 2)
OPEN_BEHIND = Planned(
    lambda campaign, person, after: _with_item(Assignment.objects.queue(campaign, person).first_open(after=after)), 3
)
# With its item, because two people on one item are counted one after the other: the second sees the label of the first.
TOGETHER = ("self", "campaign_item__item")
LOCKED = Planned(
    lambda pk: (
        Assignment.objects.filter(pk=pk)
        .order_by()
        .select_related("campaign_item__item")
        .defer(*(f"campaign_item__item__{name}" for name in ("turns", "turns_b", "context", "criteria", "extra")))
        .select_for_update(of=TOGETHER, no_key=True)
    ),
    1,
)
OWN_OPEN = Prepared(
    lambda campaign, person: (
        Assignment.objects.open()
        .filter(campaign=campaign, annotator=person)
        .order_by()
        .select_for_update(of=("self",))
        .select_related("campaign_item__item")[:OPEN_LOOKED_AT]
    ),
    2,
)
DRAFT_MARKS = {"page", "sequence", "at"}


def next_place(campaign: Campaign, annotator: Annotator, *, after: int = 0) -> Assignment | None:
    """The next place that wants this person's decision, kept for them; None where nothing is left for them.

    Without `after` it resumes at their first open item. With it (the place they come from) it goes on behind that: in a
    pulled campaign a new item is drawn, unless they have `MOST_OPEN` open ones already.
    """
    if not campaign.is_pulled:
        behind = OPEN_BEHIND.first(campaign.pk, annotator.pk, after) if after else None
        return _of(behind or FIRST_OPEN.first(campaign.pk, annotator.pk), campaign, annotator)
    free_expired(campaign)
    # Each look in a transaction of its own: the second waits for others, and must hold nothing that they wait for.
    for look in (_place_ahead, _drawn_waiting, _place_left):
        with transaction.atomic(savepoint=False):
            lock_queues([annotator])
            found = look(campaign, annotator, after)
            if found is not None:
                fresh = found.held_until is None or found.opened_at is not None
                return _held(found, campaign) if fresh else found
    return None


def hold(assignment: Assignment) -> Assignment:
    """Keep an open place of a pulled campaign for its annotator from now on; call whenever its page is shown.

    A place that expired or was given back is taken again. Where others have taken it (`placed` is false), the item can
    be labelled all the same; the label is surplus.
    """
    campaign = assignment.campaign
    if not campaign.is_pulled or campaign.state != Campaign.State.OPEN or not assignment.is_open:
        return assignment
    until = held_from_now(campaign)
    mine = Assignment.objects.open().filter(pk=assignment.pk, placed=True)
    if mine.update(held_until=until):
        assignment.placed, assignment.held_until = True, until
        return assignment
    with transaction.atomic():
        row = locked(assignment)
        if row.is_open and keep_place(row):
            _held(row, campaign)
    assignment.placed, assignment.held_until, assignment.state = row.placed, row.held_until, row.state
    return assignment


def release(assignment: Assignment) -> None:
    """Their annotator leaves an open item: others may have its place, the draft stays. Nothing in a dealt campaign."""
    if not assignment.campaign.is_pulled:
        return
    with transaction.atomic():
        row = locked(assignment)
        if row.is_open:
            _given_back(row)


@transaction.atomic
def skip(assignment: Assignment, reason: str, *, view: PageView) -> Assignment:
    """Leave an item undecided, for the campaign's rule to say what becomes of it; the same press twice counts once."""
    row = locked(assignment)
    if row.state == Assignment.State.SKIPPED:
        return row
    refuse_closed(row.campaign)
    refuse_settled(row)
    if row.draft_rev != view.known_rev and row.draft.get("page") != view.key:
        raise StalePage(elsewhere())
    rules = CampaignRules.from_json(row.campaign.rules)
    rule = skip_rule(rules, pulled=row.campaign.is_pulled)
    refuse_unskippable(rule, row.campaign_item)
    if rules.comment_on_skip and not reason.strip():
        raise LabelRefused(_("This campaign asks for a reason when an item is skipped: write one."))
    row.skip_reason, row.draft_rev = reason.strip()[:500], row.draft_rev + 1
    if rule == Skipped.ME:
        return _put_off(row)
    row.state, row.held_until = Assignment.State.SKIPPED, None
    if rule == Skipped.OTHERS:
        _given_back(row)
        if not row.campaign.is_pulled:
            deal_to_another(row.campaign, row.campaign_item)
    row.save(update_fields=["state", "skip_reason", "draft_rev", "held_until"])
    return row


@transaction.atomic
def to_pending(assignment: Assignment) -> Assignment:
    """A skipped item is open again for its annotator, with the draft it had."""
    row = locked(assignment)
    refuse_closed(row.campaign)
    if row.state == Assignment.State.SKIPPED:
        drafted = bool(row.draft.keys() - DRAFT_MARKS)
        row.state = Assignment.State.DRAFT if drafted else Assignment.State.PENDING
        row.draft_rev += 1
        row.save(update_fields=["state", "draft_rev"])
        if keep_place(row) and row.campaign.is_pulled:
            _held(row, row.campaign)
    else:
        refuse_settled(row)
    return row


@transaction.atomic
def to_end(assignment: Assignment) -> Assignment:
    """An open item comes again when the rest of its annotator's queue is done; nobody else's queue changes."""
    row = locked(assignment)
    refuse_closed(row.campaign)
    refuse_settled(row)
    return _put_off(row)


def star(assignment: Assignment, *, starred: bool) -> None:
    """Its annotator's own mark on a place, to look at it again; nothing else of it changes."""
    Assignment.objects.filter(pk=assignment.pk).update(starred=starred)
    assignment.starred = starred


def keep_place(assignment: Assignment) -> bool:
    """Whether a locked place is counted for its item, taken again where it was given back; without one, a label of
    it is surplus.
    """
    row = assignment
    if not row.placed and take_place(row.campaign_item):
        row.placed = True
        row.save(update_fields=["placed"])
    return row.placed


def settle(assignment: Assignment) -> None:
    """A label of a locked place is stored: the hold ends, and where people disagree too much one more is asked."""
    if assignment.held_until is not None:
        assignment.held_until = None
        assignment.save(update_fields=["held_until"])
    want_one_more(assignment.campaign, assignment.campaign_item)


def locked(assignment: Assignment) -> Assignment:
    """The assignment and its item as they are now, kept from others until the transaction ends."""
    row: Assignment = Assignment.objects.whole().select_for_update(of=TOGETHER, no_key=True).get(pk=assignment.pk)
    return row


def locked_again(place: Assignment) -> Assignment:
    """A place that was read just before and its item, as they are now, kept from others until the transaction ends. Its
    campaign and person are those that were read: they change rarely, and what they said a moment ago may be gone by.

    In a pulled campaign the person's queue is locked first, so that the next item may be drawn in this transaction."""
    if place.campaign.is_pulled:
        lock_queues([place.annotator])
    row: Assignment | None = LOCKED.first(place.pk)
    if row is None:
        raise StalePage(elsewhere())
    row.campaign, row.annotator = place.campaign, place.annotator
    if row.campaign_item.item.revision == place.campaign_item.item.revision:
        row.campaign_item = place.campaign_item
    return row


def refuse_settled(row: Assignment) -> None:
    """Skipping and putting off are for items without a decision."""
    if row.state == Assignment.State.SUBMITTED:
        raise LabelRefused(_("You have labelled this item already. Undo the label first, then skip it or put it off."))


def _with_item(places: AssignmentQuerySet) -> AssignmentQuerySet:
    """The first of some places, with its item."""
    return places.select_related("campaign_item__item")[:1]


def _of(found: Assignment | None, campaign: Campaign, annotator: Annotator) -> Assignment | None:
    """A place of this person in this campaign, which need not be read again."""
    if found is not None:
        found.campaign, found.annotator = campaign, annotator
    return found


def _place_ahead(campaign: Campaign, annotator: Annotator, after: int) -> Assignment | None:
    """An open place of a pulled campaign behind the one that somebody comes from, else a new item."""
    own = _open_places(campaign, annotator)
    full = _is_full(own)
    found = _first([row for row in own if row.lap == 0 and (full or row.queue_rank > after)])
    if found is None and campaign.state == Campaign.State.OPEN and not full:
        found = draw(campaign, annotator)
    return found


def _drawn_waiting(campaign: Campaign, annotator: Annotator, after: int) -> Assignment | None:
    """An item that others were taking a moment ago."""
    if campaign.state != Campaign.State.OPEN or _is_full(_open_places(campaign, annotator)):
        return None
    return draw_waiting(campaign, annotator)


def _place_left(campaign: Campaign, annotator: Annotator, after: int) -> Assignment | None:
    """Any open place that is left."""
    return _first(_open_places(campaign, annotator))


def _is_full(own: Sequence[Assignment]) -> bool:
    """Whether somebody has as many open items as they may have before they draw another."""
    return sum(row.placed for row in own) >= MOST_OPEN


def _open_places(campaign: Campaign, annotator: Annotator) -> list[Assignment]:
    """Somebody's open places in the order of their queue, locked. They are few: what is open was drawn one by one."""
    found = OWN_OPEN(campaign.pk, annotator.pk)
    for row in found:
        row.campaign, row.annotator = campaign, annotator
    return sorted(found, key=lambda row: (row.lap, row.queue_rank))


def _first(rows: Sequence[Assignment]) -> Assignment | None:
    """The first place that is its annotator's, or can be theirs again."""
    kept = next((row for row in rows if row.placed), None)
    return kept or next((row for row in rows if _is_free(row.campaign_item) and keep_place(row)), None)


def _is_free(row: CampaignItem) -> bool:
    return row.taken < row.wanted or row.how == CampaignItem.How.CHECK


def _held(row: Assignment, campaign: Campaign) -> Assignment:
    """From now on for as long as the campaign says."""
    if campaign.state == Campaign.State.OPEN:
        row.held_until = held_from_now(campaign)
        row.save(update_fields=["held_until"])
    return row


def _given_back(row: Assignment) -> None:
    """Its place is for others."""
    if row.placed:
        give_place(row.campaign_item)
    row.placed, row.held_until = False, None
    row.save(update_fields=["placed", "held_until"])


def _put_off(row: Assignment) -> Assignment:
    """Behind everything that was not put off as often."""
    row.lap += 1
    row.save(update_fields=["lap", "skip_reason", "draft_rev"])
    if row.campaign.is_pulled:
        _given_back(row)
    return row
