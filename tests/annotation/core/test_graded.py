"""Statistics of numbers, against scipy and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from annotation.core.agreement import Level, Measure, krippendorff_alpha
from annotation.core.counts import pair_table, patterns, patterns_of_pairs
from annotation.core.graded import GRADED, ceiling, icc_one, of_pairs, of_patterns, of_table
from annotation.core.intervals import Statistic, Undefined, Value

FIVE = Measure(Level.INTERVAL, (1.0, 2.0, 3.0, 4.0, 5.0))
# Shrout and Fleiss (1979), table 2: six targets, four judges. ICC(1,1) = .17.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def value_of(statistic: Statistic) -> float:
    assert isinstance(statistic, Value)
    assert statistic.low <= statistic.value <= statistic.high
    return statistic.value


def graded(n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """A judge who is half a point lenient."""
    generator = np.random.default_rng(5)
    people = generator.integers(1, 6, n)
    return np.clip(people + generator.choice([-1, 0, 1, 2], size=n, p=[0.1, 0.5, 0.3, 0.1]), 1, 5), people


def expected(judge: np.ndarray, people: np.ndarray) -> dict[str, float]:
    apart = judge - people
    return {
        "mae": np.abs(apart).mean(),
        "bias": apart.mean(),
        "rmse": np.sqrt((apart**2).mean()),
        "exact": (apart == 0).mean(),
        "within_one": (np.abs(apart) <= 1).mean(),
        "pearson": stats.pearsonr(judge, people).statistic,
        "spearman": stats.spearmanr(judge, people).statistic,
        "kendall_tau_b": stats.kendalltau(judge, people).statistic,
        "quadratic_kappa": cohen_kappa_score(judge, people, labels=[1, 2, 3, 4, 5], weights="quadratic"),
    }


def test_everything_follows_from_the_table_as_libraries_have_it_from_the_pairs() -> None:
    judge, people = graded()
    found = of_table(pair_table(judge - 1, people - 1, 5), FIVE)
    assert {name: value_of(one) for name, one in found.items()} == pytest.approx(expected(judge, people))


def test_pairs_without_a_table_give_the_same_values() -> None:
    judge, people = graded()
    found = of_pairs(judge.astype(float), people.astype(float))
    assert {name: value_of(one) for name, one in found.items()} == pytest.approx(expected(judge, people))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=40))
def test_any_pairs_agree_with_libraries(pairs: list[tuple[int, int]]) -> None:
    judge, people = (np.array(side) for side in zip(*pairs, strict=True))
    found = of_table(pair_table(judge - 1, people - 1, 5), FIVE)
    if np.ptp(judge) == 0 or np.ptp(people) == 0:
        reason = Undefined("one of the two gave every item the same value")
        assert found["pearson"] == found["spearman"] == found["kendall_tau_b"] == reason
        return
    assert {name: value_of(one) for name, one in found.items()} == pytest.approx(expected(judge, people))


def test_nothing_to_compare_is_undefined() -> None:
    assert set(of_table(np.zeros((5, 5)), FIVE).values()) == {Undefined("no item with both labels")}
    assert set(of_pairs(np.array([]), np.array([])).values()) == {Undefined("no item with both labels")}
    assert of_patterns(patterns([[1, 0, 0, 0, 0]]), FIVE)["mae"] == Undefined("one label per item")


def test_between_two_people_without_names_both_orders_count() -> None:
    judge, people = graded()
    table = pair_table(judge - 1, people - 1, 5)
    found = of_patterns(patterns_of_pairs(table), FIVE)
    both = expected(np.append(judge, people), np.append(people, judge))
    assert {name: value_of(one) for name, one in found.items()} == pytest.approx(
        {name: both[name] for name in GRADED if name != "bias"}
    )


def test_icc_is_that_of_shrout_and_fleiss() -> None:
    rows = [np.bincount(row, minlength=11)[1:] for row in SHROUT_FLEISS]
    found = icc_one(patterns(rows), Measure(Level.INTERVAL))
    assert round(value_of(found), 4) == 0.1657


def test_icc_of_labels_that_are_all_the_same_is_undefined() -> None:
    assert icc_one(patterns([[3, 0], [2, 0]]), Measure(Level.INTERVAL)) == Undefined("every label has the same value")
    assert icc_one(patterns([[1, 0]]), Measure(Level.INTERVAL)) == Undefined("one label per item")


def test_ceiling_is_the_root_of_spearman_brown() -> None:
    # three people of reliability .5: 3 * .5 / (1 + 2 * .5) = .75
    assert ceiling(0.5, 3) == pytest.approx(np.sqrt(0.75))
    assert ceiling(0.0, 3) is None
    assert ceiling(-0.2, 3) is None


def test_interval_alpha_follows_the_numbers_not_the_ranks() -> None:
    counts = patterns_of_pairs([[5, 1, 0], [0, 5, 1], [0, 0, 5]])
    near = krippendorff_alpha(counts, Measure(Level.INTERVAL, (1.0, 2.0, 3.0)))
    far = krippendorff_alpha(counts, Measure(Level.INTERVAL, (1.0, 2.0, 30.0)))
    assert value_of(near) != pytest.approx(value_of(far))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mae", "pearson", "spearman", "kendall_tau_b", "quadratic_kappa", "bias"])
def test_intervals_hold_the_truth_as_often_as_they_say(name: str) -> None:
    """300 samples of 100 items, all statistics from the same ones."""
    held = coverage()
    assert 0.92 <= held[name] <= 0.98


def sampled(n: int, generator: np.random.Generator) -> np.ndarray:
    people = generator.choice(5, size=n, p=[0.1, 0.2, 0.3, 0.25, 0.15])
    judge = np.clip(people + generator.choice([-1, 0, 1], size=n, p=[0.15, 0.5, 0.35]), 0, 4)
    return pair_table(judge, people, 5)


def coverage(_kept: dict[str, float] = {}) -> dict[str, float]:  # noqa: B006 - reckoned once for all parameters
    if not _kept:
        generator = np.random.default_rng(4)
        target = of_table(sampled(4_000_000, generator), FIVE)
        found = [of_table(sampled(100, generator), FIVE) for _ in range(300)]
        for name, truth in target.items():
            inside = [one[name].low <= value_of(truth) <= one[name].high for one in found]  # type: ignore[union-attr]
            _kept[name] = float(np.mean(inside))
    return _kept
