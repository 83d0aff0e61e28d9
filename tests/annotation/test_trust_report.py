"""Figures of trust from the database: who counts, on which text, and what is refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from annotation.actions.counts import rebuild_counts
from annotation.core.intervals import Undefined, Value
from annotation.models import Annotator, Campaign, CampaignItem
from annotation.reports import human_verdicts
from annotation.reports.counts import judge_pattern_histogram
from annotation.reports.trust import (
    alt_test_of,
    budget_of,
    corrected_score_of,
    designed_of,
    people_of,
    random_human_of,
)
from judging.models import Run
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def reviewed(items: int = 40, *, identity: str = "known", values: tuple[str, str] = ("clean", "wrong")) -> tuple:
    """Three people right in .8, a judge right in .9."""
    draw, dataset = np.random.default_rng(0), factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    people = [factories.make_annotator(name, identity=identity, source="t") for name in ("ann", "bob", "cy")]
    plain = values == ("clean", "wrong")
    for number, item in enumerate(factories.make_items(dataset, items)):
        real = int(draw.random() < 0.5)
        for person in people:
            said = values[real if draw.random() < 0.8 else 1 - real]
            at = MONDAY + timedelta(days=number)
            factories.make_label(
                campaign, item, person, said if plain else "", value=said, at=at, seconds=10.0 + number
            )
        judged = values[real if draw.random() < 0.9 else 1 - real]
        factories.make_judgment(run, item, judged if plain else "", value=judged)
    rebuild_counts(campaign)
    return campaign, run


@pytest.mark.parametrize("values", [("clean", "wrong"), ("2", "5")])
def test_a_judge_is_tested_against_each_person_on_any_scale(values: tuple[str, str]) -> None:
    campaign, run = reviewed(values=values)
    found = alt_test_of(run, people_of(campaign))
    assert [(row.annotator, row.n) for row in found.per_annotator] == [("ann", 40), ("bob", 40), ("cy", 40)]
    assert isinstance(found.rho, Value)
    assert found.rho.value > 0.7
    compared = random_human_of(judge_pattern_histogram(run, campaign))
    assert isinstance(compared.difference, Value)
    assert compared.difference.n == 40


def test_what_a_judge_said_of_another_text_is_not_compared() -> None:
    campaign, run = reviewed()
    run.judgments.update(item_revision=2)
    assert isinstance(alt_test_of(run, people_of(campaign)).omega, Undefined)
    assert isinstance(random_human_of(judge_pattern_histogram(run, campaign)).difference, Undefined)


def test_columns_of_a_table_are_no_people() -> None:
    campaign, run = reviewed(identity=Annotator.Identity.POSITIONAL)
    people = people_of(campaign)
    assert alt_test_of(run, people).omega == Undefined("the raters are columns of a table, not known people")
    assert (people.figures(), people.weeks()) == ([], {})


def test_only_the_newest_labelled_text_speaks_and_undecided_labels_are_counted_apart() -> None:
    dataset = factories.make_dataset()
    campaign, item = factories.make_campaign(dataset), factories.make_item(dataset)
    ann, bob, cy = (factories.make_annotator(name) for name in ("ann", "bob", "cy"))
    factories.make_label(campaign, item, ann, "wrong", item_revision=1)
    factories.make_label(campaign, item, bob, "clean", item_revision=2)
    factories.make_label(campaign, item, cy, "undefined", item_revision=2)
    rebuild_counts(campaign)
    people = people_of(campaign)
    assert people.votes.counts.tolist() == [[1, 0]]
    unknown = {row.annotator: (row.labels, row.unknown) for row in people.figures()}
    assert [unknown["bob"][0], unknown["cy"][0]] == [1, 1]
    assert isinstance(unknown["cy"][1], Value)
    assert unknown["cy"][1].value == 1.0


def test_annotators_have_figures_and_weeks() -> None:
    campaign, _ = reviewed()
    people = people_of(campaign)
    assert [(row.labels, row.median_seconds) for row in people.figures()] == [(40, 29.5)] * 3
    weeks = people.weeks()["ann"]
    assert [(week.week, week.n) for week in weeks[:2]] == [("2026-W02", 7), ("2026-W03", 7)]


def test_the_corrected_score_and_the_budget_come_from_the_same_patterns() -> None:
    campaign, run = reviewed()
    found = judge_pattern_histogram(run, campaign)
    score, budget = corrected_score_of(found), budget_of(found)
    assert isinstance(score, Value)
    assert (score.n, score.method) == (40, "post_stratified")
    assert not isinstance(budget, Undefined)
    assert budget.there == 40


def test_scores_without_a_verdict_are_not_corrected() -> None:
    campaign, run = reviewed(values=("2", "5"))
    found = judge_pattern_histogram(run, campaign)
    assert corrected_score_of(found) == Undefined("labels on this scale mean no verdict")
    assert isinstance(budget_of(found), Undefined)


def queue(campaign: Campaign, run: Run, chances: list[float | None]) -> None:
    """The campaign's items, each with its chance of having been chosen."""
    for rank, (item, chance) in enumerate(zip(campaign.dataset.items.all(), chances, strict=True), start=1):
        how = "hand" if chance is None else "random"
        CampaignItem.objects.create(campaign=campaign, item=item, rank=rank, probability=chance, how=how)


def test_items_weigh_by_their_chance_and_those_picked_by_hand_stay_out() -> None:
    campaign, run = reviewed(items=20)
    queue(campaign, run, [0.1] * 8 + [0.5] * 8 + [None] * 4)
    found = designed_of(run, campaign, human_verdicts(campaign.dataset, campaign))
    assert (found.items, found.without_probability) == (16, 4)
    assert found.effective == pytest.approx((8 * 10 + 8 * 2) ** 2 / (8 * 100 + 8 * 4))
    assert isinstance(found.agreement, Value)
