"""Many rows of numbers as one table, with no Python object per row where the database can send them as they are."""

from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from annotation.core.intervals import IntArray

CHUNK = 50_000
SEND = {"i": "string_agg(int8send({}::bigint), '')", "f": "string_agg(float8send({}::double precision), '')"}


def whole_numbers(rows: "QuerySet[Any, Any]", width: int) -> IntArray:
    """Rows of `values_list` that are whole numbers and never null, as a table."""
    kind = np.dtype([(f"c{at}", np.int64) for at in range(width)])
    return numbers(rows, kind).view(np.int64).reshape(-1, width)


def numbers(rows: "QuerySet[Any, Any]", kind: "np.dtype[Any]") -> "np.ndarray[Any, Any]":
    """Rows of `values_list` as records of this kind, whose fields are int64 and float64; none of them may be null."""
    sql, params = rows.query.sql_with_params()
    return _sent(sql, params, kind) if connection.vendor == "postgresql" else _fetched(sql, params, kind)


def _sent(sql: str, params: tuple[Any, ...], kind: "np.dtype[Any]") -> "np.ndarray[Any, Any]":
    """PostgreSQL writes each column as one string of bytes: a row of its own for every label would be slower to read
    than to count."""
    names = list(kind.names or ())
    columns = ", ".join(SEND[kind[name].kind].format(name) for name in names)
    with connection.cursor() as cursor:
        # Names of ours, and a query that Django wrote.
        cursor.execute(f"SELECT {columns} FROM ({sql}) found({', '.join(names)})", params)  # noqa: S608
        sent = [column or b"" for column in cursor.fetchone() or ()]
    found = np.empty(len(sent[0]) // 8, dtype=kind)
    for name, column in zip(names, sent, strict=True):
        found[name] = np.frombuffer(column, dtype=kind[name].newbyteorder(">"))
    return found


def _fetched(sql: str, params: tuple[Any, ...], kind: "np.dtype[Any]") -> "np.ndarray[Any, Any]":
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        parts = []
        while rows := cursor.fetchmany(CHUNK):
            parts.append(np.array(rows, dtype=kind))
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)
