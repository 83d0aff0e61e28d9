"""Strengths of models from votes on pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.core.intervals import Undefined, Value
from annotation.core.ranking import Strength, bradley_terry


def played(strengths: dict[str, float], votes: int, *, seed: int = 0) -> list[Strength]:
    draw = np.random.default_rng(seed)
    names = list(strengths)
    pairs = [draw.choice(names, 2, replace=False) for _ in range(votes)]
    first, second = [str(one) for one, _ in pairs], [str(other) for _, other in pairs]
    chance = np.array([1 / (1 + np.exp(strengths[b] - strengths[a])) for a, b in zip(first, second, strict=True)])
    return bradley_terry(first, second, np.where(draw.random(votes) < chance, 0, 1))


def test_two_models_have_the_log_odds_of_their_votes() -> None:
    strong, weak = bradley_terry(["a"] * 100, ["b"] * 100, np.array([0] * 75 + [1] * 25))
    assert isinstance(strong.strength, Value)
    assert isinstance(weak.strength, Value)
    assert strong.strength.value - weak.strength.value == pytest.approx(np.log(3))
    assert (strong.model, strong.wins, strong.losses, strong.ties) == ("a", 75, 25, 0)


def test_a_tie_is_half_a_win_for_each() -> None:
    with_ties = bradley_terry(["a"] * 100, ["b"] * 100, np.array([0] * 60 + [1] * 20 + [2] * 20))
    without = bradley_terry(["a"] * 100, ["b"] * 100, np.array([0] * 70 + [1] * 30))
    assert isinstance(with_ties[0].strength, Value)
    assert isinstance(without[0].strength, Value)
    assert with_ties[0].strength.value == pytest.approx(without[0].strength.value)
    assert with_ties[0].ties == 20


def test_planted_strengths_are_found_within_their_intervals() -> None:
    planted = {"a": 1.0, "b": 0.2, "c": -0.3, "d": -0.9}
    held = 0
    for seed in range(75):
        for row in played(planted, 600, seed=seed):
            assert isinstance(row.strength, Value)
            held += row.strength.low <= planted[row.model] <= row.strength.high
    assert 0.92 <= held / 300 <= 0.98


def test_the_strongest_comes_first() -> None:
    assert [row.model for row in played({"a": -1, "b": 1, "c": 0}, 2000)] == ["b", "c", "a"]


def test_where_one_side_always_won_there_is_no_strength() -> None:
    rows = bradley_terry(["a", "a"], ["b", "b"], np.array([0, 0]))
    assert {type(row.strength) for row in rows} == {Undefined}
    assert bradley_terry([], [], np.empty(0, dtype=int)) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.integers(0, 2)), max_size=40))
def test_who_is_named_first_does_not_matter(votes: list[tuple[str, str, int]]) -> None:
    votes = [vote for vote in votes if vote[0] != vote[1]]
    said = np.array([won for *_, won in votes], dtype=int)
    one = bradley_terry([a for a, *_ in votes], [b for _, b, _ in votes], said)
    turned = np.where(said == 2, 2, 1 - said)
    other = bradley_terry([b for _, b, _ in votes], [a for a, *_ in votes], turned)
    assert [(row.wins, row.losses, row.ties) for row in sorted(one, key=lambda row: row.model)] == [
        (row.wins, row.losses, row.ties) for row in sorted(other, key=lambda row: row.model)
    ]
    for mine, theirs in zip(
        sorted(one, key=lambda row: row.model), sorted(other, key=lambda row: row.model), strict=True
    ):
        assert isinstance(mine.strength, Undefined) == isinstance(theirs.strength, Undefined)
        if isinstance(mine.strength, Value) and isinstance(theirs.strength, Value):
            assert mine.strength.value == pytest.approx(theirs.strength.value, abs=1e-6)
