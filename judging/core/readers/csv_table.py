"""Tables with a header: a workbook, or comma, tab or semicolon, where quoted cells may hold line ends."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.cells import with_messages
from judging.core.readers.fields import ANSWER, QUESTION, Columns, find, missing_question, qa_row, without_columns
from judging.core.readers.files import MAX_RECORD, FileRefused, strict_lines
from judging.core.readers.titles import LOOKED_AT, below_titles, header_place
from judging.core.readers.workbook import is_workbook, sheet_rows

DELIMITERS = ",\t;|"
MAX_HEADER_LINES = 50
_SEPARATOR = re.compile(r"sep=.\s*")
"""What spreadsheets write before the header, to say their delimiter."""
EXPECTED, GRADE = "__expected", "grade:"
"""promptfoo's tests: the column of what an answer is graded against, and what says that it is a text."""

# One limit for the whole process, and the module's own is smaller than a long context.
csv.field_size_limit(MAX_RECORD)


def read(path: Path, columns: Columns = ()) -> Iterator[ItemRow | RowProblem]:
    """One item per row; columns without a meaning of their own stay in `extra`."""
    header = header_of(path)
    why = why_not_a_table(header, columns)
    if why:
        raise FileRefused(1, why)
    said = dict(columns)
    answer = (
        said["answer"] if "answer" in said else find([name for name in header if name not in said.values()], ANSWER)
    )
    asked = said.get("question") or find(header, QUESTION), answer
    for cells in table_rows(path):
        if isinstance(cells, RowProblem):
            yield cells
            continue
        values = with_messages(cells[1], asked)
        row = qa_row(cells[0], values if answer or "answer" in said else _with_expected(values), columns)
        # A table has no null: an empty cell is an answer that is not there.
        if isinstance(row, ItemRow) and answer and not cells[1][answer]:
            row = replace(row, has_answer=False)
        yield row


def _with_expected(cells: dict[str, Any]) -> dict[str, Any]:
    """A test of promptfoo in a table without answers: what is graded against is the answer, as our export writes it."""
    if not str(cells.get(EXPECTED, "")).startswith(GRADE):
        return cells
    others = {name: text for name, text in cells.items() if name != EXPECTED}
    return {**others, "answer": cells[EXPECTED].removeprefix(GRADE)}


def why_not_a_table(header: Sequence[str], columns: Columns) -> str:
    """Why no items can be read under this header, or ''."""
    missing = without_columns(header, columns)
    if missing or ("question", "") in columns:
        return missing or "No column is the question. Name it with --column question=NAME."
    return "" if "question" in dict(columns) or find(header, QUESTION) else missing_question(header)


def header_of(path: Path) -> list[str]:
    """Names of the columns."""
    if is_workbook(path):
        first = list(islice(sheet_rows(path), LOOKED_AT))
        if not first:
            raise FileRefused(1, "The workbook's first sheet is empty. Put the table there.")
        return _names(first[header_place([cells for _, cells in first])][1])
    return _dialect_of(path).header


def table_rows(path: Path) -> Iterator[tuple[int, dict[str, str]] | RowProblem]:
    """Rows by column name with the line they start on; a row of another length is a problem."""
    if is_workbook(path):
        yield from _sheet(path)
        return
    dialect = _dialect_of(path)
    reader = csv.reader(islice(strict_lines(path), dialect.before, None), delimiter=dialect.delimiter, strict=True)
    next(reader)
    start = dialect.before + reader.line_num + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield RowProblem(start, _broken(error))
            return
        if cells is None:
            return
        if cells:
            yield _row(start, dialect.header, cells)
        start = dialect.before + reader.line_num + 1


def _sheet(path: Path) -> Iterator[tuple[int, dict[str, str]] | RowProblem]:
    """Rows of a workbook; a spreadsheet does not write the empty cells at the end of a row."""
    rows = sheet_rows(path)
    first = list(islice(rows, LOOKED_AT))
    place = header_place([cells for _, cells in first])
    header = _names(first[place][1]) if first else []
    for line, cells in chain(first[place + 1 :], rows):
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        yield _row(line, header, cells + [""] * (len(header) - len(cells)))


def _row(line: int, header: list[str], cells: list[str]) -> tuple[int, dict[str, str]] | RowProblem:
    if len(cells) != len(header):
        message = f"The row has {len(cells)} cells and the header {len(header)}. Quote cells that hold the delimiter."
        return RowProblem(line, message)
    return line, dict(zip(header, cells, strict=True))


def _broken(error: csv.Error) -> str:
    return (
        f"The table breaks in the row that starts here ({error}); what follows was not read. "
        'Close every quote and write a quote inside a cell as "".'
    )


class _Dialect(NamedTuple):
    """How a table is written: its delimiter, its columns, and how many lines stand before them."""

    delimiter: str
    header: list[str]
    before: int


def _dialect_of(path: Path) -> _Dialect:
    """The delimiter that gives a question, else the one that gives most columns."""
    lines = list(islice(strict_lines(path), MAX_HEADER_LINES))
    before = next((place for place, line in enumerate(lines) if line.strip() and not _SEPARATOR.fullmatch(line)), 0)
    headers = {delimiter: _header(lines[before:], delimiter) for delimiter in DELIMITERS}
    best = max(headers, key=lambda mark: (find(headers[mark], QUESTION) is not None, len(headers[mark])))
    titled = None if find(headers[best], QUESTION) is not None else below_titles(lines[before:], DELIMITERS)
    # Several names are a header, unless a row below them names a question.
    if titled and (len(headers[best]) < 2 or find(titled[2], QUESTION) is not None):
        above, mark, cells = titled
        return _Dialect(mark, _names(cells), before + above)
    if not headers[best]:
        mend = "Close every quote, and end the lines with LF or CR LF."
        raise FileRefused(before + 1, f"The header of the table cannot be read. {mend}")
    return _Dialect(best, _names(headers[best]), before)


def _names(cells: list[str]) -> list[str]:
    """Names of the columns, each once; FileRefused where two are the same."""
    header = [name.strip() or f"column {number}" for number, name in enumerate(cells, 1)]
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise FileRefused(1, f"Two columns are named {twice!r}. Rename one of them.")
    return header


def _header(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
