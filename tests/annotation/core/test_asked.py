import pytest

from annotation.core.asked import (
    CLEAN_OR_WRONG,
    NotAnAnswer,
    answer_of,
    choices_of,
    criteria_asked,
    is_answer,
    is_one_verdict,
    side,
)
from annotation.core.words import Answer
from judging.core.pairs import A_B_TIE
from judging.core.scales import Criterion, Scale

ONE_TO_FIVE = Criterion("accuracy", Scale(1, 5, 1), clean_if=4)
ONE_TO_TEN = Criterion("", Scale(1, 10), clean_if=7)
SHARE = Criterion("", Scale(0, 1), clean_if=0.5)
FEWER_IS_BETTER = Criterion("faults", Scale(0, 4, 1), "lower", 1)
LETTERS = Criterion("", Scale(values=("A", "B", "C", "D")), clean_if="B")


@pytest.mark.parametrize(
    ("criterion", "text", "value", "score", "verdict"),
    [
        (CLEAN_OR_WRONG, "clean", "clean", None, "clean"),
        (CLEAN_OR_WRONG, "wrong", "wrong", None, "wrong"),
        (CLEAN_OR_WRONG, "undefined", "undefined", None, "undefined"),
        (ONE_TO_FIVE, "4", "4", 4.0, "clean"),
        (ONE_TO_FIVE, " 3.0 ", "3", 3.0, "wrong"),
        (ONE_TO_FIVE, "undefined", "undefined", None, "undefined"),
        (ONE_TO_TEN, "10", "10", 10.0, "clean"),
        (ONE_TO_TEN, "6.5", "6.5", 6.5, "wrong"),
        (SHARE, "0.25", "0.25", 0.25, "wrong"),
        (SHARE, "0,75", "0.75", 0.75, "clean"),
        (FEWER_IS_BETTER, "1", "1", 1.0, "clean"),
        (FEWER_IS_BETTER, "2", "2", 2.0, "wrong"),
        (LETTERS, "B", "B", None, "clean"),
        (A_B_TIE, "tie", "tie", None, ""),
    ],
)
def test_an_answer_is_its_value_its_score_and_what_it_means(
    criterion: Criterion, text: str, value: str, score: float | None, verdict: str
) -> None:
    made = answer_of(criterion, text)
    assert made == Answer(criterion=criterion.name, value=value, score=score, verdict=verdict)
    assert is_answer(criterion, made)


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (CLEAN_OR_WRONG, ""),
        (CLEAN_OR_WRONG, "invalid"),
        (CLEAN_OR_WRONG, "Clean"),
        (ONE_TO_FIVE, "0"),
        (ONE_TO_FIVE, "6"),
        (ONE_TO_FIVE, "3.5"),
        (ONE_TO_FIVE, "nan"),
        (ONE_TO_FIVE, "inf"),
        (ONE_TO_FIVE, "1e400"),
        (ONE_TO_FIVE, "four"),
        (ONE_TO_FIVE, "<script>"),
        (SHARE, "1.01"),
        (SHARE, "-0.1"),
        (A_B_TIE, "C"),
        (LETTERS, "E"),
    ],
)
def test_a_text_that_is_no_answer_is_refused(criterion: Criterion, text: str) -> None:
    with pytest.raises(NotAnAnswer):
        answer_of(criterion, text)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(criterion="accuracy", value="4", score=4.0, verdict="wrong"),
        Answer(criterion="accuracy", value="4", score=5.0, verdict="clean"),
        Answer(criterion="accuracy", value="9", score=9.0, verdict="clean"),
        Answer(criterion="other", value="4", score=4.0, verdict="clean"),
    ],
)
def test_an_answer_that_does_not_mean_what_it_says_is_none(answer: Answer) -> None:
    assert not is_answer(ONE_TO_FIVE, answer)


@pytest.mark.parametrize(
    ("criterion", "choices"),
    [
        (CLEAN_OR_WRONG, ("clean", "wrong")),
        (ONE_TO_FIVE, ("1", "2", "3", "4", "5")),
        (ONE_TO_TEN, tuple(str(n) for n in range(1, 11))),
        (Criterion("", Scale(0, 10, 1)), tuple(str(n) for n in range(11))),
        (Criterion("", Scale(0, 1, 0.25)), ("0", "0.25", "0.5", "0.75", "1")),
        (SHARE, ()),
        (Criterion("", Scale(0, 100)), ()),
        (A_B_TIE, ("A", "B", "tie")),
    ],
)
def test_what_there_is_to_choose_from(criterion: Criterion, choices: tuple[str, ...]) -> None:
    assert choices_of(criterion) == choices


def test_sides_are_asked_of_pairs_and_of_nothing_else() -> None:
    assert criteria_asked((), is_pair=True) == (A_B_TIE,)
    assert criteria_asked((), is_pair=False) == (CLEAN_OR_WRONG,)
    assert criteria_asked((A_B_TIE,), is_pair=False) == (CLEAN_OR_WRONG,)
    assert criteria_asked((ONE_TO_FIVE, ONE_TO_TEN), is_pair=True) == (A_B_TIE,)
    assert criteria_asked((ONE_TO_FIVE, ONE_TO_TEN), is_pair=False) == (ONE_TO_FIVE, ONE_TO_TEN)


def test_one_press_says_a_verdict_and_nothing_else() -> None:
    assert is_one_verdict((CLEAN_OR_WRONG,))
    assert not is_one_verdict((CLEAN_OR_WRONG, ONE_TO_FIVE))
    assert not is_one_verdict((A_B_TIE,))


def test_sides_change_places_and_come_back() -> None:
    assert [side(value, swapped=True) for value in ("A", "B", "tie", "undefined")] == ["B", "A", "tie", "undefined"]
    assert side(side("A", swapped=True), swapped=True) == "A"
    assert side("A", swapped=False) == "A"
