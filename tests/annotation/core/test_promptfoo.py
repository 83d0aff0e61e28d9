"""Means of results of promptfoo, by hand."""

import pytest

from annotation.core.promptfoo import Graded, by_provider, graded_rows, share_of
from judging.core.items import ImportedJudgment, ItemRow, PersonWord, Turn
from judging.core.verdicts import PersonVerdict, Reason, Verdict

GRADE = ImportedJudgment(verdict=Verdict.WRONG, score=0.25)


def row(model: str, judgment: ImportedJudgment | None = GRADE, person: PersonWord | None = None) -> ItemRow:
    judgments = (judgment,) if judgment else ()
    return ItemRow(line=1, turns=(Turn("Q", "A"),), model=model, judgments=judgments, person=person)


def test_a_result_counts_as_a_person_corrected_it() -> None:
    # machine (0 + 1 + 1) / 3, corrected (1 + 0.5 + 1) / 3
    given = [("a", 0.0, 1.0), ("a", 1.0, 0.5), ("a", 1.0, None)]
    (score,) = by_provider(Graded(provider=name, machine=machine, person=person) for name, machine, person in given)
    assert (score.results, score.corrected) == (3, 2)
    assert (score.machine_percent, score.percent) == pytest.approx((200 / 3, 250 / 3))


def test_providers_stand_in_the_order_of_their_first_result() -> None:
    names = [score.provider for score in by_provider(Graded(provider=name) for name in "bab")]
    assert names == ["b", "a"]


def test_without_a_score_there_is_no_mean() -> None:
    (score,) = by_provider([Graded(provider="a")])
    assert (score.percent, score.machine_percent) == (None, None)


def test_a_failed_call_counts_as_the_0_that_promptfoo_gives_it() -> None:
    failed = ImportedJudgment(verdict=None, reason=Reason.NO_ANSWER)
    (graded,) = graded_rows([row("a", failed)])
    assert graded == Graded(provider="a", machine=0.0, failed=True)


def test_a_grade_that_only_a_person_gave_is_no_machine_s() -> None:
    (graded,) = graded_rows([row("a", None, PersonWord(verdict=PersonVerdict.CLEAN))])
    assert graded == Graded(provider="a", person=1.0)


@pytest.mark.parametrize(
    ("verdict", "score", "share"),
    [
        ("clean", None, 1.0),
        ("wrong", None, 0.0),
        ("wrong", 0.4, 0.4),
        ("clean", 0.0, 0.0),
        ("undefined", None, None),
        ("", None, None),
    ],
)
def test_what_a_persons_word_comes_to(verdict: str, score: float | None, share: float | None) -> None:
    assert share_of(verdict, score) == share
