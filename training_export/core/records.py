"""What a writer gets: an item with what the judge and people said of it, outside the database.

People's words and the judge's stay apart in a record; `destination` says which of them decides where it goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict, Verdict


class Source(StrEnum):
    """Whose verdict decides: people with a lead's decisions first, people alone, or the judge."""

    GOLD = "gold"
    HUMAN = "human"
    JUDGE = "judge"


class Origin(StrEnum):
    """Where people's verdict on an item comes from, or why there is none."""

    GOLD = "gold"
    MAJORITY = "majority"
    TIE = "tie"
    UNREVIEWED = "unreviewed"


class LeftOut(StrEnum):
    """Why an item is in none of the three verdict files."""

    UNREVIEWED = "unreviewed"
    TIE = "tie"
    NOT_JUDGED = "not_judged"
    NOT_ONE_ANSWER = "not_one_answer"


Destination = Verdict | LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeWord:
    """What the judge made of the item. `verdict` is None where its rule gave a value but no verdict."""

    verdict: Verdict | None
    score: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelWord:
    """One person's current label."""

    annotator: str
    verdict: PersonVerdict
    error_count: int | None = None
    correction: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWord:
    """What the labels come to. `correction` holds the texts that changed: question, answer or both."""

    origin: Origin = Origin.UNREVIEWED
    verdict: PersonVerdict | None = None
    error_count: int | None = None
    correction: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One item on its way out. `one_answer` is False for pairs and choices; `replies` are the judge's raw texts."""

    key: str
    position: int
    turns: tuple[Turn, ...]
    context: str = ""
    criteria: str = ""
    category: str = ""
    model: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    one_answer: bool = True
    judge: JudgeWord | None = None
    replies: tuple[str, ...] = ()
    people: PeopleWord = field(default_factory=PeopleWord)
    labels: tuple[LabelWord, ...] = ()

    @property
    def reviewed(self) -> bool:
        """Whether people's verdict on the item is known, `undefined` included."""
        return self.people.verdict is not None

    @property
    def corrected_turns(self) -> tuple[Turn, ...]:
        """The turns as people left them: a correction changes question and answer of the first."""
        changes = {name: text for name, text in self.people.correction.items() if name in {"question", "answer"}}
        return (replace(self.turns[0], **changes), *self.turns[1:])


def destination(record: Record, source: Source) -> Destination:
    """The verdict file a record goes to, or why it goes to none."""
    if not record.one_answer:
        return LeftOut.NOT_ONE_ANSWER
    if source == Source.JUDGE:
        return judged_destination(record.judge)
    return reviewed_destination(record.people)


def judged_destination(judge: JudgeWord | None) -> Destination:
    """A judgment without a verdict is invalid; no judgment at all is nobody's word."""
    if judge is None:
        return LeftOut.NOT_JUDGED
    return judge.verdict or Verdict.INVALID


def reviewed_destination(people: PeopleWord) -> Destination:
    """People's `undefined` is invalid, as in mdk; a tie and an item nobody reviewed stay out."""
    if people.verdict is None:
        return LeftOut.TIE if people.origin == Origin.TIE else LeftOut.UNREVIEWED
    if people.verdict == PersonVerdict.UNDEFINED:
        return Verdict.INVALID
    return Verdict(people.verdict.value)
