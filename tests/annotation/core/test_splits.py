"""Which questions are locked away."""

import pytest

from annotation.core.splits import DEV, TEST, SplitRule, later_side, sides

QUESTIONS = {f"q{n}": "wrong" if n % 5 == 0 else "clean" for n in range(200)}


def test_every_stratum_and_the_whole_get_their_share() -> None:
    found = sides(SplitRule(seed=3, test_share=0.4), QUESTIONS)
    test = [question for question, side in found.items() if side == TEST]
    assert len(test) == 80
    assert sum(QUESTIONS[question] == "wrong" for question in test) == 16


def test_rounding_in_small_strata_is_made_up_for_in_the_next() -> None:
    found = sides(SplitRule(test_share=0.4), {f"q{n}": str(n) for n in range(10)})
    assert sorted(found.values()).count(TEST) == 4


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    rule = SplitRule(seed=1, test_share=0.5)
    assert sides(rule, QUESTIONS) == sides(rule, dict(reversed(QUESTIONS.items())))
    assert sides(rule, QUESTIONS) != sides(SplitRule(seed=2, test_share=0.5), QUESTIONS)


def test_later_questions_are_drawn_with_the_same_share() -> None:
    rule = SplitRule(seed=7, test_share=0.3)
    drawn = [later_side(rule, f"later {n}") for n in range(2000)]
    assert drawn.count(TEST) == pytest.approx(600, abs=60)
    assert set(drawn) == {DEV, TEST}


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_share_that_leaves_nothing_on_one_side_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        SplitRule(test_share=share)
