"""Agreement where nearly every label has its own value, so that no table of values can be made.

Everything follows from each item's number of labels, their sum and the sum of their squares; intervals come from
leaving out one item at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from annotation.core.agreement.basis import NO_LABELS, ONE_LABEL, ONE_VALUE, quotient
from annotation.core.agreement.weights import Level
from annotation.core.counts import Patterns, patterns
from annotation.core.intervals import JACKKNIFE, UPPER, FloatArray, IntArray, Statistic, Undefined, Value

MOST_CELLS = 5_000_000
MOST_NAMES = 2000
NO_NAMES = "nearly every label has its own value"

OfTotals = Callable[[FloatArray], FloatArray]
"""A statistic of sums over items: one row per sum, one column per item left out (or a single one)."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Labels as numbers, one by one, each with its item."""

    items: IntArray
    values: FloatArray

    def sums(self, values: FloatArray) -> FloatArray:
        """Per item with two labels or more: labels, their sum, the sum of their squares."""
        _, items = np.unique(self.items, return_inverse=True)
        sizes = np.bincount(items).astype(np.float64)
        first, second = np.bincount(items, weights=values), np.bincount(items, weights=values**2)
        kept = sizes >= 2
        return np.stack([sizes[kept], first[kept], second[kept]])

    def compared(self) -> "Numbers":
        """Only labels of items with two or more."""
        _, items, sizes = np.unique(self.items, return_inverse=True, return_counts=True)
        kept = sizes[items] >= 2
        return Numbers(self.items[kept], self.values[kept])


def alpha_of_numbers(numbers: Numbers, level: Level) -> Statistic:
    """Krippendorff's alpha, interval, or ordinal: there numbers are as far apart as their ranks."""
    compared = numbers.compared()
    if refused := _refusal(numbers, compared):
        return refused
    if level in {Level.NOMINAL, Level.RATIO}:
        return Undefined(NO_NAMES)
    # Mean first, so that squares of large numbers do not swallow their differences.
    values = scipy.stats.rankdata(compared.values) if level is Level.ORDINAL else compared.values
    sizes, first, second = compared.sums(values - values.mean())
    within = 2 * (sizes * second - first**2) / (sizes - 1)

    def alpha(totals: FloatArray) -> FloatArray:
        n, apart, total, squares = totals
        chance = 2 * (n * squares - total**2)
        return 1 - quotient((n - 1) * apart, np.where(chance <= 1e-12 * n * squares, 0.0, chance))

    return _jackknifed(np.stack([sizes, within, first, second]), alpha)


def patterns_of_many(items: IntArray, codes: IntArray) -> Patterns | None:
    """Patterns over as many values as there are; None where a table of them would be too large."""
    _, rows = np.unique(items, return_inverse=True)
    _, places = np.unique(codes, return_inverse=True)
    shape = (int(rows.max(initial=-1)) + 1, int(places.max(initial=-1)) + 1)
    if shape[0] * shape[1] > MOST_CELLS or shape[1] > MOST_NAMES:
        return None
    flat = np.bincount(rows * shape[1] + places, minlength=shape[0] * shape[1])
    return patterns(flat.reshape(shape))


def share_equal(numbers: Numbers) -> Statistic:
    """Percent agreement: mean over items of the share of equal pairs."""
    compared = numbers.compared()
    if refused := _refusal(numbers, compared):
        return refused
    _, items = np.unique(compared.items, return_inverse=True)
    sizes = np.bincount(items)
    pairs, counts = np.unique(np.stack([items.astype(np.float64), compared.values]), axis=1, return_counts=True)
    same = np.bincount(pairs[0].astype(np.int64), weights=counts * (counts - 1)) / (sizes * (sizes - 1))
    return _mean(same)


def pair_differences(numbers: Numbers) -> dict[str, Statistic]:
    """Between two people who labelled the same item: mean absolute difference, and correlation over both orders."""
    compared = numbers.compared()
    if refused := _refusal(numbers, compared):
        return dict.fromkeys(("mae", "pearson", "spearman"), refused)
    order = np.lexsort((compared.values, compared.items))
    items, values = compared.items[order], compared.values[order]
    _, starts, sizes = np.unique(items, return_index=True, return_counts=True)
    place = np.arange(len(items)) - np.repeat(starts, sizes)
    # In ascending order the k-th of r values is larger than k others and smaller than the rest.
    signed = values * (2 * place - np.repeat(sizes, sizes) + 1)
    apart = np.add.reduceat(signed, starts) * 2 / (sizes * (sizes - 1))
    ranks = Numbers(items, scipy.stats.rankdata(values))
    return {
        "mae": _mean(apart),
        "pearson": _correlation(Numbers(items, values)),
        "spearman": _correlation(ranks),
    }


def _correlation(numbers: Numbers) -> Statistic:
    sizes, first, second = numbers.sums(numbers.values - numbers.values.mean())
    together = (first**2 - second) / (sizes * (sizes - 1))

    def correlation(totals: FloatArray) -> FloatArray:
        n, product, mean, square = totals
        centre = mean / n
        spread = square / n - centre**2
        return quotient(product / n - centre**2, np.where(spread <= 1e-12 * square / n, 0.0, spread))

    return _jackknifed(np.stack([np.ones_like(sizes), together, first / sizes, second / sizes]), correlation)


def _mean(values: FloatArray) -> Statistic:
    return _jackknifed(np.stack([np.ones_like(values), values]), lambda totals: totals[1] / totals[0])


def _jackknifed(parts: FloatArray, statistic: OfTotals) -> Statistic:
    n = parts.shape[1]
    totals = parts.sum(axis=1, keepdims=True)
    value = float(statistic(totals)[0])
    if np.isnan(value):
        return Undefined(ONE_VALUE)
    if n < 2:
        return Value(value, value, value, n, JACKKNIFE)
    without = statistic(totals - parts)
    without = without[~np.isnan(without)]
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())) if len(without) else 0.0
    half = float(scipy.special.stdtrit(n - 1, UPPER)) * error
    return Value(value, value - half, value + half, n, JACKKNIFE)


def _refusal(numbers: Numbers, compared: Numbers) -> Undefined | None:
    if len(numbers.items) == 0:
        return Undefined(NO_LABELS)
    return Undefined(ONE_LABEL) if len(compared.items) == 0 else None
