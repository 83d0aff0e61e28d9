"""Comma, tab or semicolon, else bars or blanks; quoted cells may hold line ends."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from annotation.core.tables.rows import Row, Table
from judging.core.items import RowProblem
from judging.core.readers.csv_table import DELIMITERS, header_of, table_rows
from judging.core.readers.files import FileRefused

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def read(path: Path) -> Table:
    """The table of a file with a header."""
    with path.open("rb") as file:
        start = file.readline()
    first = start.decode("utf-8-sig", "replace")
    if first.startswith("#") or "\r" in first.rstrip("\r\n") or not any(mark in first for mark in DELIMITERS):
        return _other(path)
    semicolons = first.count(";") > max(first.count(","), first.count("\t"))
    return Table(tuple(header_of(path)), _rows(path, decimal_comma=semicolons))


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


def _other(path: Path) -> Table:
    """A small text whose cells are parted in another way, or that begins with lines of comment."""
    try:
        # Old line ends too (\\r); no other character parts lines.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeError as error:
        raise FileRefused(1, f"The file is not UTF-8 ({error}). Save it as UTF-8.") from error
    numbered = [(at, line) for at, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if not numbered:
        raise FileRefused(1, "The file is empty. Its first line names the columns.")
    parted = max((*DELIMITERS, "|", " "), key=lambda mark: (numbered[0][1].count(mark), mark != " "))
    cells = [(at, _cells(line, parted)) for at, line in numbered]
    header = tuple(cells[0][1])
    return Table(header, (_row(at, header, row) for at, row in cells[1:]))


def _cells(line: str, parted: str) -> list[str]:
    if parted == " ":
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=parted))]


def _row(line: int, header: tuple[str, ...], cells: list[str]) -> Row | RowProblem:
    if len(cells) != len(header):
        return RowProblem(line, f"The row has {len(cells)} cells and the header {len(header)}. Part cells by commas.")
    return Row(line, dict(zip(header, cells, strict=True)))
