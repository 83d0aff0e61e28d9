"""One JSON object per row, in lines or in one array, or rows of Parquet. The columns are the keys of the first rows;
where those hold the labels inside, see `nested`."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from annotation.core.tables.known_files import known_table
from annotation.core.tables.nested import columns_alone, labels_inside, opened
from annotation.core.tables.rows import Row, Table, cell_text
from judging.core.items import RowProblem
from judging.core.readers import FileRefused
from judging.core.readers.json_records import Record
from judging.core.readers.records import objects

LOOKED_AT = 1000
"""Rows whose keys are the columns: a rater who labelled little may be missing in the first one."""


def read(path: Path) -> Table:
    """The table of a file; keys that no column has are left out, missing ones are empty cells."""
    records = objects(path)
    first = list(islice(records, LOOKED_AT))
    if columns := columns_alone(first):
        first = columns
    shown = next((found for found in first if isinstance(found, Record)), None)
    known = known_table(path, shown, chain((one for one in first if one is not shown), records)) if shown else None
    if known is not None:
        return known
    if inside := labels_inside(first):
        first, records = [opened(one, inside) for one in first], (opened(one, inside) for one in records)
    header = tuple(dict.fromkeys(key for found in first if isinstance(found, Record) for key in found.value))
    if not header:
        problem = next((found for found in first if isinstance(found, RowProblem)), None)
        message = problem.message if problem else "The file holds no rows. Write one JSON object per row."
        raise FileRefused(problem.line if problem else 1, message)
    return Table(header, _rows(header, chain(first, records)))


def _rows(header: tuple[str, ...], records: Iterator[Record | RowProblem]) -> Iterator[Row | RowProblem]:
    for record in records:
        if isinstance(record, RowProblem):
            yield record
        else:
            yield Row(record.number, {name: cell_text(record.value.get(name)) for name in header})
