"""Parquet: rows as objects, one after another, never more than a batch in memory; bombs are refused before reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from judging.core.items import RowProblem
from judging.core.readers.files import MAX_RECORD, FileRefused
from judging.core.readers.json_records import Record, why_not_storable

MAGIC = b"PAR1"
MAX_PART = 1_000_000_000
"""Unpacked bytes of one column of one row group, which is what has to be unpacked at once."""
MAX_RATIO = 1000
"""Unpacked bytes per packed one. Columns of equal values pack well; what packs better than this was made to."""
MAX_COLUMNS = 1000
BATCH = 500

_BROKEN = (OSError, ValueError, KeyError, TypeError, IndexError, NotImplementedError, OverflowError, MemoryError)


def is_parquet(path: Path) -> bool:
    """Whether the file says that it is Parquet."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise FileRefused(
            0, f"The file cannot be opened: {error.strerror}. Check the path and its permissions."
        ) from None


def column_names(path: Path) -> list[str]:
    """The names of the columns, without reading a row."""
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def parquet_records(path: Path) -> Iterator[Record | RowProblem]:
    """Every row as an object, with its number from 1."""
    number = 0
    with _opened(path) as file:
        for batch in _batches(file):
            # Row by row: a dictionary may stand for far more text than fits into memory.
            for values in zip(*batch.columns, strict=True):
                number += 1
                yield _record(number, batch.schema.names, values)


def _record(number: int, names: list[str], values: tuple[Any, ...]) -> Record | RowProblem:
    try:
        row = {name: _plain(value.as_py()) for name, value in zip(names, values, strict=True)}
    except (ValueError, OverflowError) as error:
        return RowProblem(number, f"A value of the row cannot be read ({str(error)[:100]}). Write the table again.")
    binary = next((name for name, value in row.items() if _holds_bytes(value)), None)
    if binary is not None:
        return RowProblem(number, f"The column {binary!r} holds bytes and no text. Remove the column, or decode it.")
    longest = max((name for name in row if isinstance(row[name], str)), key=lambda name: len(row[name]), default="")
    if longest and len(row[longest]) > MAX_RECORD:
        return RowProblem(number, f"The cell {longest!r} is longer than {MAX_RECORD:,} characters. Split it.")
    # "NaN": there is no source text that could be searched instead of the values.
    why = why_not_storable("NaN", row)
    return RowProblem(number, why) if why else Record(number, row)


def _plain(value: Any) -> Any:
    """A value as JSON has it: dates in ISO form, decimals as they are written."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, timedelta, UUID)):
        return str(value)
    return value


def _holds_bytes(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_bytes(inner) for inner in value.values())
    return any(_holds_bytes(inner) for inner in value) if isinstance(value, list) else isinstance(value, bytes)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file, whose own account of its size was checked. Whatever breaks while it is read refuses it."""
    # Imported when it is used: imports of other files and the web server do without its 40 MB.
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with path.open("rb") as raw, ParquetFile(raw, memory_map=False) as file:
            _check_size(file.metadata)
            yield file
    except (*_BROKEN, ArrowException) as error:
        if isinstance(error, FileRefused):
            raise
        message = f"The Parquet file is damaged ({' '.join(str(error).split())[:120]}). Write it again."
        raise FileRefused(0, message) from None


def _check_size(metadata: Any) -> None:
    if metadata.num_columns > MAX_COLUMNS:
        raise FileRefused(0, f"The table has more than {MAX_COLUMNS} columns. Write the ones that are needed.")
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for column in range(row_group.num_columns):
            part = row_group.column(column)
            unpacked, packed = part.total_uncompressed_size, part.total_compressed_size
            if unpacked > MAX_PART or (unpacked > 1_000_000 and unpacked > MAX_RATIO * max(packed, 1)):
                name = part.path_in_schema
                message = f"The column {name!r} unpacks to {unpacked:,} bytes. Write smaller row groups, or JSON lines."
                raise FileRefused(0, message)


def _batches(file: Any) -> Iterator[Any]:
    names = file.schema_arrow.names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FileRefused(1, f"Two columns are named {twice!r}. Rename one of them.")
    yield from file.iter_batches(batch_size=BATCH, use_threads=False)
