"""Questions and answers as JSON (one object per line, or an array of objects) or as rows of Parquet."""

from collections.abc import Iterator
from pathlib import Path

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.fields import Columns, qa_row
from judging.core.readers.records import objects


def read(path: Path, columns: Columns = ()) -> Iterator[ItemRow | RowProblem]:
    """One item per object; keys without a column of their own stay in `extra`."""
    for record in objects(path):
        yield record if isinstance(record, RowProblem) else qa_row(record.number, record.value, columns)
