"""An item outside the database, and what a file may bring with it: replies, a judgment, a person's verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from json.encoder import encode_basestring as _quoted
from typing import Any

from judging.core.verdicts import PersonVerdict, Reading, Reason, Verdict


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what was answered to it."""

    question: str
    answer: str = ""
    reference: str = ""

    def as_json(self) -> dict[str, str]:
        """The form that is stored in Item.turns."""
        return {"question": self.question, "answer": self.answer, "reference": self.reference}

    def json_text(self) -> str:
        """The same as text, several times faster than a general encoder: a million rows need it.

        Characters stay what they are: half as long, and read in half the time. No reader lets halves of them through.
        """
        question, answer, reference = _quoted(self.question), _quoted(self.answer), _quoted(self.reference)
        return f'{{"question": {question}, "answer": {answer}, "reference": {reference}}}'


@dataclass(frozen=True, slots=True)
class ImportedReply:
    """A raw reply of a judge that ran elsewhere, with what that judge read from it."""

    text: str
    reading: Reading
    part: str = ""
    sample: int = 0
    file: str = ""
    judge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedJudgment:
    """The word of a judge that ran elsewhere. `detail` keeps the numbers its file gave (raw_score, num_error).

    `verdict` is None where a file gives a score and nothing that says which scores are clean; `value` what was chosen
    where that is no number (A, B, tie); `criterion` what was judged, where there are several (turn_1, turn_2);
    `reason` why there is neither verdict nor value; `judge` who spoke; `file` the file it is from, where that is
    not the one with the item.
    """

    verdict: Verdict | None
    score: float | None = None
    value: str = ""
    criterion: str = ""
    reason: Reason | None = None
    judge: str = ""
    file: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWord:
    """A verdict that a person left in a file, with a score where the file has scores and the comment beside it.

    It becomes a label only when import_labels gives it a name.
    """

    verdict: PersonVerdict
    error_count: int | None = None
    score: float | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWord:
    """What one person said about an item under one criterion, as annotation tools and lists of votes keep it.

    `by` is '' where the file does not say who; `parts` are what was chosen where that is several at once, in their
    order; `value` is then ''. `correction`: the texts that the person wrote instead. `at`: when, as the file writes it.
    """

    value: str
    criterion: str = ""
    by: str = ""
    parts: tuple[str, ...] = ()
    comment: str = ""
    correction: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item as a reader yields it.

    `line` is the 1-based line (text formats) or entry number (JSON arrays) in its file; `key` the file's own id,
    or '' where it has none; `extra` whatever the reader did not understand, returned on export. A pair has `turns_b`,
    a choice `choices` and the letter of the right one.
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
    judgments: tuple[ImportedJudgment, ...] = ()
    person: PersonWord | None = None
    turns_b: tuple[Turn, ...] = ()
    model_b: str = ""
    choices: tuple[str, ...] = ()
    gold_choice: str = ""
    words: tuple[NamedWord, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether people said anything about it."""
        return self.person is not None or bool(self.words)

    @property
    def size(self) -> int:
        """About how many characters it holds."""
        size = len(self.context)
        for turn in self.turns + self.turns_b if self.turns_b else self.turns:
            size += len(turn.question) + len(turn.answer) + len(turn.reference)
        for reply in self.replies:
            size += len(reply.text)
        return size + len(repr(self.extra)) if self.extra else size

    @property
    def kind(self) -> str:
        """`choice` with choices, `pair` with the answers of two models, else `answer`."""
        if self.choices:
            return "choice"
        return "pair" if self.turns_b else "answer"

    @property
    def judgment(self) -> ImportedJudgment | None:
        """The first word of a judge."""
        return self.judgments[0] if self.judgments else None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a line or entry cannot be taken, as a sentence that says what to do about it."""

    line: int
    message: str


def question_key(turns: tuple[Turn, ...]) -> str:
    """The same for every model that answered the same question(s): their hash; of a text without one, its own."""
    asked = turns[0].question if len(turns) == 1 else "\x1f".join([turn.question for turn in turns])
    return sha256((asked or "\x1f".join([turn.answer for turn in turns])).encode()).hexdigest()


def generated_key(question: str, model: str, occurrence: int) -> str:
    """Identity of an item whose file has no ids: question_key + model + how often that came before."""
    return sha256(f"{question}\x1f{model}\x1f{occurrence}".encode()).hexdigest()[:32]


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
