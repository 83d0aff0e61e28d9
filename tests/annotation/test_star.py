"""One's own star on an item, to look at it again: kept beside everything else, and found by the filter."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.models import Assignment, Campaign, Label
from tests.annotation.review_help import fields_of, make_review, place, press, url
from tests.conftest import logged_in

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review(items=4)


def starred(client: Client, campaign: Campaign, rank: int, value: str = "1", **options: object) -> int:
    return client.post(url("review_star", campaign, rank), {"starred": value}, **options).status_code  # type: ignore[arg-type]


def test_a_star_is_put_on_and_taken_off_and_nothing_else_changes(campaign: Campaign, annotator_client: Client) -> None:
    before = Assignment.objects.values().get(pk=place(campaign, 2).pk)
    assert starred(annotator_client, campaign, 2, headers=SCRIPT) == 200
    assert Assignment.objects.values().get(pk=before["id"]) == before | {"starred": True}
    assert starred(annotator_client, campaign, 2, headers=SCRIPT) == 200
    assert place(campaign, 2).starred
    assert starred(annotator_client, campaign, 2, "0", headers=SCRIPT) == 200
    assert Assignment.objects.values().get(pk=before["id"]) == before


def test_without_a_script_the_item_comes_again(campaign: Campaign, annotator_client: Client) -> None:
    answer = annotator_client.post(url("review_star", campaign, 2), {"starred": "1", "filter": "show=open"})
    assert answer["Location"] == url("review_item", campaign, 2) + "?show=open"
    html = annotator_client.get(url("review_item", campaign, 2)).content.decode()
    assert 'value="0" data-key="s" data-word="to look at again" aria-pressed="true"' in html
    assert html.count('class="review-star-mark"') == 1


def test_a_star_outlives_the_decision_and_the_filter_finds_it(campaign: Campaign, annotator_client: Client) -> None:
    for rank in (2, 4):
        starred(annotator_client, campaign, rank)
    press(annotator_client, campaign, 2, "wrong")
    first = annotator_client.get(url("review_next", campaign) + "?show=starred")
    assert first["Location"] == url("review_item", campaign, 2) + "?show=starred"
    html = annotator_client.get(first["Location"]).content.decode()
    assert html.count('class="review-star-mark"') == 2
    assert html.count("data-go class=") == 2
    # The next of them is gone on to, and not the next open item.
    sent = fields_of(annotator_client, first["Location"]) | {"verdict": "clean", "filter": "show=starred"}
    answer = annotator_client.post(url("review_submit", campaign, 2), sent)
    assert answer["Location"].startswith(url("review_item", campaign, 4) + "?show=starred")


def test_the_row_of_a_decided_item_keeps_its_star(campaign: Campaign, annotator_client: Client) -> None:
    starred(annotator_client, campaign, 1)
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "clean", "have": ""}
    told = annotator_client.post(url("review_submit", campaign, 1), sent, headers=SCRIPT).json()
    decided, _now = told["places"].split("</li>")[:2]
    assert "★" in decided
    assert told["places"].count("★") == 1


def test_an_item_that_the_browser_has_without_its_star_is_sent_again(
    campaign: Campaign, annotator_client: Client
) -> None:
    items = annotator_client.get(url("review_ahead", campaign, 1)).json()["items"]
    starred(annotator_client, campaign, 2)
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "clean"}
    have = {"have": ["", *(item["showing"] for item in items)]}
    told = annotator_client.post(url("review_submit", campaign, 1), sent | have, headers=SCRIPT).json()
    assert 'aria-pressed="true"' in told["html"]


def test_at_the_end_the_starred_items_are_offered(campaign: Campaign, annotator_client: Client) -> None:
    starred(annotator_client, campaign, 3)
    for rank in (1, 2, 3, 4):
        press(annotator_client, campaign, rank)
    html = annotator_client.get(url("review_done", campaign)).content.decode()
    assert "You put a star on one item" in html
    assert url("review_next", campaign) + "?show=starred" in html


def test_a_star_is_ones_own(campaign: Campaign, annotator_client: Client, other_annotator: User) -> None:
    starred(annotator_client, campaign, 1)
    other = logged_in(other_annotator)
    assert 'aria-pressed="false"' in other.get(url("review_item", campaign, 1)).content.decode()
    assert starred(other, campaign, 9) == 404


@pytest.mark.parametrize("value", ["", "2", "true", "<b>"])
def test_anything_else_changes_nothing(campaign: Campaign, annotator_client: Client, value: str) -> None:
    starred(annotator_client, campaign, 1)
    assert starred(annotator_client, campaign, 1, value, headers=SCRIPT) == 200
    assert place(campaign, 1).starred
    assert not Label.objects.exists()
