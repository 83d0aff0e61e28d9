"""The first sheet of an Excel workbook, read row by row."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from annotation.core.tables.rows import Row, Table, is_title
from judging.core.items import RowProblem
from judging.core.readers import FileRefused
from judging.core.readers.workbook import is_workbook, sheet_rows

MAGIC = b"PK\x03\x04"


def recognises(path: Path) -> bool:
    """Whether the file is an archive such as a workbook."""
    try:
        with path.open("rb") as file:
            return file.read(4) == MAGIC
    except OSError as error:
        raise FileRefused(0, f"The file cannot be opened: {error.strerror}. Check the path.") from None


def read(path: Path) -> Table:
    """The table of the first sheet; its first row is the header. Values count, not the formulas behind them."""
    if not is_workbook(path):
        raise FileRefused(0, "The file is an archive but no Excel workbook. Save the table as XLSX or CSV.")
    rows = sheet_rows(path)
    above = list(islice(rows, 1))
    while above and is_title(_texts(above[-1])) and (more := next(rows, None)):
        # A title or nothing; the header has two names at least.
        above.append(more)
    if above and is_title(_texts(above[-1])):
        return _of(chain(above, rows))
    return _of(chain(above[-1:], rows))


def _of(rows: Iterator[tuple[int, list[str]]]) -> Table:
    header = _header(_texts(next(rows, (0, []))))
    return Table(header, _rows(header, rows))


def _texts(row: tuple[int, list[str]]) -> list[str]:
    return [cell.strip() for cell in row[1]]


def _header(texts: list[str]) -> tuple[str, ...]:
    while texts and not texts[-1]:
        texts.pop()
    if not texts:
        raise FileRefused(1, "The first sheet has no header. Name the columns in its first row.")
    names = [text or f"column {number}" for number, text in enumerate(texts, 1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FileRefused(1, f"Two columns are named {twice!r}. Rename one of them.")
    return tuple(names)


def _rows(header: tuple[str, ...], rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row | RowProblem]:
    for line, cells in rows:
        texts = [cell.strip() for cell in cells]
        if any(texts[len(header) :]):
            yield RowProblem(line, f"The row has cells beyond the {len(header)} columns of the header. Name them.")
            continue
        texts += [""] * (len(header) - len(texts))
        yield Row(line, dict(zip(header, texts, strict=False)))
