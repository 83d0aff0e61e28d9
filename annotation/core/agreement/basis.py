"""What every coefficient of agreement is made of: reasons, quotients, and the two parts of a coefficient."""

from collections.abc import Callable

import numpy as np

from annotation.core.counts import Patterns
from annotation.core.intervals import (
    WILSON_FIXED_CHANCE,
    FloatArray,
    Undefined,
    Value,
    wilson,
)

NO_LABELS = "no labels"
ONE_LABEL = "one label per item"
NO_PAIRS = "no item with both labels"
ONE_VALUE = "every label has the same value"
NOBODY_SAID = "nobody gave this value"

TINY = 1e-12

Split = tuple[FloatArray, FloatArray]
"""Observed and chance agreement, one of each per row of item counts."""
SplitOf = Callable[[Patterns, FloatArray], Split]


def quotient(above: FloatArray, below: FloatArray) -> FloatArray:
    """A quotient that is NaN, without a warning, where there is nothing to divide by."""
    shape = np.broadcast_shapes(np.shape(above), np.shape(below))
    there = np.broadcast_to(below, shape) != 0
    found: FloatArray = np.divide(above, below, out=np.full(shape, np.nan), where=there)
    return found


def as_row(patterns: Patterns) -> FloatArray:
    """The data itself as the one row of item counts."""
    return patterns.items[None, :].astype(np.float64)


def coefficient(split: SplitOf, patterns: Patterns, rows: FloatArray) -> FloatArray:
    """(observed - chance) / (1 - chance), NaN where chance is all."""
    observed, chance = split(patterns, rows)
    left = 1 - chance
    return quotient(observed - chance, np.where(np.abs(left) < TINY, 0.0, left))


def refusal(patterns: Patterns) -> Undefined | None:
    """Why nothing can be compared, if so."""
    if not patterns.with_labels(1).n:
        return Undefined(NO_LABELS)
    return None if patterns.with_labels(2).n else Undefined(ONE_LABEL)


def fixed_chance(value: float, observed: float, chance: float, n: int) -> Value:
    """Where the items do not differ: Wilson's bounds of the observed agreement, chance agreement held."""
    low, high = ((bound - chance) / (1 - chance) for bound in wilson(min(max(observed, 0.0), 1.0) * n, n))
    return Value(value, min(low, value), max(high, value), n, WILSON_FIXED_CHANCE)
