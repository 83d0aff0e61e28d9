"""What a lead took from a queue is neither skipped by its owner nor theirs: every count of their own queue says so."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.actions.bulk import remove_items
from annotation.actions.queue import next_place, skip
from annotation.core.queue_filter import QueueFilter
from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from annotation.reports.queues import nothing_left
from tests import factories
from tests.annotation.review_help import make_review, place, press, url, view_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review(items=4)


def items(campaign: Campaign, *ranks: int) -> list[int]:
    return list(CampaignItem.objects.filter(campaign=campaign, rank__in=ranks).values_list("pk", flat=True))


def skipped(campaign: Campaign, rank: int) -> None:
    row = place(campaign, rank)
    skip(row, "too hard", view=view_of(row))


def page_of(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_counts_of_ones_own_queue_leave_out_what_a_lead_took(campaign: Campaign) -> None:
    skipped(campaign, 2)
    remove_items(campaign, items(campaign, 3, 4))
    queue = Assignment.objects.queue(campaign.pk, place(campaign).annotator_id)
    assert queue.state_counts() == {"pending": 1, "draft": 0, "submitted": 0, "skipped": 1}
    (row,) = queue.progress()
    assert (row["total"], row["done"], row["skipped"]) == (2, 0, 1)


def test_what_a_lead_took_is_not_among_what_i_skipped(campaign: Campaign) -> None:
    skipped(campaign, 2)
    remove_items(campaign, items(campaign, 3))
    queue = Assignment.objects.queue(campaign.pk, place(campaign).annotator_id)
    assert list(queue.shown(QueueFilter(show="skipped")).values_list("queue_rank", flat=True)) == [2]


def test_my_campaigns_count_what_is_mine(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    remove_items(campaign, items(campaign, 3, 4))
    page = page_of(annotator_client, "/review/")
    assert "1 of 2 done, 1 open" in page
    assert "skipped" not in page


def test_who_decided_all_that_was_left_to_them_is_done(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    press(annotator_client, campaign, 2)
    remove_items(campaign, items(campaign, 3, 4))
    page = page_of(annotator_client, url("review_done", campaign))
    assert "All done" in page
    assert "You have decided all 2 items" in page


def test_who_skipped_the_rest_has_nothing_left_and_not_all_done(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    for rank in (2, 3, 4):
        skipped(campaign, rank)
    page = page_of(annotator_client, url("review_done", campaign))
    assert "Nothing left" in page
    assert "All done" not in page


def test_who_had_everything_taken_has_no_item_here(campaign: Campaign) -> None:
    remove_items(campaign, items(campaign, 1, 2, 3, 4))
    left = nothing_left(campaign, place(campaign).annotator)
    assert (left.items, left.skipped, left.open, left.taken) == (0, 0, 0, 0)
    assert not left.all_decided


def test_the_parts_add_up_where_items_are_drawn(annotator: User, other_annotator: User) -> None:
    rules = {"annotators": ["annotator-1", "annotator-2"]}
    pulled = factories.make_campaign(factories.make_dataset("p"), "p", distribution="pulled", rules=rules)
    for rank, item in enumerate(factories.make_items(pulled.dataset, 3), 1):
        CampaignItem.objects.create(campaign=pulled, item=item, rank=rank, wanted=1)
    first = Annotator.objects.get(name="annotator-1")
    drawn = next_place(pulled, first)
    assert drawn is not None
    remove_items(pulled, [drawn.campaign_item_id])
    left = nothing_left(pulled, first)
    assert (left.items, left.skipped, left.free) == (2, 0, 2)
    assert left.submitted + left.skipped + left.open + left.held_items + left.taken + left.free == left.items
