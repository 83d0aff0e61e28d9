"""Preference pairs: which answer to a question is better than which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from judging.core.verdicts import Verdict
from training_export.core.records import Origin, Record
from training_export.core.sides import plain


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question. `chosen_from` and `rejected_from` are one record where a person corrected it."""

    prompt: str
    chosen: str
    rejected: str
    chosen_from: Record
    rejected_from: Record

    @property
    def sides_are_equal(self) -> bool:
        """Whether the sides differ in nothing but width, case and white space."""
        return plain(self.chosen) == plain(self.rejected)


Judged = tuple[Record, Verdict]


def correction_pairs(judged: Sequence[Judged]) -> Iterator[Pair]:
    """What a person made of an answer, over the answer they found wrong.

    Where the question was changed too, nobody said what the old answer is to the new question: no pair.
    """
    for record, verdict in judged:
        before, after = record.turns[0], record.corrected_turns[0]
        if verdict == Verdict.WRONG and after.answer != before.answer and after.question == before.question:
            yield Pair(before.question, after.answer, before.answer, record, record)


def voted_pair(record: Record) -> Pair | None:
    """The better answer of a pair over the other one; None where there is no better one, or several turns."""
    if record.preferred not in {"A", "B"} or len(record.turns) != 1 or len(record.turns_b) != 1:
        return None
    sides = (record.turns[0], record.turns_b[0])
    chosen, rejected = sides if record.preferred == "A" else sides[::-1]
    return Pair(record.turns[0].question, chosen.answer, rejected.answer, record, record)


def answer_pairs(judged: Sequence[Judged]) -> Iterator[Pair]:
    """Clean answers over wrong ones to the same question. Every answer is in a pair, and no more pairs than needed."""
    asked = [(r, v) for r, v in judged if r.corrected_turns[0].question == r.turns[0].question]
    clean = [record for record, verdict in asked if verdict == Verdict.CLEAN]
    wrong = [record for record, verdict in asked if verdict == Verdict.WRONG]
    if not clean or not wrong:
        return
    wanted = max(len(clean), len(wrong))
    for chosen, rejected in islice(zip(cycle(clean), cycle(wrong)), wanted):
        question = chosen.turns[0].question
        yield Pair(question, chosen.corrected_turns[0].answer, rejected.turns[0].answer, chosen, rejected)


def scored_pairs(judged: Sequence[Judged]) -> Iterator[Pair]:
    """The answer with the highest score over every lower one to the same question, where a judge gave scores and
    nothing says which of them are clean. Answers that people looked at are no matter of scores."""
    scored = [(record.judge.score, record) for record, _ in judged if _has_score_alone(record) and record.judge]
    ranked = sorted(
        ((score, record) for score, record in scored if score is not None), key=lambda one: (-one[0], one[1].position)
    )
    for score, record in ranked[1:]:
        best, chosen = ranked[0]
        if score < best:
            turn = chosen.turns[0]
            yield Pair(turn.question, turn.answer, record.turns[0].answer, chosen, record)


def _has_score_alone(record: Record) -> bool:
    judge, nobody = record.judge, record.people.origin == Origin.UNREVIEWED
    return judge is not None and judge.verdict is None and judge.score is not None and nobody
