"""Rows straight into a table: for a million new items, building model objects would cost more than storing them."""

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models

from judging.actions.imports.rows import KeyedRow
from judging.core.items import Turn
from judging.models import Dataset, Item

_ITEM_COLUMNS = (
    "dataset_id",
    "key",
    "position",
    "question_key",
    *("kind", "model", "model_b", "category", "split", "turns", "turns_b", "choices", "gold_choice"),
    *("context", "criteria", "answer_state", "answer_reason", "extra", "revision"),
)
_GIVEN, _MISSING = Item.AnswerState.GIVEN.value, Item.AnswerState.MISSING.value
_encode = json.JSONEncoder().encode
_AT_ONCE = 1000
"""Rows of values that are in memory at once."""


def insert_items(dataset: Dataset, rows: Sequence[KeyedRow], first_position: int) -> None:
    """Store new items, the first at this position."""
    insert(Item, _ITEM_COLUMNS, (_values(dataset.pk, *placed) for placed in enumerate(rows, first_position)))


def _values(dataset_id: int, position: int, keyed: KeyedRow) -> tuple[Any, ...]:
    row = keyed.row
    return (
        dataset_id,
        keyed.key,
        position,
        keyed.question_key,
        row.kind,
        row.model,
        row.model_b,
        row.category,
        "",
        f"[{row.turns[0].json_text()}]" if len(row.turns) == 1 else _turns(row.turns),
        _turns(row.turns_b) if row.turns_b else None,
        _encode(row.choices) if row.choices else None,
        row.gold_choice,
        row.context,
        row.criteria,
        _GIVEN if row.has_answer else _MISSING,
        "",
        _encode(dict(row.extra)) if row.extra else "{}",
        1,
    )


def _turns(turns: tuple[Turn, ...]) -> str:
    return f"[{', '.join([turn.json_text() for turn in turns])}]"


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Store rows of plain values: by COPY where the database has it, else as one prepared statement.

    Making a row must not ask the database, which while COPY is under way would wait for it for ever.
    """
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        waiting = iter(rows)
        while some := list(islice(waiting, _AT_ONCE)):
            # Names of our own models, quoted; values are bound.
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", some)  # noqa: S608


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the search for cycles, which rows do not make: among a million rows it takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def roomy_cache() -> Iterator[None]:
    """On SQLite, keep more of the indexes in memory while a million rows come in; other databases have their own ways.

    Keys are in no order: with the usual 2 MB two pages are read again for every row. A journal that is copied into the
    database less often has each page once that many batches changed; meanwhile it takes some 250 MB of the disk.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _ROOMY}
        for name, value in _ROOMY.items():
            cursor.execute(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name, value in before.items():
                cursor.execute(f"PRAGMA {name} = {value}")


_ROOMY = {"cache_size": -65_536, "wal_autocheckpoint": 40_000}
"""Kilobytes of cache (negative: not pages), and pages in the journal before they are copied."""
