"""The 3x3 matrix of a judge against people, and what can be said from it.

Rows are the judge's verdicts, columns the people's. The positive class is `wrong`: a judge is there to find it.
Four readings stand beside each other, because each answers another question:

- `mdk`: the formulas of mdk. Accuracy counts every row and column, so invalid and unknown are misses.
- `decided`: only items on which both decided. How good is the judge where it speaks?
- `strict`: every item people decided; a judge's invalid is a miss. How good is it over all?
- `invalid_as_wrong`: as strict, but an item the judge could not read is held back like a wrong one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.core.agreement import cohen_kappa
from annotation.core.counts import Patterns, patterns_of_pairs
from annotation.core.intervals import (
    WILSON_TRANSFORMED,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    proportion,
    resampled,
    wilson,
)

ROWS = ("clean", "wrong", "invalid")
COLUMNS = ("clean", "wrong", "unknown")
CLEAN, WRONG, REST = range(3)

NO_ITEMS = "no judged items"
NO_DECIDED = "no item decided by both"
NO_HUMAN = "no item decided by people"
NO_WRONG_ITEMS = "no wrong items"
NO_CLEAN_ITEMS = "no clean items"
NO_DECIDED_WRONG = "the judge decided no wrong item"
NONE_CALLED_WRONG = "the judge called no item wrong"
NONE_CALLED_CLEAN = "the judge called no item clean"
NONE_CALLED_EITHER = "neither the judge nor people called an item wrong"


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """Counts of items by judge's verdict (rows) and people's verdict (columns)."""

    cells: IntArray

    @classmethod
    def of(cls, rows: ArrayLike) -> "Confusion":
        """From a 3x3 table; ValueError for any other."""
        cells = np.asarray(rows, dtype=np.int64)
        if cells.shape != (3, 3) or (cells < 0).any():
            raise ValueError("A confusion matrix has three rows and three columns of counts.")
        return cls(cells)

    @classmethod
    def of_codes(cls, judge: IntArray, human: IntArray) -> "Confusion":
        """From codes of row and column, one pair per item."""
        return cls.of(np.bincount(judge * 3 + human, minlength=9).reshape(3, 3))

    def cell(self, row: int, column: int) -> int:
        """Items in one cell."""
        return int(self.cells[row, column])

    @property
    def n(self) -> int:
        """All judged items."""
        return int(self.cells.sum())

    @property
    def decided_cells(self) -> IntArray:
        """The 2x2 corner in which both said clean or wrong."""
        return self.cells[:REST, :REST]

    @property
    def decided(self) -> int:
        """Items on which both decided."""
        return int(self.decided_cells.sum())

    @property
    def agreed(self) -> int:
        """Items on which both decided the same."""
        return int(np.trace(self.decided_cells))

    @property
    def patterns(self) -> Patterns:
        """Judge and people as two raters of the decided items."""
        return patterns_of_pairs(self.decided_cells)

    def row_total(self, row: int) -> int:
        """Items with this verdict of the judge."""
        return int(self.cells[row].sum())

    def column_total(self, column: int) -> int:
        """Items with this verdict of people."""
        return int(self.cells[:, column].sum())

    def as_json(self) -> dict[str, dict[str, int]]:
        """{judge's verdict: {people's verdict: items}}"""
        return {
            name: {column: self.cell(row, at) for at, column in enumerate(COLUMNS)} for row, name in enumerate(ROWS)
        }

    def as_csv(self) -> str:
        """The file mdk writes."""
        lines = [("", *COLUMNS), *((row, *counts.values()) for row, counts in self.as_json().items())]
        return "".join(",".join(map(str, line)) + "\n" for line in lines)


def mdk(matrix: Confusion) -> dict[str, Statistic]:
    """Accuracy over all items, invalid and unknown counting as misses; the others over the decided ones."""
    return {"accuracy": proportion(matrix.agreed, matrix.n, undefined=NO_ITEMS)} | _about_wrong(
        tp=matrix.cell(WRONG, WRONG),
        fp=matrix.cell(WRONG, CLEAN),
        fn=matrix.cell(CLEAN, WRONG),
        no_recall=_no_decided_wrong(matrix),
    )


def decided(matrix: Confusion) -> dict[str, Statistic]:
    """Where both decided, with what that says about a judge beyond chance and beyond always saying the same."""
    (tn, fn), (fp, tp) = matrix.decided_cells.tolist()
    return {
        "accuracy": proportion(matrix.agreed, matrix.decided, undefined=NO_DECIDED),
        "majority_baseline": proportion(max(tn + fp, fn + tp), matrix.decided, undefined=NO_DECIDED),
        **_about_wrong(tp=tp, fp=fp, fn=fn, no_recall=_no_decided_wrong(matrix)),
        "specificity": proportion(tn, tn + fp, undefined=NO_CLEAN_ITEMS),
        "balanced_accuracy": balanced_accuracy(matrix.decided_cells),
        "clean_purity": proportion(tn, tn + fn, undefined=NONE_CALLED_CLEAN),
        "cohen_kappa": cohen_kappa(matrix.decided_cells) if matrix.decided else Undefined(NO_DECIDED),
        "mcc": matthews(matrix.decided_cells),
    }


def strict(matrix: Confusion) -> dict[str, Statistic]:
    """Over every item that people decided: a judge's invalid is a miss."""
    known = matrix.column_total(CLEAN) + matrix.column_total(WRONG)
    missed = matrix.cell(CLEAN, WRONG) + matrix.cell(REST, WRONG)
    return {"accuracy": proportion(matrix.agreed, known, undefined=NO_HUMAN)} | _about_wrong(
        tp=matrix.cell(WRONG, WRONG), fp=matrix.cell(WRONG, CLEAN), fn=missed
    )


def invalid_as_wrong(matrix: Confusion) -> dict[str, Statistic]:
    """Over every item that people decided: what the judge could not read is treated as wrong."""
    known = matrix.column_total(CLEAN) + matrix.column_total(WRONG)
    held_back = matrix.cells[WRONG] + matrix.cells[REST]
    tp, fp, fn = int(held_back[WRONG]), int(held_back[CLEAN]), matrix.cell(CLEAN, WRONG)
    agreed = tp + matrix.cell(CLEAN, CLEAN)
    return {"accuracy": proportion(agreed, known, undefined=NO_HUMAN)} | _about_wrong(tp=tp, fp=fp, fn=fn)


OfTables = Callable[[FloatArray], FloatArray]

READINGS = {"mdk": mdk, "decided": decided, "strict": strict, "invalid_as_wrong": invalid_as_wrong}


def majority_baseline(matrix: Confusion) -> Statistic:
    """mdk's accuracy of a judge that always gives the verdict people give most."""
    best = max(matrix.column_total(CLEAN), matrix.column_total(WRONG))
    return proportion(best, matrix.n, undefined=NO_ITEMS)


def majority_verdict(matrix: Confusion) -> str:
    """The verdict people give most; empty where they decided nothing."""
    clean, wrong = matrix.column_total(CLEAN), matrix.column_total(WRONG)
    if not clean and not wrong:
        return ""
    return COLUMNS[CLEAN] if clean >= wrong else COLUMNS[WRONG]


def coverage(matrix: Confusion) -> Statistic:
    """Share of judged items on which the judge decided."""
    return proportion(matrix.n - matrix.row_total(REST), matrix.n, undefined=NO_ITEMS)


def human_share(matrix: Confusion) -> Statistic:
    """Share of judged items on which people decided."""
    return proportion(matrix.n - matrix.column_total(REST), matrix.n, undefined=NO_ITEMS)


def matthews(table: IntArray) -> Statistic:
    """Matthews' correlation of a square table of any size, with an interval from resampled items."""
    return _resampled_table(table, _matthews_of, "one of the two gave every item the same value")


def balanced_accuracy(table: IntArray) -> Statistic:
    """Mean over the values people gave (columns) of the share on which the judge said the same."""
    if not table.sum():
        return Undefined(NO_DECIDED)
    return _resampled_table(table, _balanced_of, "people gave one verdict only")


def _resampled_table(table: IntArray, statistic: OfTables, undefined: str) -> Statistic:
    n = int(table.sum())
    if n == 0:
        return Undefined(NO_DECIDED)

    def of_rows(rows: FloatArray) -> FloatArray:
        return statistic(rows.reshape(len(rows), *table.shape))

    value = float(of_rows(table.ravel()[None, :].astype(np.float64))[0])
    if np.isnan(value):
        return Undefined(undefined)
    if low_high := bootstrap(table.ravel(), of_rows):
        return resampled(value, low_high, n)
    # Every item agrees: the value is 1, and how far below it may lie is Wilson's answer for the items.
    low, high = wilson(int(np.trace(table)), n)
    if statistic is _matthews_of:
        low, high = 2 * low - 1, 2 * high - 1
    return Value(value, min(low, value), max(high, value), n, WILSON_TRANSFORMED)


def _matthews_of(tables: FloatArray) -> FloatArray:
    total, right = tables.sum(axis=(1, 2)), np.trace(tables, axis1=1, axis2=2)
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    above = right * total - (rows * columns).sum(axis=1)
    below = np.sqrt((total**2 - (rows**2).sum(axis=1)) * (total**2 - (columns**2).sum(axis=1)))
    values: FloatArray = np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0)
    return values


def _balanced_of(tables: FloatArray) -> FloatArray:
    given = tables.sum(axis=1)
    right = np.diagonal(tables, axis1=1, axis2=2)
    recalls = np.divide(right, given, out=np.full(given.shape, np.nan), where=given > 0)
    said = (given > 0).sum(axis=1)
    mean = np.divide(np.nansum(recalls, axis=1), said, out=np.full(len(said), np.nan), where=said > 0)
    return np.where(said >= 2, mean, np.nan)


def _no_decided_wrong(matrix: Confusion) -> str:
    return NO_DECIDED_WRONG if matrix.column_total(WRONG) else NO_WRONG_ITEMS


def _about_wrong(*, tp: int, fp: int, fn: int, no_recall: str = NO_WRONG_ITEMS) -> dict[str, Statistic]:
    return {
        "precision": proportion(tp, tp + fp, undefined=NONE_CALLED_WRONG),
        "recall": proportion(tp, tp + fn, undefined=no_recall),
        "f1": _f1(tp, tp + fp + fn),
    }


def _f1(tp: int, n: int) -> Statistic:
    """F1 is 2J / (1 + J) of the share J of true among all items that either side called wrong; so is its interval."""
    if n == 0:
        return Undefined(NONE_CALLED_EITHER)
    low, high = (2 * share / (1 + share) for share in wilson(tp, n))
    return Value(2 * tp / (n + tp), low, high, n, WILSON_TRANSFORMED)
