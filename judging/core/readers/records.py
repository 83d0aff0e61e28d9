"""Objects of a file, whatever holds them: JSON (lines or an array), Parquet, or the rows of a table."""

from collections.abc import Iterator
from pathlib import Path

from judging.core.items import RowProblem
from judging.core.readers.cells import with_messages
from judging.core.readers.csv_table import table_rows
from judging.core.readers.json_records import Record, first_character, json_objects
from judging.core.readers.parquet_file import is_parquet, parquet_records
from judging.core.readers.workbook import is_workbook


def objects(path: Path) -> Iterator[Record | RowProblem]:
    """The objects one by one; whatever is not an object is a problem with its number."""
    return parquet_records(path) if is_parquet(path) else json_objects(path)


def objects_or_rows(path: Path) -> Iterator[Record | RowProblem]:
    """The same for formats that may be a table, too: an empty cell is null, and one may hold messages."""
    if is_parquet(path) or (not is_workbook(path) and first_character(path) in {"[", "{"}):
        yield from objects(path)
        return
    for row in table_rows(path):
        if isinstance(row, RowProblem):
            yield row
            continue
        cells = with_messages(row[1], row[1])
        yield Record(row[0], {name: cell or None for name, cell in cells.items()})
