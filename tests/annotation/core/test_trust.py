import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.core.intervals import Undefined, Value
from annotation.core.trust import JudgeRandomHuman, judge_random_human


def compare(*kinds: tuple[int, tuple[int, ...], int]) -> JudgeRandomHuman:
    """Kinds (judge's category, people's counts, items)."""
    judge, counts, items = (np.array(column) for column in zip(*kinds, strict=True))
    return judge_random_human(judge, counts, items)


def value(statistic: Value | Undefined) -> float:
    assert isinstance(statistic, Value)
    return statistic.value


def test_a_worked_example() -> None:
    found = compare((0, (2, 1), 10), (1, (0, 3), 10))
    assert value(found.agreement_judge) == pytest.approx(5 / 6)
    assert value(found.agreement_people) == pytest.approx(2 / 3)
    assert value(found.difference) == pytest.approx(1 / 6)
    assert value(found.kappa_judge) == pytest.approx(2 / 3)
    assert value(found.kappa_people) == pytest.approx(0.25)
    assert value(found.kappa_difference) == pytest.approx(2 / 3 - 0.25)


def test_items_without_the_judge_or_a_second_label_count_nowhere() -> None:
    alone = compare((0, (2, 1), 10), (1, (0, 3), 10))
    among = compare((0, (2, 1), 10), (1, (0, 3), 10), (-1, (0, 3), 50), (0, (0, 1), 50), (1, (0, 0), 50))
    assert alone.as_json() == among.as_json()


def test_doubling_the_data_keeps_values_and_narrows_intervals() -> None:
    once, twice = (compare((0, (2, 1), n), (1, (0, 3), n), (1, (1, 2), n)) for n in (20, 40))
    for name in ("agreement_judge", "difference", "kappa_people", "kappa_difference"):
        one, two = getattr(once, name), getattr(twice, name)
        assert one.value == pytest.approx(two.value)
        assert two.high - two.low < one.high - one.low


def test_agreement_is_split_by_how_sure_people_are() -> None:
    found = compare((0, (3, 0), 10), (1, (2, 1), 10), (0, (1, 1), 10))
    kinds = {row.kind: value(row.agreement_judge) for row in found.by_certainty}
    assert kinds == {"unanimous": 1.0, "majority": pytest.approx(1 / 3), "split": 0.5}


def test_without_shared_items_there_is_a_reason() -> None:
    found = compare((0, (1, 0), 5))
    assert found.difference == Undefined("no judged item with two labels")


def test_where_everybody_says_one_thing_kappa_does_not_exist() -> None:
    found = compare((0, (3, 0), 8))
    assert found.kappa_judge == Undefined("every label has the same value")
    assert value(found.agreement_judge) == 1.0
    assert isinstance(found.difference, Value)
    assert found.difference.low < 0 < found.difference.high


@given(
    st.lists(
        st.tuples(st.integers(-1, 1), st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 30)), min_size=1
    )
)
def test_every_value_lies_in_its_interval(kinds: list[tuple[int, tuple[int, int], int]]) -> None:
    found = compare(*kinds)
    for name in ("agreement_judge", "agreement_people", "difference", "kappa_judge", "kappa_people"):
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
        difference = judge_random_human(kinds[:, 0], counts, items).difference
        assert isinstance(difference, Value)
        inside += difference.low <= truth <= difference.high
    assert 0.92 <= inside / 300 <= 0.98
