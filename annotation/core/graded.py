"""Statistics of two raters who give numbers, all from the square table of what they said (first: rows).

Many raters have such a table too: every two labels of an item, in both orders, all items weighing the same. Where
nearly every value is its own, the pairs themselves are taken instead (`of_pairs`).
"""

from collections.abc import Callable, Mapping

import numpy as np
import scipy

from annotation.core.agreement.basis import NO_PAIRS, ONE_LABEL, TINY, as_row, quotient
from annotation.core.agreement.weights import Measure
from annotation.core.counts import Patterns
from annotation.core.intervals import (
    BOOTSTRAP,
    FISHER_Z,
    UPPER,
    WILSON,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    draw,
    mean,
    percentiles,
    proportion,
    wilson,
)

CELLS_AT_ONCE = 2_000_000
NO_SPREAD = "one of the two gave every item the same value"

Tables = FloatArray
"""Square tables, one per draw: [draw, first's value, second's value]."""
OfTables = Callable[[Tables, FloatArray], FloatArray]


def mean_difference(tables: Tables, values: FloatArray) -> FloatArray:
    """Bias: how much higher the first one goes; with the judge first, how lenient it is."""
    return _mean_of(tables, values[:, None] - values[None, :])


def mean_absolute_difference(tables: Tables, values: FloatArray) -> FloatArray:
    """MAE."""
    return _mean_of(tables, np.abs(values[:, None] - values[None, :]))


def root_mean_square(tables: Tables, values: FloatArray) -> FloatArray:
    """RMSE."""
    return np.sqrt(_mean_of(tables, (values[:, None] - values[None, :]) ** 2))


def exact(tables: Tables, values: FloatArray) -> FloatArray:
    """Share of items with the same value."""
    return _mean_of(tables, np.eye(len(values)))


def within_one(tables: Tables, values: FloatArray) -> FloatArray:
    """Share of items whose two values lie at most one apart."""
    return _mean_of(tables, (np.abs(values[:, None] - values[None, :]) <= 1 + TINY).astype(np.float64))


def pearson(tables: Tables, values: FloatArray) -> FloatArray:
    """Correlation of the values."""
    many = np.broadcast_to(values, (len(tables), len(values)))
    return _correlation(tables, many, many)


def spearman(tables: Tables, values: FloatArray) -> FloatArray:
    """Correlation of the ranks, tied values sharing the middle one."""
    return _correlation(tables, _middles(tables.sum(axis=2)), _middles(tables.sum(axis=1)))


def kendall_tau_b(tables: Tables, values: FloatArray) -> FloatArray:
    """Pairs of items in the same order less those in the other, corrected for ties."""
    total = tables.sum(axis=(1, 2))
    below = np.zeros_like(tables)
    below[:, 1:, 1:] = tables.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]
    turned = np.zeros_like(tables)
    flipped = tables[:, :, ::-1].cumsum(axis=1).cumsum(axis=2)[:, :, ::-1]
    turned[:, 1:, :-1] = flipped[:, :-1, 1:]
    more = (tables * (below - turned)).sum(axis=(1, 2))
    pairs = total**2
    tied = [(tables.sum(axis=axis) ** 2).sum(axis=1) for axis in (2, 1)]
    untied = np.clip((pairs - tied[0]) * (pairs - tied[1]), 0, None)
    return quotient(2 * more, _positive(np.sqrt(untied), pairs))


def quadratic_kappa(tables: Tables, values: FloatArray) -> FloatArray:
    """Cohen's kappa with quadratic weights, which is Lin's concordance: it sees bias and scale use too."""
    total = tables.sum(axis=(1, 2))
    squared = (values[:, None] - values[None, :]) ** 2
    first, second = quotient(tables.sum(axis=2), total[:, None]), quotient(tables.sum(axis=1), total[:, None])
    apart = _mean_of(tables, squared)
    by_chance = ((first @ squared) * second).sum(axis=1)
    return 1 - quotient(apart, by_chance)


GRADED: Mapping[str, OfTables] = {
    "mae": mean_absolute_difference,
    "bias": mean_difference,
    "rmse": root_mean_square,
    "exact": exact,
    "within_one": within_one,
    "pearson": pearson,
    "spearman": spearman,
    "kendall_tau_b": kendall_tau_b,
    "quadratic_kappa": quadratic_kappa,
}
SHARES = {"exact", "within_one"}
WITHOUT_ORDER = tuple(name for name in GRADED if name != "bias")
"""What can be said where nobody is the first of the two."""


def of_table(table: IntArray, measure: Measure) -> dict[str, Statistic]:
    """Every graded statistic of two raters, from their table; intervals from resampled items."""
    cells = np.asarray(table, dtype=np.int64)
    values = measure.numbers(len(cells))
    flat = cells.ravel()
    seen = flat > 0
    if not seen.any():
        return dict.fromkeys(GRADED, Undefined(NO_PAIRS))
    kinds = np.flatnonzero(seen)

    def tables(rows: FloatArray) -> Tables:
        made = np.zeros((len(rows), flat.size))
        made[:, kinds] = rows
        return made.reshape(len(rows), *cells.shape)

    return _statistics(flat[seen], tables, GRADED, values)


def of_patterns(patterns: Patterns, measure: Measure) -> dict[str, Statistic]:
    """The same between any number of raters: of two people who both labelled an item, whichever they are."""
    compared = patterns.with_labels(2)
    if not compared.n:
        return dict.fromkeys(WITHOUT_ORDER, Undefined(ONE_LABEL if patterns.n else NO_PAIRS))
    values = measure.numbers(patterns.categories)
    pairs = pair_shares(compared).reshape(len(compared.counts), -1)

    def tables(rows: FloatArray) -> Tables:
        return (rows @ pairs).reshape(len(rows), len(values), len(values))

    return _statistics(compared.items, tables, {name: GRADED[name] for name in WITHOUT_ORDER}, values)


def pair_shares(patterns: Patterns) -> FloatArray:
    """For each pattern with two labels or more: the shares of its ordered pairs of labels, which sum to 1."""
    counts, sizes = patterns.counts.astype(np.float64), patterns.sizes
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(patterns.categories) * counts[:, :, None]
    shares: FloatArray = pairs / (sizes * (sizes - 1))[:, None, None]
    return shares


def of_pairs(first: FloatArray, second: FloatArray) -> dict[str, Statistic]:
    """Every graded statistic from the pairs of values themselves, one per item, for values without number."""
    n = len(first)
    if n == 0:
        return dict.fromkeys(GRADED, Undefined(NO_PAIRS))
    apart = first - second
    found: dict[str, Statistic] = {
        "mae": mean(np.abs(apart), undefined=NO_PAIRS),
        "bias": mean(apart, undefined=NO_PAIRS),
        "rmse": _root(mean(apart**2, undefined=NO_PAIRS)),
        "exact": proportion(int((np.abs(apart) < TINY).sum()), n, undefined=NO_PAIRS),
        "within_one": proportion(int((np.abs(apart) <= 1 + TINY).sum()), n, undefined=NO_PAIRS),
    }
    if np.ptp(first) < TINY or np.ptp(second) < TINY:
        return found | dict.fromkeys(list(GRADED)[5:], Undefined(NO_SPREAD))
    linear = float(np.corrcoef(first, second)[0, 1])
    ranked = float(np.corrcoef(scipy.stats.rankdata(first), scipy.stats.rankdata(second))[0, 1])
    concordant = (
        2
        * float(np.cov(first, second, bias=True)[0, 1])
        / float(first.var() + second.var() + (first.mean() - second.mean()) ** 2)
    )
    return found | {
        "pearson": _fisher(linear, 1.0, n),
        # Errors of Bonett and Wright (2000), and of Fieller, Hartley and Pearson (1957).
        "spearman": _fisher(ranked, 1 + ranked**2 / 2, n),
        "kendall_tau_b": _fisher(float(scipy.stats.kendalltau(first, second).statistic), 0.437, n, lost=4),
        "quadratic_kappa": _fisher(concordant, 1.0, n),
    }


def icc_one(patterns: Patterns, measure: Measure) -> Statistic:
    """ICC(1): the share of the variance that lies between items, whoever labelled them.

    With unequal numbers of labels the usual mean size of one-way analysis of variance stands for the number of raters.
    """
    compared = patterns.with_labels(2)
    if not compared.n:
        return Undefined(ONE_LABEL if patterns.n else NO_PAIRS)
    values = measure.numbers(patterns.categories)
    sums, squares = compared.counts @ values, compared.counts @ values**2
    sizes = compared.sizes.astype(np.float64)

    def of_rows(rows: FloatArray) -> FloatArray:
        items, labels = rows.sum(axis=1), rows @ sizes
        between = rows @ (sums**2 / sizes) - quotient((rows @ sums) ** 2, labels)
        within = rows @ (squares - sums**2 / sizes)
        of_items, of_labels = quotient(between, items - 1), quotient(within, labels - items)
        size = quotient(labels - quotient(rows @ sizes**2, labels), items - 1)
        spread = of_items + (size - 1) * of_labels
        return quotient(of_items - of_labels, np.where(np.abs(spread) < TINY, 0.0, spread))

    value = float(of_rows(as_row(compared))[0])
    if np.isnan(value):
        return Undefined("every label has the same value")
    low, high = bootstrap(compared.items, of_rows) or (value, value)
    return Value(value, min(low, value), max(high, value), compared.n, BOOTSTRAP)


def ceiling(reliability: float, raters: float) -> float | None:
    """The best correlation any judge can reach with the mean of this many people: sqrt of Spearman-Brown.

    None where people agree no better than chance: then there is nothing to correlate with.
    """
    if reliability <= 0:
        return None
    return float(np.sqrt(raters * reliability / (1 + (raters - 1) * reliability)))


def _statistics(
    items: IntArray, tables: Callable[[FloatArray], Tables], statistics: Mapping[str, OfTables], values: FloatArray
) -> dict[str, Statistic]:
    """Each statistic with its bootstrap interval; the tables of a draw are made once for all of them."""
    at_once = max(1, CELLS_AT_ONCE // max(1, len(values) ** 2))

    def of_rows(rows: FloatArray) -> dict[str, FloatArray]:
        starts = range(0, len(rows), at_once)
        parts = [_each(statistics, tables(rows[at : at + at_once]), values) for at in starts]
        return {name: np.concatenate([part[name] for part in parts]) for name in statistics}

    n = int(items.sum())
    found = {name: float(one[0]) for name, one in of_rows(items[None, :].astype(np.float64)).items()}
    drawn = of_rows(draw(items))
    return {name: _value(name, value, percentiles(drawn[name]), n) for name, value in found.items()}


def _each(statistics: Mapping[str, OfTables], tables: Tables, values: FloatArray) -> dict[str, FloatArray]:
    return {name: statistic(tables, values) for name, statistic in statistics.items()}


def _value(name: str, value: float, bounds: tuple[float, float] | None, n: int) -> Statistic:
    if np.isnan(value):
        return Undefined(NO_SPREAD)
    if bounds is None and name in SHARES:  # all items alike: as a proportion, the share may still be off
        low, high = wilson(value * n, n)
        return Value(value, min(low, value), max(high, value), n, WILSON)
    low, high = bounds or (value, value)
    return Value(value, min(low, value), max(high, value), n, BOOTSTRAP)


def _mean_of(tables: Tables, of_cell: FloatArray) -> FloatArray:
    return quotient((tables * of_cell).sum(axis=(1, 2)), tables.sum(axis=(1, 2)))


def _middles(margins: FloatArray) -> FloatArray:
    return np.cumsum(margins, axis=1) - margins / 2


def _correlation(tables: Tables, first: FloatArray, second: FloatArray) -> FloatArray:
    """Correlation of tables whose rows and columns stand for these numbers."""
    total = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    of_first = first - quotient((rows * first).sum(axis=1), total)[:, None]
    of_second = second - quotient((columns * second).sum(axis=1), total)[:, None]
    together = np.einsum("bij,bi,bj->b", tables, of_first, of_second)
    spread = (rows * of_first**2).sum(axis=1) * (columns * of_second**2).sum(axis=1)
    scale = (rows * first**2).sum(axis=1) * (columns * second**2).sum(axis=1)
    return quotient(together, _positive(np.sqrt(spread), np.sqrt(scale)))


def _positive(found: FloatArray, scale: FloatArray) -> FloatArray:
    """What is zero but for rounding becomes zero."""
    return np.where(found <= 1e-12 * np.abs(scale), 0.0, found)


def _fisher(value: float, factor: float, n: int, *, lost: int = 3) -> Statistic:
    """A correlation with the interval of its z: error sqrt(factor / (n - lost))."""
    inside = min(max(value, -1.0), 1.0)
    if n <= lost or abs(inside) > 1 - TINY:
        return Value(inside, -1.0 if n <= lost else inside, 1.0 if n <= lost else inside, n, FISHER_Z)
    half = float(scipy.special.ndtri(UPPER)) * np.sqrt(factor / (n - lost))
    low, high = np.tanh(np.arctanh(inside) + np.array([-half, half]))
    return Value(inside, float(low), float(high), n, FISHER_Z)


def _root(found: Statistic) -> Statistic:
    if isinstance(found, Undefined):
        return found
    low, value, high = (float(np.sqrt(max(0.0, one))) for one in (found.low, found.value, found.high))
    return Value(value, low, high, found.n, found.method)
