"""What a writer gets: an item with what the judge and people said of it, outside the database.

People's words and the judge's stay apart in a record; `destination` says which of them decides where it goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.gate import Gate


class Source(StrEnum):
    """Whose verdict decides: people with a lead's decisions first, people alone, the judge, or the judge where nobody
    labelled."""

    GOLD = "gold"
    HUMAN = "human"
    JUDGE = "judge"
    GOLD_THEN_JUDGE = "gold-then-judge"


PEOPLE = frozenset({Source.GOLD, Source.HUMAN})


class Need(StrEnum):
    """What a format shows beyond an item's turns and people's verdict; what it does not need is not read."""

    CONTEXT = "context"
    EXTRA = "extra"
    JUDGE = "judge"
    REPLIES = "replies"
    LABELS = "labels"
    JUDGED = "judged"
    PAIRS = "pairs"


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
    LOW_AGREEMENT = "low_agreement"
    NOT_JUDGED = "not_judged"
    NOT_ONE_ANSWER = "not_one_answer"
    JUDGE_GATE = "judge_gate"
    LEAKED = "leaked"


Destination = Verdict | LeftOut
VERDICT_OF = {
    PersonVerdict.CLEAN: Verdict.CLEAN,
    PersonVerdict.WRONG: Verdict.WRONG,
    PersonVerdict.UNDEFINED: Verdict.INVALID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeWord:
    """What the judge made of the item. `verdict` is None where its rule gave a value but no verdict."""

    verdict: Verdict | None
    score: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelWord:
    """One person's current label."""

    verdict: PersonVerdict
    error_count: int | None = None
    correction: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class LabelRow:
    """One rater's word on one criterion of an item, a person's or a judge's, with all that is known of it.

    Nobody changes one, nor a JudgedPart: they are not frozen for the reason that a Record is not.
    """

    rater_type: str
    rater: str
    value: str
    status: str
    criterion: str = ""
    verdict: str = ""
    score: float | None = None
    comment: str = ""
    correction: Mapping[str, str] = field(default_factory=dict)
    guideline_version: int | None = None
    judge_version: int | None = None
    created_at: str = ""
    seconds: float | None = None


@dataclass(slots=True, kw_only=True)
class JudgedPart:
    """What a run made of one criterion of an item, with the replies it is from: (part, text, value)."""

    criterion: str
    status: str
    value: str
    score: float | None
    detail: Mapping[str, Any]
    replies: tuple[tuple[str, str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWord:
    """What the labels come to. `correction` holds the texts that changed: question, answer or both.

    `agreement`: the share of the labels that say this verdict; None where labels do not decide.
    """

    origin: Origin = Origin.UNREVIEWED
    verdict: PersonVerdict | None = None
    agreement: float | None = None
    error_count: int | None = None
    correction: Mapping[str, str] = field(default_factory=dict)


UNREVIEWED = PeopleWord()


class Json(NamedTuple):
    """The texts of an item as JSON, as the writers would make it; `extra` without its braces."""

    question: str
    answer: str
    reference: str
    context: str
    extra: str


@dataclass(slots=True, kw_only=True)
class Record:
    """One item on its way out. `one_answer` is False for pairs and choices; `replies` are the judge's raw texts.

    Of a pair `turns_b` holds the other answer and `preferred` the better one: A, B, tie, or '' where nobody decided.
    Nobody changes one after it was read. It is not frozen because a frozen one takes three times as long to make.
    Where there is `json`, context and keys that evalsite does not know stand there alone.
    """

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
    people: PeopleWord = UNREVIEWED
    labels: tuple[LabelRow, ...] = ()
    turns_b: tuple[Turn, ...] = ()
    preferred: str = ""
    model_b: str = ""
    judged: tuple[JudgedPart, ...] = ()
    json: Json | None = None

    @property
    def reviewed(self) -> bool:
        """Whether people's verdict on the item is known, `undefined` included."""
        return self.people.verdict is not None

    @property
    def corrected_context(self) -> str:
        """The context as people left it."""
        return self.people.correction.get("context", self.context)

    @property
    def corrected_turns(self) -> tuple[Turn, ...]:
        """The turns as people left them: a correction changes question and answer of the first."""
        if not self.people.correction:
            return self.turns
        changes = {name: text for name, text in self.people.correction.items() if name in {"question", "answer"}}
        return (replace(self.turns[0], **changes), *self.turns[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Whose verdict decides, how many of an item's labels have to say so, and where a judge may stand in."""

    source: Source
    min_agreement: float = 0.0
    gate: Gate | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Leakage:
    """By position: whether an item repeats a question of a benchmark. Such items are left out, or only counted."""

    positions: Sequence[bool]
    exclude: bool


def destination(record: Record, rule: Rule) -> Destination:
    """The verdict file a record goes to, or why it goes to none."""
    if not record.one_answer:
        return LeftOut.NOT_ONE_ANSWER
    return decided(record.people, record.judge, rule, record.category)


def decided(people: PeopleWord, judge: JudgeWord | None, rule: Rule, category: str = "") -> Destination:
    """What the words on an item come to under a rule. A judge fills in for nobody's word, never for a dispute."""
    judges = rule.source == Source.JUDGE
    if judges or (rule.source == Source.GOLD_THEN_JUDGE and people.origin == Origin.UNREVIEWED):
        where = judged_destination(judge)
        barred = rule.gate and isinstance(where, Verdict) and not rule.gate.lets(category)
        return LeftOut.JUDGE_GATE if barred else where
    if people.agreement is not None and people.agreement < rule.min_agreement:
        return LeftOut.LOW_AGREEMENT
    return reviewed_destination(people)


def judged_destination(judge: JudgeWord | None) -> Destination:
    """A judgment without a verdict is invalid; no judgment at all is nobody's word."""
    if judge is None:
        return LeftOut.NOT_JUDGED
    return judge.verdict or Verdict.INVALID


def reviewed_destination(people: PeopleWord) -> Destination:
    """People's `undefined` is invalid, as in mdk; a tie and an item nobody reviewed stay out."""
    if people.verdict is None:
        return LeftOut.TIE if people.origin == Origin.TIE else LeftOut.UNREVIEWED
    return VERDICT_OF[people.verdict]
