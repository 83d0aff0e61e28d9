"""Grouped kept counts say the same as the labels themselves."""

import random
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from annotation.actions.counts import rebuild_counts
from annotation.models import Campaign, GoldLabel, Label
from annotation.reports import agreement_report, human_column
from annotation.reports.counts import (
    CountsNotKept,
    judge_pattern_histogram,
    judge_pattern_histograms,
    label_histogram,
    pattern_histogram,
)
from judging.models import Judgment, Run
from tests import factories

pytestmark = pytest.mark.django_db


def random_review(seed: int) -> tuple[Campaign, Run]:
    """Labels and judgments on several texts, gold labels, ties, invalid judgments."""
    draw, dataset = random.Random(seed), factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    people = [factories.make_annotator(name) for name in ("ann", "bob", "cy", "dan")]
    for item in factories.make_items(dataset, 60):
        for person in draw.sample(people, draw.randint(0, 4)):
            verdict = draw.choices(["clean", "wrong", "undefined"], [5, 3, 1])[0]
            factories.make_label(campaign, item, person, verdict, item_revision=draw.choice([1, 1, 1, 2]))
        if draw.random() < 0.9:
            said = draw.choices(["clean", "wrong", "invalid"], [5, 3, 1])[0]
            factories.make_judgment(run, item, said, item_revision=draw.choice([1, 1, 1, 2, 3]))
        if draw.random() < 0.1:
            verdict = draw.choice(["clean", "wrong"])
            GoldLabel.objects.create(
                campaign=campaign, item=item, value=verdict, verdict=verdict, method="adjudicated", at=timezone.now()
            )
    rebuild_counts(campaign)
    return campaign, run


@pytest.mark.parametrize("seed", range(4))
def test_patterns_between_people_are_those_of_the_labels(seed: int) -> None:
    campaign, _ = random_review(seed)
    kept, read = pattern_histogram(campaign), human_column(campaign).patterns
    of_kept, of_read = (
        sorted((*row, items) for row, items in zip(each.counts.tolist(), each.items.tolist(), strict=True))
        for each in (kept, read)
    )
    assert of_kept == of_read


@pytest.mark.parametrize("seed", range(4))
def test_the_matrix_from_patterns_is_that_of_the_labels(seed: int) -> None:
    campaign, run = random_review(seed)
    found = judge_pattern_histogram(run, campaign)
    report = agreement_report(campaign.dataset, runs=[run]).judges[0]
    assert found.confusion.as_json() == report.matrix.as_json()
    assert found.human_unknown == report.human_unknown


def test_scores_are_grouped_by_value_and_beside_the_judges() -> None:
    dataset = factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    ann, bob = factories.make_annotator("ann"), factories.make_annotator("bob")
    for item, (first, second, judged) in zip(
        factories.make_items(dataset, 3), (("4", "5", "4"), ("4", "5", "1"), ("2", "2", "2")), strict=True
    ):
        factories.make_label(campaign, item, ann, "", value=first)
        factories.make_label(campaign, item, bob, "", value=second)
        factories.make_judgment(run, item, "", value=judged)
    rebuild_counts(campaign)
    people = label_histogram(campaign)
    assert people.values == ("2", "4", "5")
    assert sorted(zip(people.by_value.counts.tolist(), people.by_value.items.tolist(), strict=True)) == [
        ([0, 1, 1], 2),
        ([2, 0, 0], 1),
    ]
    beside = judge_pattern_histogram(run, campaign)
    assert sorted(beside.judge_places(people.values).tolist()) == [-1, 0, 1]


def test_a_campaign_without_labels_has_no_patterns() -> None:
    campaign = factories.make_campaign(factories.make_dataset())
    assert (pattern_histogram(campaign).n, pattern_histogram(campaign).categories) == (0, 2)


def test_what_is_not_kept_is_refused() -> None:
    campaign = factories.make_campaign(factories.make_dataset())
    campaign.count_scales.create(criterion="", columns=[["0.5", ""]], kept=False)
    with pytest.raises(CountsNotKept, match="different values"):
        pattern_histogram(campaign)


def test_several_runs_are_grouped_by_one_query(django_assert_num_queries: Any) -> None:
    campaign, run = random_review(0)
    other = factories.make_run(campaign.dataset, factories.make_judge("other"))
    factories.make_judgment(other, campaign.dataset.items.get(position=1), "wrong")
    idle = factories.make_run(campaign.dataset, factories.make_judge("idle"))
    Judgment.objects.filter(run=run).update(item_revision=1)
    GoldLabel.objects.all().delete()
    Label.objects.filter(item_revision=2).delete()
    rebuild_counts(campaign)
    # Scale, gold, groups; and for the run with items nobody labelled, whether anything is on a later text.
    with django_assert_num_queries(6):
        found = judge_pattern_histograms([run, other, idle], campaign)
    assert (
        found[run.pk].confusion.as_json() == agreement_report(campaign.dataset, runs=[run]).judges[0].matrix.as_json()
    )
    assert [found[each.pk].confusion.n for each in (other, idle)] == [1, 0]


def test_a_decision_on_another_text_says_nothing_of_the_judged_one_and_is_counted() -> None:
    dataset = factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset, state="finished")
    for item, about in zip(factories.make_items(dataset, 3), (None, 1, 2), strict=True):
        factories.make_judgment(run, item, "clean")
        gold = {"value": "wrong", "verdict": "wrong", "method": "adjudicated", "at": timezone.now()}
        GoldLabel.objects.create(campaign=campaign, item=item, item_revision=about, **gold)
    found = judge_pattern_histogram(run, campaign)
    assert sorted(found.gold) == [("", ""), ("wrong", "wrong")]
    assert found.labelled_in_another_text == 1
    items, revisions = np.array([item.pk for item in dataset.items.order_by("pk")]), np.ones(3, dtype=np.int64)
    codes, elsewhere = human_column(campaign).beside(items, revisions)
    assert (len(set(codes[:2].tolist())), codes[2] == codes[1], elsewhere.tolist()) == (1, False, [False, False, True])
