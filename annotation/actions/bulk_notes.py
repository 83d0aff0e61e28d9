"""Keeping what an action of a lead changed, for taking it back: of items, their places, and the campaign itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from annotation.core.bulk_changes import CampaignChange, campaign_change, change_of
from annotation.models import Assignment, BulkAction, BulkChange, Campaign, CampaignItem, Guideline

ITEM_COLUMNS = (
    "item_id", "rank", "how", "stratum", "probability", "wanted", "taken", "extra", "returned", "known_value",
    "for_adjudication", "unskippable",
)  # fmt: skip
PLACE_COLUMNS = ("state", "placed", "skip_reason", "draft", "draft_rev")
CAMPAIGN_COLUMNS = (
    "name", "run_id", "rubric_id", "blind_people", "blind_judge", "blind_model", "hold_seconds", "rules",
)  # fmt: skip
Rows = dict[int, dict[str, Any]]


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


@contextmanager
def campaign_noted(action: BulkAction) -> Iterator[None]:
    """The same of a campaign whose row is locked: its columns, its rules one by one, and its guideline."""
    before = campaign_now(action.campaign_id)
    yield
    change: CampaignChange | None = campaign_change(before, campaign_now(action.campaign_id))
    if change is not None:
        BulkChange.objects.create(bulk_action=action, items=[change.as_json()])


def settle_action(action: BulkAction, changed: int) -> None:
    """An action is over: only the newest one keeps what it changed, and one that changed nothing leaves no trace."""
    if not action.changes.exists():
        action.delete()
        return
    action.changed = changed
    action.save(update_fields=["changed"])
    BulkChange.objects.filter(bulk_action__campaign=action.campaign_id).exclude(bulk_action=action).delete()


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


def campaign_now(number: int) -> dict[str, Any]:
    """A campaign as it is, with the number of its newest guideline."""
    row: dict[str, Any] = Campaign.objects.values(*CAMPAIGN_COLUMNS).get(pk=number)
    newest = Guideline.objects.filter(campaign=number).order_by("-version").values_list("pk", flat=True).first()
    return row | {"guideline": newest}
