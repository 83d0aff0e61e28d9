from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from annotation.actions.bulk import (
    BulkRefused,
    Done,
    allow_skipping,
    back_to_pending,
    fewer_labels,
    forbid_skipping,
    forget_known,
    hand_items_over,
    mark_known,
    more_labels,
    remove_items,
    send_to_adjudication,
)
from annotation.actions.labels import open_assignment, submit_label
from annotation.actions.queue import skip
from annotation.actions.refusals import LabelRefused
from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review, place, view_of, word

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    made = make_review()
    factories.make_user("annotator-3", role="annotator")
    made.rules = made.rules | {"annotators": ["annotator-1", "annotator-2", "annotator-3"]}
    made.save(update_fields=["rules"])
    return made


@pytest.fixture
def pulled(annotator: User, other_annotator: User) -> Campaign:
    dataset = factories.make_dataset("pulled")
    rules = {"annotators": ["annotator-1", "annotator-2"]}
    made = factories.make_campaign(dataset, "pulled", distribution="pulled", rules=rules)
    for rank, item in enumerate(factories.make_items(dataset, 3), 1):
        CampaignItem.objects.create(campaign=made, item=item, rank=rank, wanted=2)
    return made


def items(campaign: Campaign) -> list[int]:
    return list(CampaignItem.objects.filter(campaign=campaign).order_by("rank").values_list("pk", flat=True))


def first(campaign: Campaign) -> CampaignItem:
    return CampaignItem.objects.get(campaign=campaign, rank=1)


def test_one_label_more_goes_to_who_does_not_know_the_item(campaign: Campaign) -> None:
    assert more_labels(campaign, items(campaign)[:2]) == Done(chosen=2, changed=2)
    assert list(CampaignItem.objects.order_by("rank").values_list("wanted", "taken")) == [(3, 3), (3, 3), (2, 2)]
    assert Assignment.objects.filter(annotator__name="annotator-3").count() == 2


def test_one_more_in_a_pulled_campaign_is_a_free_place(pulled: Campaign) -> None:
    more_labels(pulled, items(pulled)[:1])
    assert (first(pulled).wanted, first(pulled).taken, first(pulled).returned) == (3, 0, True)


def test_one_label_less_closes_a_place_that_nobody_has_begun(campaign: Campaign) -> None:
    open_assignment(place(campaign), judge_shown=False)
    assert fewer_labels(campaign, items(campaign)[:1]) == Done(chosen=1, changed=1)
    assert (first(campaign).wanted, first(campaign).taken) == (1, 1)
    assert place(campaign).state == "pending"
    closed = place(campaign, name="annotator-2")
    assert (closed.state, closed.placed, closed.skip_reason) == ("skipped", False, "no longer wanted")


def test_what_people_have_begun_stays_wanted(campaign: Campaign) -> None:
    for name in ("annotator-1", "annotator-2"):
        open_assignment(place(campaign, name=name), judge_shown=False)
    assert fewer_labels(campaign, items(campaign)[:1]) == Done(chosen=1, changed=0)
    assert first(campaign).wanted == 2


def test_one_label_at_least_stays_wanted(pulled: Campaign) -> None:
    for _time in range(3):
        fewer_labels(pulled, items(pulled))
    assert set(CampaignItem.objects.values_list("wanted", flat=True)) == {1}


def test_items_are_sent_to_adjudication(campaign: Campaign) -> None:
    assert send_to_adjudication(campaign, items(campaign)[1:]) == Done(chosen=2, changed=2)
    assert send_to_adjudication(campaign, items(campaign)).changed == 1


def test_open_places_go_to_somebody_else(campaign: Campaign) -> None:
    row = place(campaign)
    submit_label(row, word(), view=view_of(row))
    taker = Annotator.objects.get(name="annotator-3")
    assert hand_items_over(campaign, items(campaign)[:1], taker) == Done(chosen=1, changed=1)
    assert place(campaign).state == "submitted"
    assert place(campaign, name="annotator-2").skip_reason == "handed over"
    assert place(campaign, name="annotator-3").campaign_item == first(campaign)
    assert first(campaign).taken == 2


def test_nothing_goes_to_who_knows_the_item(campaign: Campaign) -> None:
    taker = Annotator.objects.get(name="annotator-2")
    assert hand_items_over(campaign, items(campaign), taker) == Done(chosen=3, changed=0)


def test_only_people_of_the_campaign_take_over(campaign: Campaign) -> None:
    with pytest.raises(BulkRefused, match="not in this campaign"):
        hand_items_over(campaign, items(campaign), factories.make_annotator("stranger"))


def test_back_to_pending_reaches_skipped_and_decided_places(campaign: Campaign) -> None:
    row = place(campaign)
    submit_label(row, word("wrong"), view=view_of(row))
    campaign.assignments.filter(queue_rank=2, annotator__name="annotator-2").update(state="skipped")
    assert back_to_pending(campaign, items(campaign)) == Done(chosen=3, changed=2)
    assert place(campaign).draft["verdict"] == "wrong"
    assert place(campaign, 2, "annotator-2").state == "pending"


def test_a_known_item_of_a_pulled_campaign_is_drawn_as_a_check(pulled: Campaign) -> None:
    mark_known(pulled, items(pulled)[:1], "wrong")
    row = first(pulled)
    assert (row.known_value, row.how, row.probability, row.wanted) == ("wrong", "check", None, 0)
    forget_known(pulled, items(pulled))
    row = first(pulled)
    assert (row.known_value, row.how, row.wanted) == ("", "hand", 2)


def test_a_known_item_of_a_dealt_campaign_stays_a_part_of_its_sample(campaign: Campaign) -> None:
    mark_known(campaign, items(campaign)[:1], "clean")
    assert (first(campaign).known_value, first(campaign).how, first(campaign).probability) == ("clean", "all", 1.0)


def test_a_decision_is_the_known_value(campaign: Campaign) -> None:
    item = Item.objects.get(position=2)
    campaign.gold_labels.create(item=item, value="wrong", verdict="wrong", method="adjudicated", at=campaign.at)
    assert mark_known(campaign, items(campaign), "decided") == Done(chosen=3, changed=1)
    assert CampaignItem.objects.get(item=item).known_value == "wrong"


def test_a_known_item_has_a_value(campaign: Campaign) -> None:
    with pytest.raises(BulkRefused, match="right one"):
        mark_known(campaign, items(campaign), " ")


def test_items_that_nobody_began_are_removed_and_no_number_in_a_queue_changes(campaign: Campaign) -> None:
    row = place(campaign)
    submit_label(row, word(), view=view_of(row))
    assert remove_items(campaign, items(campaign)) == Done(chosen=3, changed=2)
    assert place(campaign, 2).skip_reason == "removed from the campaign"
    assert list(CampaignItem.objects.order_by("rank").values_list("wanted", "taken")) == [(2, 2), (0, 0), (0, 0)]


def test_what_nobody_drew_yet_is_removed_without_a_trace(pulled: Campaign) -> None:
    assert remove_items(pulled, items(pulled)[:2]).changed == 2
    assert CampaignItem.objects.count() == 1


def test_items_of_another_campaign_are_left_alone(campaign: Campaign) -> None:
    other = make_review(dataset=campaign.dataset, name="round 2")
    assert send_to_adjudication(campaign, items(other)) == Done(chosen=3, changed=0)


@pytest.mark.parametrize("verb", [more_labels, fewer_labels, back_to_pending, remove_items])
def test_queues_of_a_closed_campaign_do_not_change(campaign: Campaign, verb: Callable[..., Any]) -> None:
    campaign.state = Campaign.State.CLOSED
    with pytest.raises(BulkRefused, match="closed"):
        verb(campaign, items(campaign))


def test_chosen_items_cannot_be_skipped_until_they_may_again(campaign: Campaign) -> None:
    chosen = items(campaign)[:2]
    assert forbid_skipping(campaign, chosen) == Done(chosen=2, changed=2)
    assert forbid_skipping(campaign, chosen) == Done(chosen=2, changed=0)
    with pytest.raises(LabelRefused, match="cannot be skipped"):
        skip(place(campaign), "no", view=view_of(place(campaign)))
    assert allow_skipping(campaign, chosen) == Done(chosen=2, changed=2)
    assert skip(place(campaign), "no", view=view_of(place(campaign))).state == "skipped"
