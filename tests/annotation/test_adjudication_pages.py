import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.models import Campaign, GoldLabel
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review
from tests.annotation.test_adjudication import PEOPLE, item, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    factories.make_user("annotator-3", role="annotator")
    return make_review(PEOPLE, items=4)


def address(campaign: Campaign, position: int, query: str = "") -> str:
    return reverse("adjudication_item", args=[campaign.pk, position]) + query


def page(client: Client, campaign: Campaign, position: int, query: str = "") -> str:
    response = client.get(address(campaign, position, query))
    assert response.status_code == 200
    return response.content.decode()


def press(client: Client, campaign: Campaign, position: int, query: str = "", **fields: Any) -> Any:
    """Open an item and decide it."""
    html = page(client, campaign, position, query)
    names = ("known", "item_revision")
    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in names}  # type: ignore[index]
    return client.post(reverse("adjudication_decide", args=[campaign.pk, position]) + query, sent | fields)


def test_the_first_page_is_the_worst_item(campaign: Campaign, lead_client: Client) -> None:
    say(campaign, 1, "clean", "clean", "wrong")
    say(campaign, 3, "clean", "wrong")
    response = lead_client.get(reverse("adjudication_next", args=[campaign.pk]))
    assert response.headers["Location"] == address(campaign, 3, "?filter=disagreement")


def test_a_press_decides_and_goes_on(campaign: Campaign, lead_client: Client) -> None:
    say(campaign, 1, "clean", "wrong")
    say(campaign, 3, "clean", "wrong")
    response = press(lead_client, campaign, 1, verdict="wrong", comment="so it is")
    assert response.headers["Location"] == address(campaign, 3, "?filter=disagreement&done=1")
    gold = GoldLabel.objects.get()
    assert (gold.item.position, gold.value, gold.comment) == (1, "wrong", "so it is")
    assert "Item 1: bad, stored." in page(lead_client, campaign, 3, "?done=1")


def test_behind_the_last_item_stands_why_nothing_is_left(campaign: Campaign, lead_client: Client) -> None:
    say(campaign, 1, "clean", "wrong")
    campaign.assignments.filter(campaign_item__item__position=2).update(state="skipped")
    response = press(lead_client, campaign, 1, verdict="clean")
    html = lead_client.get(response.headers["Location"]).content.decode()
    assert "Everything here is decided" in html
    assert "skipped by somebody" in html
    assert "<h2>What people say" in page(lead_client, campaign, 2, "?filter=skipped")
    assert "Undo" in html


def test_without_labels_the_page_says_what_brings_items_here(campaign: Campaign, lead_client: Client) -> None:
    html = lead_client.get(reverse("adjudication_next", args=[campaign.pk])).content.decode()
    assert "Nobody has labelled anything yet" in html


def test_names_are_hidden_until_they_are_asked_for_or_the_item_is_decided(
    campaign: Campaign, lead_client: Client
) -> None:
    say(campaign, 1, "clean", "wrong")
    assert "annotator-1" not in page(lead_client, campaign, 1)
    assert "annotator-1" in page(lead_client, campaign, 1, "?names=1")
    press(lead_client, campaign, 1, verdict="wrong")
    assert "annotator-1" in page(lead_client, campaign, 1)


def test_all_words_stand_side_by_side(campaign: Campaign, lead_client: Client) -> None:
    campaign.run = factories.make_run(campaign.dataset)
    campaign.save(update_fields=["run"])
    factories.make_judgment(campaign.run, item(1), "wrong")
    say(campaign, 1, "wrong", comment="a <b>typo</b>", correction={"answer": "Answer one."}, flags=["bad_question"])
    html = page(lead_client, campaign, 1)
    assert "a &lt;b&gt;typo&lt;/b&gt;" in html
    assert '<ins><span class="visually-hidden">added: </span>one</ins>' in html
    assert "bad question" in html
    assert "What the judge said" in html


def test_a_correction_makes_a_revision(campaign: Campaign, lead_client: Client) -> None:
    texts = {"question": "Question 1?", "answer": "Answer\r\none.", "reference": ""}
    press(lead_client, campaign, 1, verdict="clean", **texts)
    assert item(1).answer == "Answer\none."
    assert item(1).revision == 2
    assert "Text 1 until" in page(lead_client, campaign, 1)


def test_undo_takes_the_decision_back(campaign: Campaign, lead_client: Client) -> None:
    press(lead_client, campaign, 1, verdict="clean")
    response = lead_client.post(reverse("adjudication_undo", args=[campaign.pk, 1]))
    assert response.headers["Location"] == address(campaign, 1, "?filter=disagreement")
    assert not GoldLabel.objects.filter(ended_at=None).exists()
    assert "is taken back" in page(lead_client, campaign, 1)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({}, 422, "Choose good, undefined or bad."),
        ({"verdict": "excellent"}, 422, "is no answer here"),
        ({"verdict": "clean", "answer": " "}, 409, "cannot be empty"),
        ({"verdict": "clean", "known": "77"}, 409, "Somebody else"),
        ({"verdict": "clean", "known": "x"}, 422, "known"),
        ({"verdict": "clean", "comment": "x" * 20_001}, 422, "at most 20000"),
    ],
)
def test_what_cannot_be_stored_is_said_and_stays_in_the_form(
    campaign: Campaign, lead_client: Client, fields: dict[str, str], status: int, said: str
) -> None:
    response = press(lead_client, campaign, 1, **{"comment": "kept"} | fields)
    assert response.status_code == status
    assert said in response.content.decode()
    assert fields.get("comment", "kept") in response.content.decode()
    assert not GoldLabel.objects.exists()


def test_several_criteria_are_all_answered(campaign: Campaign, lead_client: Client) -> None:
    scale = {"low": 1, "high": 5, "step": 1}
    criteria = [{"name": name, "scale": scale, "direction": "higher", "clean_if": 4} for name in ("accuracy", "style")]
    campaign.rubric = factories.make_rubric("scores", kind="score", criteria=criteria)
    campaign.save(update_fields=["rubric"])
    assert press(lead_client, campaign, 1, **{"value-1": "4"}).status_code == 422
    press(lead_client, campaign, 1, **{"value-1": "4", "value-2": "2"})
    rows = GoldLabel.objects.order_by("criterion").values_list("criterion", "score", "verdict")
    assert list(rows) == [("accuracy", 4.0, "clean"), ("style", 2.0, "wrong")]


def test_pairs_are_decided_by_side_and_not_corrected(annotator: User, lead_client: Client) -> None:
    dataset = factories.make_dataset("pairs")
    factories.make_item(dataset, kind="pair", turns_b=[{"question": "Q?", "answer": "B.", "reference": ""}])
    campaign = make_review(("annotator-1",), dataset=dataset)
    html = page(lead_client, campaign, 1, "?filter=all")
    assert 'data-key="e"' in html
    assert "Correct the text" not in html
    press(lead_client, campaign, 1, "?filter=all", **{"value-1": "tie"})
    assert GoldLabel.objects.get().value == "tie"


def test_a_filter_that_is_none_means_disagreement(campaign: Campaign, lead_client: Client) -> None:
    say(campaign, 2, "clean", "wrong")
    response = lead_client.get(reverse("adjudication_next", args=[campaign.pk]) + "?filter=nonsense")
    assert response.headers["Location"] == address(campaign, 2, "?filter=disagreement")


def test_an_item_of_another_dataset_is_not_found(campaign: Campaign, lead_client: Client) -> None:
    factories.make_item(factories.make_dataset("other"), position=77)
    assert lead_client.get(address(campaign, 77)).status_code == 404


@pytest.mark.parametrize("name", ["adjudication_decide", "adjudication_undo"])
def test_annotators_decide_nothing(campaign: Campaign, annotator_client: Client, name: str) -> None:
    sent = {"verdict": "clean", "known": 0, "item_revision": 1}
    assert annotator_client.post(reverse(name, args=[campaign.pk, 1]), sent).status_code == 403
    assert not GoldLabel.objects.exists()


def test_a_page_asks_the_same_of_the_database_whatever_the_size(
    campaign: Campaign, lead_client: Client, django_assert_max_num_queries: Any
) -> None:
    for position in (1, 2, 3, 4):
        say(campaign, position, "clean", "wrong", "wrong", correction={"answer": "Better."})
    assert Item.objects.count() == 4
    with django_assert_max_num_queries(36):
        page(lead_client, campaign, 2)


def test_a_context_that_a_lead_corrects_is_the_items_next_text(campaign: Campaign, lead_client: Client) -> None:
    Item.objects.filter(position=1).update(context="The pump runs at 12 V.")
    say(campaign, 1, "clean", "wrong", correction={"context": "The pump runs at 24 V."})
    address = reverse("adjudication_item", args=[campaign.pk, 1])
    html = lead_client.get(address).content.decode()
    assert '<textarea id="context" name="context"' in html
    assert "<ins" in html
    sent = {"verdict": "wrong", "item_revision": 1, "known": 0, "context": "The pump runs at 24 V."}
    lead_client.post(reverse("adjudication_decide", args=[campaign.pk, 1]), sent)
    item = Item.objects.get(position=1)
    assert (item.context, item.revision) == ("The pump runs at 24 V.", 2)
    lead_client.post(reverse("adjudication_undo", args=[campaign.pk, 1]))
    item.refresh_from_db()
    assert (item.context, item.revision) == ("The pump runs at 12 V.", 3)
