"""Several replies to one item become one judgment."""

from typing import Any

import pytest

from judging.core.builtin import CLEAN_OR_WRONG, JUDGES, ONE_TO_FIVE
from judging.core.decisions import Decision, check_decision, decide
from judging.core.scales import LOWER, Criterion, Scale
from judging.core.verdicts import Reading, Reason, Scored, Unscored

LINEAR = dict(JUDGES["attributes"].decision)
UNREAD = Unscored(Reason.NO_VERDICT)
CUT = Unscored(Reason.CUT_OFF)


def scores(*values: float) -> list[Reading]:
    return [Scored(f"{value:g}", value) for value in values]


def words(*values: str) -> list[Reading]:
    return [Scored(value) for value in values]


def test_the_mean_is_compared_with_clean_if() -> None:
    # mean (5 + 4 + 4) / 3 = 4.33; population variance (0.44 + 0.11 + 0.11) / 3 = 0.222, its root 0.4714
    assert decide(scores(5, 4, 4), ONE_TO_FIVE, {"rule": "mean"}) == Decision(
        value="4.33333",
        score=pytest.approx(13 / 3),
        verdict="clean",
        n_read=3,
        n_replies=3,
        spread=pytest.approx(0.4714045),
        detail={"values": {"5": 1, "4": 2}, "flip_rate": 0},
    )


@pytest.mark.parametrize(
    ("values", "rule", "outcome"),
    [
        (scores(4), {"rule": "mean"}, ("4", 4, "clean", "")),
        (scores(4, 3), {"rule": "mean"}, ("3.5", 3.5, "wrong", "")),
        (scores(4, 3), {"rule": "mean", "threshold": 3.5}, ("3.5", 3.5, "clean", "")),
        (scores(4, 3), {"rule": "mean", "threshold": 0}, ("3.5", 3.5, "clean", "")),
        (scores(4, 4, 1), {"rule": "majority"}, ("4", 4, "clean", "")),
        (scores(4, 1), {"rule": "majority"}, ("", None, "invalid", "no_majority")),
        (scores(5, 4, 3), {"rule": "majority"}, ("", None, "invalid", "no_majority")),
        (scores(4, 4), {"rule": "unanimous"}, ("4", 4, "clean", "")),
        (scores(4, 5), {"rule": "unanimous"}, ("", None, "invalid", "no_majority")),
        ([*scores(5), UNREAD, CUT], {"rule": "unanimous"}, ("5", 5, "clean", "")),
        ([*scores(5), UNREAD], {"rule": "mean"}, ("5", 5, "clean", "")),
        ([*scores(5), UNREAD], {"rule": "mean", "min_replies": 2}, ("", None, "invalid", "too_few_replies")),
        ([UNREAD, CUT, CUT], {"rule": "mean"}, ("", None, "invalid", "cut_off")),
        ([], {"rule": "mean"}, ("", None, "invalid", "too_few_replies")),
    ],
)
def test_decides_scores(values: list[Reading], rule: dict[str, Any], outcome: tuple[object, ...]) -> None:
    decision = decide(values, ONE_TO_FIVE, rule)
    assert (decision.value, decision.score, decision.verdict, decision.reason) == outcome


@pytest.mark.parametrize(
    ("values", "rule", "outcome"),
    [
        (words("clean", "clean", "wrong"), "majority", ("clean", "clean", "")),
        (words("wrong", "clean", "wrong"), "majority", ("wrong", "wrong", "")),
        (words("clean", "wrong"), "majority", ("", "invalid", "no_majority")),
        (words("clean", "clean"), "unanimous", ("clean", "clean", "")),
        (words("clean", "wrong", "clean"), "unanimous", ("", "invalid", "no_majority")),
        (words("clean", "wrong", "clean"), "mean", ("clean", "clean", "")),
    ],
)
def test_decides_words(values: list[Reading], rule: str, outcome: tuple[object, ...]) -> None:
    decision = decide(values, CLEAN_OR_WRONG, {"rule": rule, "threshold": 4})
    assert (decision.value, decision.verdict, decision.reason) == outcome
    assert (decision.score, decision.spread) == (None, None)


def test_the_majority_is_the_rule_where_none_is_given() -> None:
    assert decide(words("clean", "clean", "wrong"), CLEAN_OR_WRONG, {}).value == "clean"


def test_counts_what_it_left_out() -> None:
    decision = decide([*scores(5), UNREAD, CUT, CUT], ONE_TO_FIVE, {"rule": "mean"})
    assert (decision.n_read, decision.n_replies) == (1, 4)
    assert decision.detail == {"values": {"5": 1}, "unscored": {"no_verdict": 1, "cut_off": 2}}


@pytest.mark.parametrize(
    ("readings", "criterion", "rule", "flip_rate"),
    [
        (scores(5, 4, 4, 3), ONE_TO_FIVE, "mean", 0.25),  # 4 on average is clean, and one of four says wrong
        (words("clean", "clean", "wrong"), CLEAN_OR_WRONG, "majority", pytest.approx(1 / 3)),
        ([*words("clean", "clean"), UNREAD], CLEAN_OR_WRONG, "majority", 0),
        (scores(3, 3, 2), Criterion("style", Scale(1, 5)), "majority", pytest.approx(1 / 3)),  # no verdict: the value
        (words("clean"), CLEAN_OR_WRONG, "majority", None),
        (words("clean", "wrong"), CLEAN_OR_WRONG, "unanimous", None),
    ],
)
def test_the_flip_rate_is_the_share_of_replies_that_say_otherwise(
    readings: list[Reading], criterion: Criterion, rule: str, flip_rate: float | None
) -> None:
    assert decide(readings, criterion, {"rule": rule}).detail.get("flip_rate") == flip_rate


def test_one_reply_has_no_spread_but_zero() -> None:
    assert decide(scores(3), ONE_TO_FIVE, {"rule": "mean"}).spread == 0


def test_the_order_of_replies_does_not_matter() -> None:
    replies = [*scores(1, 2, 5, 5), UNREAD, CUT]
    for rule in ("mean", "majority", "unanimous"):
        assert decide(replies, ONE_TO_FIVE, {"rule": rule}) == decide(replies[::-1], ONE_TO_FIVE, {"rule": rule})


def test_equally_common_reasons_are_chosen_by_name() -> None:
    assert decide([UNREAD, CUT], ONE_TO_FIVE, {}).reason == decide([CUT, UNREAD], ONE_TO_FIVE, {}).reason == "cut_off"


def test_a_low_score_is_clean_where_lower_is_better() -> None:
    errors = Criterion("", Scale(0, 10), direction=LOWER, clean_if=0)
    assert decide(scores(0), errors, {"rule": "mean"}).verdict == "clean"
    assert decide(scores(0, 1), errors, {"rule": "mean"}).verdict == "wrong"


def test_a_criterion_without_clean_if_has_a_value_and_no_verdict() -> None:
    decision = decide(scores(3), Criterion("style", Scale(1, 5)), {"rule": "mean"})
    assert (decision.value, decision.verdict) == ("3", "")


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        ({"rule": "median"}, "The decision rule is one of mean, majority, unanimous, linear, not 'median'."),
        ({"threshold": "high"}, "The threshold of a decision is a number, not 'high'."),
        ({"min_replies": 0}, "The least number of replies is a whole number from 1 on, not 0."),
        ({"mode": "lax"}, "A reply is read in mode strict or lenient or fastchat or fastchat_ratings, not 'lax'."),
        (
            LINEAR | {"mode": "lenient"},
            "The rule linear takes malformed samples in mode strict or tolerant, not 'lenient'.",
        ),
        (
            LINEAR | {"coefficients": {"intercept": 1, "slope": [1] * 8}},
            "The rule linear needs coefficients. The slope of the coefficients is a list of 9 numbers, not 8 values.",
        ),
        (
            LINEAR | {"coefficients": None},
            "The rule linear needs coefficients. Coefficients have an intercept and a slope.",
        ),
    ],
)
def test_says_what_is_wrong_with_a_decision(decision: dict[str, Any], sentence: str) -> None:
    assert check_decision(decision) == [sentence]


def test_a_decision_in_order_has_no_problems() -> None:
    assert check_decision({"rule": "mean", "threshold": 4, "min_replies": 2, "mode": "strict"}) == []
    assert check_decision({}) == []
