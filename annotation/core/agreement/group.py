"""Coefficients between any number of raters, labels missing or not: everything follows from `Patterns`.

A coefficient is (observed - chance) / (1 - chance), so each says only what observed and chance agreement are, once for
every row of item counts: the data is one such row, the bootstrap 2,000 more.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotation.core.agreement.basis import (
    NOBODY_SAID,
    ONE_VALUE,
    TINY,
    Split,
    as_row,
    fixed_chance,
    quotient,
    refusal,
)
from annotation.core.agreement.weights import NOMINAL, Level, Measure
from annotation.core.counts import Patterns
from annotation.core.intervals import (
    GWET_LINEARISED,
    WILSON,
    FloatArray,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    resampled,
    student,
    wilson,
)

ChanceOf = Callable[[FloatArray, FloatArray], FloatArray]
"""From rows of shares and from agreement weights."""
ItemChanceOf = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""Part of each item in chance agreement, from its shares, the pooled shares and agreement weights."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What a coefficient takes for agreement by chance."""

    pooled: ChanceOf
    by_item: ItemChanceOf


def observed_agreement(patterns: Patterns, rows: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Mean over items with two or more labels of how much their pairs of labels agree."""
    compared = patterns.sizes >= 2
    agreeing = _agreeing(patterns, weights)[compared]
    return quotient(rows[:, compared] @ agreeing, rows[:, compared].sum(axis=1))


def prevalence(patterns: Patterns, rows: FloatArray) -> FloatArray:
    """Share of each category, every labelled item counting the same; one row per row of item counts."""
    sizes = patterns.sizes
    labelled = sizes >= 1
    shares = patterns.counts[labelled] / sizes[labelled, None]
    return quotient(rows[:, labelled] @ shares, rows[:, labelled].sum(axis=1)[:, None])


def split(patterns: Patterns, rows: FloatArray, chance: Chance, weights: FloatArray) -> Split:
    """Observed and chance agreement."""
    return observed_agreement(patterns, rows, weights), chance.pooled(prevalence(patterns, rows), weights)


# Fleiss: two labels drawn from the pooled shares.
FLEISS = Chance(
    pooled=lambda shares, weights: ((shares @ weights) * shares).sum(axis=1),
    by_item=lambda shares, pooled, weights: shares @ (weights @ pooled),
)
# Gwet: large where raters have reason to guess, not where one value is common.
GWET = Chance(
    pooled=lambda shares, weights: _guesses(weights) * (shares * (1 - shares)).sum(axis=1),
    by_item=lambda shares, pooled, weights: _guesses(weights) * (shares @ (1 - pooled)),
)
# Brennan and Prediger: every value as likely as any other.
UNIFORM = Chance(
    pooled=lambda shares, weights: np.full(len(shares), weights.mean()),
    by_item=lambda shares, pooled, weights: np.full(len(shares), weights.mean()),
)


def fleiss_split(patterns: Patterns, rows: FloatArray) -> Split:
    """Generalised Fleiss for names."""
    return split(patterns, rows, FLEISS, np.eye(patterns.categories))


def ac1_split(patterns: Patterns, rows: FloatArray) -> Split:
    """Gwet's AC1."""
    return split(patterns, rows, GWET, np.eye(patterns.categories))


def percent_agreement(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """Chance that two people who labelled the same item said the same, whatever the level."""
    compared = patterns.with_labels(2)
    if refused := refusal(patterns):
        return refused
    value = float(observed_agreement(compared, as_row(compared))[0])
    low_high = None
    if not (compared.sizes == 2).all():
        low_high = bootstrap(compared.items, lambda rows: observed_agreement(compared, rows))
    if low_high is None:  # pairs agree or do not: a proportion
        return Value(value, *wilson(value * compared.n, compared.n), compared.n, WILSON)
    return resampled(value, low_high, compared.n)


def weighted_agreement(patterns: Patterns, chance: Chance, weights: FloatArray) -> Statistic:
    """A coefficient with Gwet's linearised interval."""
    if refused := refusal(patterns):
        return refused
    labelled, n = patterns.with_labels(1), patterns.with_labels(2).n
    observed, by_chance = (float(part[0]) for part in split(labelled, as_row(labelled), chance, weights))
    if abs(1 - by_chance) < TINY or patterns.categories < 2:
        return Undefined(ONE_VALUE)
    value = (observed - by_chance) / (1 - by_chance)
    error = linearised_error(labelled, chance, weights) if labelled.n > 1 else 0.0
    if error < TINY:
        return fixed_chance(value, observed, by_chance, n)
    return student(value, error, n, degrees=labelled.n - 1, method=GWET_LINEARISED)


def linearised_error(patterns: Patterns, chance: Chance, weights: FloatArray) -> float:
    """Gwet's standard error of a coefficient: items with one label count in chance agreement only."""
    labelled = patterns.with_labels(1)
    row = as_row(labelled)
    observed, by_chance = (float(part[0]) for part in split(labelled, row, chance, weights))
    value = (observed - by_chance) / (1 - by_chance)
    sizes, counts, n = labelled.sizes, labelled.counts, labelled.n
    scale = n / patterns.with_labels(2).n
    by_item = np.where(sizes >= 2, scale * (_agreeing(labelled, weights) - by_chance) / (1 - by_chance), 0.0)
    parts = chance.by_item(counts / sizes[:, None], prevalence(labelled, row)[0], weights)
    by_item -= 2 * (1 - value) * (parts - by_chance) / (1 - by_chance)
    return float(np.sqrt((labelled.items * (by_item - value) ** 2).sum() / (n * (n - 1))))


def fleiss_kappa(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """Fleiss' kappa for names, generalised to missing labels."""
    return weighted_agreement(patterns, FLEISS, np.eye(patterns.categories))


def fleiss_null_error(patterns: Patterns) -> float:
    """Standard error that Fleiss' kappa would have if raters agreed by chance only (Fleiss, Nee and Landis 1979), for
    items with the same number of labels each."""
    compared = patterns.with_labels(2)
    raters, shares = int(compared.sizes.max()), prevalence(compared, as_row(compared))[0]
    if (compared.sizes != raters).any():
        raise ValueError("Items have different numbers of labels.")
    apart = float((shares * (1 - shares)).sum())
    skew = float((shares * (1 - shares) * (1 - 2 * shares)).sum())
    return float(np.sqrt(2 / (compared.n * raters * (raters - 1)) * (apart**2 - skew)) / apart)


def scott_pi(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """Scott's pi: Fleiss' kappa without the items that have one label; between two raters, as Scott defined it."""
    return fleiss_kappa(patterns.with_labels(2)) if patterns.with_labels(2).n else fleiss_kappa(patterns)


def gwet_ac1(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """Gwet's AC1, which stays high where one value is common and most items agree."""
    return weighted_agreement(patterns, GWET, np.eye(patterns.categories))


def gwet_ac2(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """Gwet's AC2: AC1 with the agreement weights of the level; for names the two are the same."""
    if measure.refusal and not refusal(patterns):
        return Undefined(measure.refusal)
    if measure.level is Level.RATIO and min(measure.numbers(patterns.categories), default=0) < 0:
        return Undefined("ratios need values that are not negative")
    return weighted_agreement(patterns, GWET, measure.weights(patterns.categories))


def brennan_prediger(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """Brennan-Prediger for names (PABAK for two values; Randolph's free-marginal kappa for many raters)."""
    return weighted_agreement(patterns, UNIFORM, np.eye(patterns.categories))


def specific_agreement(patterns: Patterns, category: int) -> Statistic:
    """Chance that a second person says this category too, where the first one did."""

    def share(kinds: Patterns, rows: FloatArray) -> FloatArray:
        said = kinds.counts[:, category]
        return quotient(rows @ (said * (said - 1)), rows @ (said * (kinds.sizes - 1)))

    compared = patterns.with_labels(2)
    if refused := refusal(patterns):
        return refused
    value = share(compared, as_row(compared))[0]
    if np.isnan(value):
        return Undefined(NOBODY_SAID)
    n = int(compared.items[compared.counts[:, category] > 0].sum())
    low_high = bootstrap(compared.items, lambda rows: share(compared, rows))
    if low_high is None:
        return Value(float(value), *wilson(float(value) * n, n), n, WILSON)
    return resampled(float(value), low_high, n)


def _agreeing(patterns: Patterns, weights: FloatArray | None) -> FloatArray:
    """How much the pairs of labels of each pattern agree; 0 where there is no pair."""
    sizes, counts = patterns.sizes, patterns.counts
    credit = np.eye(patterns.categories) if weights is None else weights
    pairs = np.where(sizes >= 2, sizes * (sizes - 1), 1)
    return np.where(sizes >= 2, (counts * (counts @ credit - 1)).sum(axis=1) / pairs, 0.0)


def _guesses(weights: FloatArray) -> float:
    categories = len(weights)
    return float(weights.sum()) / (categories * (categories - 1)) if categories > 1 else np.nan
