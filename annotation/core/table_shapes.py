"""How tables of labels lie: what a row and a column of them are, as names and cells tell it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice

from annotation.core.column_names import (
    BESIDE,
    ITEM,
    ITEM_BESIDE,
    ONE_PERSON,
    RATER,
    RATER_BESIDE,
    columns_of,
    is_long,
    item_column,
    plain,
    rater_column,
)
from annotation.core.printed_tables import counts_of_items, square_of_raters
from annotation.core.tables import FileRefused, Row, Table
from judging.core.items import RowProblem

LOOKED_AT = 2000
"""Rows at the beginning that say what a table is."""
_LEAST_LONG = 4
_ITEMS = {*ITEM, *ITEM_BESIDE}
_RATERS = {*RATER, *RATER_BESIDE}
_NUMBERED = re.compile(r"([^\W\d_]+)[ _.#-]*\d+")
_ITEM_NUMBER = re.compile(r"([^\W\d_]*)[ _.#-]*(\d+)")
_CORNER = re.compile(r"[\\/]")
_SHORT_ITEMS = {"", "u", "i", "q", "s", "p", "t", "case"}


class Shape(StrEnum):
    """What a row and a column of a table are."""

    LONG = "long"
    WIDE = "wide"
    TURNED = "turned"
    COUNTS = "counts"
    SQUARE = "square"


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
    if square_of_raters(header, start):
        return Shape.SQUARE
    if counts_of_items(header, start):
        return Shape.COUNTS
    if roles_of_three(header, start):
        return Shape.LONG
    return Shape.TURNED if has_items_in_columns(header, start) else Shape.WIDE


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
        or all(ONE_PERSON.fullmatch(name) for name in names)
        or [name.upper() for name in names] == lettered
        or names in counted
    )


def is_turned(header: Sequence[str], start: Sequence[Row] = ()) -> bool:
    """Whether a row is a rater and a column an item: the first column says so, or what stands in it."""
    if len(header) < 2 or any(plain(name) in ITEM or ONE_PERSON.fullmatch(name.strip()) for name in header[1:]):
        return False
    down, across = ((*map(plain, _CORNER.split(header[0])), "")[:2]) if header[0] else ("", "")
    if across in _ITEMS and down in _RATERS:
        return True
    cells = [row.cells[header[0]] for row in start]
    return plain(header[0]) in RATER or (len(cells) > 1 and all(ONE_PERSON.fullmatch(cell) for cell in cells))


def has_items_in_columns(header: Sequence[str], start: Sequence[Row]) -> bool:
    """Whether columns are numbered as items are, there are more of them than rows, and rows have names as raters have:
    nothing says it, but so it will be."""
    columns, names = header[1:], [row.cells[header[0]] for row in start]
    if not 2 <= len(names) < len(columns) or not all(names) or len(set(names)) < len(names):
        return False
    numbered = [_ITEM_NUMBER.fullmatch(name.strip()) for name in columns]
    prefixes = {found[1].lower() for found in numbered if found}
    are_items = all(numbered) and len(prefixes) == 1 and (prefixes <= _SHORT_ITEMS or prefixes <= _ITEMS)
    return are_items and not any(re.search(r"\d", name) for name in names)


def roles_of_three(header: Sequence[str], start: Sequence[Row]) -> dict[str, str] | None:
    """Which column of a long table is the item's, the rater's and the value's, where names do not say all of it: there
    are three, and every rater said one thing of an item."""
    names = [name for name in header if plain(name) not in BESIDE]
    if len(names) != 3 or len(start) < _LEAST_LONG:
        return None
    known = columns_of(names)
    found = _by_name(names, item_column(known), rater_column(known)) or tuple(names)
    item, rater, value = found
    if not rater_column(known) and not item_column(known):
        item, rater = sorted((item, rater), key=lambda name: -len(_cells(name, start)))
    return {"item_id": item, "rater": rater, "value": value} if _are_roles(item, rater, value, start) else None


def _by_name(names: Sequence[str], item: str, rater: str) -> tuple[str, str, str] | None:
    """Item, rater and value, where one or two of them are named."""
    if rater == item or not (item or rater):
        return None
    left = [name for name in names if name not in {item, rater}]
    if item and rater:
        return item, rater, left[0]
    return (item, *left) if item else (left[0], rater, left[1])  # type: ignore[return-value]


def _are_roles(item: str, rater: str, value: str, start: Sequence[Row]) -> bool:
    """Whether items and raters come again, none of the pairs does, and none is called as a value."""
    items, raters, values = (_cells(name, start) for name in (item, rater, value))
    pairs = {(row.cells[item], row.cells[rater]) for row in start}
    come_again = max(len(items), len(raters)) < len(start) and 1 < len(raters) <= len(start) // 2
    return come_again and len(pairs) == len(start) and not (items & raters or raters & values or "" in raters)


def _cells(name: str, start: Sequence[Row]) -> set[str]:
    return {row.cells[name] for row in start}


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
        cells: Mapping[str, str] = {row.cells[table.header[0]]: row.cells[item] for row in raters}
        yield Row(line, {"item_id": item} | dict(cells))
