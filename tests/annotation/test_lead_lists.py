"""Lists of leads about a campaign: its items, known items, labels of older rules."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import add_guideline
from annotation.actions.queue import skip
from annotation.actions.rereview import rereview
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Label
from annotation.reports.campaign_items import ItemFilter, Show, items_of
from annotation.reports.known_items import known_figures
from annotation.reports.stale import stale_of
from annotation.views import campaign_checks
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review, place, view_of
from tests.annotation.test_lead_pages import page, post, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review(items=4)


# items


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.ALL, [1, 2, 3, 4]),
        (Show.OPEN, [2, 3, 4]),
        (Show.DONE, [1]),
        (Show.UNTOUCHED, [3, 4]),
        (Show.DISAGREEMENT, [1]),
        (Show.SKIPPED, [4]),
        (Show.DECIDED, [2]),
        (Show.UNDECIDED, [1, 3, 4]),
        (Show.SENT, [3]),
        (Show.KNOWN, [3]),
        (Show.EXTRA, []),
        (Show.UNSKIPPABLE, [2]),
        (Show.REMOVED, []),
    ],
)
def test_items_by_filter(campaign: Campaign, show: Show, expected: list[int]) -> None:
    say(campaign, 1)
    say(campaign, 1, "annotator-2", "wrong")
    say(campaign, 2)
    campaign.assignments.filter(queue_rank=4, annotator__name="annotator-1").update(state="skipped")
    CampaignItem.objects.filter(rank=3).update(for_adjudication=True, known_value="clean")
    CampaignItem.objects.filter(rank=2).update(unskippable=True)
    item = Item.objects.get(position=2)
    campaign.gold_labels.create(item=item, value="clean", verdict="clean", method="adjudicated", at=campaign.at)
    assert [row.rank for row in items_of(campaign, ItemFilter(show=show))] == expected


def test_items_by_words_and_category(campaign: Campaign) -> None:
    Item.objects.filter(position=3).update(category="math")
    assert [row.rank for row in items_of(campaign, ItemFilter(q="question 2"))] == [2]
    assert [row.rank for row in items_of(campaign, ItemFilter(category="math"))] == [3]


def test_many_items_change_after_a_page_that_says_how_many(campaign: Campaign, lead_client: Client) -> None:
    rows = list(CampaignItem.objects.order_by("rank").values_list("pk", flat=True))
    asked = {"action": "send_to_adjudication", "items": rows[:3]}
    assert "3 items: to adjudication" in post(lead_client, "campaign_bulk", campaign.pk, **asked)
    assert not CampaignItem.objects.filter(for_adjudication=True).exists()
    assert "3 items changed." in post(lead_client, "campaign_bulk", campaign.pk, **asked, confirmed="1")
    everything = {"action": "send_to_adjudication", "everything": "1", "confirmed": "1"}
    html = post(lead_client, "campaign_bulk", campaign.pk, query="?q=Question", **everything)
    assert "1 item changed." in html
    assert "3 stayed as they were." in html


def test_where_no_item_changed_nothing_is_said_to_be_done(campaign: Campaign, lead_client: Client) -> None:
    everything = {"action": "send_to_adjudication", "everything": "1", "confirmed": "1"}
    post(lead_client, "campaign_bulk", campaign.pk, **everything)
    html = post(lead_client, "campaign_bulk", campaign.pk, **everything)
    assert "All 4 items stay as they were. They cannot be changed this way" in html
    html = post(lead_client, "campaign_bulk", campaign.pk, query="?q=question+1", **everything)
    assert "The item stays as it was. It cannot be changed this way" in html
    html = post(lead_client, "campaign_bulk", campaign.pk, query="?q=no+such", **everything)
    assert "No item changed" in html
    assert "changed." not in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose what to do."),
        ({"action": "more_labels"}, "Choose items first"),
        ({"action": "hand_items_over", "everything": "1"}, "Choose who takes"),
        ({"action": "mark_known", "everything": "1"}, "right one"),
        ({"action": "explode", "everything": "1"}, "explode"),
    ],
)
def test_an_action_without_what_it_needs_does_nothing(
    campaign: Campaign, lead_client: Client, fields: dict[str, str], said: str
) -> None:
    assert said in post(lead_client, "campaign_bulk", campaign.pk, **fields | {"confirmed": "1"})


def test_every_action_of_the_list_can_be_done(campaign: Campaign, lead_client: Client) -> None:
    taker = place(campaign, name="annotator-2").annotator
    for action in (
        "more_labels",
        "fewer_labels",
        "hand_items_over",
        "back_to_pending",
        "mark_known",
        "forget_known",
        "remove_items",
    ):
        sent = {"action": action, "everything": "1", "confirmed": "1", "taker": taker.pk, "value": "clean"}
        html = post(lead_client, "campaign_bulk", campaign.pk, **sent)
        assert "changed." in html or "items stay as they were." in html


def test_the_list_asks_the_same_of_the_database_for_any_number_of_items(
    campaign: Campaign, lead_client: Client, django_assert_max_num_queries: Any
) -> None:
    for rank in (1, 2, 3):
        say(campaign, rank)
    with django_assert_max_num_queries(15):
        page(lead_client, "campaign_items", campaign.pk)


# known items


def test_how_people_do_on_known_items(campaign: Campaign, lead_client: Client, annotator_client: Client) -> None:
    CampaignItem.objects.filter(rank__in=[1, 2]).update(known_value="wrong")
    say(campaign, 1, verdict="wrong")
    say(campaign, 2, verdict="clean")
    say(campaign, 1, "annotator-2", "wrong")
    one, two = known_figures(campaign)
    assert (one.name, one.right, one.labelled, [miss.said for miss in one.misses]) == ("annotator-1", 1, 2, ["clean"])
    assert (two.name, two.right, two.labelled) == ("annotator-2", 1, 1)
    assert "1 of 2 right: 50 %" in page(lead_client, "campaign_known", campaign.pk)
    assert annotator_client.get(reverse("campaign_known", args=[campaign.pk])).status_code == 403


def test_without_known_items_the_page_says_how_to_have_some(campaign: Campaign, lead_client: Client) -> None:
    assert "No item is known" in page(lead_client, "campaign_known", campaign.pk)


# labels of older rules


def test_labels_of_an_older_guideline_and_judge_are_listed_and_given_back(
    campaign: Campaign, lead_client: Client
) -> None:
    add_guideline(campaign, "one")
    run = factories.make_run(campaign.dataset)
    campaign.run = run
    campaign.save(update_fields=["run"])
    say(campaign, 1)
    say(campaign, 1, "annotator-2", "wrong")
    assert stale_of(campaign).counts().total == 0
    add_guideline(campaign, "two")
    campaign.run = factories.make_run(campaign.dataset, factories.make_judge("other"))
    campaign.save(update_fields=["run"])
    counts = stale_of(campaign).counts()
    assert (counts.guideline, counts.judge, counts.rubric, counts.total) == (2, 2, 0, 2)
    label = Label.objects.get(annotator__name="annotator-1")
    assert "annotator-2" in page(lead_client, "campaign_rereview", campaign.pk)
    assert "1 item is back" in post(lead_client, "campaign_rereview", campaign.pk, labels=[label.pk])
    assert place(campaign).state == Assignment.State.DRAFT
    assert stale_of(campaign).counts().total == 1
    html = post(lead_client, "campaign_rereview", campaign.pk, query=f"?person={label.annotator_id}", everything="1")
    assert "0 items are back" in html
    assert "1 item is back" in post(lead_client, "campaign_rereview", campaign.pk, everything="1")


def test_where_all_labels_follow_the_rules_the_page_says_so(campaign: Campaign, lead_client: Client) -> None:
    say(campaign)
    assert "Every label follows the rules of now" in page(lead_client, "campaign_rereview", campaign.pk)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("campaign_state", ()),
        ("campaign_people", ()),
        ("campaign_bulk", ()),
        ("campaign_rereview", ()),
        ("campaign_edit", ()),
        ("campaign_review", (1, 1)),
    ],
)
def test_annotators_change_nothing(
    campaign: Campaign, annotator_client: Client, name: str, more: tuple[int, ...]
) -> None:
    assert annotator_client.post(reverse(name, args=[campaign.pk, *more])).status_code == 403


def test_older_labels_are_counted_by_person_and_without_those_put_back(campaign: Campaign) -> None:
    say(campaign)
    say(campaign, 1, "annotator-2")
    add_guideline(campaign, "Newer.")
    stale = stale_of(campaign)
    person = Annotator.objects.get(name="annotator-1").pk
    assert (stale.count(), stale.count(["guideline"], person), stale.count(["rubric"])) == (2, 1, 0)
    rereview(campaign, [Label.objects.get(annotator=person).pk])
    assert stale_of(campaign).people() == [Annotator.objects.get(name="annotator-2").pk]
    again = Assignment.objects.get(annotator=person, state="draft")
    skip(again, "no", view=view_of(again))
    assert stale_of(campaign).counts().total == stale_of(campaign).labels().count() == 1


def test_many_older_labels_are_listed_as_far_as_anybody_reads(
    campaign: Campaign, lead_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(campaign)
    say(campaign, 1, "annotator-2")
    add_guideline(campaign, "Newer.")
    monkeypatch.setattr(campaign_checks, "MOST_LISTED", 1)
    html = page(lead_client, "campaign_rereview", campaign.pk)
    assert "2 labels" in html
    assert html.count('name="labels"') == 1
    assert "The first 1 are listed" in html
    assert "2 items are back" in post(lead_client, "campaign_rereview", campaign.pk, everything="1")
