"""Taking a campaign's last action of a lead back: `bulk_notes` kept what it changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.bulk_notes import ITEM_COLUMNS, Rows, campaign_now, places_of
from annotation.actions.campaigns import add_guideline
from annotation.actions.draws import held_from_now
from annotation.core.bulk_changes import CampaignChange, Change, campaign_before, restored_counts, stands
from annotation.core.lead_reasons import NOT_WANTED
from annotation.models import Assignment, BulkAction, BulkChange, Campaign, CampaignItem, Guideline, Label
from judging.models import Rubric, Run

OUTSIDE_QUEUES = {
    *("send_to_adjudication", "mark_known", "forget_known", "forbid_skipping", "allow_skipping"),
    "change_campaign",
}
"""Actions that a closed campaign allows too."""


class NothingToUndo(LookupError):
    """Why nothing was taken back, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many items are as they were before the action, and how many stayed because somebody has gone on since.

    `rules`: whether the campaign's people and rules are as they were; None where the action changed none.
    """

    restored: int
    left: int
    rules: bool | None = None


def last_bulk_action(campaign: Campaign) -> BulkAction | None:
    """The action that can be taken back: the newest one of a campaign, unless it was taken back."""
    newest = BulkAction.objects.filter(campaign=campaign).select_related("by").first()
    return newest if newest and newest.undone_at is None and newest.changes.exists() else None


def undo_bulk(campaign: Campaign, number: int) -> Undone:
    """Take an action back as far as nothing built on it; NothingToUndo where it is not the campaign's last one.

    Committed some hundred items at a time; where it was interrupted, the next call goes on.
    """
    action = last_bulk_action(campaign)
    if action is None or action.pk != number:
        raise NothingToUndo(_("This was taken back already, or somebody did something else since; nothing changed."))
    if campaign.state != Campaign.State.OPEN and action.verb not in OUTSIDE_QUEUES:
        raise NothingToUndo(_("This campaign is closed: open it again first."))
    done = [_take_back(action, pk) for pk in list(action.changes.order_by("-pk").values_list("pk", flat=True))]
    action.undone_at = timezone.now()
    action.save(update_fields=["undone_at"])
    return Undone(
        restored=sum(one.restored for one in done),
        left=sum(one.left for one in done),
        rules=next((one.rules for one in done if one.rules is not None), None),
    )


@transaction.atomic
def _take_back(action: BulkAction, number: int) -> Undone:
    """What was kept together: some hundred items, or the campaign itself."""
    kept = BulkChange.objects.select_for_update().filter(pk=number).first()
    if kept is None:
        return Undone(restored=0, left=0)
    kept.delete()
    told = next((change["campaign"] for change in kept.items if "campaign" in change), None)
    if told is not None:
        return Undone(restored=0, left=0, rules=_restore_campaign(action, CampaignChange(**told)))
    return _restore_items(action.campaign, [Change(**change) for change in kept.items])


def _restore_items(campaign: Campaign, changes: Sequence[Change]) -> Undone:
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
    return Undone(restored=restored, left=len(changes) - restored)


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


def _restore_campaign(action: BulkAction, change: CampaignChange) -> bool:
    """The campaign's columns, rules and guideline as they were; False where somebody built on them since."""
    row = Campaign.objects.select_for_update(no_key=True).get(pk=action.campaign_id)
    before = campaign_before(change, campaign_now(row.pk))
    if before is None or not _still_there(row, before) or ("rubric_id" in before and _labelled_since(action)):
        return False
    guideline = before.pop("guideline", None) if "guideline" in change.columns else None
    Campaign.objects.filter(pk=row.pk).update(**before)
    if "guideline" in change.columns:
        _restore_guideline(row, guideline, change.columns["guideline"][1])
    return True


def _still_there(row: Campaign, before: Mapping[str, Any]) -> bool:
    """Whether the name is free still, and nobody deleted the run or the rubric."""
    namesakes = Campaign.objects.filter(dataset=row.dataset_id, name=before.get("name")).exclude(pk=row.pk)
    run, rubric = before.get("run_id"), before.get("rubric_id")
    gone = (run and not Run.objects.filter(pk=run).exists()) or (
        rubric and not Rubric.objects.filter(pk=rubric).exists()
    )
    return not gone and not namesakes.exists()


def _labelled_since(action: BulkAction) -> bool:
    return Label.objects.filter(campaign=action.campaign_id, at__gte=action.at).exists()


def _restore_guideline(row: Campaign, before: int | None, newest: int) -> None:
    """The version that nobody labelled by is taken out; where somebody did, the text before comes as the next one."""
    if not Label.objects.filter(campaign=row, guideline=newest).exists():
        Guideline.objects.filter(pk=newest).delete()
    else:
        old = Guideline.objects.get(pk=before) if before else None
        add_guideline(row, old.text if old else "")


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
