"""Steps beside a decision: skipping, putting off, opening again, holding, leaving, filters, items ahead, the end."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.models import Assignment, Campaign, Label
from tests import factories
from tests.annotation.review_help import fields_of, make_review, place, press, url

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}
MOST_QUERIES = 36


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review(items=5)


def send(client: Client, name: str, campaign: Campaign, rank: int = 1, **fields: str) -> Any:
    sent = fields_of(client, url("review_item", campaign, rank)) | fields
    return client.post(url(name, campaign, rank), sent)


def test_skipping_goes_on_and_keeps_the_reason(campaign: Campaign, annotator_client: Client) -> None:
    response = send(annotator_client, "review_skip", campaign, 1, skip_reason="not my field")
    assert response.headers["Location"] == url("review_item", campaign, 2)
    assert (place(campaign).state, place(campaign).skip_reason) == ("skipped", "not my field")


def test_an_item_that_was_skipped_can_be_opened_again(campaign: Campaign, annotator_client: Client) -> None:
    send(annotator_client, "review_skip", campaign, 1)
    response = annotator_client.post(url("review_reopen", campaign, 1))
    assert response.headers["Location"] == url("review_item", campaign, 1)
    assert place(campaign).state == "pending"


def test_later_keeps_what_was_typed_and_comes_last(campaign: Campaign, annotator_client: Client) -> None:
    response = send(annotator_client, "review_later", campaign, 1, comment="half a thought")
    assert response.headers["Location"] == url("review_item", campaign, 2)
    assert place(campaign).draft["comment"] == "half a thought"
    for rank in (2, 3, 4, 5):
        response = press(annotator_client, campaign, rank)
    assert response.headers["Location"].startswith(url("review_item", campaign, 1))


def test_a_decision_that_was_sent_later_gets_no_next_item(campaign: Campaign, annotator_client: Client) -> None:
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "clean", "stay": "1"}
    for _ in range(3):
        response = annotator_client.post(url("review_submit", campaign, 1), sent, headers=SCRIPT)
        assert (response.status_code, response.content) == (204, b"")
    assert Label.objects.count() == 1


def test_the_filter_stays_with_the_steps(campaign: Campaign, annotator_client: Client) -> None:
    Assignment.objects.filter(pk__in=[place(campaign, rank).pk for rank in (2, 4)]).update(state="draft")
    response = annotator_client.get(url("review_next", campaign) + "?show=draft")
    assert response.headers["Location"] == url("review_item", campaign, 2) + "?show=draft"
    response = send(annotator_client, "review_submit", campaign, 2, verdict="clean", filter="show=draft")
    assert response.headers["Location"].startswith(url("review_item", campaign, 4) + "?show=draft&done=")
    response = send(annotator_client, "review_submit", campaign, 4, verdict="clean", filter="show=draft")
    assert response.headers["Location"].startswith(url("review_done", campaign) + "?show=draft&done=")


def test_looking_back_goes_through_what_was_decided(campaign: Campaign, annotator_client: Client) -> None:
    for rank in (1, 2, 4):
        press(annotator_client, campaign, rank)
    send(annotator_client, "review_submit", campaign, 1, verdict="wrong", filter="show=submitted")
    html = annotator_client.get(url("review_item", campaign, 2) + "?show=submitted").content.decode()
    assert html.count("data-go class=") == 3
    assert f'data-go="{url("review_item", campaign, 4)}?show=submitted"' in html


def test_a_search_that_finds_nothing_says_so_and_what_it_hides(campaign: Campaign, annotator_client: Client) -> None:
    response = annotator_client.get(url("review_next", campaign) + "?q=nowhere", follow=True)
    html = response.content.decode()
    assert "No item of your queue fits this filter." in html
    assert "The filter hides 5 items that still want your decision." in html


@pytest.mark.parametrize(
    "query", ["?show=nonsense", "?show=", "?q=%00", "?verdict=x&category=%F0%9F%98%80", "?after=x"]
)
def test_an_address_that_makes_no_sense_harms_nothing(campaign: Campaign, annotator_client: Client, query: str) -> None:
    response = annotator_client.get(url("review_next", campaign) + query, follow=True)
    assert response.status_code == 200


def test_items_ahead_are_my_open_ones_and_opening_them_is_not_noted(
    campaign: Campaign, annotator_client: Client
) -> None:
    press(annotator_client, campaign, 3)
    items = annotator_client.get(url("review_ahead", campaign, 1)).json()["items"]
    assert [item["path"] for item in items] == [url("review_item", campaign, rank) for rank in (2, 4, 5)]
    assert "Question 2?" in items[0]["html"]
    assert "review-rail" not in items[0]["html"]
    assert place(campaign, 2).opened_at is None


def test_items_ahead_end_where_the_page_would_get_heavy(annotator: User, annotator_client: Client) -> None:
    dataset = factories.make_dataset()
    for _ in range(6):
        factories.make_item(dataset, "Q?", "長い" * 40_000)
    campaign = make_review(("annotator-1",), dataset=dataset)
    assert len(annotator_client.get(url("review_ahead", campaign, 1)).json()["items"]) == 1


def test_a_dealt_item_needs_no_hold(campaign: Campaign, annotator_client: Client) -> None:
    response = annotator_client.post(url("review_hold", campaign, 1))
    assert response.json() == {"held_until": None, "placed": True}
    assert annotator_client.post(url("review_release", campaign, 1)).status_code == 204


@pytest.fixture
def pulled(campaign: Campaign) -> Campaign:
    Campaign.objects.update(distribution="pulled", rules={"annotators": ["annotator-1", "annotator-2"]})
    return Campaign.objects.get()


def test_a_drawn_item_is_held_while_it_is_open_and_given_back_on_leaving(
    pulled: Campaign, annotator_client: Client
) -> None:
    html = annotator_client.get(url("review_item", pulled, 1)).content.decode()
    held = place(pulled).held_until
    assert held is not None
    assert "Held for you until" in html
    stamp = annotator_client.post(url("review_hold", pulled, 1)).json()["held_until"]
    annotator_client.post(url("review_release", pulled, 1), {"held_until": held.isoformat()})
    assert place(pulled).placed, "an older page does not give back what was kept for a newer one"
    annotator_client.post(url("review_release", pulled, 1), {"held_until": stamp})
    assert not place(pulled).placed
    assert place(pulled).held_until is None


@pytest.mark.parametrize("sent", ["", "yesterday", "2026-13-45T99:99Z"])
def test_leaving_with_a_time_that_is_none_gives_nothing_back(
    pulled: Campaign, annotator_client: Client, sent: str
) -> None:
    annotator_client.get(url("review_item", pulled, 1))
    assert annotator_client.post(url("review_release", pulled, 1), {"held_until": sent}).status_code == 204
    assert place(pulled).held_until is not None


@pytest.mark.parametrize("name", ["skip", "later", "reopen", "hold", "release"])
def test_nobody_steps_in_the_queue_of_somebody_else(campaign: Campaign, lead_client: Client, name: str) -> None:
    assert lead_client.post(url(f"review_{name}", campaign, 1)).status_code == 404
    assert lead_client.get(url("review_ahead", campaign, 1)).status_code == 404


def test_a_decision_and_the_next_item_ask_the_database_the_same_for_any_queue(
    annotator: User, annotator_client: Client, django_assert_max_num_queries: Any
) -> None:
    campaign = make_review(("annotator-1",), items=60)
    press(annotator_client, campaign, 29)
    sent = fields_of(annotator_client, url("review_item", campaign, 30)) | {"verdict": "clean"}
    with django_assert_max_num_queries(MOST_QUERIES):
        annotator_client.post(url("review_submit", campaign, 30), sent, headers=SCRIPT)
    with django_assert_max_num_queries(12):
        annotator_client.get(url("review_ahead", campaign, 31))


@pytest.mark.parametrize("name", ["review_submit", "review_draft", "review_skip", "review_later", "review_hold"])
def test_a_form_sent_to_another_campaign_changes_nothing(
    campaign: Campaign, annotator_client: Client, other_annotator: User, name: str
) -> None:
    foreign = make_review(("annotator-2",), dataset=campaign.dataset, name="round 2")
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "clean", "comment": "mine"}
    for headers in ({}, {"HX-Request": "true"}):
        assert annotator_client.post(url(name, foreign, 1), sent, headers=headers).status_code == 404
    assert not Label.objects.exists()
    assert set(Assignment.objects.filter(campaign=foreign).values_list("state", "draft_rev")) == {("pending", 0)}


def test_a_label_of_another_campaign_is_not_undone(campaign: Campaign, annotator_client: Client) -> None:
    foreign = make_review(dataset=campaign.dataset, name="round 2")
    press(annotator_client, foreign, 1)
    label = Label.objects.get()
    assert annotator_client.post(url("review_undo", campaign), {"label": label.pk}).status_code == 404
    assert Label.objects.current().get() == label
