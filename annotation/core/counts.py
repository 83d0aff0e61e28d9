"""From labels to count tables: what every statistic of agreement is computed from.

Categories are numbered 0, 1, ... in the order of the scale. A missing label counts nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.core.intervals import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """How many items have each vector of label counts: all that raters without names have to tell.

    `counts`: one row per pattern, one column per category. `items`: how many items have the pattern.
    """

    counts: IntArray
    items: IntArray

    @property
    def sizes(self) -> IntArray:
        """Labels per item, for each pattern."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)

    @property
    def categories(self) -> int:
        """Length of the scale, used or not."""
        return int(self.counts.shape[1])

    @property
    def n(self) -> int:
        """Items."""
        return int(self.items.sum())

    def with_labels(self, least: int) -> "Patterns":
        """Only items with at least this many labels."""
        kept = self.sizes >= least
        return Patterns(self.counts[kept], self.items[kept])


def patterns(rows: ArrayLike) -> Patterns:
    """Patterns of a table with one row per item and the item's label counts in it."""
    table = np.asarray(rows, dtype=np.int64)
    if table.ndim != 2:
        raise ValueError("Label counts are a table: one row per item, one column per category.")
    # One integer per row sorts ten times faster than the rows themselves.
    base = int(table.max(initial=0)) + 1
    if base ** table.shape[1] < 2**62:
        keys = table @ (base ** np.arange(table.shape[1], dtype=np.int64))
        _, first, items = np.unique(keys, return_index=True, return_counts=True)
        return Patterns(table[first], items.astype(np.int64))
    distinct, items = np.unique(table, axis=0, return_counts=True)
    return in_order(Patterns(distinct, items.astype(np.int64)))


def grouped(counts: IntArray, items: IntArray) -> Patterns:
    """Patterns of rows that each stand for several items; equal rows become one."""
    if not len(counts):
        return Patterns(counts, items)
    kinds, inverse = np.unique(counts, axis=0, return_inverse=True)
    return Patterns(kinds, np.bincount(inverse.ravel(), weights=items, minlength=len(kinds)).astype(np.int64))


def in_order(found: Patterns) -> Patterns:
    """The same patterns in the order of `patterns`: what is drawn at random depends on it, wherever they are from."""
    order = np.lexsort(tuple(found.counts.T)) if len(found.counts) else slice(None)
    return Patterns(found.counts[order], found.items[order])


def patterns_of_pairs(table: ArrayLike) -> Patterns:
    """Patterns of a square table of two raters: who said what no longer matters."""
    cells = np.asarray(table, dtype=np.int64)
    categories = cells.shape[0]
    one = np.eye(categories, dtype=np.int64)
    rows = (one[:, None, :] + one[None, :, :]).reshape(-1, categories)
    seen = cells.ravel() > 0
    return Patterns(rows[seen], cells.ravel()[seen])


def label_counts(units: Sequence[Iterable[int | None]], categories: int) -> IntArray:
    """Count table of labels given per item; None is a missing label."""
    table = np.zeros((len(units), categories), dtype=np.int64)
    for row, labels in enumerate(units):
        for label in labels:
            if label is not None:
                table[row, label] += 1
    return table


def pair_table(first: ArrayLike, second: ArrayLike, categories: int) -> IntArray:
    """Square table of two raters from their codes on the same items; a negative code is a missing label."""
    rows, columns = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    both = (rows >= 0) & (columns >= 0)
    cells = np.bincount(rows[both] * categories + columns[both], minlength=categories**2)
    return cells.reshape(categories, categories).astype(np.int64)
