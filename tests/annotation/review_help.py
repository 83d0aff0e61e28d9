"""What the tests of review share: a campaign of two people, and the form that the page sends."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import assign_items
from annotation.core.words import Answer, PageView, Word
from annotation.models import Assignment, Campaign
from judging.core.verdicts import PersonVerdict
from tests import factories

KEY = "0" * 32


def make_review(people: tuple[str, ...] = ("annotator-1", "annotator-2"), items: int = 3, **options: Any) -> Campaign:
    dataset = options.pop("dataset", None) or factories.make_dataset("reviewed")
    if not dataset.items.exists():
        factories.make_items(dataset, items)
    name = options.pop("name", "round 1")
    return assign_items(dataset, name=name, annotators=people, labels_per_item=len(people), **options)


def place(campaign: Campaign, rank: int = 1, name: str = "annotator-1") -> Assignment:
    return Assignment.objects.select_related("campaign", "campaign_item__item").get(
        campaign=campaign, queue_rank=rank, annotator__name=name
    )


def view_of(assignment: Assignment, key: str = KEY) -> PageView:
    row = Assignment.objects.get(pk=assignment.pk)
    return PageView(key=key, known_rev=row.draft_rev, item_revision=row.campaign_item.item.revision)


def word(verdict: str = "clean", **fields: Any) -> Word:
    return Word(answers=(Answer.of(PersonVerdict(verdict)),), **fields)


def url(name: str, campaign: Campaign, *rest: int) -> str:
    return reverse(name, args=[campaign.pk, *rest])


def fields_of(client: Client, address: str) -> dict[str, str]:
    """The hidden fields of the page at an address, as a browser would send them."""
    html = client.get(address).content.decode()
    names = ("page_key", "known_rev", "item_revision")
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in names}  # type: ignore[index]


def press(client: Client, campaign: Campaign, rank: int = 1, verdict: str = "clean", **fields: Any) -> Any:
    """Open an item and press a verdict."""
    sent = fields_of(client, url("review_item", campaign, rank))
    return client.post(url("review_submit", campaign, rank), sent | {"verdict": verdict} | fields)
