"""Questions and answers as JSON (one object per line, or an array of objects) or as rows of Parquet."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.fields import Columns, qa_row
from judging.core.readers.parquet_file import is_parquet
from judging.core.readers.records import objects


def read(path: Path, columns: Columns = ()) -> Iterator[ItemRow | RowProblem]:
    """One item per object; keys without a column of their own stay in `extra`."""
    table = is_parquet(path)
    for record in objects(path):
        row = record if isinstance(record, RowProblem) else qa_row(record.number, record.value, columns)
        yield with_keys(row) if table and isinstance(row, ItemRow) else row


def with_keys(row: ItemRow) -> ItemRow:
    """The row with the keys that our export wrote as JSON into a column `extra`; text that is anything else stays."""
    kept = row.extra.get("extra", "")
    found = {} if kept is None else object_in(kept) if isinstance(kept, str) else None
    if found is None or found.keys() & (row.extra.keys() - {"extra"}):
        return row
    others = {name: value for name, value in row.extra.items() if name != "extra"}
    return replace(row, extra={**others, **found})


def object_in(text: str) -> dict[str, Any] | None:
    """The object of a JSON text; None where it is none, or would not be written the same way again."""
    try:
        found = json.loads(text, parse_constant=_no_number)
        again = json.dumps(found, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and again == text and "\\u0000" not in text else None


def _no_number(name: str) -> Any:
    raise ValueError(name)
