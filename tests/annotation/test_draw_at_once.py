"""The item that a press of a pulled campaign goes on with: drawn with the press, or after it where one must wait."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.actions.campaigns import assign_items
from annotation.actions.draws import draw_at_once, is_check_turn, lock_queues
from annotation.actions.queue import next_place
from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from tests import factories
from tests.annotation.review_help import fields_of, place, url

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}
WRITTEN = ('INSERT INTO "annotation_label"', 'INSERT INTO "annotation_assignment"')


@pytest.fixture
def pulled(annotator: User, other_annotator: User) -> Campaign:
    dataset = factories.make_dataset("reviewed")
    factories.make_items(dataset, 4)
    names, design = ["annotator-1", "annotator-2"], Design(distribution="pulled")
    return assign_items(dataset, name="r", annotators=names, labels_per_item=1, design=design)


@pytest.fixture
def person(pulled: Campaign) -> Annotator:
    return Annotator.objects.get(name="annotator-1")


def drawn_at_once(campaign: Campaign, person: Annotator) -> Assignment | None:
    with transaction.atomic():
        lock_queues([person])
        return draw_at_once(campaign, person)


def settled(place: Assignment | None) -> Assignment:
    assert place is not None
    Assignment.objects.filter(pk=place.pk).update(state=Assignment.State.SUBMITTED, held_until=None)
    return place


def pressed(client: Client, campaign: Campaign, rank: int) -> Any:
    sent = fields_of(client, url("review_item", campaign, rank)) | {"verdict": "clean", "have": ""}
    answer = client.post(url("review_submit", campaign, rank), sent, headers=SCRIPT)
    assert answer.status_code == 200, answer.content
    return answer


def test_the_next_item_is_drawn_opened_and_held(pulled: Campaign, person: Annotator) -> None:
    settled(next_place(pulled, person))
    found = drawn_at_once(pulled, person)
    assert found is not None
    assert (found.queue_rank, found.campaign_item.rank) == (2, 2)
    stored = Assignment.objects.get(pk=found.pk)
    assert stored.opened_at is not None
    assert stored.held_until == found.held_until is not None
    assert list(CampaignItem.objects.order_by("rank").values_list("taken", flat=True)) == [1, 1, 0, 0]


def test_a_press_stores_and_draws_in_one_transaction(pulled: Campaign, annotator_client: Client) -> None:
    annotator_client.get(url("review_next", pulled))
    with CaptureQueriesContext(connection) as captured:
        told = pressed(annotator_client, pulled, 1).json()
    writes = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith("SELECT")]
    assert told["path"] == url("review_item", pulled, 2)
    assert "Question 2?" in told["html"]
    stored, drawn = (next(n for n, sql in enumerate(writes) if start in sql) for start in WRITTEN)
    begun = next(sql for sql in writes if sql.startswith("SAVEPOINT"))
    assert writes.index(begun) < stored < drawn < writes.index(f"RELEASE {begun}")


def test_what_somebody_gave_back_comes_first(pulled: Campaign, person: Annotator) -> None:
    settled(next_place(pulled, person))
    CampaignItem.objects.filter(rank=4).update(returned=True)
    found = drawn_at_once(pulled, person)
    assert found is not None
    assert found.campaign_item.rank == 4


def test_the_first_item_of_a_queue_is_drawn_like_any_other(pulled: Campaign, person: Annotator) -> None:
    found = drawn_at_once(pulled, person)
    assert found is not None
    assert found.queue_rank == 1


@pytest.mark.parametrize("state", ["pending", "draft"])
def test_open_items_are_left_to_the_draw_that_counts_them(pulled: Campaign, person: Annotator, state: str) -> None:
    first = next_place(pulled, person)
    assert first is not None
    Assignment.objects.filter(pk=first.pk).update(state=state)
    settled(next_place(pulled, person, after=1))
    assert drawn_at_once(pulled, person) is None


def test_whoever_left_an_item_open_goes_on_all_the_same(pulled: Campaign, annotator_client: Client) -> None:
    for rank in ("", "?after=1"):
        annotator_client.get(url("review_next", pulled) + rank)
    assert pressed(annotator_client, pulled, 2).json()["path"] == url("review_item", pulled, 3)
    assert place(pulled, 1).is_open


def test_where_a_place_has_expired_it_is_freed_first(
    pulled: Campaign, person: Annotator, annotator_client: Client
) -> None:
    other = Annotator.objects.get(name="annotator-2")
    assert next_place(pulled, other) is not None
    annotator_client.get(url("review_next", pulled))
    late = Assignment.objects.filter(annotator=other)
    late.update(held_until=timezone.now() - timedelta(seconds=1))
    assert drawn_at_once(pulled, person) is None
    assert pressed(annotator_client, pulled, 1).json()["path"] == url("review_item", pulled, 2)
    # What came free is drawn before what is fresh.
    assert place(pulled, 2).campaign_item == late.get().campaign_item
    assert not late.get().placed


def test_a_check_item_is_left_to_the_draw_that_may_wait(annotator: User) -> None:
    dataset = factories.make_dataset("checked")
    items = factories.make_items(dataset, 4)
    rules = CampaignRules(known_share=0.5)
    design = Design(distribution="pulled", rules=rules)
    campaign = assign_items(dataset, name="k", annotators=["annotator-1"], labels_per_item=1, design=design)
    person = Annotator.objects.get(name="annotator-1")
    CampaignItem.objects.filter(item=items[3]).update(how=CampaignItem.How.CHECK, known_value="clean", wanted=0)
    # A seed by which the check item comes second.
    while not is_check_turn(campaign, person, 2):
        campaign.seed += 1
    settled(next_place(campaign, person))
    assert drawn_at_once(campaign, person) is None
    found = next_place(campaign, person, after=1)
    assert found is not None
    assert found.campaign_item.item == items[3]


def test_who_is_no_longer_among_the_people_draws_nothing(pulled: Campaign, person: Annotator) -> None:
    settled(next_place(pulled, person))
    assert person.user is not None
    person.user.is_active = False
    assert drawn_at_once(pulled, person) is None


def test_at_the_end_the_press_says_that_nothing_is_left(pulled: Campaign, annotator_client: Client) -> None:
    annotator_client.get(url("review_next", pulled))
    for rank in (1, 2, 3):
        assert pressed(annotator_client, pulled, rank).json()["path"] == url("review_item", pulled, rank + 1)
    end = pressed(annotator_client, pulled, 4)
    assert end["HX-Push-Url"] == url("review_done", pulled)
