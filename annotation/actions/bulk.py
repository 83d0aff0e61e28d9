"""What a lead does to many items of a campaign at once: some hundred at a time, with a count of what it changed.

What each of them changed is kept until the next one, so that `bulk_undo` can take the last one back.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from annotation.actions.bulk_notes import noted, settle_action
from annotation.actions.draws import give_place, lock_queues
from annotation.actions.extras import deal_to_another, members, put_at_end
from annotation.actions.queue import to_pending
from annotation.actions.rereview import reopen
from annotation.core.lead_reasons import HANDED_OVER, NOT_WANTED, REMOVED
from annotation.models import Annotator, Assignment, BulkAction, Campaign, CampaignItem, GoldLabel, Label

CHUNK = 200
MOST_LABELS = 50
DECIDED = "decided"
Step = Callable[[Campaign, list[CampaignItem]], int]


class BulkRefused(ValueError):
    """Why nothing was done to any item, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How many of the chosen items changed; the others could not."""

    chosen: int
    changed: int

    @property
    def left(self) -> int:
        """Items that stayed as they were."""
        return self.chosen - self.changed


def more_labels(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """Every item wants one label more; in a dealt campaign whoever has least to do gets it."""
    refuse_closed(campaign)
    return in_chunks(BulkAction(campaign=campaign, verb="more_labels", by=by), items, _more)


def fewer_labels(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """Every item wants one label less, where a place is open that nobody has begun; one at least stays wanted."""
    refuse_closed(campaign)
    return in_chunks(BulkAction(campaign=campaign, verb="fewer_labels", by=by), items, _fewer)


def send_to_adjudication(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """The items stand on the adjudication page, whatever people said."""
    return in_chunks(BulkAction(campaign=campaign, verb="send_to_adjudication", by=by), items, _send)


def hand_items_over(campaign: Campaign, items: Collection[int], taker: Annotator, *, by: User | None = None) -> Done:
    """One open place of every item goes to a person of the campaign who does not know the item."""
    refuse_closed(campaign)
    if campaign.is_pulled:
        raise BulkRefused(_("People draw the items of this campaign: take somebody out of it to free what they hold."))
    if taker.user is None or taker.user.username not in members(campaign):
        raise BulkRefused(_("%(name)s is not in this campaign; add them first.") % {"name": taker.name})
    return in_chunks(
        BulkAction(campaign=campaign, verb="hand_items_over", by=by), items, partial(_hand_over, taker=taker)
    )


def back_to_pending(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """Skipped items are open again, and decided ones with their word as the draft."""
    refuse_closed(campaign)
    return in_chunks(BulkAction(campaign=campaign, verb="back_to_pending", by=by), items, _reopen)


def mark_known(campaign: Campaign, items: Collection[int], value: str, *, by: User | None = None) -> Done:
    """The right answer of these items is known: people are measured by it. `decided` takes it from the gold label."""
    if not value.strip():
        raise BulkRefused(_("Say which answer is the right one."))
    return in_chunks(
        BulkAction(campaign=campaign, verb="mark_known", by=by), items, partial(_know, value=value.strip())
    )


def forget_known(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """These items are like all others again."""
    return in_chunks(BulkAction(campaign=campaign, verb="forget_known", by=by), items, _forget)


def remove_items(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """Take items out that nobody has begun: nobody is asked about them any more."""
    refuse_closed(campaign)
    return in_chunks(BulkAction(campaign=campaign, verb="remove_items", by=by), items, _remove)


def forbid_skipping(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """Nobody may skip these items from now on; what was skipped stays so."""
    return in_chunks(
        BulkAction(campaign=campaign, verb="forbid_skipping", by=by), items, partial(_skippable, unskippable=True)
    )


def allow_skipping(campaign: Campaign, items: Collection[int], *, by: User | None = None) -> Done:
    """These items may be skipped again, as the campaign's rules say."""
    return in_chunks(
        BulkAction(campaign=campaign, verb="allow_skipping", by=by), items, partial(_skippable, unskippable=False)
    )


def refuse_closed(campaign: Campaign) -> None:
    """Queues of a closed campaign do not change."""
    if campaign.state != Campaign.State.OPEN:
        raise BulkRefused(_("This campaign is closed: open it again first."))


def in_chunks(action: BulkAction, items: Collection[int], step: Step) -> Done:
    """Do it to the campaign's items of these primary keys, each chunk in a transaction of its own."""
    campaign, chosen, changed = action.campaign, sorted(set(items)), 0
    action.save()
    for at in range(0, len(chosen), CHUNK):
        with transaction.atomic():
            rows = CampaignItem.objects.filter(campaign=campaign, pk__in=chosen[at : at + CHUNK])
            locked = rows.select_for_update(of=("self",), no_key=True).select_related("item").order_by("pk")
            changed += do_noted(action, list(locked), step)
    settle_action(action, changed)
    return Done(chosen=len(chosen), changed=changed)


def do_noted(action: BulkAction, rows: list[CampaignItem], step: Step) -> int:
    """Do it to locked rows, and keep what it changed."""
    with noted(action, rows):
        return step(action.campaign, rows)


def _more(campaign: Campaign, rows: list[CampaignItem]) -> int:
    wanting = CampaignItem.objects.filter(pk__in=[row.pk for row in rows if row.how != CampaignItem.How.CHECK])
    changed = wanting.filter(wanted__lt=MOST_LABELS).update(wanted=F("wanted") + 1, returned=True)
    if not campaign.is_pulled:
        for row in rows:
            deal_to_another(campaign, row)
    return changed


def _fewer(_campaign: Campaign, rows: list[CampaignItem]) -> int:
    changed = 0
    for row in rows:
        if row.wanted > max(1, row.taken) or (row.wanted > 1 and _close_place(row, NOT_WANTED)):
            changed += CampaignItem.objects.filter(pk=row.pk, taken__lt=F("wanted")).update(wanted=F("wanted") - 1)
    return changed


def _close_place(row: CampaignItem, reason: str) -> bool:
    """Take one place back from somebody who has not begun; False where all have."""
    untouched = Assignment.objects.filter(
        campaign_item=row, state=Assignment.State.PENDING, placed=True, opened_at=None, draft={}
    )
    place = untouched.select_for_update(skip_locked=True).order_by("-pk").first()
    if place is None:
        return False
    give_place(row)
    _put_aside(place, reason)
    return True


def _put_aside(place: Assignment, reason: str) -> None:
    place.state, place.placed, place.held_until = Assignment.State.SKIPPED, False, None
    place.skip_reason, place.draft_rev = reason, place.draft_rev + 1
    place.save(update_fields=["state", "placed", "held_until", "skip_reason", "draft_rev"])


def _send(_campaign: Campaign, rows: list[CampaignItem]) -> int:
    fresh = CampaignItem.objects.filter(pk__in=[row.pk for row in rows], for_adjudication=False)
    return fresh.update(for_adjudication=True)


def _skippable(_campaign: Campaign, rows: list[CampaignItem], *, unskippable: bool) -> int:
    others = CampaignItem.objects.filter(pk__in=[row.pk for row in rows]).exclude(unskippable=unskippable)
    return others.update(unskippable=unskippable)


def _hand_over(campaign: Campaign, rows: list[CampaignItem], *, taker: Annotator) -> int:
    lock_queues([taker])
    known = set(
        Assignment.objects.filter(campaign_item__in=rows, annotator=taker).values_list("campaign_item", flat=True)
    )
    changed = 0
    for row in rows:
        places = Assignment.objects.open().filter(campaign_item=row, placed=True)
        place = places.select_for_update(skip_locked=True).order_by("pk").first()
        if row.pk in known or place is None:
            continue
        _put_aside(place, HANDED_OVER)
        put_at_end(campaign, row, taker)
        changed += 1
    return changed


def _reopen(_campaign: Campaign, rows: list[CampaignItem]) -> int:
    settled = [Assignment.State.SUBMITTED, Assignment.State.SKIPPED]
    places = Assignment.objects.filter(campaign_item__in=rows, state__in=settled)
    own = places.exclude(skip_reason__in=[REMOVED, NOT_WANTED, HANDED_OVER]).select_related("campaign").order_by("pk")
    changed = set()
    for place in own:
        if place.state == Assignment.State.SKIPPED:
            to_pending(place)
        else:
            reopen(place)
        changed.add(place.campaign_item_id)
    return len(changed)


def _know(campaign: Campaign, rows: list[CampaignItem], *, value: str) -> int:
    gold = gold_values(campaign, rows) if value == DECIDED else {row.item_id: value for row in rows}
    known = [row for row in rows if row.item_id in gold]
    for row in known:
        row.known_value = gold[row.item_id][:100]
        if campaign.is_pulled and not row.taken:
            # As a check item it is drawn by turn, by everybody, and stands for no other item.
            row.how, row.probability, row.wanted = CampaignItem.How.CHECK, None, 0
    CampaignItem.objects.bulk_update(known, ["known_value", "how", "probability", "wanted"])
    return len(known)


def gold_values(campaign: Campaign, rows: Sequence[CampaignItem]) -> dict[int, str]:
    """Item -> what a lead decided, on its first criterion."""
    gold = GoldLabel.objects.filter(
        campaign=campaign, item__in=[row.item_id for row in rows], ended_at__isnull=True
    ).order_by("-pk")
    return dict(gold.values_list("item", "value"))


def _forget(campaign: Campaign, rows: list[CampaignItem]) -> int:
    known = [row for row in rows if row.known_value]
    for row in known:
        row.known_value = ""
        if row.how == CampaignItem.How.CHECK:
            row.how, row.wanted = CampaignItem.How.HAND, max(row.taken, campaign.labels_per_item)
    CampaignItem.objects.bulk_update(known, ["known_value", "how", "wanted"])
    return len(known)


def _remove(campaign: Campaign, rows: list[CampaignItem]) -> int:
    removed = 0
    labelled = Label.objects.filter(campaign=campaign, item__in=[row.item_id for row in rows])
    said = set(labelled.order_by().values_list("item", flat=True).distinct())
    for row in rows:
        places = list(Assignment.objects.filter(campaign_item=row).select_for_update())
        begun = any(place.opened_at or place.draft or place.state != Assignment.State.PENDING for place in places)
        if row.item_id in said or begun:
            continue
        if not places:
            row.delete()
        else:
            # Their numbers in people's queues stay: a page that is open elsewhere must not turn into another item.
            for place in places:
                _put_aside(place, REMOVED)
            CampaignItem.objects.filter(pk=row.pk).update(taken=0, wanted=0, returned=False)
        removed += 1
    return removed
