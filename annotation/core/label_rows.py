"""Labels as a table says them, in columns of numbers so that ten million fit; and how the table is to be read."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from annotation.core.tables import is_number
from judging.core.items import RowProblem

HUMAN, JUDGE = "human", "judge"
MAX_NAME = 150
MAX_KEY = 200
MAX_VALUE = 100
MAX_PROBLEMS = 1000

_WORDS = {"clean", "wrong", "undefined", "invalid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """How to read a table. `columns`: the raters' columns of a wide one. `rater`: whose words they are, where the
    table does not say. `shape`: a name of `table_shapes.Shape`, '' for what it looks like. `missing`: further values
    that mean no label. `scale`: words in their order, which are stored as 1, 2, 3."""

    columns: tuple[str, ...] = ()
    criterion: str = ""
    rater_type: str = HUMAN
    rater: str = ""
    positional: bool = False
    shape: str = ""
    missing: tuple[str, ...] = ()
    scale: tuple[str, ...] = ()


class Said(NamedTuple):
    """One label or judgment. `value` is '' where a judge gave none; then `reason` may say why."""

    line: int
    item: str
    model: str
    rater: str
    rater_type: str
    criterion: str
    value: str
    order: str = ""
    reason: str = ""
    time: str = ""
    seconds: str = ""


@dataclass(slots=True)
class Names:
    """Texts that come again and again, as numbers."""

    texts: list[str] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)

    def code(self, text: str) -> int:
        """The number of a text."""
        if text not in self._known:
            self._known[text] = len(self.texts)
            self.texts.append(text)
        return self._known[text]


TEXTS = Said._fields[1:]


@dataclass(slots=True)
class LabelRows:
    """Everything a table says, and what is wrong with it. `hints`: how it was read, where it can be read otherwise.
    `declared`: criterion -> every value of its scale in order, used or not, where that is said."""

    problems: list[RowProblem] = field(default_factory=list)
    positional: bool = False
    hints: list[str] = field(default_factory=list)
    declared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _names: dict[str, Names] = field(default_factory=lambda: {name: Names() for name in TEXTS})
    _codes: dict[str, "array[int]"] = field(default_factory=lambda: {name: array("i") for name in (*TEXTS, "line")})

    def add(self, said: Said) -> None:
        """One more label; a problem where a text of it is missing or too long."""
        if wrong := _what_is_wrong(said):
            self.refuse(said.line, wrong)
            return
        self._codes["line"].append(said.line)
        for name in TEXTS:
            self._codes[name].append(self._names[name].code(getattr(said, name)))

    def refuse(self, line: int, message: str) -> None:
        """One more problem."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(RowProblem(line, message))

    def __len__(self) -> int:
        return len(self._codes["line"])

    def __iter__(self) -> Iterator[Said]:
        texts = [self._names[name].texts for name in TEXTS]
        for line, *codes in zip(self._codes["line"], *(self._codes[name] for name in TEXTS), strict=True):
            yield Said(line, *(known[code] for known, code in zip(texts, codes, strict=True)))

    def different(self, name: str) -> list[str]:
        """The different texts of a column, in the order of the file."""
        return self._names[name].texts

    def said_of(self) -> dict[str, Counter[str]]:
        """Criterion -> how often each value was given."""
        found: dict[str, Counter[str]] = {}
        criteria, values = (self._names[name].texts for name in ("criterion", "value"))
        pairs = Counter(zip(self._codes["criterion"], self._codes["value"], strict=True))
        for (criterion, value), count in pairs.items():
            if values[value]:
                found.setdefault(criteria[criterion], Counter())[values[value]] += count
        return found

    def named(self) -> frozenset[str]:
        """Criteria whose values are names, of which one may be called as a verdict is: correct and wrong."""
        said = self.said_of()
        values = {name: {*said.get(name, ()), *self.declared.get(name, ())} for name in {*said, *self.declared}}
        return frozenset(name for name, found in values.items() if not found <= _WORDS)

    def forget(self, criterion: str, marks: set[str]) -> None:
        """These values of a criterion are marks of missing labels: no label of a person, a judgment without a value."""
        kept = LabelRows(problems=self.problems)
        for said in self:
            if said.criterion != criterion or said.value not in marks:
                kept.add(said)
            elif said.rater_type == JUDGE:
                kept.add(said._replace(value="", reason=said.reason or "missing"))
        self.declared = {
            name: tuple(value for value in values if name != criterion or value not in marks)
            for name, values in self.declared.items()
        }
        self._names, self._codes = kept._names, kept._codes

    def reword(self, criterion: str, words: Mapping[str, str]) -> None:
        """Write values of a criterion in another way."""
        values, of = self._names["value"], self._names["criterion"].code(criterion)
        codes = {values.code(old): values.code(new) for old, new in words.items()}
        if criterion in self.declared:
            written = (words.get(value, value) for value in self.declared[criterion])
            self.declared[criterion] = tuple(dict.fromkeys(written))
        pairs = zip(self._codes["criterion"], self._codes["value"], strict=True)
        self._codes["value"] = array("i", (codes.get(value, value) if at == of else value for at, value in pairs))


def value_text(text: str) -> str:
    """Numbers are written one way, and so are verdicts, so that equal values are equal texts."""
    text = text.replace("\u2212", "-") if text.startswith("\u2212") else text
    if is_number(text):
        number = float(text)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return text.lower() if text.lower() in _WORDS else text


def _what_is_wrong(said: Said) -> str:
    if not said.item:
        return "The row does not say which item it is about. Fill in its first column."
    if len(said.item) + len(said.model) >= MAX_KEY:
        return f"The item's name is longer than {MAX_KEY} characters. Shorten it."
    if len(said.value) > MAX_VALUE:
        return f"The value is longer than {MAX_VALUE} characters. A label is a short value."
    if len(said.rater) > MAX_NAME:
        return f"The rater's name is longer than {MAX_NAME} characters. Shorten it."
    return f"The criterion's name is longer than {MAX_VALUE} characters." if len(said.criterion) > MAX_VALUE else ""
