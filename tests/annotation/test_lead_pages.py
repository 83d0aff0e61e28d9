"""Pages of leads about a running campaign: rules, people, progress, queues."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.actions.bulk import fewer_labels
from annotation.actions.labels import submit_label
from annotation.actions.queue import next_place
from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.forms.campaigns import percent
from annotation.models import Annotator, Campaign, GoldLabel, Label, LabelReview
from annotation.reports.progress import campaign_progress
from tests import factories
from tests.annotation.review_help import make_review, place, view_of, word

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review(items=4)


def say(campaign: Campaign, rank: int = 1, name: str = "annotator-1", verdict: str = "clean", **fields: Any) -> Label:
    row = place(campaign, rank, name)
    return submit_label(row, word(verdict, **fields), view=view_of(row))


def page(client: Client, name: str, *args: int, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, view: str, /, *args: int, query: str = "", **fields: Any) -> str:
    response = client.post(reverse(view, args=args) + query, fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def rules(campaign: Campaign, **fields: Any) -> dict[str, Any]:
    usual = {"name": campaign.name, "hold_minutes": 30, "extra_most": 1, "guideline": "", "error_types": ""}
    return usual | {"blind_people": "on"} | fields


# making and changing


def test_a_campaign_is_made_with_all_its_rules(annotator: User, other_annotator: User, lead_client: Client) -> None:
    dataset = factories.make_dataset("new")
    factories.make_items(dataset, 10)
    rubric = factories.make_rubric("r")
    sent = {
        "dataset": dataset.pk,
        "name": "round 1",
        "rubric": rubric.pk,
        "distribution": "pulled",
        "annotators": [annotator.pk, other_annotator.pk],
        "labels_per_item": 2,
        "share": "50",
        "order": "random",
        "sample": 6,
        "seed": 3,
        "blind_judge": "on",
        "guideline": "Be **fair**.",
        "error_types": "typo\r\nfact\r\ntypo\r\n",
        "comment_on_skip": "on",
        "skipped": "others",
        "hold_minutes": 5,
        "extra_below": "60",
        "extra_most": 2,
        "known_share": "10",
    }
    post(lead_client, "campaign_create", **sent)
    made = Campaign.objects.get()
    found = CampaignRules.from_json(made.rules)
    assert (made.distribution, made.share, made.hold_seconds, made.rubric) == ("pulled", 0.5, 300, rubric)
    assert (made.blind_people, made.blind_judge, made.blind_model) == (False, True, False)
    assert (found.error_types, found.comment_on_skip, found.skipped) == (("typo", "fact"), True, "others")
    assert (found.extra_below, found.extra_most, found.known_share, found.sample) == (0.6, 2, 0.1, 6)
    assert made.campaign_items.count() == 6


@pytest.mark.parametrize(("share", "shown"), [(0.0, "0"), (0.1, "10"), (0.125, "12.5"), (0.07, "7")])
def test_shares_stand_in_the_form_as_somebody_types_them(share: float, shown: str) -> None:
    assert str(percent(share)) == shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"extra_below": "700"}, "less than or equal to 100"),
        ({"hold_minutes": "0"}, "greater than or equal to 1"),
        ({"error_types": "x" * 101}, "At most 50 error types"),
        ({"name": " "}, "required"),
    ],
)
def test_rules_that_cannot_be_are_refused(
    campaign: Campaign, lead_client: Client, fields: dict[str, str], said: str
) -> None:
    assert said in post(lead_client, "campaign_edit", campaign.pk, **rules(campaign) | fields)


def test_rules_change_and_the_design_stays(campaign: Campaign, lead_client: Client) -> None:
    html = page(lead_client, "campaign_edit", campaign.pk)
    assert "What no longer changes" in html
    assert 'name="labels_per_item"' not in html
    changed = rules(campaign, name="renamed", error_types="typo", extra_below="50", hold_minutes=7)
    post(lead_client, "campaign_edit", campaign.pk, **changed)
    campaign.refresh_from_db()
    found = CampaignRules.from_json(campaign.rules)
    assert (campaign.name, campaign.hold_seconds, campaign.blind_judge) == ("renamed", 420, False)
    assert (found.error_types, found.extra_below) == (("typo",), 0.5)
    assert found.annotators == ("annotator-1", "annotator-2")


def test_a_changed_guideline_is_a_version_and_an_unchanged_one_is_not(campaign: Campaign, lead_client: Client) -> None:
    for text in ("Be fair.", "Be fair.", "Be very fair."):
        post(lead_client, "campaign_edit", campaign.pk, **rules(campaign, guideline=text))
    assert campaign.guidelines.count() == 2
    html = page(lead_client, "campaign_guideline", campaign.pk)
    assert '<ins><span class="visually-hidden">added: </span>' in html
    assert "Version 2" in html


def test_a_name_that_is_taken_and_a_run_of_another_dataset_are_refused(campaign: Campaign, lead_client: Client) -> None:
    make_review(dataset=campaign.dataset, name="round 2")
    run = factories.make_run(factories.make_dataset("elsewhere"))
    assert "has this name" in post(lead_client, "campaign_edit", campaign.pk, **rules(campaign, name="round 2"))
    assert "another dataset" in post(lead_client, "campaign_edit", campaign.pk, **rules(campaign, run=run.pk))


def test_labels_keep_the_criteria_that_they_answer(campaign: Campaign, lead_client: Client) -> None:
    say(campaign)
    criteria = [{"name": "style", "scale": {"low": 1, "high": 5, "step": 1}, "direction": "higher", "clean_if": None}]
    rubric = factories.make_rubric("scores", criteria=criteria)
    html = post(lead_client, "campaign_edit", campaign.pk, **rules(campaign, rubric=rubric.pk))
    assert "take one with the same criteria" in html
    campaign.refresh_from_db()
    assert campaign.rubric is None


def test_the_form_of_another_campaign_like_this_one_is_filled(campaign: Campaign, lead_client: Client) -> None:
    html = page(lead_client, "campaign_create", query=f"?like={campaign.pk}")
    assert "round 1, once more" in html
    assert html.count("checked") >= 2


def test_a_guideline_is_previewed_as_it_will_be_shown(lead_client: Client) -> None:
    html = post(lead_client, "campaign_preview", guideline="Be **fair**.<script>x</script>")
    assert "<strong>fair</strong>" in html
    assert "<script>" not in html


def test_a_campaign_is_closed_and_opened(campaign: Campaign, lead_client: Client) -> None:
    assert "no longer changed" in post(lead_client, "campaign_state", campaign.pk, state="closed")
    assert Campaign.objects.get().state == "closed"
    post(lead_client, "campaign_state", campaign.pk, state="open")
    assert Campaign.objects.get().state == "open"


def test_people_join_take_over_and_leave(campaign: Campaign, lead_client: Client) -> None:
    factories.make_user("annotator-3", role="annotator")
    assert "annotator-3 can review now" in post(
        lead_client, "campaign_people", campaign.pk, action="add", names="annotator-3"
    )
    giver = place(campaign).annotator
    taker = giver.__class__.objects.get(name="annotator-3")
    html = post(
        lead_client, "campaign_people", campaign.pk, action="hand_over", giver=giver.pk, takers=[taker.pk], count=2
    )
    assert "2 items moved." in html
    assert "items moved" in post(lead_client, "campaign_people", campaign.pk, action="remove", names="annotator-3")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"action": "add", "names": "nobody"}, "There is no user nobody"),
        ({"action": "add", "names": " "}, "Name at least one person"),
        ({"action": "dance"}, "Choose people"),
    ],
)
def test_people_who_cannot_join_are_named(
    campaign: Campaign, lead_client: Client, fields: dict[str, str], said: str
) -> None:
    assert said in post(lead_client, "campaign_people", campaign.pk, **fields)


def test_names_that_were_refused_stand_in_the_field_again(campaign: Campaign, lead_client: Client) -> None:
    html = post(lead_client, "campaign_people", campaign.pk, action="add", names="annotator-3, nobody")
    assert '<details class="card" open>' in html
    assert 'name="names" value="annotator-3, nobody"' in html


# progress


def test_progress_counts_places_and_tells_the_pace(campaign: Campaign) -> None:
    for rank in (1, 2, 3, 4):
        say(campaign, rank)
    campaign.assignments.filter(queue_rank=1, annotator__name="annotator-2").update(
        state="skipped", skip_reason="too hard"
    )
    now = timezone.now()
    for minutes, label in enumerate(Label.objects.order_by("-pk")):
        Label.objects.filter(pk=label.pk).update(at=now - timedelta(minutes=minutes), seconds=30)
    found = campaign_progress(campaign, now)
    first, second = found.people
    assert (first.done, first.left, first.pace.seconds) == (4, 0, 30)
    assert first.pace.per_hour == pytest.approx(60)
    assert (second.done, second.left, second.skipped, second.pace.per_hour) == (0, 3, 1, None)
    assert found.skip_reasons == (("too hard", 1),)
    assert found.finish is None


def test_what_a_lead_took_from_somebody_is_neither_skipped_nor_theirs(campaign: Campaign, lead_client: Client) -> None:
    rows = campaign.campaign_items.order_by("rank").values_list("pk", flat=True)
    campaign.assignments.filter(queue_rank=4, annotator__name="annotator-2").update(state="skipped")
    fewer_labels(campaign, list(rows[:2]))
    found = campaign_progress(campaign, timezone.now())
    assert sum(person.total for person in found.people) == found.total == 6
    assert [person.skipped for person in found.people] == [0, 1]
    assert '<td class="number">0 / 6</td>' in page(lead_client, "campaign_list")


def test_a_campaign_that_people_draw_from_is_as_long_as_what_it_wants(lead_client: Client, annotator: User) -> None:
    pulled = make_review(("annotator-1",), items=6, design=Design(distribution="pulled"))
    next_place(pulled, Annotator.objects.get(name="annotator-1"))
    assert '<td class="number">0 / 6</td>' in page(lead_client, "campaign_list")


def test_what_stands_in_the_way_is_said(campaign: Campaign) -> None:
    campaign.rules = campaign.rules | {"extra_below": 0.5, "extra_most": 3}
    User.objects.filter(username="annotator-2").update(is_active=False)
    found = campaign_progress(campaign, timezone.now() + timedelta(days=2))
    assert [text.split(" ")[0] for text in found.warnings] == ["Where", "annotator-2", "Nobody"]


def test_a_closed_campaign_warns_of_nothing(campaign: Campaign) -> None:
    campaign.state = Campaign.State.CLOSED
    assert not campaign_progress(campaign, timezone.now() + timedelta(days=9)).warnings


def test_held_places_are_named_with_their_end(campaign: Campaign, lead_client: Client) -> None:
    campaign.assignments.filter(queue_rank=1).update(held_until=timezone.now() + timedelta(minutes=5))
    assert "Held at this moment" in page(lead_client, "campaign_detail", campaign.pk)


# somebody's queue


def test_a_place_shows_the_word_and_takes_no_change(campaign: Campaign, lead_client: Client) -> None:
    label = say(campaign, verdict="wrong", comment="nein")
    html = page(lead_client, "campaign_place", campaign.pk, label.annotator_id, 1)
    assert "read only" in html
    assert "nein" in html
    assert 'rel="next"' in html
    assert "has not decided" in page(lead_client, "campaign_place", campaign.pk, label.annotator_id, 2)


@pytest.mark.parametrize(
    ("fields", "outcome", "state"),
    [
        ({"outcome": "accept", "comment": "yes"}, "accept", "submitted"),
        ({"outcome": "reject"}, "rejected", "draft"),
        ({"outcome": "fix", "verdict": "clean", "item_revision": 1, "known": 0}, "fixed", "submitted"),
    ],
)
def test_a_lead_reviews_a_label(
    campaign: Campaign, lead_client: Client, fields: dict[str, Any], outcome: str, state: str
) -> None:
    label = say(campaign, verdict="wrong")
    post(lead_client, "campaign_review", campaign.pk, label.annotator_id, 1, label=label.pk, **fields)
    assert LabelReview.objects.get().outcome == outcome
    assert place(campaign).state == state
    assert GoldLabel.objects.count() == (outcome == "fixed")
    html = page(lead_client, "campaign_queue", campaign.pk, label.annotator_id)
    assert f'<span class="badge {outcome}">' in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"outcome": "praise"}, "praise"),
        ({"outcome": "fix", "item_revision": 1, "known": 0}, "Choose good, undefined or bad."),
        ({"outcome": "reject_to_another"}, "Everybody in this campaign"),
    ],
)
def test_a_review_that_cannot_be_is_said(
    campaign: Campaign, lead_client: Client, fields: dict[str, Any], said: str
) -> None:
    label = say(campaign)
    assert said in post(lead_client, "campaign_review", campaign.pk, label.annotator_id, 1, label=label.pk, **fields)
    assert not LabelReview.objects.exists()


def test_a_label_of_another_place_is_not_found(campaign: Campaign, lead_client: Client) -> None:
    label = say(campaign, 2)
    address = reverse("campaign_review", args=[campaign.pk, label.annotator_id, 1])
    assert lead_client.post(address, {"label": label.pk, "outcome": "accept"}).status_code == 404


def test_a_queue_is_filtered(campaign: Campaign, lead_client: Client) -> None:
    label = say(campaign, verdict="wrong")
    html = page(lead_client, "campaign_queue", campaign.pk, label.annotator_id, query="?show=submitted")
    assert "Question 1?" in html
    assert "Question 2?" not in html
    empty = page(lead_client, "campaign_queue", campaign.pk, label.annotator_id, query="?q=nowhere")
    assert "Show the whole queue" in empty


def test_what_people_flagged_is_counted_by_item_and_leads_to_it(campaign: Campaign, lead_client: Client) -> None:
    say(campaign, 1)
    say(campaign, 1, "annotator-2")
    say(campaign, 2)
    assert "filter=bad_reference" not in page(lead_client, "campaign_detail", campaign.pk)
    Label.objects.filter(item__position=1).update(flags=["bad_reference"])
    Label.objects.filter(item__position=2).update(flags=["bad_question", "bad_reference"])
    html = page(lead_client, "campaign_detail", campaign.pk)
    assert 'filter=bad_question">1</a>' in html
    assert 'filter=bad_reference">2</a>' in html
