"""Putting a decided item back to its annotator, with the old word as the draft. The label stays until a new one."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotation.actions.bulk_notes import noted, settle_action
from annotation.actions.labels import content_of, current_labels
from annotation.actions.queue import locked
from annotation.actions.refusals import refuse_closed
from annotation.models import Assignment, BulkAction, Campaign, CampaignItem, Label

CHUNK = 500


def rereview(campaign: Campaign, labels: Collection[int], *, by: User | None = None) -> int:
    """Put the items of these standing labels (primary keys) back to those who gave them; how many.

    What is open or was put back already stays as it is. Committed some hundred at a time.
    """
    refuse_closed(campaign)
    chosen = sorted(set(labels))
    action = BulkAction.objects.create(campaign=campaign, verb="rereview", by=by)
    changed = sum(_put_back(action, chosen[at : at + CHUNK]) for at in range(0, len(chosen), CHUNK))
    settle_action(action, changed)
    return changed


@transaction.atomic
def _put_back(action: BulkAction, labels: list[int]) -> int:
    campaign = action.campaign
    standing = Label.objects.current().filter(campaign=campaign, pk__in=labels)
    said = set(standing.values_list("item", "annotator"))
    places = Assignment.objects.filter(
        campaign=campaign,
        state=Assignment.State.SUBMITTED,
        campaign_item__item__in={item for item, _person in said},
        annotator__in={person for _item, person in said},
    )
    locked_places = places.select_for_update(of=("self",)).order_by("pk").select_related("campaign_item")
    rows = [row for row in locked_places if (row.campaign_item.item_id, row.annotator_id) in said]
    items = CampaignItem.objects.filter(pk__in=[row.campaign_item_id for row in rows])
    with noted(action, list(items.select_for_update(of=("self",), no_key=True).order_by("pk"))):
        return sum(reopen(row) for row in rows)


@transaction.atomic
def reopen(assignment: Assignment) -> bool:
    """One submitted place is a draft again; False where it is not submitted."""
    row = locked(assignment)
    refuse_closed(row.campaign)
    if row.state != Assignment.State.SUBMITTED:
        return False
    # What was typed since the label was given is newer than it.
    content = content_of(row, current_labels(row)) | typed(row)
    row.draft = content | {"at": timezone.now().isoformat()}
    row.state, row.draft_rev, row.held_until = Assignment.State.DRAFT, row.draft_rev + 1, None
    row.save(update_fields=["draft", "state", "draft_rev", "held_until"])
    return True


def typed(row: Assignment) -> dict[str, object]:
    """A draft's content, without the marks of the page that wrote it."""
    return {name: value for name, value in row.draft.items() if name not in {"page", "sequence", "at"}}
