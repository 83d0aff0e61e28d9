"""Who said what: single raters, pairs of raters, and a judge beside them on the same items."""

from dataclasses import dataclass
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
from annotation.core.raters import MOST_PAIRED, TOO_MANY, RaterPairs, agreement_with_rest, rater_matrix, rater_pairs

VALUES = (0.0, 1.0, 2.0)


@dataclass(frozen=True)
class Sheet:
    """A row per item and a column per rater: the code of what they said, -1 where they said nothing."""

    codes: np.ndarray
    categories: int

    @property
    def counts(self) -> np.ndarray:
        """Labels per item and category."""
        return np.stack([(self.codes == code).sum(axis=1) for code in range(self.categories)], axis=1)


def compared(sheet: Sheet) -> RaterPairs:
    return rater_pairs(votes_of(sheet), sheet.codes.shape[1])


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
    found = {(pair.first, pair.second): value_of(pair.cohen_kappa) for pair in compared(sheet).tables}
    expected = {}
    for a, b in combinations(range(4), 2):
        both = (sheet.codes[:, [a, b]] >= 0).all(axis=1)
        expected[a, b] = cohen_kappa_score(sheet.codes[both, a], sheet.codes[both, b])
    assert found == pytest.approx(expected)
    assert value_of(compared(sheet).mean_kappa) == pytest.approx(np.mean(list(expected.values())))


def test_mean_kappa_of_two_is_that_of_cohen() -> None:
    sheet, _ = sampled()
    two = Sheet(sheet.codes[:, :2], 3)
    mean, (pair,) = compared(two).mean_kappa, compared(two).tables
    assert isinstance(mean, Value)
    assert isinstance(pair.cohen_kappa, Value)
    assert (mean.value, mean.low, mean.high) == pytest.approx(
        (pair.cohen_kappa.value, pair.cohen_kappa.low, pair.cohen_kappa.high)
    )


def test_mean_kappa_does_not_depend_on_the_order_of_raters() -> None:
    sheet, _ = sampled()
    assert value_of(compared(Sheet(sheet.codes[:, ::-1], 3)).mean_kappa) == pytest.approx(
        value_of(compared(sheet).mean_kappa)
    )


def test_mean_kappa_is_undefined_without_pairs_and_without_differences() -> None:
    apart = np.array([[0, -1], [-1, 1]])
    assert compared(Sheet(apart, 2)).mean_kappa == Undefined("no item with both labels")
    assert compared(Sheet(np.zeros((5, 2), dtype=int), 2)).mean_kappa == Undefined("every label has the same value")


def test_more_raters_than_can_be_paired_are_refused() -> None:
    many = Sheet(np.zeros((2, MOST_PAIRED + 1), dtype=int), 2)
    assert compared(many) == RaterPairs((), Undefined(TOO_MANY))


def test_interval_of_mean_kappa_holds_the_truth_as_often_as_it_says() -> None:
    target = value_of(compared(sampled(200_000, seed=99)[0]).mean_kappa)
    found = [compared(sampled(100, seed=seed)[0]).mean_kappa for seed in range(300)]
    held = [isinstance(one, Value) and one.low <= target <= one.high for one in found]
    assert 0.92 <= np.mean(held) <= 0.98


def votes_of(sheet: Sheet) -> Votes:
    items, raters = np.nonzero(sheet.codes >= 0)
    return Votes(items, raters, sheet.codes[items, raters], sheet.categories)


def test_the_matrix_of_all_raters_holds_what_every_two_of_them_have() -> None:
    sheet, _ = sampled()
    found = rater_matrix(votes_of(sheet), 4)
    for pair in compared(sheet).tables:
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
    rest, many = agreement_with_rest(votes_of(Sheet(np.array([[0, -1], [-1, 1]]), 2)), 3)
    assert np.isnan(rest).all()
    assert many.tolist() == [0, 0, 0]


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
