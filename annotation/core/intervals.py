"""A statistic is a value with its interval and its n, or undefined with the reason; and how intervals are made.

All intervals are two-sided 95 %. Undefined is never 0 or 1: it is its own type, and prints as "n/a" with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEVEL = 0.95
UPPER = (1 + LEVEL) / 2
DRAWS = 2000
SEED = 0

WILSON = "wilson"
WILSON_TRANSFORMED = "wilson_transformed"
WILSON_FIXED_CHANCE = "wilson_fixed_chance"
BOOTSTRAP = "item_bootstrap"
FLEISS_COHEN_EVERITT = "fleiss_cohen_everitt"
GWET_LINEARISED = "gwet_linearised"
STUDENT = "student_t"
JACKKNIFE = "jackknife"
CLUSTER_BOOTSTRAP = "cluster_bootstrap"
PAIRED_BOOTSTRAP = "paired_bootstrap"
LINEARISED = "linearised"
FISHER_Z = "fisher_z"

Rows = FloatArray
"""Item counts, one row per draw and one column per kind of item."""
OfRows = Callable[[Rows], FloatArray]
"""A statistic of every row; NaN where it is undefined."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number, its interval, how many things it is about, and how the interval was made."""

    value: float
    low: float
    high: float
    n: int
    method: str

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n, "method": self.method}


@dataclass(frozen=True, slots=True)
class Undefined:
    """No number, and why: "no wrong items"."""

    reason: str

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {"value": None, "reason": self.reason}


Statistic = Value | Undefined


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson's score interval of a proportion; `successes` may be fractional, `n` is at least 1."""
    z = float(scipy.special.ndtri(UPPER))
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At 0 and n the bound is exactly 0 and 1, which rounding misses.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return float(low), float(high)


def proportion(successes: int, n: int, *, undefined: str) -> Statistic:
    """`successes / n` with Wilson's interval; without n it is `undefined` for that reason."""
    if n == 0:
        return Undefined(undefined)
    low, high = wilson(successes, n)
    return Value(successes / n, low, high, n, WILSON)


def normal(value: float, error: float, n: int, method: str) -> Value:
    """A coefficient between -1 and 1 with a standard error that is normal in large samples."""
    half = float(scipy.special.ndtri(UPPER)) * error
    return Value(value, max(-1.0, value - half), min(1.0, value + half), n, method)


def student(value: float, error: float, n: int, *, degrees: int, method: str) -> Value:
    """A coefficient of at most 1 with a standard error on this many degrees of freedom."""
    half = float(scipy.special.stdtrit(degrees, UPPER)) * error
    return Value(value, value - half, min(1.0, value + half), n, method)


def mean(values: FloatArray, *, undefined: str) -> Statistic:
    """A mean with Student's interval; one value alone tells nothing of its spread, and has no interval but itself."""
    n = len(values)
    if n == 0:
        return Undefined(undefined)
    value = float(values.mean())
    if n == 1:
        return Value(value, value, value, n, STUDENT)
    half = float(scipy.special.stdtrit(n - 1, UPPER) * values.std(ddof=1) / np.sqrt(n))
    return Value(value, value - half, value + half, n, STUDENT)


def mean_share(values: FloatArray, *, undefined: str, bound: float | None = 1.0) -> Statistic:
    """A mean of shares (at most `bound` apart from 0) with its large-sample interval; where they do not differ, that of
    a proportion."""
    n = len(values)
    if n == 0:
        return Undefined(undefined)
    value, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
    if error < 1e-12 and abs(value) <= 1:
        edge = proportion(round(abs(value) * n), n, undefined=undefined)
        if isinstance(edge, Value):
            low, high = (edge.low, edge.high) if value >= 0 else (-edge.high, -edge.low)
            return Value(value, min(low, value), max(high, value), n, edge.method)
    half = float(scipy.special.ndtri(UPPER)) * error
    edge_of = np.inf if bound is None else bound
    return Value(value, max(-edge_of, value - half), min(edge_of, value + half), n, LINEARISED)


def resampled(value: float, bounds: tuple[float, float], n: int) -> Value:
    """A value with its bootstrap interval, which in tiny samples has to be stretched to hold the value itself."""
    return Value(value, min(bounds[0], value), max(bounds[1], value), n, BOOTSTRAP)


def bootstrap(
    items: IntArray, statistic: OfRows, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float] | None:
    """Percentile interval of `statistic` over resampled items.

    `items` counts the items of each kind, so drawing items anew is one multinomial draw over kinds. `statistic` takes
    one row of counts per draw and gives NaN where it is undefined; those draws are left out. None where the draws do
    not differ: then they say nothing about how far the value could be off.
    """
    return percentiles(statistic(draw(items, draws=draws, seed=seed)))


def draw(items: IntArray, *, draws: int = DRAWS, seed: int = SEED) -> Rows:
    """Items drawn anew, as many as there are, so many times. The rows are kept: they are not to be written to."""
    return _drawn(tuple(items.tolist()), draws, seed)


@lru_cache(maxsize=4)
def _drawn(items: tuple[int, ...], draws: int, seed: int) -> Rows:
    """Most statistics of a report are drawn from the same items, so the last draws are kept."""
    n, kinds = sum(items), np.array(items, dtype=np.float64)
    rows: Rows = np.random.default_rng(seed).multinomial(n, kinds / n, size=draws).astype(np.float64)
    rows.flags.writeable = False
    return rows


def cluster_bootstrap(
    clusters: IntArray, statistic: OfRows, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float] | None:
    """As `bootstrap` where items of one cluster (a prompt, a conversation) stand or fall together: whole clusters are
    drawn. `clusters` has one row per cluster with its items of each kind."""
    count = len(clusters)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    return percentiles(statistic(drawn.astype(np.float64) @ clusters.astype(np.float64)))


def jackknife(items: IntArray, statistic: OfRows) -> float | None:
    """Standard error from leaving out one item at a time, exact: items of a kind give the same value. None where a
    value without some item is undefined, or where there is one item only."""
    n = int(items.sum())
    kinds = items > 0
    if n < 2:
        return None
    without = items[None, :].astype(np.float64) - np.eye(len(items))[kinds]
    values = statistic(without)
    if np.isnan(values).any():
        return None
    many = items[kinds]
    centre = float((many * values).sum() / n)
    return float(np.sqrt((n - 1) / n * (many * (values - centre) ** 2).sum()))


def paired_difference(
    items: IntArray, first: OfRows, second: OfRows, *, undefined: str, draws: int = DRAWS, seed: int = SEED
) -> Statistic:
    """First less second on the same items: every draw is one draw for both."""
    n = int(items.sum())
    if n == 0:
        return Undefined(undefined)

    def apart(rows: Rows) -> FloatArray:
        return first(rows) - second(rows)

    value = float(apart(items[None, :].astype(np.float64))[0])
    if np.isnan(value):
        return Undefined(undefined)
    low, high = bootstrap(items, apart, draws=draws, seed=seed) or (value, value)
    return Value(value, min(low, value), max(high, value), n, PAIRED_BOOTSTRAP)


def percentiles(values: FloatArray) -> tuple[float, float] | None:
    """Bounds of the middle 95 %; None where the draws do not differ."""
    values = values[~np.isnan(values)]
    if not values.size or np.ptp(values) < 1e-12:
        return None
    low, high = np.quantile(values, [1 - UPPER, UPPER])
    return float(low), float(high)
