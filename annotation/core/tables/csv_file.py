"""Comma, tab or semicolon; quoted cells may hold line ends."""

from collections.abc import Iterator
from pathlib import Path

from annotation.core.tables.rows import Row, Table
from judging.core.items import RowProblem
from judging.core.readers.csv_table import header_of, table_rows


def read(path: Path) -> Table:
    """The table of a file with a header."""
    return Table(tuple(header_of(path)), _rows(path))


def _rows(path: Path) -> Iterator[Row | RowProblem]:
    for row in table_rows(path):
        if isinstance(row, RowProblem):
            yield row
        else:
            line, cells = row
            yield Row(line, {name: text.strip() for name, text in cells.items()})
