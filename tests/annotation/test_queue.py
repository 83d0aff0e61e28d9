"""Pulled campaigns: who gets which item, for how long, and what becomes of it when they leave."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from annotation.actions.campaigns import assign_items
from annotation.actions.labels import submit_label, undo_label
from annotation.actions.people import join
from annotation.actions.queue import hold, locked_again, next_place, release, skip, to_end, to_pending
from annotation.actions.refusals import LabelRefused, StalePage
from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Label
from tests import factories
from tests.annotation.review_help import view_of, word

pytestmark = pytest.mark.django_db


def make_pulled(items: int = 3, people: str = "abc", labels: int = 2, **options: Any) -> Campaign:
    for name in people:
        factories.make_user(name, role="annotator")
    dataset = factories.make_dataset()
    factories.make_items(dataset, items)
    rules = CampaignRules(**options.pop("rules", {}))
    design = Design(distribution="pulled", rules=rules, **options)
    return assign_items(dataset, name="round 1", annotators=list(people), labels_per_item=labels, design=design)


def person(name: str) -> Annotator:
    return Annotator.objects.get(name=name)


def pull(campaign: Campaign, name: str, after: int = 0) -> Assignment:
    found = next_place(campaign, person(name), after=after)
    assert found is not None
    return found


def number(place: Assignment) -> int:
    return place.campaign_item.item.position


def label(place: Assignment, verdict: str = "clean") -> Label:
    return submit_label(place, word(verdict), view=view_of(place))


def work(campaign: Campaign, name: str, verdict: str = "clean") -> list[int]:
    """Label everything that comes."""
    done, place = [], next_place(campaign, person(name))
    while place is not None:
        label(place, verdict)
        done.append(number(place))
        place = next_place(campaign, person(name), after=place.queue_rank)
    return done


def expire(place: Assignment) -> None:
    Assignment.objects.filter(pk=place.pk).update(held_until=timezone.now() - timedelta(seconds=1))


def fresh(place: Assignment) -> Assignment:
    return Assignment.objects.get(pk=place.pk)


def places_are_counted(campaign: Campaign) -> bool:
    rows = CampaignItem.objects.filter(campaign=campaign)
    return all(row.taken == row.assignments.filter(placed=True).count() <= row.wanted for row in rows)


def test_nobody_has_an_item_before_they_draw() -> None:
    campaign = make_pulled()
    assert not Assignment.objects.exists()
    assert set(CampaignItem.objects.values_list("wanted", "taken")) == {(2, 0)}
    place = pull(campaign, "a")
    assert (number(place), place.queue_rank) == (1, 1)


def test_an_item_is_drawn_as_often_as_it_wants_labels() -> None:
    campaign = make_pulled(items=3)
    assert [number(pull(campaign, name)) for name in "abc"] == [1, 1, 2]
    assert places_are_counted(campaign)


def test_coming_back_resumes_the_open_item() -> None:
    campaign = make_pulled()
    assert pull(campaign, "a") == pull(campaign, "a")


def test_everybody_together_gives_every_item_its_labels() -> None:
    campaign = make_pulled(items=5)
    done = {name: work(campaign, name) for name in "abc"}
    assert done == {"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 4, 5], "c": []}
    assert Label.objects.filter(surplus=False).count() == 10
    assert not CampaignItem.objects.exclude(taken=2).exists()


def test_going_on_without_a_decision_draws_a_new_item() -> None:
    campaign = make_pulled()
    first = pull(campaign, "a")
    assert number(pull(campaign, "a", after=first.queue_rank)) == 2
    assert number(pull(campaign, "a")) == 1


def test_nobody_hoards_items_by_going_on() -> None:
    campaign = make_pulled(items=15)
    place = pull(campaign, "a")
    for _ in range(12):
        place = pull(campaign, "a", after=place.queue_rank)
    assert Assignment.objects.count() == 10
    assert number(place) <= 10


def test_an_open_place_says_until_when_it_is_held() -> None:
    campaign = make_pulled(hold_seconds=600)
    place = pull(campaign, "a")
    assert place.held_until is not None
    assert timedelta(seconds=590) < place.held_until - timezone.now() <= timedelta(seconds=600)


def test_looking_at_it_again_holds_it_longer() -> None:
    campaign = make_pulled()
    place = pull(campaign, "a")
    expire(place)
    assert hold(fresh(place)).held_until > timezone.now()


def test_a_submitted_place_is_not_held_any_more_and_never_expires() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    label(place)
    assert fresh(place).held_until is None
    assert number(pull(campaign, "b")) == 2


def test_an_expired_place_goes_to_others() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    assert number(pull(campaign, "b")) == 2
    expire(place)
    assert number(pull(campaign, "c")) == 1
    assert not fresh(place).placed
    assert places_are_counted(campaign)


def test_who_comes_back_too_late_is_heard_and_marked() -> None:
    campaign = make_pulled(labels=1)
    late = pull(campaign, "a")
    expire(late)
    assert not label(pull(campaign, "b")).surplus
    assert not hold(fresh(late)).placed
    assert label(fresh(late)).surplus
    assert places_are_counted(campaign)


def test_who_comes_back_late_to_a_free_place_is_not_surplus() -> None:
    campaign = make_pulled(labels=1)
    late = pull(campaign, "a")
    expire(late)
    release(late)
    assert not label(fresh(late)).surplus
    assert places_are_counted(campaign)


def test_leaving_gives_the_place_to_others_and_keeps_the_draft() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    Assignment.objects.filter(pk=place.pk).update(state="draft", draft={"comment": "hm"})
    release(place)
    assert number(pull(campaign, "b")) == 1
    assert fresh(place).draft == {"comment": "hm"}
    assert number(pull(campaign, "a")) == 2


def test_who_left_gets_the_item_again_where_nobody_took_it() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    release(place)
    again = pull(campaign, "a")
    assert (again, again.placed) == (place, True)
    assert places_are_counted(campaign)


def test_a_skipped_item_goes_to_somebody_else_and_not_back() -> None:
    campaign = make_pulled(items=2, labels=1)
    place = pull(campaign, "a")
    skip(place, "too hard", view=view_of(place))
    assert (fresh(place).state, fresh(place).skip_reason) == ("skipped", "too hard")
    assert number(pull(campaign, "a")) == 2
    assert number(pull(campaign, "b")) == 1


def test_what_came_back_is_drawn_before_fresh_items() -> None:
    campaign = make_pulled(items=9, labels=1)
    first = pull(campaign, "a")
    label(pull(campaign, "b"))
    label(pull(campaign, "b"))
    release(first)
    assert number(pull(campaign, "b")) == 1


def test_a_skip_may_need_a_reason() -> None:
    campaign = make_pulled(rules={"comment_on_skip": True})
    place = pull(campaign, "a")
    with pytest.raises(LabelRefused, match="reason"):
        skip(place, "  ", view=view_of(place))
    assert fresh(place).state == "pending"


def test_a_skip_that_is_mine_again_comes_at_the_end() -> None:
    campaign = make_pulled(items=2, labels=1, rules={"skipped": "me"})
    place = pull(campaign, "a")
    skip(place, "later", view=view_of(place))
    assert work(campaign, "a") == [2, 1]


def test_a_skip_that_is_ignored_is_nobodys() -> None:
    campaign = make_pulled(items=1, labels=1, rules={"skipped": "ignore"})
    place = pull(campaign, "a")
    skip(place, "", view=view_of(place))
    assert next_place(campaign, person("b")) is None


def test_where_nothing_can_be_skipped_it_is_decided_or_put_off() -> None:
    campaign = make_pulled(items=2, labels=1, rules={"skipped": "never"})
    place = pull(campaign, "a")
    with pytest.raises(LabelRefused, match="cannot be skipped"):
        skip(place, "too hard", view=view_of(place))
    assert fresh(place).state == "pending"
    to_end(place)
    assert work(campaign, "a") == [2, 1]


def test_an_item_that_cannot_be_skipped_is_one_among_others() -> None:
    campaign = make_pulled(items=2, labels=1)
    CampaignItem.objects.filter(rank=1).update(unskippable=True)
    place = pull(campaign, "a")
    with pytest.raises(LabelRefused, match="cannot be skipped"):
        skip(place, "too hard", view=view_of(place))
    label(place)
    other = pull(campaign, "a")
    assert skip(other, "", view=view_of(other)).state == "skipped"


def test_skipping_twice_counts_once() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    view = view_of(place)
    skip(place, "one", view=view)
    assert skip(fresh(place), "two", view=view).skip_reason == "one"
    assert places_are_counted(campaign)


def test_a_stale_page_skips_nothing() -> None:
    campaign = make_pulled()
    place = pull(campaign, "a")
    view = view_of(place)
    Assignment.objects.filter(pk=place.pk).update(draft_rev=4)
    with pytest.raises(StalePage):
        skip(place, "", view=view)


def test_a_labelled_item_is_not_skipped_or_put_off() -> None:
    campaign = make_pulled()
    place = pull(campaign, "a")
    label(place)
    for press in (lambda: skip(place, "", view=view_of(place)), lambda: to_end(place), lambda: to_pending(place)):
        with pytest.raises(LabelRefused, match="Undo"):
            press()


def test_a_skipped_item_can_be_pending_again() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    skip(place, "", view=view_of(place))
    back = to_pending(fresh(place))
    assert (back.state, back.placed) == ("pending", True)
    assert back.held_until is not None
    assert places_are_counted(campaign)


def test_a_skipped_item_that_others_took_can_still_be_labelled() -> None:
    campaign = make_pulled(labels=1)
    place = pull(campaign, "a")
    skip(place, "", view=view_of(place))
    label(pull(campaign, "b"))
    assert not to_pending(fresh(place)).placed
    assert label(fresh(place)).surplus


def test_an_item_put_to_the_end_comes_when_all_others_are_done() -> None:
    campaign = make_pulled(items=3, labels=3)
    to_end(pull(campaign, "a"))
    assert work(campaign, "a") == [2, 3, 1]


def test_an_undone_label_holds_its_place_again() -> None:
    campaign = make_pulled(labels=1)
    given = label(pull(campaign, "a"))
    row = undo_label(given)
    assert fresh(row).held_until is not None
    assert number(pull(campaign, "b")) == 2


def test_a_closed_campaign_gives_out_nothing_new() -> None:
    campaign = make_pulled()
    campaign.state = Campaign.State.CLOSED
    campaign.save()
    assert next_place(campaign, person("a")) is None


def test_a_named_person_without_items_is_in_the_campaign() -> None:
    campaign = make_pulled()
    user = person("a").user
    assert user is not None
    assert list(Campaign.objects.of_user(user.pk)) == [campaign]
    stranger = factories.make_user("stranger", role="annotator")
    assert not Campaign.objects.of_user(stranger.pk)
    with pytest.raises(LabelRefused, match="not one of"):
        join(campaign, stranger)


def test_sides_of_a_pair_are_drawn_once_per_person() -> None:
    campaign = make_pulled(items=40, people="ab")
    for item in campaign.dataset.items.all():
        item.kind, item.turns_b = "pair", item.turns
        item.save()
    dealt = assign_items(campaign.dataset, name="dealt", annotators=["a", "b"])
    swapped = [
        list(Assignment.objects.queue(dealt.pk, person(name).pk).values_list("swapped", flat=True)) for name in "ab"
    ]
    assert all(5 < sum(one) < 35 for one in swapped)
    assert swapped[0] != swapped[1]
    places = [pull(campaign, "a"), *(pull(campaign, "a", after=n) for n in range(1, 9))]
    assert 0 < sum(place.swapped for place in places) < 9


def test_a_place_that_was_taken_away_meanwhile_is_a_stale_page() -> None:
    read_before = pull(make_pulled(), "a")
    Assignment.objects.all().delete()
    with pytest.raises(StalePage), transaction.atomic():
        locked_again(read_before)
