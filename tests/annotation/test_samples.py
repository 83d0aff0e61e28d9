"""More items drawn into a campaign: how they were chosen, with which chance, and that the chances are true."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import assign_items
from annotation.actions.people import CampaignRefused
from annotation.actions.samples import queue_more
from annotation.core.design import Design
from annotation.models import Assignment, Campaign, CampaignItem
from annotation.reports.strata import parts_left_out
from tests import factories

pytestmark = pytest.mark.django_db


def make_sampled(items: int = 50, **design: Any) -> Campaign:
    for name in ("a", "b"):
        factories.make_user(name, role="annotator")
    dataset = factories.make_dataset()
    for n, item in enumerate(factories.make_items(dataset, items)):
        item.category = "rare" if n < 10 else "common"
        item.save()
    return assign_items(dataset, name="round 1", annotators=["a", "b"], order="random", design=Design(**design))


def chances(campaign: Campaign) -> dict[tuple[str, str], float]:
    rows = CampaignItem.objects.filter(campaign=campaign)
    return {
        (how, category): round(p, 6) for how, category, p in rows.values_list("how", "item__category", "probability")
    }


def test_a_sample_is_what_was_asked_for() -> None:
    campaign = make_sampled(sample=10)
    assert CampaignItem.objects.count() == 10
    assert set(chances(campaign).values()) == {0.2}


def test_asked_again_it_is_not_drawn_again() -> None:
    campaign = make_sampled(sample=10)
    design = Design(sample=10)
    again = assign_items(campaign.dataset, name="round 1", annotators=["a", "b"], order="random", design=design)
    assert (again, CampaignItem.objects.count()) == (campaign, 10)


def test_more_random_items_make_one_larger_sample() -> None:
    campaign = make_sampled(sample=10)
    assert queue_more(campaign, n=15, seed=3) == 15
    assert set(chances(campaign).values()) == {0.5}
    assert Assignment.objects.count() == 50


def test_the_settings_stay_the_same_after_more_was_drawn() -> None:
    campaign = make_sampled(sample=10)
    queue_more(campaign, n=5)
    assign_items(campaign.dataset, name="round 1", annotators=["a", "b"], order="random", design=Design(sample=10))
    assert CampaignItem.objects.count() == 15


def test_a_stratified_draw_on_top_keeps_the_chance_of_each_stratum() -> None:
    campaign = make_sampled(sample=10)
    rare = CampaignItem.objects.filter(item__category="rare").count()
    queue_more(campaign, n=8, how="stratified")
    q = {"rare": 4 / (10 - rare), "common": 4 / (40 - (10 - rare))}
    found = {category: p for (_, category), p in chances(campaign).items()}
    assert found == {name: pytest.approx(1 - 0.8 * (1 - chance), abs=1e-5) for name, chance in q.items()}


def test_a_random_draw_on_top_of_a_stratified_one_does_too() -> None:
    campaign = make_sampled(sample=10, stratify_by="category")
    queue_more(campaign, n=20)
    found = {category: p for (_, category), p in chances(campaign).items()}
    assert found == {
        "rare": pytest.approx(1 - 0.5 * (1 - 20 / 40), abs=1e-5),
        "common": pytest.approx(1 - (1 - 5 / 40) * (1 - 20 / 40), abs=1e-5),
    }


def test_over_many_seeds_the_chance_is_how_often_an_item_is_in() -> None:
    campaign = make_sampled(items=20)
    Campaign.objects.all().delete()
    weights: list[float] = []
    for seed in range(60):
        design = Design(sample=4, stratify_by="category")
        campaign = assign_items(
            campaign.dataset, name=str(seed), annotators=["a", "b"], order="random", seed=seed, design=design
        )
        queue_more(campaign, n=5, seed=seed)
        rows = CampaignItem.objects.filter(campaign=campaign)
        weights.append(sum(1 / p for p in rows.values_list("probability", flat=True)))
    assert sum(weights) / len(weights) == pytest.approx(20, rel=0.05)


def test_items_by_hand_stay_without_a_chance() -> None:
    campaign = make_sampled(sample=10)
    CampaignItem.objects.filter(rank=1).update(how="hand", probability=None)
    queue_more(campaign, n=5)
    assert CampaignItem.objects.get(rank=1).probability is None


def test_more_than_there_is_takes_the_rest() -> None:
    campaign = make_sampled(sample=10)
    assert queue_more(campaign, n=500) == 40
    assert set(chances(campaign).values()) == {1.0}
    assert queue_more(campaign, n=1) == 0


def test_a_share_of_the_items_gets_all_labels() -> None:
    make_sampled(items=20, share=0.25)
    assert sorted(CampaignItem.objects.values_list("wanted", flat=True)) == [1] * 15 + [2] * 5


@pytest.mark.parametrize(("n", "how"), [(0, "random"), (1, "hand")])
def test_what_cannot_be_drawn_is_refused(n: int, how: str) -> None:
    with pytest.raises(CampaignRefused, match="1 or more"):
        queue_more(make_sampled(sample=1), n=n, how=how)


def test_a_closed_campaign_gets_no_more() -> None:
    campaign = make_sampled(sample=1)
    campaign.state = Campaign.State.CLOSED
    with pytest.raises(CampaignRefused, match="not an open review"):
        queue_more(campaign, n=1)


def test_items_that_came_after_a_draw_had_no_part_in_it() -> None:
    campaign = make_sampled(sample=10)
    factories.make_items(campaign.dataset, 40)
    queue_more(campaign, n=20, seed=1)
    rows = CampaignItem.objects.filter(campaign=campaign).values_list("item__position", "probability")
    assert {(position <= 50, round(chance or 0, 6)) for position, chance in rows} == {(True, 0.4), (False, 0.25)}
    queue_more(campaign, n=30, seed=2)
    rows = CampaignItem.objects.filter(campaign=campaign).values_list("item__position", "probability")
    assert {(position <= 50, round(chance or 0, 6)) for position, chance in rows} == {(True, 0.7), (False, 0.625)}


def test_a_sample_of_fewer_items_than_parts_is_said(lead_client: Client) -> None:
    factories.make_user("a", role="annotator")
    dataset = factories.make_dataset()
    for category in ("math", "law", "art"):
        factories.make_item(dataset, category, category=category)
    design = Design(sample=2, stratify_by="category")
    small = assign_items(dataset, name="small", annotators=["a"], labels_per_item=1, order="stratified", design=design)
    assert "of 3 parts 1 has no item" in parts_left_out(small)
    whole = replace(design, sample=3)
    large = assign_items(dataset, name="large", annotators=["a"], labels_per_item=1, order="stratified", design=whole)
    assert parts_left_out(large) == ""
    asked = {"dataset": dataset.pk, "name": "page", "annotators": [User.objects.get(username="a").pk]}
    asked |= {"labels_per_item": 1, "order": "stratified", "stratify_by": "category", "sample": 2, "seed": 1}
    page = lead_client.post(reverse("campaign_create"), asked, follow=True)
    assert "The sample is too small for its parts" in page.content.decode()
