"""Annotators beside the others, beside known answers, and from week to week."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.core.aggregation import Votes
from annotation.core.annotators import Known, annotator_figures, drift
from annotation.core.intervals import Statistic, Undefined, Value, mean_share

CLEAN_ABOVE_WRONG = np.array([1.0, 0.0])


def votes_of(table: list[list[int]] | np.ndarray, categories: int = 2) -> Votes:
    cells = np.asarray(table)
    items, people = np.nonzero(cells >= 0)
    return Votes(items, people, cells[items, people], categories)


def known(table: Any, **fields: Any) -> Known:
    items, people = np.shape(table)
    nothing = np.full(items, -1)
    return Known(
        **{
            "heights": CLEAN_ABOVE_WRONG,
            "unknown": np.zeros(people, dtype=int),
            "gold": nothing,
            "checks": nothing,
            **fields,
        }
    )


def value_of(statistic: Statistic) -> float:
    assert isinstance(statistic, Value)
    assert statistic.low <= statistic.value <= statistic.high
    return statistic.value


def test_an_annotator_is_measured_by_the_others_on_the_same_items() -> None:
    table = [[0, 0, 1], [0, 1, 1], [1, 1, -1], [0, -1, -1]]
    seconds = [np.array([10.0, 30, 20]), np.empty(0), np.array([5.0])]
    ann, bob, cy = annotator_figures(votes_of(table), 3, known(table, unknown=np.array([0, 2, 0]), seconds=seconds))
    assert value_of(ann.agreement) == pytest.approx((0.5 + 0 + 1) / 3)
    assert value_of(ann.leniency) == pytest.approx(((1 - 0.5) + (1 - 0) + 0) / 3)
    assert (bob.labels, bob.shared, value_of(bob.unknown), bob.median_seconds) == (5, 3, 0.4, None)
    assert (ann.median_seconds, cy.median_seconds, cy.is_rankable) == (20, 5, False)


def test_leniency_is_in_the_units_of_the_scale() -> None:
    table = [[4, 2, 2], [3, 2, 1]]
    figures = annotator_figures(votes_of(table, 5), 3, known(table, heights=np.arange(1.0, 6)))
    assert value_of(figures[0].leniency) == pytest.approx((2 + 1.5) / 2)


def test_kappa_with_the_others_is_that_of_cohen_for_two() -> None:
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 2, 300)
    table = np.stack([np.where(draw.random(300) < 0.8, truth, 1 - truth) for _ in range(2)], axis=1)
    first, second = annotator_figures(votes_of(table), 2, known(table))
    assert value_of(first.kappa) == pytest.approx(cohen_kappa_score(table[:, 0], table[:, 1]))
    assert value_of(second.kappa) == pytest.approx(value_of(first.kappa))


def test_gold_and_known_items_are_counted_apart() -> None:
    table = [[0, 1], [0, 1], [1, 1], [0, 0]]
    figures = annotator_figures(
        votes_of(table), 2, known(table, gold=np.array([0, 1, -1, -1]), checks=np.array([-1] * 3 + [0]))
    )
    assert (value_of(figures[0].gold), value_of(figures[1].gold)) == (0.5, 0.5)
    assert value_of(figures[0].known) == 1.0
    assert annotator_figures(votes_of(table), 2, known(table))[0].gold == Undefined(
        "no label on an item with a gold label"
    )


def test_few_items_are_pulled_towards_everybody() -> None:
    draw = np.random.default_rng(3)
    table = np.full((400, 4), -1)
    truth = draw.integers(0, 2, 400)
    for at, right in enumerate((0.95, 0.9, 0.7)):
        table[:, at] = np.where(draw.random(400) < right, truth, 1 - truth)
    table[:3, 3] = truth[:3]
    first, _, third, few = annotator_figures(votes_of(table), 4, known(table))
    assert first.shrunk is not None
    assert third.shrunk is not None
    assert few.shrunk is not None
    assert abs(first.shrunk - value_of(first.agreement)) < 0.02
    assert third.shrunk < few.shrunk < value_of(few.agreement)


def test_somebody_alone_is_not_compared() -> None:
    row = annotator_figures(votes_of([[0], [1]]), 1, known([[0], [1]]))[0]
    assert row.agreement == row.kappa == Undefined("nobody else labelled these items")
    assert row.shrunk is None


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_shares_that_do_not_differ_have_the_interval_of_a_proportion(value: float) -> None:
    found = mean_share(np.full(20, value), undefined="nothing")
    assert isinstance(found, Value)
    assert found.high - found.low == pytest.approx(0.161, abs=0.001)


def test_three_sigma_at_a_hundred_labels_is_seventy_four() -> None:
    weeks = [("w1", 85.0, 100), ("w2", 75.0, 100), ("w3", 74.0, 100)]
    assert [row.agreement < row.lowest_usual for row in drift(weeks, baseline=0.85)] == [False, False, True]


def test_a_slow_fall_is_seen_by_its_weighted_run() -> None:
    weeks = [(f"w{number}", 80.0, 100) for number in range(1, 9)]
    rows = drift(weeks, baseline=0.85)
    assert not any(row.agreement < row.lowest_usual for row in rows)
    assert rows[-1].alarm
    assert not rows[0].alarm


def test_weeks_without_labels_are_left_out() -> None:
    assert [row.week for row in drift([("w1", 0.0, 0), ("w2", 8.0, 10)])] == ["w2"]
    assert drift([]) == []
