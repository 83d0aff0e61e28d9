"""Objects of a file, whatever holds them: JSON (lines or an array) or Parquet."""

from collections.abc import Iterator
from pathlib import Path

from judging.core.items import RowProblem
from judging.core.readers.json_records import Record, json_objects
from judging.core.readers.parquet_file import is_parquet, parquet_records


def objects(path: Path) -> Iterator[Record | RowProblem]:
    """The objects one by one; whatever is not an object is a problem with its number."""
    return parquet_records(path) if is_parquet(path) else json_objects(path)
