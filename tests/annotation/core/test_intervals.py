"""Statistics with their intervals."""

import numpy as np
import pytest

from annotation.core.intervals import Undefined, Value, bootstrap, mean, proportion, wilson


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
