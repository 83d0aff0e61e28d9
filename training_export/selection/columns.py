"""Columns and rows as they are read for millions of items.

JSON comes from the database as text and is decoded here: most of it is an empty object or null, and those cost nothing.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

# Items that lie this much thinner than all items between the first and the last of them are looked up one by one.
THIN = 4
# Text of the database has no white space around it, which is what json.loads looks for first.
DECODE = json.JSONDecoder().raw_decode


def as_text(column: str) -> Cast:
    """A JSON column as it is stored, undecoded."""
    return Cast(column, TextField())


def decoded(text: str | None) -> Any:
    """What a JSON column holds; an empty object for null and for a column that was not read."""
    return DECODE(text)[0] if text and text != "{}" else {}


def of_items(rows: "QuerySet[Any]", items: Collection[int]) -> "QuerySet[Any]":
    """Rows on these items, and perhaps on others that lie between them: one step in the index instead of thousands."""
    first, last = min(items), max(items)
    if last - first < THIN * len(items):
        return rows.filter(item_id__gte=first, item_id__lte=last)
    return rows.filter(item_id__in=list(items))


def plain_chunks(rows: "QuerySet[Any, tuple[Any, ...]]", *, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Millions of rows as `plain_rows` has them, in lists: PostgreSQL keeps on its side what was not fetched yet."""
    sql, params = rows.query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while found := cursor.fetchmany(size):
            yield found


def plain_rows(rows: "QuerySet[Any, tuple[Any, ...]]", *, size: int) -> Iterator[tuple[Any, ...]]:
    """The rows of a `values_list` as the database driver gives them, some at a time.

    Only for columns that need no converting: numbers and texts. It halves the time of small rows.
    """
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while found := cursor.fetchmany(size):
            yield from found
