"""Coefficients of agreement. A new one is a function here, its worked example, and one row of a report.

Between many raters with missing labels everything follows from `Patterns`; between two with names from their table.
A coefficient is (observed - chance) / (1 - chance), so each says only what observed and chance agreement are, once for
every row of `weights` (how many items have each pattern): the data is one such row, the bootstrap 2,000 more.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from annotation.core.counts import Patterns
from annotation.core.intervals import (
    FLEISS_COHEN_EVERITT,
    GWET_LINEARISED,
    WILSON,
    WILSON_FIXED_CHANCE,
    FloatArray,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    normal,
    resampled,
    student,
    wilson,
)

NO_LABELS = "no labels"
ONE_LABEL = "one label per item"
NO_PAIRS = "no item with both labels"
ONE_VALUE = "every label has the same value"
ONE_VALUE_PER_RATER = "each rater always gave one and the same value"

Split = tuple[FloatArray, FloatArray]
SplitOf = Callable[[Patterns, FloatArray], Split]


def observed_agreement(patterns: Patterns, weights: FloatArray) -> FloatArray:
    """Mean over items with two or more labels of the share of their label pairs that agree."""
    sizes, counts = patterns.sizes, patterns.counts
    compared = sizes >= 2
    agreeing = (counts * (counts - 1)).sum(axis=1)[compared] / (sizes * (sizes - 1))[compared]
    return _ratio(weights[:, compared] @ agreeing, weights[:, compared].sum(axis=1))


def prevalence(patterns: Patterns, weights: FloatArray) -> FloatArray:
    """Share of each category, every labelled item counting the same; one row per row of weights."""
    sizes = patterns.sizes
    labelled = sizes >= 1
    shares = patterns.counts[labelled] / sizes[labelled, None]
    return _ratio(weights[:, labelled] @ shares, weights[:, labelled].sum(axis=1)[:, None])


def fleiss_split(patterns: Patterns, weights: FloatArray) -> Split:
    """Generalised Fleiss (two raters: Scott's pi): chance agreement from the pooled shares."""
    return observed_agreement(patterns, weights), (prevalence(patterns, weights) ** 2).sum(axis=1)


def ac1_split(patterns: Patterns, weights: FloatArray) -> Split:
    """Gwet's AC1: chance agreement is large where raters have reason to guess, not where one value is common."""
    shares = prevalence(patterns, weights)
    return observed_agreement(patterns, weights), (shares * (1 - shares)).sum(axis=1) / (patterns.categories - 1)


def alpha_split(patterns: Patterns, weights: FloatArray) -> Split:
    """Krippendorff's alpha for names: items with one label count nowhere, items with many labels count more."""
    compared = patterns.with_labels(2)
    kept = weights[:, patterns.sizes >= 2]
    sizes, counts = compared.sizes, compared.counts
    labels = kept @ sizes
    agreeing = _ratio(kept @ ((counts * (counts - 1)).sum(axis=1) / (sizes - 1)), labels)
    chance = (_ratio(kept @ counts, labels[:, None]) ** 2).sum(axis=1)
    correction = _ratio(np.ones_like(labels, dtype=np.float64), labels)
    return (1 - correction) * agreeing + correction, chance


def percent_agreement(patterns: Patterns) -> Statistic:
    """Chance that two people who labelled the same item said the same."""
    compared = patterns.with_labels(2)
    if refusal := _refusal(patterns):
        return refusal
    value = float(observed_agreement(compared, _weights(compared))[0])
    low_high = None if (compared.sizes == 2).all() else bootstrap(compared.items, _over(observed_agreement, compared))
    if low_high is None:  # pairs agree or do not: a proportion
        return Value(value, *wilson(value * compared.n, compared.n), compared.n, WILSON)
    return resampled(value, low_high, compared.n)


def krippendorff_alpha(patterns: Patterns) -> Statistic:
    """1 at perfect agreement, 0 where labels agree as if drawn at random, below 0 where they clash."""
    return _bootstrapped(patterns.with_labels(2), alpha_split, refusal=_refusal(patterns))


def fleiss_kappa(patterns: Patterns) -> Statistic:
    """Fleiss' kappa, generalised to missing labels."""
    return _linearised(patterns, fleiss_split, _fleiss_chance_by_item)


def gwet_ac1(patterns: Patterns) -> Statistic:
    """Gwet's AC1, which stays high where one value is common and most items agree."""
    return _linearised(patterns, ac1_split, _ac1_chance_by_item)


def specific_agreement(patterns: Patterns, category: int) -> Statistic:
    """Chance that a second person says this category too, where the first one did."""

    def share(kinds: Patterns, weights: FloatArray) -> FloatArray:
        said = kinds.counts[:, category]
        return _ratio(weights @ (said * (said - 1)), weights @ (said * (kinds.sizes - 1)))

    compared = patterns.with_labels(2)
    if refusal := _refusal(patterns):
        return refusal
    value = share(compared, _weights(compared))[0]
    if np.isnan(value):
        return Undefined("nobody gave this value")
    n = int(compared.items[compared.counts[:, category] > 0].sum())
    low_high = bootstrap(compared.items, _over(share, compared))
    if low_high is None:
        return Value(float(value), *wilson(float(value) * n, n), n, WILSON)
    return resampled(float(value), low_high, n)


def cohen_kappa(table: ArrayLike) -> Statistic:
    """Cohen's kappa of two raters, with the standard error of Fleiss, Cohen and Everitt."""
    cells = np.asarray(table, dtype=np.int64)
    n = int(cells.sum())
    if n == 0:
        return Undefined(NO_PAIRS)
    shares = cells / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float(np.trace(shares)), float(rows @ columns)
    if chance == 1:
        return Undefined(ONE_VALUE)
    kappa = (observed - chance) / (1 - chance)
    pull = (columns[:, None] + rows[None, :]) * (1 - kappa)
    spread = float((shares * (np.eye(len(cells)) - pull) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    error = float(np.sqrt(max(spread, 0.0) / n)) / (1 - chance)
    if error < 1e-12:
        return _fixed_chance(kappa, observed, chance, n)
    return normal(kappa, error, n, FLEISS_COHEN_EVERITT)


GROUP: Mapping[str, Callable[[Patterns], Statistic]] = {
    "percent_agreement": percent_agreement,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac1,
    "fleiss_kappa": fleiss_kappa,
}
PAIR: Mapping[str, Callable[[ArrayLike], Statistic]] = {"cohen_kappa": cohen_kappa}


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """A quotient that is NaN, without a warning, where there is nothing to divide by."""
    shape = np.broadcast_shapes(np.shape(above), np.shape(below))
    there = np.broadcast_to(below, shape) != 0
    quotient: FloatArray = np.divide(above, below, out=np.full(shape, np.nan), where=there)
    return quotient


def _weights(patterns: Patterns) -> FloatArray:
    """The data itself as the one row of weights."""
    return patterns.items[None, :].astype(np.float64)


def _over(statistic: Callable[[Patterns, FloatArray], FloatArray], patterns: Patterns) -> Callable[..., FloatArray]:
    return lambda weights: statistic(patterns, weights)


def _coefficient(split: SplitOf, patterns: Patterns, weights: FloatArray) -> FloatArray:
    observed, chance = split(patterns, weights)
    return _ratio(observed - chance, 1 - chance)


def _refusal(patterns: Patterns) -> Undefined | None:
    """Why nothing can be compared, if so."""
    if not patterns.with_labels(1).n:
        return Undefined(NO_LABELS)
    return None if patterns.with_labels(2).n else Undefined(ONE_LABEL)


def _fixed_chance(value: float, observed: float, chance: float, n: int) -> Value:
    """Where the items do not differ: Wilson's bounds of the observed agreement, chance agreement held."""
    low, high = ((bound - chance) / (1 - chance) for bound in wilson(observed * n, n))
    return Value(value, min(low, value), max(high, value), n, WILSON_FIXED_CHANCE)


def _bootstrapped(patterns: Patterns, split: SplitOf, *, refusal: Undefined | None) -> Statistic:
    if refusal:
        return refusal
    observed, chance = (float(part[0]) for part in split(patterns, _weights(patterns)))
    if chance == 1:
        return Undefined(ONE_VALUE)
    value = (observed - chance) / (1 - chance)
    low_high = bootstrap(patterns.items, lambda weights: _coefficient(split, patterns, weights))
    if low_high is None:
        return _fixed_chance(value, observed, chance, patterns.n)
    return resampled(value, low_high, patterns.n)


def _fleiss_chance_by_item(shares: FloatArray, pooled: FloatArray) -> FloatArray:
    return shares @ pooled


def _ac1_chance_by_item(shares: FloatArray, pooled: FloatArray) -> FloatArray:
    return shares @ (1 - pooled) / (len(pooled) - 1)


def _linearised_error(
    patterns: Patterns, split: SplitOf, chance_by_item: Callable[[FloatArray, FloatArray], FloatArray]
) -> float:
    """Gwet's standard error of a coefficient: items with one label count in chance agreement only."""
    labelled = patterns.with_labels(1)
    weights = _weights(labelled)
    observed, chance = (float(part[0]) for part in split(labelled, weights))
    value = (observed - chance) / (1 - chance)
    sizes, counts, n = labelled.sizes, labelled.counts, labelled.n
    compared = sizes >= 2
    pairs = np.where(compared, sizes * (sizes - 1), 1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / pairs
    scale = n / patterns.with_labels(2).n
    by_item = np.where(compared, scale * (agreeing - chance) / (1 - chance), 0.0)
    by_chance = chance_by_item(counts / sizes[:, None], prevalence(labelled, weights)[0])
    by_item -= 2 * (1 - value) * (by_chance - chance) / (1 - chance)
    return float(np.sqrt((labelled.items * (by_item - value) ** 2).sum() / (n * (n - 1))))


def _linearised(
    patterns: Patterns, split: SplitOf, chance_by_item: Callable[[FloatArray, FloatArray], FloatArray]
) -> Statistic:
    if refusal := _refusal(patterns):
        return refusal
    labelled, n = patterns.with_labels(1), patterns.with_labels(2).n
    observed, chance = (float(part[0]) for part in split(labelled, _weights(labelled)))
    if chance == 1:
        return Undefined(ONE_VALUE)
    value = (observed - chance) / (1 - chance)
    error = _linearised_error(patterns, split, chance_by_item) if labelled.n > 1 else 0.0
    if error < 1e-12:
        return _fixed_chance(value, observed, chance, n)
    return student(value, error, n, degrees=labelled.n - 1, method=GWET_LINEARISED)
