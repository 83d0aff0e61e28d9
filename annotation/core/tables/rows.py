"""What a table is, whatever file it is from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from judging.core.items import RowProblem


class Row(NamedTuple):
    """Cells by the name of their column; an empty cell is ''. `line` counts from 1, entries of JSON arrays too."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Names of the columns, in order, and the rows; `rows` can be gone through once."""

    header: tuple[str, ...]
    rows: Iterator[Row | RowProblem]


def is_number(text: str) -> bool:
    """Whether a cell is a finite number."""
    try:
        found = float(text)
    except ValueError:
        return False
    return found - found == 0


def is_title(cells: Sequence[str]) -> bool:
    """Whether a row above a table is none of its rows: it has one text, in its first cell, or nothing."""
    return not any(cells[1:])


def cell_text(value: Any) -> str:
    """A cell as text: 4.0 is 4, nothing is ''. What holds other values inside is not a cell, and is ''."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, int) else ""
