"""Comma, tab or semicolon, else bars or blanks; quoted cells may hold line ends. Above the header may stand a title."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from annotation.core.tables.rows import Row, Table, is_number, is_title
from judging.core.items import RowProblem
from judging.core.readers.csv_table import DELIMITERS, header_of, table_rows
from judging.core.readers.files import FileRefused

LOOKED_AT = 40
"""Lines that say how a file is written."""
_MARKS = (*DELIMITERS, " ")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_COMMENT = re.compile(r"#(?!\s*[,;\t|\"])")
ONLY_NUMBERS = "The first line holds numbers only. Put a line with the names of the columns above it."


@dataclass(frozen=True, slots=True)
class _Written:
    """How a file is written that is not a plain table: its delimiter, what stands before its header, and whether the
    names of the rows have no name, as R writes it."""

    delimiter: str
    before: int = 0
    unnamed_first: bool = False


def read(path: Path) -> Table:
    """The table of a file with a header."""
    with path.open("rb") as file:
        lines = [line.decode("utf-8-sig", "replace") for line in islice(file, LOOKED_AT)]
    first = lines[0] if lines else ""
    if _COMMENT.match(first) or "\r" in first.rstrip("\r\n"):
        return _other(path, None)
    written = _how(lines)
    if written or not any(mark in first for mark in DELIMITERS):
        return _other(path, written)
    _check_names(first)
    semicolons = first.count(";") > max(first.count(","), first.count("\t"))
    return Table(tuple(header_of(path)), _rows(path, decimal_comma=semicolons))


def _check_names(first: str) -> None:
    """Equal numbers where names should stand are better called what they are."""
    cells = _cells(first, max(DELIMITERS, key=first.count))
    if len(set(cells)) < len(cells) and all(map(is_number, cells)):
        raise FileRefused(1, ONLY_NUMBERS)


def _rows(path: Path, *, decimal_comma: bool) -> Iterator[Row | RowProblem]:
    """`decimal_comma`: where semicolons part the cells, 0,5 is a half."""
    for row in table_rows(path):
        if isinstance(row, RowProblem):
            yield row
            continue
        line, cells = row
        texts = {name: text.strip() for name, text in cells.items()}
        yield Row(line, {name: _pointed(text) for name, text in texts.items()} if decimal_comma else texts)


def _pointed(text: str) -> str:
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _how(lines: Sequence[str]) -> _Written | None:
    """Whether a title stands above the header, or the header has a name less than the rows have cells; None for a plain
    table, and where cells hold line ends."""
    there = [(at, line.rstrip("\r\n")) for at, line in enumerate(lines) if line.strip()]
    if len(there) < 3 or any(line.count('"') % 2 for _, line in there):
        return None
    delimiter, wide = _mode(line for _, line in there)
    if wide < 2:
        return None
    split = [(at, _cells(line, delimiter)) for at, line in there]
    place = next((at for at, (_, cells) in enumerate(split) if len(cells) == wide and not is_title(cells)), 0)
    if place and len(split[place - 1][1]) == wide - 1 and not any(map(is_number, split[place - 1][1])):
        place -= 1
        return _Written(delimiter, split[place][0], unnamed_first=True)
    return _Written(delimiter, split[place][0]) if place else None


def _mode(lines: Iterator[str]) -> tuple[str, int]:
    """The delimiter that most lines have most cells by, and how many."""
    found = list(lines)
    by_mark = {mark: Counter(len(_cells(line, mark)) for line in found).most_common(1)[0] for mark in _MARKS}
    delimiter = max(DELIMITERS, key=lambda mark: (by_mark[mark][0] > 1, by_mark[mark][1], by_mark[mark][0]))
    if by_mark[delimiter][0] < 2 or 2 * by_mark[delimiter][1] < len(found):
        delimiter = " "
    return delimiter, by_mark[delimiter][0]


def _other(path: Path, written: _Written | None) -> Table:
    """A small text whose cells are parted in another way, or that begins with a title or lines of comment."""
    try:
        # Old line ends too (\\r); no other character parts lines.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeError as error:
        raise FileRefused(1, f"The file is not UTF-8 ({error}). Save it as UTF-8.") from error
    before = written.before if written else 0
    numbered = [
        (at, line) for at, line in enumerate(lines, 1) if at > before and line.strip() and not _COMMENT.match(line)
    ]
    if not numbered:
        raise FileRefused(1, "The file is empty. Its first line names the columns.")
    first = numbered[0][1]
    parted = written.delimiter if written else max(_MARKS, key=lambda mark: (first.count(mark), mark != " "))
    cells = [(at, _cells(line, parted)) for at, line in numbered]
    header = _named(cells[0][1], unnamed_first=bool(written and written.unnamed_first))
    if len(set(header)) < len(header) and all(map(is_number, header)):
        raise FileRefused(cells[0][0], ONLY_NUMBERS)
    return Table(header, (_row(at, header, row) for at, row in cells[1:] if any(row)))


def _named(cells: Sequence[str], *, unnamed_first: bool) -> tuple[str, ...]:
    names = ["", *cells] if unnamed_first else cells
    return tuple(name or f"column {number}" for number, name in enumerate(names, 1))


def _cells(line: str, parted: str) -> list[str]:
    if parted == " ":
        return [cell.strip('"') for cell in line.split()]
    cells = [cell.strip() for cell in next(csv.reader([line], delimiter=parted), [])]
    return [_pointed(cell) for cell in cells] if parted == ";" else cells


def _row(line: int, header: tuple[str, ...], cells: list[str]) -> Row | RowProblem:
    if len(cells) != len(header):
        return RowProblem(line, f"The row has {len(cells)} cells and the header {len(header)}. Part cells by commas.")
    return Row(line, dict(zip(header, cells, strict=True)))
