"""Votes between two answers."""

import numpy as np
import pytest

from annotation.core.counts import patterns
from annotation.core.intervals import Undefined, Value
from annotation.core.pairwise import BothOrders, judge_agreement, people_agreement, vote_of


@pytest.mark.parametrize(
    ("text", "vote"),
    [
        ("model_a", "A"),
        ("B", "B"),
        ("[[C]]", "tie"),
        ("tie (bothbad)", "tie"),
        ("Tie", "tie"),
        ("1", None),
        ("", None),
    ],
)
def test_votes_are_read_in_the_ways_they_are_written(text: str, vote: str | None) -> None:
    assert vote_of(text) == vote


def test_both_orders_give_consistency_bias_and_its_test() -> None:
    # 60 + 20 + 5 consistent; the first shown won twice in 10 pairs, the second in 2.
    both = BothOrders(np.array([[60, 10, 1], [2, 20, 1], [1, 0, 5]]))
    consistency, bias = both.consistency(), both.position_bias()
    assert isinstance(consistency, Value)
    assert isinstance(bias, Value)
    assert consistency.value == pytest.approx(85 / 100)
    assert bias.value == pytest.approx(8 / 100)
    assert bias.low < 0.08 < bias.high
    # exact McNemar: two-sided binomial of 10 of 12 at a half = 2 * (66 + 12 + 1) / 4096
    assert both.position_test() == pytest.approx(2 * 79 / 4096)


def test_without_both_orders_nothing_is_said_of_places() -> None:
    both = BothOrders(np.zeros((3, 3), dtype=int))
    assert both.consistency() == both.position_bias() == Undefined("no pair was judged in both orders")
    assert both.position_test() is None


def test_a_judge_is_compared_with_every_vote_of_people() -> None:
    # A beside A, A, B; tie beside tie; B beside A and tie
    found = judge_agreement(np.array([0, 2, 1]), np.array([[2, 1, 0], [0, 0, 1], [1, 0, 1]]))
    assert isinstance(found.agreement_all, Value)
    assert isinstance(found.agreement_without_ties, Value)
    assert (found.agreement_all.value, found.n_all) == (pytest.approx(3 / 6), 6)
    assert (found.agreement_without_ties.value, found.n_without_ties) == (pytest.approx(2 / 4), 4)


def test_people_are_compared_two_by_two() -> None:
    found = people_agreement(patterns([[2, 1, 0], [0, 0, 2], [1, 0, 1]]))
    # pairs: AA AB AB; tie tie; A tie
    assert isinstance(found.agreement_all, Value)
    assert isinstance(found.agreement_without_ties, Value)
    assert (found.agreement_all.value, found.n_all) == (pytest.approx(2 / 5), 5)
    assert (found.agreement_without_ties.value, found.n_without_ties) == (pytest.approx(1 / 3), 3)


def test_only_ties_leave_the_set_up_without_ties_undefined() -> None:
    found = judge_agreement(np.array([2]), np.array([[0, 0, 1]]))
    assert found.agreement_without_ties == Undefined("no vote of both that is not a tie")
    assert found.n_without_ties == 0
