"""Who said what: single raters, pairs of raters, and a judge beside them on the same items."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.core.aggregation import Votes
from annotation.core.agreement import Level, Measure, krippendorff_alpha, percent_agreement
from annotation.core.continuous import Numbers, alpha_of_numbers, pair_differences, share_equal
from annotation.core.counts import patterns
from annotation.core.graded import of_patterns
from annotation.core.intervals import Statistic, Undefined, Value
from annotation.core.raters import Sheet, mean_pairwise_kappa, pairs_of, rater_matrix

VALUES = (0.0, 1.0, 2.0)


def sampled(n: int = 300, *, missing: float = 0.2, seed: int = 0) -> tuple[Sheet, np.ndarray]:
    """Four raters of three values, and the truth they aim at."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 3, n)
    said = np.where(generator.random((n, 4)) < 0.7, truth[:, None], generator.integers(0, 3, (n, 4)))
    return Sheet(np.where(generator.random((n, 4)) < missing, -1, said), 3), truth


def value_of(statistic: Statistic) -> float:
    assert isinstance(statistic, Value)
    assert statistic.low <= statistic.value <= statistic.high
    return statistic.value


def test_pairs_are_compared_on_the_items_both_labelled() -> None:
    sheet, _ = sampled()
    found = {(pair.first, pair.second): value_of(pair.cohen_kappa) for pair in pairs_of(sheet)}
    expected = {}
    for a, b in combinations(range(4), 2):
        both = (sheet.codes[:, [a, b]] >= 0).all(axis=1)
        expected[a, b] = cohen_kappa_score(sheet.codes[both, a], sheet.codes[both, b])
    assert found == pytest.approx(expected)
    assert value_of(mean_pairwise_kappa(sheet)) == pytest.approx(np.mean(list(expected.values())))


def test_mean_kappa_of_two_is_that_of_cohen() -> None:
    sheet, _ = sampled()
    two = Sheet(sheet.codes[:, :2], 3)
    mean, (pair,) = mean_pairwise_kappa(two), pairs_of(two)
    assert isinstance(mean, Value)
    assert isinstance(pair.cohen_kappa, Value)
    assert (mean.value, mean.low, mean.high) == pytest.approx(
        (pair.cohen_kappa.value, pair.cohen_kappa.low, pair.cohen_kappa.high)
    )


def test_mean_kappa_does_not_depend_on_the_order_of_raters() -> None:
    sheet, _ = sampled()
    assert value_of(mean_pairwise_kappa(Sheet(sheet.codes[:, ::-1], 3))) == pytest.approx(
        value_of(mean_pairwise_kappa(sheet))
    )


def test_mean_kappa_is_undefined_without_pairs_and_without_differences() -> None:
    apart = np.array([[0, -1], [-1, 1]])
    assert mean_pairwise_kappa(Sheet(apart, 2)) == Undefined("no item with both labels")
    assert mean_pairwise_kappa(Sheet(np.zeros((5, 2), dtype=int), 2)) == Undefined("every label has the same value")


def test_interval_of_mean_kappa_holds_the_truth_as_often_as_it_says() -> None:
    target = value_of(mean_pairwise_kappa(sampled(200_000, seed=99)[0]))
    found = [mean_pairwise_kappa(sampled(100, seed=seed)[0]) for seed in range(300)]
    held = [isinstance(one, Value) and one.low <= target <= one.high for one in found]
    assert 0.92 <= np.mean(held) <= 0.98


def votes_of(sheet: Sheet) -> Votes:
    items, raters = np.nonzero(sheet.codes >= 0)
    return Votes(items, raters, sheet.codes[items, raters], sheet.categories)


def test_the_matrix_of_all_raters_holds_what_every_two_of_them_have() -> None:
    sheet, _ = sampled()
    found = rater_matrix(votes_of(sheet), 4)
    for pair in pairs_of(sheet):
        assert found.shared[pair.first, pair.second] == found.shared[pair.second, pair.first] == pair.n
        assert found.agreement[pair.first, pair.second] == pytest.approx(value_of(pair.percent_agreement))
        assert found.kappa[pair.first, pair.second] == pytest.approx(value_of(pair.cohen_kappa))
    assert np.diagonal(found.shared).tolist() == (sheet.codes >= 0).sum(axis=0).tolist()


def test_raters_who_agree_stand_together_in_the_matrix() -> None:
    draw = np.random.default_rng(0)
    one, other = draw.integers(0, 2, 200), draw.integers(0, 2, 200)
    like = [np.where(draw.random(200) < 0.9, side, 1 - side) for side in (one, other, one, other)]
    order = rater_matrix(votes_of(Sheet(np.stack(like, axis=1), 2)), 4).order()
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset({0, 2}), frozenset({1, 3})}


def test_raters_without_a_shared_item_have_no_place_in_each_others_row() -> None:
    found = rater_matrix(votes_of(Sheet(np.array([[0, -1], [-1, 1]]), 2)), 3)
    assert np.isnan(found.agreement[0, 1])
    assert np.isnan(found.rest).all()


@pytest.mark.parametrize("level", [Level.ORDINAL, Level.INTERVAL])
def test_numbers_one_by_one_give_what_tables_of_them_give(level: Level) -> None:
    sheet, _ = sampled()
    items, raters = np.nonzero(sheet.codes >= 0)
    numbers = Numbers(items, sheet.codes[items, raters].astype(float))
    counted = patterns(sheet.counts)
    assert value_of(alpha_of_numbers(numbers, level)) == pytest.approx(
        value_of(krippendorff_alpha(counted, Measure(level, VALUES)))
    )
    assert value_of(share_equal(numbers)) == pytest.approx(value_of(percent_agreement(counted)))
    graded, found = of_patterns(counted, Measure(level, VALUES)), pair_differences(numbers)
    for name in ("mae", "pearson"):
        assert value_of(found[name]) == pytest.approx(value_of(graded[name]))


def test_numbers_without_a_second_label_are_undefined() -> None:
    alone = Numbers(np.array([1, 2]), np.array([0.5, 0.7]))
    assert alpha_of_numbers(alone, Level.INTERVAL) == Undefined("one label per item")
    same = Numbers(np.array([1, 1]), np.array([0.5, 0.5]))
    assert alpha_of_numbers(same, Level.INTERVAL) == Undefined("every label has the same value")
    assert share_equal(Numbers(np.empty(0, dtype=int), np.empty(0))) == Undefined("no labels")
