import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.actions.label_reviews import ReviewRefused, accept_label, fix_label, reject_label, reject_to_another
from annotation.actions.labels import submit_label
from annotation.actions.rereview import rereview
from annotation.models import Annotator, Assignment, Campaign, GoldLabel, Label, LabelReview
from tests import factories
from tests.annotation.review_help import make_review, place, press, view_of, word
from tests.annotation.test_adjudication import decided

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review()


@pytest.fixture
def label(campaign: Campaign) -> Label:
    row = place(campaign)
    return submit_label(row, word("wrong", comment="typo", error_count=2), view=view_of(row))


def test_accepting_is_a_row_of_its_own(label: Label, lead: User) -> None:
    before = Label.objects.filter(pk=label.pk).values().get()
    review = accept_label(label, by=lead, comment="good eye")
    assert (review.outcome, review.lead, review.comment) == ("accept", lead, "good eye")
    assert Label.objects.filter(pk=label.pk).values().get() == before


def test_the_same_acceptance_twice_is_one(label: Label, lead: User) -> None:
    accept_label(label, by=lead)
    accept_label(label, by=lead)
    assert LabelReview.objects.count() == 1


def test_a_lead_may_change_their_mind_and_both_words_stay(label: Label, lead: User) -> None:
    accept_label(label, by=lead)
    reject_label(label, by=lead)
    accept_label(label, by=lead)
    assert list(LabelReview.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "accept",
        "rejected",
        "accept",
    ]


def test_fixing_makes_a_gold_label_and_leaves_the_label(label: Label, lead: User) -> None:
    fix_label(label, decided("clean", comment="no typo"), by=lead)
    assert GoldLabel.objects.get().value == "clean"
    label.refresh_from_db()
    assert (label.value, label.ended_at) == ("wrong", None)
    assert LabelReview.objects.get().outcome == "fixed"


def test_rejecting_puts_the_item_back_with_the_old_word_as_the_draft(
    campaign: Campaign, label: Label, lead: User
) -> None:
    reject_label(label, by=lead, comment="read the reference")
    row = place(campaign)
    assert row.state == Assignment.State.DRAFT
    assert (row.draft["verdict"], row.draft["comment"], row.draft["error_count"]) == ("wrong", "typo", "2")
    label.refresh_from_db()
    assert label.ended_at is None
    submit_label(row, word("clean"), view=view_of(row, "1" * 32))
    label.refresh_from_db()
    assert label.ended_by == "superseded"


def test_a_rejected_label_may_go_to_somebody_else(campaign: Campaign, label: Label, lead: User) -> None:
    factories.make_user("annotator-3", role="annotator")
    campaign.rules = campaign.rules | {"annotators": ["annotator-1", "annotator-2", "annotator-3"]}
    campaign.save(update_fields=["rules"])
    reject_to_another(label, by=lead)
    label.refresh_from_db()
    assert label.ended_by == "rejected"
    old = place(campaign)
    assert (old.state, old.placed, old.skip_reason) == ("skipped", False, "rejected by a lead")
    taken = Assignment.objects.get(campaign_item=old.campaign_item, annotator__name="annotator-3")
    assert (taken.state, taken.placed) == ("pending", True)
    assert taken.campaign_item.taken == taken.campaign_item.wanted == 2


def test_where_everybody_has_had_the_item_nothing_changes(campaign: Campaign, label: Label, lead: User) -> None:
    with pytest.raises(ReviewRefused, match="Everybody in this campaign"):
        reject_to_another(label, by=lead)
    label.refresh_from_db()
    assert label.ended_at is None
    assert not LabelReview.objects.exists()
    assert place(campaign).state == Assignment.State.SUBMITTED


def test_a_label_that_was_replaced_is_not_reviewed(campaign: Campaign, label: Label, lead: User) -> None:
    row = place(campaign)
    submit_label(row, word("clean"), view=view_of(row, "1" * 32))
    for verb in (accept_label, reject_label, reject_to_another):
        with pytest.raises(ReviewRefused, match="has been replaced"):
            verb(label, by=lead)
    assert not LabelReview.objects.exists()


def test_a_closed_campaign_takes_nothing_back(campaign: Campaign, label: Label, lead: User) -> None:
    Campaign.objects.update(state="closed")
    for verb in (reject_label, reject_to_another):
        with pytest.raises(ReviewRefused, match="closed"):
            verb(Label.objects.get(), by=lead)
    assert accept_label(label, by=lead).outcome == "accept"


def test_an_imported_label_has_no_place_to_go_back_to(lead: User) -> None:
    dataset = factories.make_dataset("imported")
    [item] = factories.make_items(dataset, 1)
    label = factories.make_label(factories.make_campaign(dataset), item, factories.make_annotator())
    with pytest.raises(ReviewRefused, match="came with a file"):
        reject_label(label, by=lead)


def test_labels_chosen_from_the_list_are_drafts_again_and_stay(campaign: Campaign, label: Label) -> None:
    other = place(campaign, name="annotator-2")
    second = submit_label(other, word("clean"), view=view_of(other))
    assert rereview(campaign, [label.pk]) == 1
    assert place(campaign).state == Assignment.State.DRAFT
    assert place(campaign).draft["verdict"] == "wrong"
    assert place(campaign, name="annotator-2").state == Assignment.State.SUBMITTED
    assert Label.objects.current().count() == 2
    assert rereview(campaign, [label.pk, second.pk]) == 1


def test_labels_of_another_campaign_are_left_alone(campaign: Campaign, label: Label) -> None:
    other = make_review(dataset=campaign.dataset, name="round 2")
    assert rereview(other, [label.pk]) == 0
    assert place(campaign).state == Assignment.State.SUBMITTED


def test_who_gave_the_label_is_who_gets_it_back(campaign: Campaign, label: Label) -> None:
    rereview(campaign, [label.pk])
    drafts = Assignment.objects.filter(state="draft").values_list("annotator__name", flat=True)
    assert list(drafts) == ["annotator-1"]
    assert Annotator.objects.count() == 2


def test_the_annotator_reads_why_a_label_was_sent_back_until_they_decide_again(
    campaign: Campaign, label: Label, lead: User, annotator_client: Client
) -> None:
    address = f"/review/{campaign.pk}/1/"
    reject_label(label, by=lead, comment="look at the year")
    assert "Sent back by a lead: look at the year" in annotator_client.get(address).content.decode()
    press(annotator_client, campaign, 1, "clean")
    assert "Sent back by a lead" not in annotator_client.get(address).content.decode()
