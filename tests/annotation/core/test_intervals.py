"""Statistics with their intervals."""

import numpy as np
import pytest

from annotation.core.intervals import (
    Undefined,
    Value,
    bootstrap,
    cluster_bootstrap,
    jackknife,
    mean,
    paired_difference,
    proportion,
    wilson,
)


def test_a_proportion_has_value_interval_and_n() -> None:
    found = proportion(209, 406, undefined="no items")
    assert isinstance(found, Value)
    assert (round(found.value, 6), round(found.low, 4), round(found.high, 4), found.n) == (
        0.514778,
        0.4663,
        0.5630,
        406,
    )


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (19, 44, 0.297, 0.578),
        (14, 44, 0.200, 0.466),
        (0, 10, 0.0, 0.278),  # z^2 / (n + z^2) = 3.8415 / 13.8415
        (10, 10, 0.722, 1.0),
        (1, 1, 0.207, 1.0),
    ],
)
def test_wilson_gives_published_bounds_and_stays_between_zero_and_one(k: int, n: int, low: float, high: float) -> None:
    assert [round(bound, 3) for bound in wilson(k, n)] == [low, high]


def test_a_proportion_of_nothing_is_undefined_with_the_reason_given() -> None:
    assert proportion(0, 0, undefined="no wrong items") == Undefined("no wrong items")


def test_a_mean_has_students_interval() -> None:
    # mean 3, standard deviation 1, n = 3: 3 +- 4.302653 / sqrt(3)
    found = mean(np.array([2.0, 3.0, 4.0]), undefined="no scores")
    assert isinstance(found, Value)
    assert (found.value, round(found.low, 6), round(found.high, 6), found.n) == (3, 0.515862, 5.484138, 3)
    assert mean(np.array([]), undefined="no scores") == Undefined("no scores")
    assert mean(np.array([4.0]), undefined="no scores") == Value(4, 4, 4, 1, "student_t")


def test_json_has_the_promised_form() -> None:
    assert Value(0.5, 0.4, 0.6, 9, "wilson").as_json() == {
        "value": 0.5,
        "low": 0.4,
        "high": 0.6,
        "n": 9,
        "method": "wilson",
    }
    assert Undefined("no labels").as_json() == {"value": None, "reason": "no labels"}


def test_bootstrap_of_a_proportion_is_close_to_wilson() -> None:
    found = bootstrap(np.array([200, 50]), lambda rows: rows[:, 0] / rows.sum(axis=1))
    assert found == pytest.approx(wilson(200, 250), abs=0.01)


def test_bootstrap_leaves_undefined_draws_out_and_needs_draws_that_differ() -> None:
    def share(rows: np.ndarray) -> np.ndarray:
        return np.where(rows[:, 1] > 0, rows[:, 0], np.nan)

    assert bootstrap(np.array([3, 1]), share) is not None
    assert bootstrap(np.array([4]), lambda rows: rows[:, 0]) is None
    assert bootstrap(np.array([4]), lambda rows: np.full(len(rows), np.nan)) is None


def test_another_seed_draws_other_items() -> None:
    items = np.arange(1, 40)
    first, again, other = (bootstrap(items, lambda rows: rows @ np.sqrt(items), seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def share(rows: np.ndarray) -> np.ndarray:
    return rows[:, 0] / rows.sum(axis=1)


def test_jackknife_of_a_proportion_is_its_standard_error() -> None:
    # of 40 among 100: sqrt(.4 * .6 / 99)
    assert jackknife(np.array([40, 60]), share) == pytest.approx(np.sqrt(0.4 * 0.6 / 99))


def test_jackknife_equals_leaving_out_every_item_by_hand() -> None:
    items = np.array([3, 0, 4, 5])
    flat = np.repeat(np.arange(4), items)

    def spread(rows: np.ndarray) -> np.ndarray:
        values = np.arange(4)
        middle = rows @ values / rows.sum(axis=1)
        return rows @ values**2 / rows.sum(axis=1) - middle**2

    left = [np.delete(flat, at).var() for at in range(len(flat))]
    expected = np.sqrt((len(flat) - 1) / len(flat) * ((left - np.mean(left)) ** 2).sum())
    assert jackknife(items, spread) == pytest.approx(expected)


def test_jackknife_needs_two_items_and_values_without_each() -> None:
    assert jackknife(np.array([1]), share) is None
    assert jackknife(np.array([3, 1]), lambda rows: np.where(rows[:, 1] > 0, rows[:, 0], np.nan)) is None


def test_items_that_hang_together_widen_the_interval() -> None:
    together = np.array([[10, 0], [0, 10]] * 10)
    alone = cluster_bootstrap(np.repeat([[1, 0], [0, 1]], 100, axis=0), share)
    clustered = cluster_bootstrap(together, share)
    assert alone is not None
    assert clustered is not None
    assert clustered[1] - clustered[0] > 2.5 * (alone[1] - alone[0])


def test_clusters_of_one_item_are_the_item_bootstrap() -> None:
    alone = cluster_bootstrap(np.repeat([[1, 0], [0, 1]], [200, 50], axis=0), share)
    assert alone == pytest.approx(bootstrap(np.array([200, 50]), share), abs=0.01)


def test_a_difference_is_drawn_once_for_both() -> None:
    items = np.array([50, 30, 20])

    def with_second(rows: np.ndarray) -> np.ndarray:
        return (rows[:, 0] + rows[:, 1]) / rows.sum(axis=1)

    found = paired_difference(items, with_second, share, undefined="nothing")
    assert isinstance(found, Value)
    assert found.value == pytest.approx(0.3)
    # The difference is the share of the second kind alone: of 30 among 100.
    assert (found.low, found.high) == pytest.approx(wilson(30, 100), abs=0.02)
    same = paired_difference(items, share, share, undefined="nothing")
    assert isinstance(same, Value)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert paired_difference(np.array([0, 0]), share, share, undefined="nothing") == Undefined("nothing")


def test_intervals_of_shares_hold_the_truth_as_often_as_they_say() -> None:
    drawn = np.random.default_rng(4).binomial(100, 0.8, size=300)
    bounds = [wilson(int(found), 100) for found in drawn]
    assert 0.92 <= np.mean([low <= 0.8 <= high for low, high in bounds]) <= 0.98


def test_jackknife_and_clusters_hold_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(9)
    held_jackknife, held_clusters = [], []
    for _ in range(300):
        k = int(generator.binomial(100, 0.7))
        error = jackknife(np.array([k, 100 - k]), share) or 0.0
        held_jackknife.append(abs(k / 100 - 0.7) <= 1.984 * error)
        chances = generator.beta(7, 3, size=100)
        first = generator.binomial(4, chances)
        bounds = cluster_bootstrap(np.stack([first, 4 - first], axis=1), share, draws=500)
        assert bounds is not None
        held_clusters.append(bounds[0] <= 0.7 <= bounds[1])
    assert 0.92 <= np.mean(held_jackknife) <= 0.98
    assert 0.92 <= np.mean(held_clusters) <= 0.98
