"""Keeping what a lead's action on many items changed, and taking the last of these actions back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.draws import held_from_now
from annotation.core.bulk_changes import Change, change_of, restored_counts, stands
from annotation.core.lead_reasons import NOT_WANTED
from annotation.models import Assignment, BulkAction, BulkChange, Campaign, CampaignItem, Label

ITEM_COLUMNS = (
    "item_id", "rank", "how", "stratum", "probability", "wanted", "taken", "extra", "returned", "known_value",
    "for_adjudication", "unskippable",
)  # fmt: skip
PLACE_COLUMNS = ("state", "placed", "skip_reason", "draft", "draft_rev")
OUTSIDE_QUEUES = {"send_to_adjudication", "mark_known", "forget_known", "forbid_skipping", "allow_skipping"}
"""Actions that a closed campaign allows too."""
Rows = dict[int, dict[str, Any]]


class NothingToUndo(LookupError):
    """Why nothing was taken back, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many items are as they were before the action, and how many stayed because somebody has gone on since."""

    restored: int
    left: int


def last_bulk_action(campaign: Campaign) -> BulkAction | None:
    """The action that can be taken back: the newest one of a campaign, unless it was taken back."""
    newest = BulkAction.objects.filter(campaign=campaign).select_related("by").first()
    return newest if newest and newest.undone_at is None and newest.changes.exists() else None


@contextmanager
def noted(action: BulkAction, rows: Sequence[CampaignItem]) -> Iterator[None]:
    """Keep what happens to locked rows and to their places, in the transaction in which it happens."""
    numbers = [row.pk for row in rows]
    items = {row.pk: {name: getattr(row, name) for name in ITEM_COLUMNS} for row in rows}
    places = places_of(numbers)
    yield
    after, now = items_now(numbers), places_of(numbers)
    found = [change_of(pk, items[pk], after.get(pk), places.get(pk, {}), now.get(pk, {})) for pk in numbers]
    if changes := [change.as_json() for change in found if change]:
        BulkChange.objects.create(bulk_action=action, items=changes)


def settle_action(action: BulkAction, changed: int) -> None:
    """An action is over: only the newest one keeps what it changed, and one that changed nothing leaves no trace."""
    if not action.changes.exists():
        action.delete()
        return
    action.changed = changed
    action.save(update_fields=["changed"])
    BulkChange.objects.filter(bulk_action__campaign=action.campaign_id).exclude(bulk_action=action).delete()


def undo_bulk(campaign: Campaign, number: int) -> Undone:
    """Take an action back as far as nothing built on it; NothingToUndo where it is not the campaign's last one.

    Committed some hundred items at a time; where it was interrupted, the next call goes on.
    """
    action = last_bulk_action(campaign)
    if action is None or action.pk != number:
        raise NothingToUndo(_("This was taken back already, or somebody did something else since; nothing changed."))
    if campaign.state != Campaign.State.OPEN and action.verb not in OUTSIDE_QUEUES:
        raise NothingToUndo(_("This campaign is closed: open it again first."))
    done = [_take_back(campaign, pk) for pk in list(action.changes.order_by("-pk").values_list("pk", flat=True))]
    action.undone_at = timezone.now()
    action.save(update_fields=["undone_at"])
    return Undone(restored=sum(found for found, _of in done), left=sum(of - found for found, of in done))


@transaction.atomic
def _take_back(campaign: Campaign, number: int) -> tuple[int, int]:
    """Of some hundred items: how many are as they were, of how many."""
    kept = BulkChange.objects.select_for_update().filter(pk=number).first()
    if kept is None:
        return 0, 0
    changes = [Change(**change) for change in kept.items]
    numbers = [change.item for change in changes]
    # Places before items: the order in which everybody locks them.
    list(Assignment.objects.filter(campaign_item__in=numbers).select_for_update(of=("self",)).order_by("pk"))
    rows = CampaignItem.objects.filter(pk__in=numbers).select_for_update(of=("self",), no_key=True).order_by("pk")
    items, places = {row.pk: {name: getattr(row, name) for name in ITEM_COLUMNS} for row in rows}, places_of(numbers)
    untouched = _untouched([pk for change in changes for pk in change.made])
    spoken = _spoken(campaign, changes)
    restored = 0
    for change in changes:
        now, here = items.get(change.item), places.get(change.item, {})
        if stands(change, now, here, untouched) and spoken.issuperset(_submitted(change)):
            restored += _restore(campaign, change, now, here)
    kept.delete()
    return restored, len(changes)


def _restore(campaign: Campaign, change: Change, now: Mapping[str, Any] | None, places: Rows) -> bool:
    """One item and its places as they were; False where its row was deleted and the item came in again since."""
    if now is None:
        there = CampaignItem.objects.filter(campaign=campaign, item=change.was()["item_id"])
        if not there.exists():
            CampaignItem.objects.create(pk=change.item, campaign=campaign, **change.was())
            return True
        return False
    CampaignItem.objects.filter(pk=change.item).update(**(change.was() | restored_counts(change, now)))
    for pk, pairs in change.places.items():
        old = {name: before for name, (before, _after) in pairs.items()}
        is_open = old.get("state", places[int(pk)]["state"]) in (Assignment.State.PENDING, Assignment.State.DRAFT)
        held = held_from_now(campaign) if campaign.is_pulled and is_open and old.get("placed") else None
        # A page that is open elsewhere is older than this, whatever it knows.
        newer = {"draft_rev": places[int(pk)]["draft_rev"] + 1, "held_until": held}
        Assignment.objects.filter(pk=int(pk)).update(**(old | newer))
    # Numbers in people's queues stay, so that a place is closed and not deleted.
    closed = {"state": Assignment.State.SKIPPED, "placed": False, "held_until": None, "skip_reason": NOT_WANTED}
    Assignment.objects.filter(pk__in=change.made).update(**closed)
    return True


def _untouched(places: Collection[int]) -> set[int]:
    """Of these places those that nobody has begun."""
    fresh = Assignment.objects.filter(pk__in=places, state=Assignment.State.PENDING, opened_at=None, draft={})
    return set(fresh.values_list("pk", flat=True))


def _submitted(change: Change) -> list[int]:
    """The places that an action opened although they were decided."""
    return [int(pk) for pk, pairs in change.places.items() if pairs.get("state", ("",))[0] == "submitted"]


def _spoken(campaign: Campaign, changes: Sequence[Change]) -> set[int]:
    """Of the places that were decided those whose label still stands."""
    numbers = [pk for change in changes for pk in _submitted(change)]
    places = Assignment.objects.filter(pk__in=numbers).values_list("pk", "campaign_item__item", "annotator")
    labels = Label.objects.current().filter(campaign=campaign, item__in=[item for _pk, item, _person in places])
    said = set(labels.order_by().values_list("item", "annotator"))
    return {pk for pk, item, person in places if (item, person) in said}


def items_now(numbers: Sequence[int]) -> Rows:
    """Rows of items as they are."""
    return {row.pop("pk"): row for row in CampaignItem.objects.filter(pk__in=numbers).values("pk", *ITEM_COLUMNS)}


def places_of(numbers: Sequence[int]) -> dict[int, Rows]:
    """Item -> its places as they are."""
    found: dict[int, Rows] = {}
    places = Assignment.objects.filter(campaign_item__in=numbers).values("pk", "campaign_item", *PLACE_COLUMNS)
    for row in places:
        found.setdefault(row.pop("campaign_item"), {})[row.pop("pk")] = row
    return found
