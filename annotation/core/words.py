"""What a page hands to an action: a person's word on an item, the page view it comes from, the terms of a campaign."""

from collections.abc import Mapping
from dataclasses import dataclass

from judging.core.verdicts import PersonVerdict

CORRECTABLE = ("question", "answer", "context")
BAD_QUESTION = "bad_question"
BAD_REFERENCE = "bad_reference"
FLAGS = (BAD_QUESTION, BAD_REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says on one criterion: `value` as text ("clean", "4", "A", "undefined"), and what it means.

    `criterion` is '' where there is only one without a name. A value without a verdict has ''.
    """

    criterion: str = ""
    value: str
    score: float | None = None
    verdict: str = ""

    @classmethod
    def of(cls, verdict: PersonVerdict, criterion: str = "") -> "Answer":
        """A plain verdict: clean, wrong or undefined."""
        return cls(criterion=criterion, value=verdict.value, verdict=verdict.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person says of an item: one answer per criterion, and what goes with all of them.

    `correction` holds only the texts that they changed; `flags` are of `FLAGS` and say nothing of the answer.
    """

    answers: tuple[Answer, ...]
    error_count: int | None = None
    comment: str = ""
    error_types: tuple[str, ...] = ()
    correction: Mapping[str, str] | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The page a press comes from: which showing of which item text, the draft it knew of, and how long it was on the
    screen, where the page says so."""

    key: str
    known_rev: int
    item_revision: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What annotators get to see: by default nobody else's word; and the guideline they label by."""

    blind_people: bool = True
    blind_judge: bool = True
    blind_model: bool = True
    guideline: str = ""
    rubric: int | None = None
    """Primary key of the rubric whose criteria are asked."""
