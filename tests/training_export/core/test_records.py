"""Which file a record goes to."""

import pytest

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.records import (
    JudgeWord,
    LeftOut,
    Origin,
    PeopleWord,
    Record,
    Rule,
    Source,
    destination,
)


def record(**fields: object) -> Record:
    return Record(key="k", position=1, turns=(Turn("Q?", "A."),), **fields)  # type: ignore[arg-type]


def people(verdict: PersonVerdict | None, origin: Origin = Origin.MAJORITY) -> PeopleWord:
    return PeopleWord(origin=origin, verdict=verdict)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (people(PersonVerdict.CLEAN), Verdict.CLEAN),
        (people(PersonVerdict.WRONG), Verdict.WRONG),
        (people(PersonVerdict.UNDEFINED), Verdict.INVALID),
        (people(None, Origin.TIE), LeftOut.TIE),
        (PeopleWord(), LeftOut.UNREVIEWED),
    ],
)
@pytest.mark.parametrize("source", [Source.GOLD, Source.HUMAN])
def test_people_decide(word: PeopleWord, expected: object, source: Source) -> None:
    assert destination(record(people=word, judge=JudgeWord(verdict=Verdict.WRONG)), Rule(source=source)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (JudgeWord(verdict=Verdict.CLEAN), Verdict.CLEAN),
        (JudgeWord(verdict=Verdict.INVALID), Verdict.INVALID),
        (JudgeWord(verdict=None, score=3.0), Verdict.INVALID),
        (None, LeftOut.NOT_JUDGED),
    ],
)
def test_the_judge_decides(word: JudgeWord | None, expected: object) -> None:
    assert destination(record(judge=word, people=people(PersonVerdict.WRONG)), Rule(source=Source.JUDGE)) == expected


@pytest.mark.parametrize("source", list(Source))
def test_pairs_choices_and_several_turns_are_left_out(source: Source) -> None:
    whole = record(one_answer=False, judge=JudgeWord(verdict=Verdict.CLEAN), people=people(PersonVerdict.CLEAN))
    assert destination(whole, Rule(source=source)) == LeftOut.NOT_ONE_ANSWER


def test_a_correction_replaces_only_what_it_names() -> None:
    corrected = record(people=PeopleWord(correction={"answer": "B."}))
    assert corrected.corrected_turns == (Turn("Q?", "B."),)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (PeopleWord(), Verdict.WRONG),
        (people(PersonVerdict.CLEAN), Verdict.CLEAN),
        (people(PersonVerdict.UNDEFINED), Verdict.INVALID),
        (people(None, Origin.TIE), LeftOut.TIE),
    ],
)
def test_the_judge_fills_in_for_nobody_s_word_and_settles_no_dispute(word: PeopleWord, expected: object) -> None:
    judged = record(people=word, judge=JudgeWord(verdict=Verdict.WRONG))
    assert destination(judged, Rule(source=Source.GOLD_THEN_JUDGE)) == expected


def test_too_few_labels_that_say_the_verdict_leave_an_item_out() -> None:
    word = PeopleWord(origin=Origin.MAJORITY, verdict=PersonVerdict.CLEAN, agreement=2 / 3)
    assert destination(record(people=word), Rule(source=Source.HUMAN, min_agreement=0.66)) == Verdict.CLEAN
    assert destination(record(people=word), Rule(source=Source.HUMAN, min_agreement=0.7)) == LeftOut.LOW_AGREEMENT
    decided = people(PersonVerdict.CLEAN, Origin.GOLD)
    assert destination(record(people=decided), Rule(source=Source.GOLD, min_agreement=1.0)) == Verdict.CLEAN
