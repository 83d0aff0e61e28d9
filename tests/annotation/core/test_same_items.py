"""A judge beside people on the same items."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.core.intervals import Undefined, Value
from annotation.core.same_items import JudgedRows, SameItems, same_items


def compare(*kinds: tuple[int, tuple[int, ...], int]) -> SameItems:
    """Kinds (judge's category, people's counts, items)."""
    judge, counts, items = (np.array(column) for column in zip(*kinds, strict=True))
    return same_items(JudgedRows(judge, counts, items), np.eye(counts.shape[1]))


def value(statistic: Value | Undefined) -> float:
    assert isinstance(statistic, Value)
    return statistic.value


def four_alike(n: int, *, seed: int) -> JudgedRows:
    """Four raters of three values right in .7; the last of them is the judge."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 3, n)
    said = np.where(generator.random((n, 4)) < 0.7, truth[:, None], generator.integers(0, 3, (n, 4)))
    counts = (said[:, :3, None] == np.arange(3)).sum(axis=1)
    return JudgedRows(said[:, 3], counts, np.ones(n, dtype=np.int64))


def test_a_worked_example() -> None:
    found = compare((0, (2, 1), 10), (1, (0, 3), 10))
    assert value(found.judge_agreement) == pytest.approx(5 / 6)
    assert value(found.human_agreement) == pytest.approx(2 / 3)
    assert value(found.agreement_difference) == pytest.approx(1 / 6)
    assert value(found.judge_kappa) == pytest.approx(2 / 3)
    assert value(found.human_kappa) == pytest.approx(0.25)
    assert value(found.kappa_difference) == pytest.approx(2 / 3 - 0.25)


def test_items_without_the_judge_or_a_second_label_count_nowhere() -> None:
    alone = compare((0, (2, 1), 10), (1, (0, 3), 10))
    among = compare((0, (2, 1), 10), (1, (0, 3), 10), (-1, (0, 3), 50), (0, (0, 1), 50), (1, (0, 0), 50))
    assert alone == among


def test_doubling_the_data_keeps_values_and_narrows_intervals() -> None:
    once, twice = (compare((0, (2, 1), n), (1, (0, 3), n), (1, (1, 2), n)) for n in (20, 40))
    for name in ("judge_agreement", "agreement_difference", "human_kappa", "kappa_difference"):
        one, two = getattr(once, name), getattr(twice, name)
        assert one.value == pytest.approx(two.value)
        assert two.high - two.low < one.high - one.low


def test_agreement_is_split_by_how_sure_people_are() -> None:
    found = compare((0, (3, 0), 10), (1, (2, 1), 10), (0, (1, 1), 10))
    kinds = {row.kind: value(row.judge_agreement) for row in found.by_certainty}
    assert kinds == {"unanimous": 1.0, "majority": pytest.approx(1 / 3), "split": 0.5}


def test_without_shared_items_there_is_a_reason() -> None:
    found = compare((0, (1, 0), 5))
    assert found.agreement_difference == Undefined("no judged item with two labels or more")


def test_where_everybody_says_one_thing_kappa_does_not_exist() -> None:
    found = compare((0, (3, 0), 8))
    assert found.judge_kappa == Undefined("every label has the same value")
    assert value(found.judge_agreement) == 1.0
    assert isinstance(found.agreement_difference, Value)
    assert found.agreement_difference.low < 0 < found.agreement_difference.high


@given(
    st.lists(
        st.tuples(st.integers(-1, 1), st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 30)), min_size=1
    )
)
def test_every_value_lies_in_its_interval(kinds: list[tuple[int, tuple[int, int], int]]) -> None:
    found = compare(*kinds)
    for name in ("judge_agreement", "human_agreement", "agreement_difference", "judge_kappa", "human_kappa"):
        statistic = getattr(found, name)
        if isinstance(statistic, Value):
            assert statistic.low <= statistic.value <= statistic.high


def test_the_interval_of_the_difference_covers_the_truth() -> None:
    """Judge right with .85, people with .8 each: they agree .15*.2 + .85*.8 - (.8*.8 + .2*.2) apart."""
    draw, truth, inside = np.random.default_rng(1), 0.85 * 0.8 + 0.15 * 0.2 - (0.8**2 + 0.2**2), 0
    for _ in range(300):
        real = draw.random(100) < 0.6
        people = np.where(draw.random((100, 3)) < 0.8, real[:, None], ~real[:, None]).sum(axis=1)
        judge = np.where(draw.random(100) < 0.85, real, ~real).astype(np.int64)
        kinds, items = np.unique(np.column_stack([judge, people]), axis=0, return_counts=True)
        counts = np.column_stack([3 - kinds[:, 1], kinds[:, 1]])
        difference = same_items(JudgedRows(kinds[:, 0], counts, items), np.eye(2)).agreement_difference
        assert isinstance(difference, Value)
        inside += difference.low <= truth <= difference.high
    assert 0.92 <= inside / 300 <= 0.98


def test_a_judge_drawn_like_a_person_differs_from_people_by_chance_only() -> None:
    rows = four_alike(2000, seed=0)
    found = same_items(rows, np.eye(3))
    difference = found.kappa_difference
    assert isinstance(difference, Value)
    assert difference.low < 0 < difference.high
    assert difference.method == "paired_bootstrap"
    assert value(found.judge_kappa) - value(found.human_kappa) == pytest.approx(difference.value)


def test_items_without_the_judge_or_a_second_label_count_on_neither_side() -> None:
    rows = JudgedRows(np.array([0, 1, -1, 0]), np.array([[2, 0], [1, 1], [0, 2], [0, 1]]), np.array([3, 2, 9, 9]))
    found = same_items(rows, np.eye(2))
    assert value(found.judge_agreement) == pytest.approx((3 * 1 + 2 * 0.5) / 5)
    assert value(found.human_agreement) == pytest.approx(3 / 5)
    nothing = same_items(JudgedRows(np.array([0]), np.array([[1, 0]]), np.array([4])), np.eye(2))
    assert nothing.kappa_difference == Undefined("no judged item with two labels or more")


def test_coverage_of_the_difference() -> None:
    """300 judges drawn like a person: the difference is 0."""
    held = []
    for seed in range(300):
        difference = same_items(four_alike(100, seed=seed), np.eye(3)).kappa_difference
        held.append(isinstance(difference, Value) and difference.low <= 0 <= difference.high)
    assert 0.92 <= np.mean(held) <= 0.98
