"""How tables of labels name their columns, mark what is missing and lie: what people write, as one reading."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import chain, islice

from annotation.core.tables import FileRefused, Row, Table
from judging.core.items import RowProblem

ITEM = (
    "item_id", "item", "item_key", "unit", "unit_id", "id", "subject", "subject_id", "task", "task_id", "case",
    "case_id", "question_id", "doc_id", "document", "document_id", "instance", "instance_id", "example", "example_id",
    "text_id", "patient", "patient_id", "sample_id", "sentence_id", "image_id", "item_no", "unit_no", "subject_no",
    "units", "items", "subjects", "cases", "patients",
)  # fmt: skip
ITEM_BESIDE = ("question", "sample", "sentence", "image", "object", "stimulus", "target", "record", "text")
"""Items too, where a rater and a value stand beside them."""
RATER = (
    "rater", "annotator", "worker", "rater_id", "annotator_id", "worker_id", "rater_name", "annotator_name", "coder",
    "coder_id", "observer", "observer_id", "evaluator", "evaluator_id", "reviewer", "reviewer_id", "labeler",
    "labeller", "raters", "coders", "observers", "annotators",
)  # fmt: skip
RATER_BESIDE = ("judge", "judge_id", "user", "user_id", "expert", "assessor", "respondent", "participant", "person")
"""Raters too, where an item and a value stand beside them."""
VALUE = ("value", "label", "rating", "score", "category", "code", "annotation")
VALUE_BESIDE = (
    "response", "grade", "answer", "verdict", "judgment", "judgement", "decision", "vote", "class", "choice",
    "diagnosis",
)  # fmt: skip
BESIDE = ("rater_type", "criterion", "model", "turn", "order", "status", "time", "created_at", "seconds", "comment")
"""What else a long table says of a label. The names above that are called beside count only where every column has one
of all these names: else they are what other files are about."""
MISSING = {"", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "null"}
MARKS = {".", "..", "-", "--", "\u2013", "\u2014", "*", "?", "x", "none", "missing", "unrated", "blank"}
"""Missing where every other value is a number; elsewhere they may be values: + and -, or none beside minor."""
LOOKED_AT = 2000
"""Rows at the beginning that say what a table is."""
_TOTAL = {"total", "sum", "all", "n"}
_LEAST_COUNTED = 6
"""Rows whose numbers add up to the same, from which on it cannot be by chance."""
_APART = re.compile(r"[\s._:-]+")
_NUMBERED = re.compile(r"([^\W\d_]+)[ _.#-]*\d+")
_SHORT = re.compile(r"[a-z]{1,2}[ _.#-]*\d+", re.IGNORECASE)
_PERSON = (
    "rater|coder|observer|annotator|judge|reviewer|evaluator|expert|labell?er|worker|assessor|reader|doctor|physician"
)
_ONE_PERSON = re.compile(rf"(?:{_PERSON})[ _.#-]*(?:\d+|[a-z])", re.IGNORECASE)
_OF_RATERS = re.compile(rf"{_PERSON}|[\\/]|\bvs\b|row", re.IGNORECASE)


class Shape(StrEnum):
    """What a row and a column of a table are."""

    LONG = "long"
    WIDE = "wide"
    TURNED = "turned"
    COUNTS = "counts"
    SQUARE = "square"


def plain(name: str) -> str:
    """The name of a column however it is written: Item ID, item-id and item_id are one."""
    return _APART.sub("_", name.strip().lower()).strip("_")


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Columns by their plain names."""
    return {plain(name): name for name in header}


def first_of(known: dict[str, str], names: Sequence[str]) -> str:
    """The column that has the first of these names, '' where none has."""
    return next((known[name] for name in names if name in known), "")


def value_column(known: dict[str, str]) -> str:
    """The column of a long table that holds the labels, '' in a wide one; other names than value need both an item and
    a rater beside them."""
    if "value" in known or not _says_who_of_what(known):
        return known.get("value", "")
    values = [known[name] for name in (*VALUE, *VALUE_BESIDE) if name in known]
    found = next((name for name in values if name not in {item_column(known), rater_column(known)}), "")
    return found if first_of(known, VALUE) or len(values) == 1 else ""


def _says_who_of_what(known: dict[str, str]) -> bool:
    """Whether a column names items and another raters, by names that mean nothing else or with nothing else beside."""
    if first_of(known, ITEM) and first_of(known, RATER) and first_of(known, VALUE):
        return True
    every = {*ITEM, *ITEM_BESIDE, *RATER, *RATER_BESIDE, *VALUE, *VALUE_BESIDE, *BESIDE}
    return bool(item_column(known) and rater_column(known)) and known.keys() <= every


def item_column(known: dict[str, str]) -> str:
    """The column of a long table that names the items."""
    return first_of(known, ITEM) or first_of(known, ITEM_BESIDE)


def rater_column(known: dict[str, str]) -> str:
    """The column of a long table that names the raters."""
    return first_of(known, (*RATER, *RATER_BESIDE))


def is_long(known: dict[str, str]) -> bool:
    """Whether a row is a label."""
    rater = any(name in known for name in (*RATER, "rater_type"))
    return bool(value_column(known)) and (rater or bool(first_of(known, ITEM)))


def begun(table: Table) -> tuple[Table, list[Row]]:
    """The same table, and the rows at its beginning; a row that cannot be read stays a problem in the table."""
    found = list(islice(table.rows, LOOKED_AT))
    return Table(table.header, chain(found, table.rows)), [row for row in found if isinstance(row, Row)]


def shape_of(header: Sequence[str], start: Sequence[Row]) -> Shape:
    """What a table looks like that nobody said anything about."""
    if is_long(columns_of(header)):
        return Shape.LONG
    if is_turned(header, start):
        return Shape.TURNED
    if _is_square(header, start):
        return Shape.SQUARE
    return Shape.COUNTS if _is_counted(header, start) else Shape.WIDE


def are_all_raters(header: Sequence[str]) -> bool:
    """Whether no column names the items: all are numbered or lettered raters (Rater1, Rater2; A, B, C; 1, 2, 3)."""
    names = [name.strip() for name in header]
    found = [_NUMBERED.fullmatch(name) for name in names]
    prefixes = {one[1].lower() for one in found if one}
    if len(names) < 2:
        return False
    lettered = [chr(ord("A") + at) for at in range(len(names))]
    counted = [[str(at + first) for at in range(len(names))] for first in (0, 1)]
    return (
        (all(found) and len(prefixes) == 1)
        or all(_ONE_PERSON.fullmatch(name) for name in names)
        or [name.upper() for name in names] == lettered
        or names in counted
    )


def is_turned(header: Sequence[str], start: Sequence[Row] = ()) -> bool:
    """Whether a row is a rater and a column an item: the first column says so, or what stands in it."""
    if len(header) < 2 or any(plain(name) in ITEM or _ONE_PERSON.fullmatch(name.strip()) for name in header[1:]):
        return False
    cells = [row.cells[header[0]] for row in start]
    return plain(header[0]) in RATER or (len(cells) > 1 and all(_ONE_PERSON.fullmatch(cell) for cell in cells))


def turned(table: Table) -> Table:
    """The same with a row per item. A row that cannot be read stays a problem."""
    found = list(table.rows)
    raters = [row for row in found if isinstance(row, Row)]
    names = [row.cells[table.header[0]] for row in raters]
    twice = next((name for name in names if not name or names.count(name) > 1), None)
    if twice is not None:
        raise FileRefused(1, f"A row is a rater here, and two rows are named {twice!r}. Give each rater a name.")
    return Table(("item_id", *names), _turned_rows(table, found, raters))


def _turned_rows(table: Table, found: list[Row | RowProblem], raters: list[Row]) -> Iterator[Row | RowProblem]:
    yield from (row for row in found if isinstance(row, RowProblem))
    for line, item in enumerate(table.header[1:], 2):
        yield Row(line, {"item_id": item} | {row.cells[table.header[0]]: row.cells[item] for row in raters})


def is_total(name: str) -> bool:
    """Whether a row or a column only adds up the others."""
    return plain(name) in _TOTAL


def _is_square(header: Sequence[str], start: Sequence[Row]) -> bool:
    """Whether rows and columns have the same names, and numbers say how often two raters said the two."""
    names = [name for name in header[1:] if not is_total(name)]
    rows = [row for row in start if not is_total(row.cells[header[0]])]
    if len(names) < 2 or plain(header[0]) in ITEM or [row.cells[header[0]] for row in rows] != names:
        return False
    counts = [_counts(row, names) for row in rows]
    if not all(counts) or not any(map(any, counts)):
        return False
    says_so = bool(_OF_RATERS.search(header[0])) or not all(name.isdecimal() for name in names)
    return says_so or max(map(max, counts)) > max(map(int, names))


def _is_counted(header: Sequence[str], start: Sequence[Row]) -> bool:
    """Whether columns are values and numbers say how many raters gave them: every row adds up to the same.

    Labels do so by chance only in the smallest tables; there a number that is no value has to stand beside values
    that are numbers.
    """
    names = [name for name in header[1:] if not is_total(name)]
    rows = [row for row in start if not is_total(row.cells[header[0]])]
    if len(names) < 2 or any(_ONE_PERSON.fullmatch(name.strip()) or _SHORT.fullmatch(name) for name in names):
        return False
    counts = [_counts(row, names) for row in rows]
    sums = {sum(row) for row in counts}
    if len(sums) != 1 or max(sums) < 2 or len({tuple(row) for row in counts}) < 2 or all(map(all, counts)):
        return False
    are_numbers = all(name.isdecimal() for name in names)
    no_value = are_numbers and any(count and str(count) not in names for row in counts for count in row)
    return no_value or len(rows) >= _LEAST_COUNTED


def _counts(row: Row, names: Sequence[str]) -> list[int]:
    """The numbers of a row, a blank being none; nothing where something else stands there."""
    cells = [row.cells[name] or "0" for name in names]
    return [int(cell) for cell in cells] if all(cell.isdecimal() for cell in cells) else []
