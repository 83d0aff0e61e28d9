"""What is left of a pulled campaign: why somebody gets nothing, and who is asked once more."""

import pytest

from annotation.actions.campaigns import assign_items
from annotation.actions.labels import undo_label
from annotation.actions.queue import next_place
from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.models import Assignment, CampaignItem
from annotation.reports.queues import nothing_left, without_people
from tests.annotation.test_queue import label, make_pulled, person, pull, work

pytestmark = pytest.mark.django_db


def test_nothing_left_says_who_holds_what() -> None:
    campaign = make_pulled(items=3, labels=1)
    campaign.blind_people = False
    campaign.save()
    held, second = pull(campaign, "a"), pull(campaign, "b")
    label(second)
    assert work(campaign, "c") == [3]
    why = nothing_left(campaign, person("c"))
    assert (why.items, why.submitted, why.taken, why.free, why.open) == (3, 1, 1, 0, 0)
    assert [(one.name, one.items) for one in why.held] == [("a", 1)]
    assert why.next_free_at == held.held_until


def test_blind_people_are_held_off_without_a_name() -> None:
    campaign = make_pulled(items=1, labels=1)
    pull(campaign, "a")
    assert [one.name for one in nothing_left(campaign, person("b")).held] == [""]


def test_nothing_left_knows_what_a_filter_hides() -> None:
    campaign = make_pulled(items=2, labels=2)
    pull(campaign, "a")
    queue = Assignment.objects.queue(campaign.pk, person("a").pk)
    assert nothing_left(campaign, person("a"), queue.filter(state="draft")).filtered == 1
    assert nothing_left(campaign, person("a"), queue.none()).no_such_item


def test_one_more_is_asked_where_people_disagree() -> None:
    campaign = make_pulled(items=2, rules={"extra_below": 0.6})
    assert work(campaign, "a", "clean") == [1, 2]
    first = pull(campaign, "b")
    label(first, "wrong")
    label(pull(campaign, "b"), "clean")
    assert list(CampaignItem.objects.order_by("rank").values_list("wanted", "extra")) == [(3, 1), (2, 0)]
    assert work(campaign, "c") == [1]


def test_the_extra_place_goes_with_the_label_that_called_for_it() -> None:
    campaign = make_pulled(items=1, people="abc", rules={"extra_below": 0.6})
    work(campaign, "a", "clean")
    second = label(pull(campaign, "b"), "wrong")
    undo_label(second)
    assert CampaignItem.objects.values_list("wanted", "extra").get() == (2, 0)


def test_no_more_than_the_rule_allows_are_asked() -> None:
    campaign = make_pulled(items=1, people="abcd", rules={"extra_below": 0.9, "extra_most": 1})
    for name, verdict in zip("abc", ("clean", "wrong", "clean"), strict=True):
        work(campaign, name, verdict)
    assert next_place(campaign, person("d")) is None


def test_the_lead_hears_where_nobody_is_left_to_ask() -> None:
    campaign = make_pulled(items=1, people="ab", rules={"extra_below": 0.9})
    work(campaign, "a", "clean")
    assert without_people(campaign, 2) == 0
    work(campaign, "b", "wrong")
    assert without_people(campaign, 2) == 1


def test_in_a_dealt_campaign_somebody_gets_it_at_once() -> None:
    campaign = make_pulled(items=1)
    design = Design(rules=CampaignRules(extra_below=0.9))
    dealt = assign_items(campaign.dataset, name="dealt", annotators=["a", "b", "c"], labels_per_item=2, design=design)
    for place, verdict in zip(list(Assignment.objects.filter(campaign=dealt)), ("clean", "wrong"), strict=True):
        label(place, verdict)
    assert Assignment.objects.filter(campaign=dealt).count() == 3
    assert set(CampaignItem.objects.filter(campaign=dealt).values_list("wanted", "taken")) == {(3, 3)}
