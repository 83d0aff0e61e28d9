"""An item outside the database, and what a file may bring with it: replies, a judgment, a person's verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from judging.core.verdicts import PersonVerdict, Reading, Verdict


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what was answered to it."""

    question: str
    answer: str = ""
    reference: str = ""

    def as_json(self) -> dict[str, str]:
        """The form that is stored in Item.turns."""
        return {"question": self.question, "answer": self.answer, "reference": self.reference}


@dataclass(frozen=True, slots=True)
class ImportedReply:
    """A raw reply of a judge that ran elsewhere, with what that judge read from it."""

    text: str
    reading: Reading
    part: str = ""
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedJudgment:
    """The word of a judge that ran elsewhere. `detail` keeps the numbers its file gave (raw_score, num_error).

    `verdict` is None where a file gives a score and nothing that says which scores are clean.
    """

    verdict: Verdict | None
    score: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWord:
    """A verdict that a person left in a file. It becomes a label only when import_labels gives it a name."""

    verdict: PersonVerdict
    error_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item as a reader yields it.

    `line` is the 1-based line (text formats) or entry number (JSON arrays) in its file; `key` the file's own id,
    or '' where it has none; `extra` whatever the reader did not understand, returned on export.
    """

    line: int
    turns: tuple[Turn, ...]
    key: str = ""
    model: str = ""
    category: str = ""
    context: str = ""
    criteria: str = ""
    has_answer: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)
    replies: tuple[ImportedReply, ...] = ()
    judgment: ImportedJudgment | None = None
    person: PersonWord | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a line or entry cannot be taken, as a sentence that says what to do about it."""

    line: int
    message: str


def question_key(turns: tuple[Turn, ...]) -> str:
    """The same for every model that answered the same question(s): hash of the question texts."""
    return sha256("\x1f".join(turn.question for turn in turns).encode()).hexdigest()


def item_key(row: ItemRow, occurrence: int) -> str:
    """Identity of an item in its dataset: the file's id, else question + model + how often that came before."""
    if row.key:
        return row.key
    return sha256(f"{question_key(row.turns)}\x1f{row.model}\x1f{occurrence}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemText:
    """What of an item a judge may see: the text that prompts are rendered from and references are matched with.

    `turns_b`: of a pair, what the other model answered to the same questions.
    """

    turns: tuple[Turn, ...]
    turns_b: tuple[Turn, ...] = ()
    context: str = ""
    criteria: str = ""
    category: str = ""

    @property
    def is_pair(self) -> bool:
        """Whether two models answered."""
        return bool(self.turns_b)

    def turned_round(self) -> "ItemText":
        """The pair with its answers in the other order."""
        return replace(self, turns=self.turns_b, turns_b=self.turns)

    def texts(self) -> Iterator[str]:
        """Every text of the item that a prompt may show."""
        for turn in (*self.turns, *self.turns_b):
            yield from (turn.question, turn.answer, turn.reference)
        yield from (self.context, self.criteria, self.category)
