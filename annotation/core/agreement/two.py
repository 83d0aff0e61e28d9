"""Coefficients between two raters with names, from the square table of what they said."""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from annotation.core.agreement.basis import NO_PAIRS, ONE_VALUE, TINY, fixed_chance
from annotation.core.agreement.weights import NO_ORDER, NOMINAL, Measure, identity, linear
from annotation.core.intervals import FLEISS_COHEN_EVERITT, FloatArray, Statistic, Undefined, normal


@dataclass(frozen=True, slots=True)
class Kappa:
    """A kappa of two raters with its standard error, and the one it would have if they agreed by chance only."""

    value: float
    observed: float
    chance: float
    error: float
    null_error: float
    n: int

    @property
    def z(self) -> float:
        """How many standard errors it lies from chance."""
        return self.value / self.null_error

    @property
    def p_one_sided(self) -> float:
        """How likely so much agreement is by chance."""
        return float(scipy.special.ndtr(-self.z))

    @property
    def p_two_sided(self) -> float:
        """How likely agreement so far from chance is by chance."""
        return float(2 * scipy.special.ndtr(-abs(self.z)))


def kappa_of(table: ArrayLike, weights: FloatArray | None = None) -> Kappa | Undefined:
    """Cohen's kappa with any agreement weights; errors by Fleiss, Cohen and Everitt."""
    cells = np.asarray(table, dtype=np.int64)
    n = int(cells.sum())
    if n == 0:
        return Undefined(NO_PAIRS)
    credit = np.eye(len(cells)) if weights is None else weights
    shares = cells / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float((credit * shares).sum()), float(rows @ credit @ columns)
    if abs(1 - chance) < TINY:
        return Undefined(ONE_VALUE)
    value = (observed - chance) / (1 - chance)
    pull = (credit @ columns)[:, None] + (credit.T @ rows)[None, :]
    spread = float((shares * (credit - pull * (1 - value)) ** 2).sum()) - (value - chance * (1 - value)) ** 2
    null = float((rows[:, None] * columns[None, :] * (credit - pull) ** 2).sum()) - chance**2
    scale = np.sqrt(n) * (1 - chance)
    error, null_error = (float(np.sqrt(max(found, 0.0)) / scale) for found in (spread, null))
    return Kappa(value, observed, chance, error, null_error, n)


def cohen_kappa(table: ArrayLike, measure: Measure = NOMINAL) -> Statistic:
    """Cohen's kappa of two raters."""
    return _statistic(kappa_of(table, identity(np.arange(len(np.asarray(table)), dtype=np.float64))))


def weighted_kappa(table: ArrayLike, measure: Measure = NOMINAL) -> Statistic:
    """Cohen's kappa with linear weights: two values count as agreeing the more, the nearer they lie."""
    if not measure.has_order:
        return Undefined(NO_ORDER)
    return _statistic(kappa_of(table, linear(measure.numbers(len(np.asarray(table))))))


def _statistic(found: Kappa | Undefined) -> Statistic:
    if isinstance(found, Undefined):
        return found
    if found.error < TINY:
        return fixed_chance(found.value, found.observed, found.chance, found.n)
    return normal(found.value, found.error, found.n, FLEISS_COHEN_EVERITT)
