"""People who join and leave a campaign, and whose items others take over; items with a known value."""

import pytest

from annotation.actions.campaigns import assign_items
from annotation.actions.known import known_from_gold, set_known
from annotation.actions.labels import submit_label
from annotation.actions.people import CampaignRefused, add_annotators, hand_over, remove_annotators
from annotation.actions.queue import next_place, skip
from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, GoldLabel
from annotation.reports.queues import without_people
from tests import factories
from tests.annotation.review_help import view_of, word

pytestmark = pytest.mark.django_db


def make_dealt(items: int = 6, people: str = "ab", labels: int = 1, **rules: object) -> Campaign:
    for name in "abcd":
        factories.make_user(name, role="annotator")
    dataset = factories.make_dataset()
    factories.make_items(dataset, items)
    design = Design(rules=CampaignRules(**rules))  # type: ignore[arg-type]
    return assign_items(dataset, name="round 1", annotators=list(people), labels_per_item=labels, design=design)


def person(name: str) -> Annotator:
    return Annotator.objects.get(name=name)


def open_items(campaign: Campaign, name: str) -> set[int]:
    queue = Assignment.objects.queue(campaign.pk, person(name).pk).open()
    return set(queue.values_list("campaign_item__item__position", flat=True))


def places_are_counted(campaign: Campaign) -> bool:
    rows = CampaignItem.objects.filter(campaign=campaign)
    return all(row.taken == row.assignments.filter(placed=True).count() <= row.wanted for row in rows)


def ranks_have_no_gaps(campaign: Campaign, name: str) -> bool:
    ranks = list(Assignment.objects.queue(campaign.pk, person(name).pk).values_list("queue_rank", flat=True))
    return ranks == list(range(1, len(ranks) + 1))


def test_open_items_are_handed_over_and_labels_stay() -> None:
    campaign = make_dealt(people="abc")
    mine = Assignment.objects.queue(campaign.pk, person("a").pk).first()
    submit_label(mine, word(), view=view_of(mine))
    assert hand_over(campaign, person("a"), [person("b"), person("c")]) == 1
    assert open_items(campaign, "a") == set()
    assert sorted(len(open_items(campaign, name)) for name in "bc") == [2, 3]
    assert places_are_counted(campaign)
    assert all(ranks_have_no_gaps(campaign, name) for name in "abc")


def test_a_part_is_handed_over_from_the_end() -> None:
    campaign = make_dealt(people="ab")
    before = open_items(campaign, "a")
    hand_over(campaign, person("a"), [person("b")], count=1)
    assert before - open_items(campaign, "a") == {max(before)}


def test_what_the_others_know_stays() -> None:
    campaign = make_dealt(people="ab", labels=2)
    assert hand_over(campaign, person("a"), [person("b")]) == 0
    assert len(open_items(campaign, "a")) == 6


def test_items_go_only_to_people_of_the_campaign() -> None:
    campaign = make_dealt(people="ab")
    with pytest.raises(CampaignRefused, match="add them first"):
        hand_over(campaign, person("a"), [person("d")])
    with pytest.raises(CampaignRefused, match="somebody else"):
        hand_over(campaign, person("a"), [person("a")])


def test_in_a_pulled_campaign_they_are_free_for_all() -> None:
    campaign = make_dealt(people="abc")
    design = Design(distribution="pulled")
    pulled = assign_items(campaign.dataset, name="p", annotators=list("ab"), labels_per_item=1, design=design)
    place = next_place(pulled, person("a"))
    assert place is not None
    assert hand_over(pulled, person("a"), [person("b")]) == 1
    again = next_place(pulled, person("b"))
    assert again is not None
    assert again.campaign_item == place.campaign_item
    assert places_are_counted(pulled)


def test_somebody_who_joins_gets_the_places_nobody_could_take() -> None:
    campaign = make_dealt(people="ab", labels=2, skipped="others")
    place = Assignment.objects.queue(campaign.pk, person("a").pk).first()
    skip(place, "", view=view_of(place))
    assert without_people(campaign, 2) == 1
    add_annotators(campaign, ["c"])
    assert CampaignRules.from_json(campaign.rules).annotators == ("a", "b", "c")
    assert open_items(campaign, "c") == {1}
    assert without_people(campaign, 3) == 0


def test_a_skipped_item_goes_to_the_least_busy_of_the_others() -> None:
    campaign = make_dealt(people="abc", skipped="others")
    place = Assignment.objects.queue(campaign.pk, person("a").pk).first()
    skip(place, "no idea", view=view_of(place))
    assert sorted(len(open_items(campaign, name)) for name in "bc") == [2, 3]
    assert places_are_counted(campaign)


def test_who_leaves_leaves_their_items_to_the_others() -> None:
    campaign = make_dealt(people="abc")
    assert remove_annotators(campaign, ["a"]) == 2
    assert [len(open_items(campaign, name)) for name in "abc"] == [0, 3, 3]
    assert CampaignRules.from_json(campaign.rules).annotators == ("b", "c")
    assert places_are_counted(campaign)


def test_an_item_all_others_know_is_open_for_a_newcomer() -> None:
    campaign = make_dealt(people="ab", labels=2)
    remove_annotators(campaign, ["a"])
    assert without_people(campaign, 1) == 6
    add_annotators(campaign, ["c"])
    assert len(open_items(campaign, "c")) == 6
    assert places_are_counted(campaign)


def test_somebody_has_to_stay() -> None:
    campaign = make_dealt(people="ab")
    with pytest.raises(CampaignRefused, match="at least one"):
        remove_annotators(campaign, ["a", "b"])
    with pytest.raises(CampaignRefused, match="not in campaign"):
        remove_annotators(campaign, ["d"])
    with pytest.raises(CampaignRefused, match="no user"):
        add_annotators(campaign, ["nobody"])


def check_campaign(distribution: str, share: float = 0.25) -> Campaign:
    campaign = make_dealt(items=40, people="ab")
    design = Design(sample=30, distribution=distribution, rules=CampaignRules(known_share=share))
    made = assign_items(
        campaign.dataset, name="checked", annotators=["a", "b"], labels_per_item=1, order="random", design=design
    )
    rest = made.dataset.items.exclude(pk__in=CampaignItem.objects.filter(campaign=made).values("item"))
    assert set_known(made, {item.pk: "clean" for item in rest[:4]}) == 4
    return made


def how_of(campaign: Campaign, name: str) -> list[str]:
    queue = Assignment.objects.queue(campaign.pk, person(name).pk)
    return list(queue.values_list("campaign_item__how", flat=True))


def test_check_items_come_at_their_share_of_a_pulled_queue() -> None:
    campaign = check_campaign("pulled")
    place = next_place(campaign, person("a"))
    while place is not None:
        submit_label(place, word(), view=view_of(place))
        place = next_place(campaign, person("a"), after=place.queue_rank)
    hows = how_of(campaign, "a")
    assert [hows[at : at + 4].count("check") for at in range(0, 16, 4)] == [1, 1, 1, 1]
    assert hows.count("random") == 30
    assert places_are_counted(campaign)


def test_check_items_are_for_everybody_and_no_sample() -> None:
    campaign = check_campaign("dealt")
    assert [how_of(campaign, name)[:12].count("check") for name in "ab"] == [3, 3]
    assert set(CampaignItem.objects.filter(how="check").values_list("probability", "known_value")) == {(None, "clean")}
    assert all(ranks_have_no_gaps(campaign, name) for name in "ab")
    assert places_are_counted(campaign)


def test_an_item_of_the_campaign_only_gets_its_value() -> None:
    campaign = make_dealt()
    item = campaign.dataset.items.first()
    assert set_known(campaign, {item.pk: "wrong"}) == 1
    row = CampaignItem.objects.get(campaign=campaign, item=item)
    assert (row.how, row.probability, row.known_value) == ("all", 1.0, "wrong")
    assert set_known(campaign, {item.pk: ""}) == 0


def test_values_that_nobody_could_give_are_refused() -> None:
    campaign = make_dealt()
    item = campaign.dataset.items.first()
    with pytest.raises(CampaignRefused, match="no answer"):
        set_known(campaign, {item.pk: "purple"})
    with pytest.raises(CampaignRefused, match="not in dataset"):
        set_known(campaign, {0: "clean"})


def test_check_items_need_a_share() -> None:
    campaign = make_dealt()
    stranger = factories.make_item(campaign.dataset, "Q", "A")
    with pytest.raises(CampaignRefused, match="share"):
        set_known(campaign, {stranger.pk: "clean"})


def test_known_values_can_come_from_gold_labels_of_other_campaigns() -> None:
    campaign = make_dealt()
    other = Campaign.objects.create(dataset=campaign.dataset, name="before")
    item = campaign.dataset.items.first()
    GoldLabel.objects.create(
        campaign=other, item=item, value="wrong", verdict="wrong", method="adjudicated", at=campaign.at
    )
    assert known_from_gold(campaign) == {item.pk: "wrong"}
