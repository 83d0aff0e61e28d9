"""The short answer to a decision, for a page whose script keeps the queue and the next items."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.models import Assignment, Campaign, Guideline, Label
from judging.models import Item
from tests import factories
from tests.annotation.review_help import fields_of, make_review, place, url

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def campaign(annotator: User) -> Campaign:
    return make_review(("annotator-1",), items=5)


def ahead(client: Client, campaign: Campaign, rank: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = client.get(url("review_ahead", campaign, rank)).json()
    return found


def decide(client: Client, campaign: Campaign, have: list[str], rank: int = 1, **fields: str) -> Any:
    sent: dict[str, Any] = fields_of(client, url("review_item", campaign, rank)) | {"verdict": "clean"} | fields
    return client.post(url("review_submit", campaign, rank), sent | {"have": have}, headers=SCRIPT)


def showings(client: Client, campaign: Campaign) -> list[str]:
    return ["", *(item["showing"] for item in ahead(client, campaign)["items"])]


def test_an_item_that_the_browser_has_is_not_sent_again(campaign: Campaign, annotator_client: Client) -> None:
    told = decide(annotator_client, campaign, showings(annotator_client, campaign)).json()
    assert told["path"] == url("review_item", campaign, 2)
    assert told["html"] is None
    assert told["told"] == "Item 1: good, stored."
    assert told["label"] == Label.objects.get().pk
    assert place(campaign, 2).opened_at is not None


def test_the_rail_gets_the_two_places_that_changed(campaign: Campaign, annotator_client: Client) -> None:
    rows = decide(annotator_client, campaign, [""], flags="bad_question").json()["places"]
    assert rows.count("<li>") == 2
    decided, now = rows.split("<li>")[1:]
    assert f'href="{url("review_item", campaign, 1)}" data-go class="clean"' in decided
    assert "flagged" in decided
    assert '<span class="beginning" dir="auto">Question 1?</span>' in decided
    assert f'href="{url("review_item", campaign, 2)}" data-go class="pending" aria-current="step"' in now


def test_an_item_that_the_browser_has_not_comes_with_its_neighbours(
    campaign: Campaign, annotator_client: Client
) -> None:
    html = decide(annotator_client, campaign, [""]).json()["html"]
    assert "Question 2?" in html
    assert "review-rail" not in html
    assert "of 5" in html
    assert f'data-go="{url("review_item", campaign, 1)}"' in html
    assert f'data-go="{url("review_item", campaign, 3)}"' in html


@pytest.mark.parametrize("change", ["text", "draft", "guideline", "rules", "blindness"])
def test_an_item_that_changed_since_is_sent_again(campaign: Campaign, annotator_client: Client, change: str) -> None:
    have = showings(annotator_client, campaign)
    changes = {
        "text": lambda: Item.objects.filter(position=2).update(revision=2),
        "draft": lambda: Assignment.objects.filter(queue_rank=2).update(draft_rev=1),
        "guideline": lambda: Guideline.objects.create(campaign=campaign, version=1, text="Be kind."),
        "rules": lambda: Campaign.objects.update(rules={"error_types": ["typing"]}),
        "blindness": lambda: Campaign.objects.update(blind_model=False),
    }
    changes[change]()
    assert "Question 2?" in decide(annotator_client, campaign, have).json()["html"]


def test_the_word_of_a_judge_comes_with_the_item_and_is_noted(campaign: Campaign, annotator_client: Client) -> None:
    run = factories.make_run(campaign.dataset)
    factories.make_judgment(run, Item.objects.get(position=2), verdict="wrong")
    Campaign.objects.update(run=run, blind_judge=False)
    have = showings(annotator_client, campaign)
    assert "review-judge" not in "".join(item["html"] for item in ahead(annotator_client, campaign)["items"])
    assert "review-judge" in decide(annotator_client, campaign, have).json()["html"]
    assert place(campaign, 2).revealed_at is not None


def test_where_nobody_is_hidden_each_item_comes_with_what_was_said_of_it(
    campaign: Campaign, annotator_client: Client
) -> None:
    Campaign.objects.update(blind_people=False)
    other = factories.make_annotator("somebody")
    for item in campaign.dataset.items.all():
        factories.make_label(campaign, item, other, "wrong", comment=f"said of {item.position}")
    have = showings(annotator_client, campaign)
    for rank in (1, 2):
        html = decide(annotator_client, campaign, have, rank).json()["html"]
        assert f"said of {rank + 1}" in html
        assert html.count("said of") == 1


def test_a_new_guideline_is_told_of_with_the_next_item(campaign: Campaign, annotator_client: Client) -> None:
    Guideline.objects.create(campaign=campaign, version=1, text="Be kind.")
    have = showings(annotator_client, campaign)
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "clean"}
    Guideline.objects.create(campaign=campaign, version=2, text="Be strict.")
    told = annotator_client.post(url("review_submit", campaign, 1), sent | {"have": have}, headers=SCRIPT).json()
    assert "Be strict." in told["html"]
    assert Label.objects.get().guideline.version == 1


def test_under_a_filter_the_whole_page_comes(campaign: Campaign, annotator_client: Client) -> None:
    response = decide(annotator_client, campaign, [""], filter="show=open")
    assert "review-rail" in response.content.decode()


def test_back_at_an_earlier_place_the_whole_page_comes(campaign: Campaign, annotator_client: Client) -> None:
    response = decide(annotator_client, campaign, [""], rank=5)
    assert "review-rail" in response.content.decode()
    assert response.headers["HX-Push-Url"] == url("review_item", campaign, 1)


def test_the_end_is_a_whole_page(annotator: User, annotator_client: Client) -> None:
    response = decide(annotator_client, make_review(("annotator-1",), items=1), [""])
    assert "All done" in response.content.decode()


def test_items_ahead_bring_the_queue_as_it_is_now(campaign: Campaign, annotator_client: Client) -> None:
    decide(annotator_client, campaign, [""])
    rail = ahead(annotator_client, campaign, 2)["rail"]
    assert '<span data-count="done">1</span> of 5 done' in rail
    assert 'data-go class="clean"' in rail


def test_a_drawn_item_comes_with_its_hold(campaign: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(distribution="pulled", rules={"annotators": ["annotator-1"]})
    assert "Held for you until" in decide(annotator_client, campaign, [""]).json()["html"]


def test_behind_the_last_item_there_is_no_next_one_also_where_it_came_ahead(
    campaign: Campaign, annotator_client: Client
) -> None:
    items = ahead(annotator_client, campaign)["items"]
    assert f'data-go="{url("review_item", campaign, 5)}"' in items[-2]["html"]
    assert f'data-go="{url("review_item", campaign, 6)}"' not in items[-1]["html"]
