"""How tables of labels name their columns, mark what is missing and turn: what people write, as one reading."""

import re
from collections.abc import Iterator, Sequence

from annotation.core.tables import Row, Table
from judging.core.items import RowProblem

ITEM = (
    "item_id", "item", "item_key", "unit", "unit_id", "id", "subject", "subject_id", "task", "task_id", "case",
    "case_id", "question_id", "doc_id", "document", "document_id", "instance", "instance_id", "example", "example_id",
    "text_id", "patient",
)  # fmt: skip
RATER = (
    "rater", "annotator", "worker", "rater_id", "annotator_id", "worker_id", "rater_name", "annotator_name", "coder",
    "coder_id", "observer", "observer_id", "evaluator", "evaluator_id", "reviewer", "reviewer_id", "labeler",
    "labeller",
)  # fmt: skip
VALUE = ("value", "label", "rating", "score", "category", "code", "annotation")
MISSING = {"", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "null"}
MARKS = {".", "..", "-", "--", "\u2013", "\u2014", "*", "?", "x", "none", "missing", "unrated", "blank"}
"""Missing where every other value is a number; elsewhere they may be values: + and -, or none beside minor."""
_APART = re.compile(r"[\s._-]+")
_NUMBERED = re.compile(r"([^\W\d_]+)[ _.#-]*\d+")


def plain(name: str) -> str:
    """The name of a column however it is written: Item ID, item-id and item_id are one."""
    return _APART.sub("_", name.strip().lower()).strip("_")


def value_column(known: dict[str, str]) -> str:
    """The column of a long table that holds the labels, '' in a wide one; other names than value need both an item and
    a rater beside them."""
    if "value" in known:
        return known["value"]
    both = any(name in known for name in ITEM) and any(name in known for name in RATER)
    return next((known[name] for name in VALUE if name in known), "") if both else ""


def are_all_raters(header: Sequence[str]) -> bool:
    """Whether every column is a numbered rater (Rater1, Rater2, ...), so that none names the items."""
    found = [_NUMBERED.fullmatch(name.strip()) for name in header]
    prefixes = {one[1].lower() for one in found if one}
    return len(header) > 1 and all(found) and len(prefixes) == 1


def is_turned(header: Sequence[str]) -> bool:
    """Whether a row is a rater and a column an item: the first column says so."""
    return len(header) > 1 and plain(header[0]) in RATER and not any(plain(name) in ITEM for name in header[1:])


def turned(table: Table) -> Table:
    """The same with a row per item. A row that cannot be read stays a problem."""
    found = list(table.rows)
    raters = [row for row in found if isinstance(row, Row)]
    names = [row.cells[table.header[0]] for row in raters]
    return Table(("item_id", *names), _turned_rows(table, found, raters))


def _turned_rows(table: Table, found: list[Row | RowProblem], raters: list[Row]) -> Iterator[Row | RowProblem]:
    yield from (row for row in found if isinstance(row, RowProblem))
    for line, item in enumerate(table.header[1:], 2):
        yield Row(line, {"item_id": item} | {row.cells[table.header[0]]: row.cells[item] for row in raters})
