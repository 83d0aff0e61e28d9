"""Tables of labels and judgments made elsewhere: long (a row per label) or wide (a row per item, a column per rater).

What was read is held in columns of numbers, so that ten million labels fit; `LabelRows.said` gives them back one by
one. A column of numbered raters may be nobody: see `_are_places`.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotation.core.pairwise import vote_of
from annotation.core.table_shapes import (
    ITEM,
    MARKS,
    MISSING,
    RATER,
    are_all_raters,
    is_turned,
    plain,
    turned,
    value_column,
)
from annotation.core.tables import FileRefused, Row, Table, open_table
from judging.core.items import RowProblem

HUMAN, JUDGE = "human", "judge"
MAX_NAME = 150
MAX_KEY = 200
MAX_VALUE = 100
MAX_PROBLEMS = 1000
MOST_ODD = 0.05
"""Share of values that may be no numbers among numbers, and are then mistakes and not names."""
LEAST_ROWS = 5

_WORDS = {"clean", "wrong", "undefined", "invalid"}
_UNSCORED = {"unscored", "invalid", "failed", "error", "missing"}
_ORDERS = {"": "", "ab": "ab", "ba": "ba", "0": "ab", "1": "ba", "original": "ab", "swapped": "ba"}
_NUMBERED = re.compile(r"(?:[a-z]+[ _.#-]*)?(\d+)", re.IGNORECASE)
_REPEATS = re.compile(r"(?:run|repeat|sample)[ _.#-]*\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """How to read a table. `columns`: the raters' columns of a wide one. `rater`: whose words they are, where the
    table does not say."""

    columns: tuple[str, ...] = ()
    criterion: str = ""
    rater_type: str = HUMAN
    rater: str = ""
    positional: bool = False


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
    """Everything a table says, and what is wrong with it."""

    problems: list[RowProblem] = field(default_factory=list)
    positional: bool = False
    _names: dict[str, Names] = field(default_factory=lambda: {name: Names() for name in TEXTS})
    _codes: dict[str, "array[int]"] = field(default_factory=lambda: {name: array("i") for name in (*TEXTS, "line")})

    def add(self, said: Said) -> None:
        """One more label."""
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

    def forget(self, criterion: str, marks: set[str]) -> None:
        """These values of a criterion are marks of missing labels: no label of a person, a judgment without a value."""
        kept = LabelRows(problems=self.problems)
        for said in self:
            if said.criterion != criterion or said.value not in marks:
                kept.add(said)
            elif said.rater_type == JUDGE:
                kept.add(said._replace(value="", reason=said.reason or "missing"))
        self._names, self._codes = kept._names, kept._codes

    def rename(self, name: str, text: str) -> None:
        """Give every row the same text."""
        self._codes[name] = array("i", [self._names[name].code(text)]) * len(self)


def read_labels(path: Path, options: TableOptions) -> LabelRows:
    """Every label of a file. FileRefused where it is no table of labels at all."""
    table = open_table(path)
    known = {plain(name): name for name in table.header}
    missing = [name for name in options.columns if name not in table.header]
    if missing:
        raise FileRefused(1, f"There is no column {missing[0]!r}. Columns: {_listed(table.header)}.")
    rows = LabelRows()
    if not options.columns and _is_long(known):
        _read_long(table, known, options, rows)
    elif not options.columns and is_turned(table.header):
        table = turned(table)
        _read_wide(table, {plain(name): name for name in table.header}, options, rows)
    else:
        _read_wide(table, known, options, rows)
    _check_numbers(rows)
    if not rows.problems and not len(rows):
        raise FileRefused(1, "The table holds no label. Fill in at least one cell.")
    return rows


def looks_like_labels(path: Path) -> bool:
    """Whether the header is that of a long table."""
    return _is_long({plain(name): name for name in open_table(path).header})


def is_number(text: str) -> bool:
    """Whether a value is a finite number."""
    try:
        found = float(text)
    except ValueError:
        return False
    return found - found == 0


def _is_long(known: dict[str, str]) -> bool:
    rater = any(name in known for name in (*RATER, "rater_type"))
    return bool(value_column(known)) and (rater or any(name in known for name in ITEM))


def _read_long(table: Table, known: dict[str, str], options: TableOptions, rows: LabelRows) -> None:
    item, rater = (next((known[name] for name in names if name in known), "") for names in (ITEM, RATER))
    if not item:
        raise FileRefused(1, f"A long table names its items in a column item_id. Columns: {_listed(table.header)}.")
    others = {name: known.get(name, "") for name in ("rater_type", "criterion", "model", "turn", "order", "status")}
    others |= {"value": value_column(known), "time": known.get("time", known.get("created_at", ""))}
    others["seconds"] = known.get("seconds", "")
    places, nameless = Counter[tuple[str, ...]](), False
    for row in _good(table.rows, rows):
        cells = {name: row.cells.get(column, "") for name, column in others.items()}
        said = _said_of(row.line, row.cells[item], row.cells.get(rater, "") or options.rater, cells, options, rows)
        if said is None:
            continue
        if not said.rater and said.rater_type == JUDGE:
            rows.refuse(row.line, "The row does not say which judge it is of. Fill in the column rater.")
            continue
        if not said.rater:
            nameless = True
            place = (said.item, said.model, said.criterion)
            places[place] += 1
            said = said._replace(rater=f"rater {places[place]}")
        rows.add(said)
    rows.positional = options.positional or nameless or _are_places(rows)


def _said_of(
    line: int, item: str, rater: str, cells: dict[str, str], options: TableOptions, rows: LabelRows
) -> Said | None:
    """The label of a row of a long table; None where there is none, or something is wrong with it."""
    rater_type = cells["rater_type"].lower() or options.rater_type
    status, order = cells["status"].lower(), _ORDERS.get(cells["order"].lower())
    wrong = ""
    if rater_type not in {HUMAN, JUDGE}:
        wrong = f"rater_type is {HUMAN} or {JUDGE}, not {cells['rater_type']!r}."
    elif order is None:
        wrong = f"order is ab or ba (which answer was shown first), not {cells['order']!r}."
    elif cells["turn"] and not cells["turn"].isdecimal():
        wrong = f"turn is a number, not {cells['turn']!r}."
    if wrong:
        rows.refuse(line, wrong)
        return None
    value = "" if cells["value"].lower() in MISSING or status in _UNSCORED else cells["value"]
    if not value and rater_type == HUMAN:
        return None
    said = Said(
        line=line,
        item=item,
        model=cells["model"],
        rater=rater,
        rater_type=rater_type,
        criterion=_criterion(cells["criterion"] or options.criterion, cells["turn"]),
        value=_value(value),
        order=order or "",
        reason="" if value else status or "missing",
        time=cells["time"],
        seconds=cells["seconds"],
    )
    return said if _is_sound(said, rows) else None


def _criterion(name: str, turn: str) -> str:
    if not turn:
        return name
    return f"{name}_turn_{int(turn)}" if name else f"turn_{int(turn)}"


def _value(text: str) -> str:
    """Numbers are written one way and votes are A, B or tie, so that equal values are equal texts."""
    if is_number(text):
        number = float(text)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return vote_of(text) or (text.lower() if text.lower() in _WORDS else text)


def _is_sound(said: Said, rows: LabelRows) -> bool:
    sentences = {
        "The row does not say which item it is about. Fill in its first column.": not said.item,
        f"The item's name is longer than {MAX_KEY} characters. Shorten it.": len(said.item) + len(said.model)
        >= MAX_KEY,
        f"The value is longer than {MAX_VALUE} characters. A label is a short value.": len(said.value) > MAX_VALUE,
        f"The rater's name is longer than {MAX_NAME} characters. Shorten it.": len(said.rater) > MAX_NAME,
        f"The criterion's name is longer than {MAX_VALUE} characters.": len(said.criterion) > MAX_VALUE,
    }
    wrong = next((sentence for sentence, is_wrong in sentences.items() if is_wrong), None)
    if wrong:
        rows.refuse(said.line, wrong)
    return wrong is None


def _read_wide(table: Table, known: dict[str, str], options: TableOptions, rows: LabelRows) -> None:
    item = _item_column(table.header, known, options)
    columns = options.columns or tuple(name for name in table.header if name != item)
    if not columns:
        raise FileRefused(1, f"A wide table has a column per rater. Columns: {_listed(table.header)}.")
    raters = _raters(columns, options)
    lines: dict[str, int] = {}
    read: list[tuple[int, str, list[str]]] = []
    for row in _good(table.rows, rows):
        name = row.cells[item] if item else ""
        values = [row.cells[column] for column in columns]
        if not name and item and not any(values):
            continue
        if item and name in lines and not _may_be_numbered(item, options):
            twice = f"The item {name!r} stands in line {lines[name]} already. Give each its own row"
            rows.refuse(row.line, f"{twice}, or name the raters' columns (--columns) where no column names the items.")
            continue
        lines.setdefault(name, row.line)
        read.append((row.line, name, values))
    by_number = not item or (_may_be_numbered(item, options) and len(lines) < len(read))
    for number, (line, name, values) in enumerate(read, 1):
        for rater, value in zip(raters, values, strict=True):
            _add_cell(
                Said(line, str(number) if by_number else name, "", rater, options.rater_type, "", value), options, rows
            )
    rows.positional = options.rater_type == HUMAN and (options.positional or _are_places(rows))


def _add_cell(said: Said, options: TableOptions, rows: LabelRows) -> None:
    if said.value.lower() in MISSING:
        return
    said = said._replace(value=_value(said.value), criterion=options.criterion)
    if _is_sound(said, rows):
        rows.add(said)


def _item_column(header: Sequence[str], known: dict[str, str], options: TableOptions) -> str:
    """The column that names the items; '' where every column is a rater's, and a row's number names its item."""
    named = next((known[name] for name in ITEM if name in known and known[name] not in options.columns), "")
    if not named and not options.columns and are_all_raters(header):
        return ""
    return named or ("" if header[0] in options.columns else header[0])


def _may_be_numbered(item: str, options: TableOptions) -> bool:
    """Whether the rows themselves may be the items: their raters were named, and this column is only the first."""
    return bool(options.columns) and plain(item) not in ITEM


def _raters(columns: Sequence[str], options: TableOptions) -> list[str]:
    """Whose words the columns hold. Runs of a judge in several columns are one judge's."""
    if len(columns) == 1 or options.rater_type == JUDGE:
        one = options.rater or ("judge" if all(_REPEATS.fullmatch(name.strip()) for name in columns) else "")
        if one and (options.rater or len(columns) > 1):
            return [one] * len(columns)
    return [name.strip() for name in columns]


def _good(found: Iterator[Row | RowProblem], rows: LabelRows) -> Iterator[Row]:
    for row in found:
        if isinstance(row, RowProblem):
            rows.refuse(row.line, row.message)
        else:
            yield row


def _check_numbers(rows: LabelRows) -> None:
    """A word among numbers is a slip of the pen, if there are few of them and it is none of the words for verdicts."""
    values: Counter[tuple[str, str]] = Counter((said.criterion, said.value) for said in rows if said.value)
    odd: set[tuple[str, str]] = set()
    for criterion in rows.different("criterion"):
        here = {value: n for (of, value), n in values.items() if of == criterion}
        words = {value: n for value, n in here.items() if not is_number(value)}
        total = sum(here.values())
        if words and len(words) < len(here) and all(word.lower() in MARKS for word in words):
            rows.forget(criterion, set(words))
            continue
        if words and sum(words.values()) <= MOST_ODD * total and not any(vote_of(w) or w in _WORDS for w in words):
            odd |= {(criterion, word) for word in words}
    if odd:
        for said in rows:
            if (said.criterion, said.value) in odd:
                rows.refuse(said.line, f"The value {said.value!r} is no number, and the others are. Correct it.")


def _are_places(rows: LabelRows) -> bool:
    """Whether numbered columns hold places and not raters.

    Raters named by numbers only are people as long as nothing speaks against it. Two things do: labels always fill the
    columns from the first one on, or the labels of every row stand in ascending order: both happen when somebody wrote
    down an item's labels one after another, whoever gave them.
    """
    raters = [name for name in rows.different("rater") if name]
    numbers = [found for found in (_NUMBERED.fullmatch(name) for name in raters) if found]
    if len(numbers) < len(raters) or sorted(int(found[1]) for found in numbers) != list(range(1, len(raters) + 1)):
        return False
    place = {found[0]: int(found[1]) for found in numbers}
    by_item: dict[tuple[str, str, str], dict[int, str]] = {}
    for said in rows:
        if said.rater_type == HUMAN:
            by_item.setdefault((said.item, said.model, said.criterion), {})[place[said.rater]] = said.value
    if len(by_item) < LEAST_ROWS:
        return False
    filled = all(max(labels) == len(labels) for labels in by_item.values())
    if filled and any(len(labels) < len(raters) for labels in by_item.values()):
        return True
    return len(raters) > 2 and all(_ascends(labels) for labels in by_item.values())


def _ascends(labels: dict[int, str]) -> bool:
    values = [labels[at] for at in sorted(labels)]
    if all(is_number(value) for value in values):
        numbers = [float(value) for value in values]
        return numbers == sorted(numbers)
    return values == sorted(values)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20])
    return shown + (", ..." if len(names) > 20 else "")


__all__ = [
    "HUMAN",
    "JUDGE",
    "FileRefused",
    "LabelRows",
    "Said",
    "TableOptions",
    "is_number",
    "looks_like_labels",
    "read_labels",
]
