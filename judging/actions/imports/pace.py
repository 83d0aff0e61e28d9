"""Rows in batches: large ones cost the database less, and while one is stored nobody else writes to SQLite."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from judging.actions.imports.rows import KeyedRow

BATCH = 2500
MOST_ROWS = 20_000
BATCH_CHARACTERS = 8_000_000
HELD_SECONDS = 0.5
"""As long as people who want to write may wait for a batch."""


class Pace:
    """How many rows the next batch has: as many as would have been stored in HELD_SECONDS, from BATCH to MOST_ROWS.

    Keys are in no order, so among many rows each one changes a page of two indexes for itself, and a page that several
    rows of a transaction change is written once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.rows = BATCH
        self._clock = clock

    @contextmanager
    def stored(self, rows: int) -> Iterator[None]:
        """Around what stores so many rows."""
        begun = self._clock()
        yield
        took = max(self._clock() - begun, 0.001)
        # One fast batch does not yet say that the next is fast as well.
        most = min(2 * self.rows, MOST_ROWS)
        self.rows = min(max(int(rows * HELD_SECONDS / took), BATCH), most)


def batches(rows: Iterator[KeyedRow], pace: Pace) -> Iterator[list[KeyedRow]]:
    """Rows in batches of bounded number and size."""
    batch: list[KeyedRow] = []
    characters = 0
    for keyed in rows:
        batch.append(keyed)
        characters += keyed.row.size
        if len(batch) >= pace.rows or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
