"""Figures with their intervals, and two models compared."""

import pytest

from judging.core.figures import Told, compare, mean, share, sign_test


def test_a_share_has_wilsons_interval() -> None:
    # 7 of 10: centre (.7 + 1.9208/10) / 1.38416, half 1.96 sqrt(.021 + 3.8416/400) / 1.38416
    found = share(7, 10, {"empty": 2})
    assert (found.value, found.n, found.n_all) == (0.7, 10, 12)
    assert (found.low, found.high) == (pytest.approx(0.3968, abs=1e-4), pytest.approx(0.8922, abs=1e-4))
    assert found.stderr == pytest.approx((0.7 * 0.3 / 9) ** 0.5)
    assert (share(0, 5).low, share(5, 5).high) == (0.0, 1.0)


def test_nothing_has_no_figure() -> None:
    assert share(0, 0).value is None
    assert mean([]).value is None
    assert mean([Told("q", None, "empty")]).dropped == {"empty": 1}


def test_a_mean_is_resampled_by_question() -> None:
    one_question_twice = [Told("q", 1.0), Told("q", 9.0)]
    assert (mean(one_question_twice).value, mean(one_question_twice).low) == (5.0, None)
    steady = mean([Told(str(n), 4.0) for n in range(10)])
    assert (steady.low, steady.high) == (4.0, 4.0)
    spread = mean([Told(str(n), float(n % 2)) for n in range(100)])
    assert spread.low is not None
    assert spread.high is not None
    # A share of .5 of 100: half of the interval is 1.96 * .05
    assert (spread.low, spread.high) == (pytest.approx(0.4, abs=0.02), pytest.approx(0.6, abs=0.02))
    assert spread.stderr == pytest.approx((0.25 * 100 / 99 / 100) ** 0.5)


def test_the_turns_of_a_question_are_no_two_draws_for_the_error_either() -> None:
    once = mean([Told(str(n), float(n % 2)) for n in range(100)])
    twice = mean([Told(str(n), float(n % 2)) for n in range(100) for _ in range(2)])
    assert twice.stderr == pytest.approx(once.stderr)
    assert (twice.low, twice.high) == (once.low, once.high)
    assert mean([Told("q", 1.0), Told("q", 2.0)]).stderr is None


def test_two_models_are_compared_on_what_both_have() -> None:
    first = {(str(n), ""): 1.0 for n in range(10)} | {("only", ""): 1.0, ("none", ""): None}
    second = {(str(n), ""): float(n > 7) for n in range(10)} | {("none", ""): 1.0}
    found = compare(first, second)
    assert (found.n, found.wins, found.ties, found.losses) == (10, 8, 2, 0)
    assert (found.only_first, found.only_second) == (1, 1)
    assert found.difference == pytest.approx(0.8)
    # 2 * (1/2)^8
    assert found.p == pytest.approx(2 / 256)
    assert not found.is_tie
    assert compare(second, first).better == pytest.approx(1 - (found.better or 0))


def test_equal_models_are_a_tie() -> None:
    same = {(str(n), ""): 1.0 for n in range(5)}
    found = compare(same, same)
    assert (found.is_tie, found.better, found.p) == (True, 0.5, None)
    assert compare({}, same).n == 0


def test_mcnemars_exact_test() -> None:
    # 10 against 2: 2 * (1 + 12 + 66) / 2^12
    assert sign_test(10, 2) == pytest.approx(2 * 79 / 4096)
    assert sign_test(3, 3) == 1.0
    assert sign_test(0, 0) is None
