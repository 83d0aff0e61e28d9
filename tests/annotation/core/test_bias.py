import numpy as np
import pytest

from annotation.core.bias import length_bias, pair_length_bias, self_preference
from annotation.core.intervals import Undefined, Value


@pytest.mark.parametrize("planted", [0.0, 0.8])
def test_a_planted_preference_for_length_is_found(planted: float) -> None:
    draw = np.random.default_rng(4)
    lengths, human = 2 ** draw.normal(8, 1, 4000), (draw.random(4000) < 0.6).astype(np.int64)
    odds = -1 + 2.5 * human + planted * (np.log2(lengths) - 8)
    judge = (draw.random(4000) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    found = length_bias(lengths, judge, human)
    assert isinstance(found, Value)
    assert found.low <= planted <= found.high
    assert found.high - found.low < 0.4


def test_a_planted_preference_for_the_longer_of_a_pair_is_found() -> None:
    draw = np.random.default_rng(4)
    ratio = draw.normal(0, 1, 3000)
    found = pair_length_bias(ratio, (draw.random(3000) < 1 / (1 + np.exp(-0.5 * ratio))).astype(np.int64))
    assert isinstance(found, Value)
    assert found.low <= 0.5 <= found.high


def test_pairs_of_one_length_are_not_counted_among_those_of_different_length() -> None:
    few = np.concatenate([np.zeros(95), np.linspace(-1, 1, 6)])
    found = pair_length_bias(few, np.arange(101) % 2)
    assert found == Undefined("fewer than 20 decided pairs of different length; there are 6")
    assert isinstance(pair_length_bias(np.linspace(-1, 1, 40), np.ones(40, dtype=np.int64)), Undefined)


def test_lengths_that_cannot_be_told_apart_are_refused() -> None:
    half = np.array([0, 1] * 20)
    assert isinstance(length_bias(np.full(40, 100.0), half, half), Undefined)
    assert isinstance(length_bias(np.arange(5.0), half[:5], half[:5]), Undefined)
    assert isinstance(length_bias(2.0 ** np.where(half == 1, 9, 3), half, half[::-1]), Undefined)


def test_leniency_towards_its_own_model_is_a_difference_of_differences() -> None:
    own = np.array([1] * 50 + [0] * 50, dtype=bool)
    judge = np.array([1] * 40 + [0] * 10 + [1] * 30 + [0] * 20)
    human = np.array([1] * 30 + [0] * 20 + [1] * 30 + [0] * 20)
    found = self_preference(own, judge, human)
    assert isinstance(found, Value)
    assert found.value == pytest.approx(0.2)
    assert found.low > 0


def test_too_few_answers_of_its_own_model_are_refused() -> None:
    found = self_preference([True] * 5 + [False] * 50, np.ones(55, dtype=int), np.ones(55, dtype=int))
    assert found == Undefined("fewer than 20 answers of its own model with both verdicts; there are 5")
