"""A threshold moved along a judge's own scores, beside people's verdicts.

An item is clean by the judge's own comparison: at most the threshold where low scores are clean, at least it where high
ones are. Items without a score or without people's verdict have no part; they are counted by whoever reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.core.confusion import CLEAN, WRONG, Confusion
from annotation.core.intervals import FloatArray, IntArray
from judging.core.scales import LOWER

HEADER = ("x", "recall", "inversed-precision", "corr", "positive_ratio")
MOST_STEPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The thresholds that are tried: from `low` to `high`, both included."""

    low: float
    high: float
    step: float

    def __post_init__(self) -> None:
        if not self.low < self.high or not self.step > 0:
            raise ValueError("Thresholds run from a lower number to a higher one, by a step above 0.")
        if (self.high - self.low) / self.step > MOST_STEPS:
            raise ValueError(f"There are more than {MOST_STEPS:,} thresholds: take a longer step.")

    def values(self) -> list[float]:
        """Every threshold, without the noise of adding up."""
        count = int(np.floor((self.high - self.low) / self.step + 1e-9))
        return [round(self.low + at * self.step, 10) for at in range(count + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a threshold comes to. None where there is nothing to divide by.

    `recall`: of the items people call wrong, those not let through. `inversed_precision`: of those let through, the
    ones people call clean. `corr`: Pearson's correlation of both verdicts. `positive_ratio`: share let through.
    """

    x: float
    recall: float | None
    inversed_precision: float | None
    corr: float | None
    positive_ratio: float | None

    def cells(self) -> list[str]:
        """As they stand in the file: three decimals, nothing where there is no number."""
        found = (self.x, self.recall, self.inversed_precision, self.corr, self.positive_ratio)
        return ["" if value is None else f"{value:.3f}" for value in found]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of items beside people's verdicts: 0 clean, 1 wrong. `direction`: which end of the scores is clean."""

    scores: FloatArray
    people: IntArray
    direction: str

    def clean_at(self, threshold: float) -> "NDArray[np.bool_]":
        """Which items the judge would let through."""
        clean: NDArray[np.bool_] = self.scores <= threshold if self.direction == LOWER else self.scores >= threshold
        return clean

    def confusion_at(self, threshold: float) -> Confusion:
        """The matrix that the threshold comes to."""
        judge = np.where(self.clean_at(threshold), CLEAN, WRONG)
        return Confusion.of_codes(judge, self.people)


def sweep(found: Scored, steps: Steps) -> list[Row]:
    """One row per threshold."""
    return [_row(found.confusion_at(x), x) for x in steps.values()]


def _row(matrix: Confusion, x: float) -> Row:
    (tn, fn), (fp, tp) = matrix.decided_cells.tolist()
    spread = (tp + fn) * (tn + fp) * (tp + fp) * (tn + fn)
    return Row(
        x=x,
        recall=tp / (tp + fn) if tp + fn else None,
        inversed_precision=tn / (tn + fn) if tn + fn else None,
        corr=(tp * tn - fp * fn) / spread**0.5 if spread else None,
        positive_ratio=(tn + fn) / matrix.decided if matrix.decided else None,
    )


def best(rows: Iterable[Row]) -> Row | None:
    """The row with the highest correlation, of equal ones the middle; None where no row has one."""
    known = [row for row in rows if row.corr is not None]
    if not known:
        return None
    most = max(row.corr for row in known if row.corr is not None)
    leading = [row for row in known if row.corr is not None and row.corr > most - 1e-12]
    return leading[len(leading) // 2]


def as_csv(rows: Iterable[Row]) -> str:
    """The file mdk writes."""
    lines = [HEADER, *(row.cells() for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)
