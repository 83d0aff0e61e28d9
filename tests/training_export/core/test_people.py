"""What labels come to, with text and error count."""

from judging.core.verdicts import PersonVerdict
from training_export.core.people import resolve_gold, resolve_labels
from training_export.core.records import LabelWord, Origin, PeopleWord

CLEAN, WRONG, UNDEFINED = PersonVerdict.CLEAN, PersonVerdict.WRONG, PersonVerdict.UNDEFINED


def said(verdict: PersonVerdict, errors: int | None = None, **correction: str) -> LabelWord:
    return LabelWord(verdict=verdict, error_count=errors, correction=correction)


def test_the_majority_decides_with_its_own_text_and_count() -> None:
    word = resolve_labels([said(CLEAN, 9, answer="y"), said(WRONG, 2, answer="x"), said(WRONG)])
    assert word == PeopleWord(
        origin=Origin.MAJORITY, verdict=WRONG, agreement=2 / 3, error_count=2, correction={"answer": "x"}
    )


def test_a_tie_decides_nothing_and_corrects_nothing() -> None:
    assert resolve_labels([said(WRONG, answer="x"), said(CLEAN)]) == PeopleWord(origin=Origin.TIE)


def test_nobody_said_anything() -> None:
    assert resolve_labels([]) == PeopleWord(origin=Origin.UNREVIEWED)


def test_undefined_is_a_verdict_of_people() -> None:
    assert resolve_labels([said(UNDEFINED), said(UNDEFINED), said(CLEAN)]).verdict == UNDEFINED


def test_the_correction_most_agree_on_is_taken_else_the_first() -> None:
    first, second = said(CLEAN, answer="x"), said(CLEAN, answer="y")
    assert resolve_labels([first, second, second]).correction == {"answer": "y"}
    assert resolve_labels([first, second]).correction == {"answer": "x"}


def test_of_two_error_counts_the_lower_is_taken() -> None:
    assert resolve_labels([said(WRONG, 3), said(WRONG, 1)]).error_count == 1


def test_a_decision_stands_over_the_labels_and_brings_its_own_text() -> None:
    word = resolve_gold(WRONG, {"answer": "z"}, [said(CLEAN, answer="y"), said(WRONG, 4)])
    assert word == PeopleWord(origin=Origin.GOLD, verdict=WRONG, error_count=4, correction={"answer": "z"})
