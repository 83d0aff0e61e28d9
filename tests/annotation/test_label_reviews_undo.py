"""A lead who pressed the wrong button takes it back: words are appended, and what they changed is as it was."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.actions.label_reviews import (
    ReviewRefused,
    accept_label,
    fix_label,
    reject_label,
    reject_to_another,
    take_review_back,
)
from annotation.actions.labels import save_draft, submit_label
from annotation.models import Assignment, Campaign, GoldLabel, ItemCount, Label, LabelReview
from tests import factories
from tests.annotation.review_help import make_review, place, view_of, word
from tests.annotation.test_adjudication import decided

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review()


@pytest.fixture
def label(campaign: Campaign) -> Label:
    row = place(campaign)
    return submit_label(row, word("wrong", comment="typo", error_count=2), view=view_of(row))


def outcomes() -> list[str]:
    return list(LabelReview.objects.order_by("pk").values_list("outcome", flat=True))


def test_an_acceptance_no_longer_counts_and_stays_as_a_row(label: Label, lead: User) -> None:
    accept_label(label, by=lead)
    take_review_back(label, by=lead)
    assert outcomes() == ["accept", "taken_back"]


def test_what_was_said_before_counts_again(label: Label, lead: User) -> None:
    first = accept_label(label, by=lead, comment="fine")
    fix_label(label, decided("clean"), by=lead)
    take_review_back(label, by=lead)
    assert outcomes() == ["accept", "fixed", "taken_back", "accept"]
    newest = LabelReview.objects.first()
    assert newest is not None
    assert (newest.comment, newest.lead, newest.at) == ("fine", lead, first.at)
    take_review_back(label, by=lead)
    with pytest.raises(ReviewRefused, match="No lead has said anything"):
        take_review_back(label, by=lead)


def test_the_gold_label_of_a_fix_goes(label: Label, lead: User) -> None:
    fix_label(label, decided("clean", comment="no typo"), by=lead)
    take_review_back(label, by=lead)
    assert not GoldLabel.objects.filter(ended_at__isnull=True).exists()
    assert GoldLabel.objects.count() == 1


def test_a_fix_that_somebody_decided_anew_stays(label: Label, lead: User) -> None:
    fix_label(label, decided("clean"), by=lead)
    GoldLabel.objects.update(by=factories.make_user("lead-2", role="lead"))
    with pytest.raises(ReviewRefused, match="decided this item anew"):
        take_review_back(label, by=lead)
    assert outcomes() == ["fixed"]
    assert GoldLabel.objects.get().ended_at is None


def test_a_rejected_item_is_submitted_again(campaign: Campaign, label: Label, lead: User) -> None:
    before = place(campaign)
    reject_label(label, by=lead)
    take_review_back(label, by=lead)
    row = place(campaign)
    assert (row.state, row.draft, row.placed) == (Assignment.State.SUBMITTED, {}, before.placed)
    assert row.draft_rev > before.draft_rev
    assert outcomes() == ["rejected", "taken_back"]
    label.refresh_from_db()
    assert label.ended_at is None


def test_what_its_annotator_typed_since_is_not_taken_from_them(campaign: Campaign, label: Label, lead: User) -> None:
    reject_label(label, by=lead)
    row = place(campaign)
    save_draft(row, {"verdict": "clean", "comment": "after all"}, view=view_of(row))
    with pytest.raises(ReviewRefused, match="annotator-1 has gone on with this item"):
        take_review_back(label, by=lead)
    assert place(campaign).draft["comment"] == "after all"


def test_a_label_that_was_replaced_since_keeps_its_review(campaign: Campaign, label: Label, lead: User) -> None:
    accept_label(label, by=lead)
    row = place(campaign)
    submit_label(row, word("clean"), view=view_of(row, "1" * 32))
    with pytest.raises(ReviewRefused, match="has been replaced"):
        take_review_back(label, by=lead)


def test_a_closed_campaign_opens_and_closes_no_place(campaign: Campaign, label: Label, lead: User) -> None:
    reject_label(label, by=lead)
    Campaign.objects.update(state="closed")
    with pytest.raises(ReviewRefused, match="closed"):
        take_review_back(Label.objects.get(), by=lead)
    assert outcomes() == ["rejected"]


def test_the_page_offers_to_take_the_press_back(
    campaign: Campaign, label: Label, lead_client: Client, annotator_client: Client
) -> None:
    at = [campaign.pk, label.annotator_id, 1]
    sent = {"label": label.pk, "outcome": "reject", "comment": "look again"}
    page = lead_client.post(reverse("campaign_review", args=at), sent, follow=True).content.decode()
    undo = reverse("campaign_review_undo", args=at)
    assert f'class="lead-toast" method="post" action="{undo}"' in page
    assert "Rejected: the item is back with who labelled it." in page
    later = lead_client.get(reverse("campaign_place", args=at)).content.decode()
    assert f'class="lead-last" method="post" action="{undo}"' in later
    page = lead_client.post(undo, {"label": label.pk}, follow=True).content.decode()
    assert "Taken back: the label is as it was before." in page
    assert undo not in page
    assert "Sent back by a lead" not in annotator_client.get(f"/review/{campaign.pk}/1/").content.decode()


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 30])
def test_a_label_of_nowhere_is_not_found(campaign: Campaign, label: Label, lead_client: Client, number: str) -> None:
    address = reverse("campaign_review_undo", args=[campaign.pk, label.annotator_id, 1])
    assert lead_client.post(address, {"label": number}).status_code == 404


@pytest.fixture
def third(campaign: Campaign) -> Campaign:
    """Somebody more, to whom a rejected item can go."""
    factories.make_user("annotator-3", role="annotator")
    campaign.rules = campaign.rules | {"annotators": ["annotator-1", "annotator-2", "annotator-3"]}
    campaign.save(update_fields=["rules"])
    return campaign


def sent_on(campaign: Campaign) -> Assignment:
    return Assignment.objects.get(campaign_item=place(campaign).campaign_item, annotator__name="annotator-3")


def test_a_label_that_went_to_somebody_else_stands_again(third: Campaign, label: Label, lead: User) -> None:
    accept_label(label, by=lead)
    reject_to_another(label, by=lead)
    take_review_back(Label.objects.get(), by=lead)
    old, again = Label.objects.order_by("pk")
    assert (old.ended_by, again.ended_by, again.value, again.comment) == ("rejected", "", "wrong", "typo")
    assert (again.at, again.error_count) == (label.at, 2)
    assert [(one.label_id, one.outcome) for one in LabelReview.objects.order_by("pk")] == [
        (old.pk, "accept"),
        (old.pk, "rejected"),
        (old.pk, "taken_back"),
        (again.pk, "accept"),
    ]
    row = place(third)
    assert (row.state, row.placed, row.skip_reason, row.draft) == ("submitted", True, "", {})
    assert (sent_on(third).state, sent_on(third).placed, sent_on(third).skip_reason) == (
        "skipped",
        False,
        "no longer wanted",
    )
    assert row.campaign_item.taken == row.campaign_item.wanted == 2
    assert ItemCount.objects.get(item=label.item_id).n == 1


def test_what_somebody_else_has_begun_stays_theirs(third: Campaign, label: Label, lead: User) -> None:
    reject_to_another(label, by=lead)
    row = sent_on(third)
    save_draft(row, {"verdict": "clean"}, view=view_of(row))
    with pytest.raises(ReviewRefused, match="Somebody else has begun this item"):
        take_review_back(Label.objects.get(), by=lead)
    assert Label.objects.count() == 1
    assert outcomes() == ["rejected"]
    assert place(third).state == "skipped"


def test_the_page_takes_back_what_went_to_somebody_else(third: Campaign, label: Label, lead_client: Client) -> None:
    at = [third.pk, label.annotator_id, 1]
    sent = {"label": label.pk, "outcome": "reject_to_another", "comment": ""}
    page = lead_client.post(reverse("campaign_review", args=at), sent, follow=True).content.decode()
    assert "Rejected: the item goes to somebody else." in page
    undo = reverse("campaign_review_undo", args=at)
    assert f'class="lead-toast" method="post" action="{undo}"' in page
    page = lead_client.post(undo, {"label": label.pk}, follow=True).content.decode()
    assert "Taken back: the label is as it was before." in page
    assert "typo" in page
    assert undo not in page
