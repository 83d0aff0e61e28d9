"""Krippendorff's alpha: nominal, ordinal, interval and ratio, with missing labels and any number of raters."""

import numpy as np

from annotation.core.agreement.basis import (
    ONE_VALUE,
    TINY,
    Split,
    SplitOf,
    as_row,
    coefficient,
    fixed_chance,
    quotient,
    refusal,
)
from annotation.core.agreement.weights import NOMINAL, Level, Measure, identity, quadratic, ratio
from annotation.core.counts import Patterns
from annotation.core.intervals import FloatArray, Statistic, Undefined, bootstrap, resampled

CELLS_AT_ONCE = 2_000_000
"""Numbers held at a time where every draw needs a table of its own."""


def alpha_split(patterns: Patterns, rows: FloatArray) -> Split:
    """Alpha for names: items with one label count nowhere, items with many labels count more."""
    return weighted_alpha_split(patterns, rows, identity(np.arange(patterns.categories, dtype=np.float64)))


def weighted_alpha_split(patterns: Patterns, rows: FloatArray, weights: FloatArray) -> Split:
    """Alpha for any agreement weights: with 1 less a distance as weights it is the alpha of that distance."""
    compared, kept = patterns.with_labels(2), rows[:, patterns.sizes >= 2]
    sizes, counts = compared.sizes, compared.counts
    labels = kept @ sizes
    agreeing = quotient(kept @ ((counts * (counts @ weights - 1)).sum(axis=1) / (sizes - 1)), labels)
    shares = quotient(kept @ counts, labels[:, None])
    chance = ((shares @ weights) * shares).sum(axis=1)
    return _corrected(agreeing, labels), chance


def ordinal_alpha_split(patterns: Patterns, rows: FloatArray) -> Split:
    """Alpha for an order. How far two values lie apart is how many labels lie between them, so each draw has its own
    distances; labels of items with one label do not count there either."""
    compared, kept = patterns.with_labels(2), rows[:, patterns.sizes >= 2]
    sizes, counts = compared.sizes, compared.counts.astype(np.float64)
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(patterns.categories) * counts[:, :, None]
    pairs /= (sizes - 1)[:, None, None]
    flat = pairs.reshape(len(counts), -1)
    at_once = max(1, CELLS_AT_ONCE // max(1, flat.shape[1]))
    parts = [_ordinal(kept[at : at + at_once], counts, flat) for at in range(0, len(kept), at_once)]
    agreeing, chance = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _corrected(agreeing, kept @ sizes), chance


def _ordinal(rows: FloatArray, counts: FloatArray, pairs: FloatArray) -> Split:
    given = rows @ counts
    labels = given.sum(axis=1)
    middles = np.cumsum(given, axis=1) - given / 2
    distances = (middles[:, :, None] - middles[:, None, :]) ** 2
    widest = distances.max(axis=(1, 2))
    together = (rows @ pairs).reshape(distances.shape)
    apart = quotient((together * distances).sum(axis=(1, 2)), widest * labels)
    by_chance = quotient(np.einsum("bk,bkl,bl->b", given, distances, given), widest * labels**2)
    # Where nothing lies apart, everything agrees and chance is all.
    return 1 - np.nan_to_num(apart), 1 - np.nan_to_num(by_chance)


def split_of(measure: Measure, categories: int) -> SplitOf:
    """How alpha is split at this level of measurement."""
    if measure.level is Level.ORDINAL:
        return ordinal_alpha_split
    of_level = {Level.NOMINAL: identity, Level.INTERVAL: quadratic, Level.RATIO: ratio}
    weights = of_level[measure.level](measure.numbers(categories))
    return lambda patterns, rows: weighted_alpha_split(patterns, rows, weights)


def krippendorff_alpha(patterns: Patterns, measure: Measure = NOMINAL) -> Statistic:
    """1 at perfect agreement, 0 where labels agree as if drawn at random, below 0 where they clash."""
    if refused := refusal(patterns):
        return refused
    if measure.refusal:
        return Undefined(measure.refusal)
    if measure.level is Level.RATIO and min(measure.numbers(patterns.categories)) < 0:
        return Undefined("ratios need values that are not negative")
    compared = patterns.with_labels(2)
    split = split_of(measure, patterns.categories)
    observed, chance = (float(part[0]) for part in split(compared, as_row(compared)))
    if abs(1 - chance) < TINY:
        return Undefined(ONE_VALUE)
    value = (observed - chance) / (1 - chance)
    low_high = bootstrap(compared.items, lambda rows: coefficient(split, compared, rows))
    if low_high is None:
        return fixed_chance(value, observed, chance, compared.n)
    return resampled(value, low_high, compared.n)


def alpha_error(patterns: Patterns, weights: FloatArray) -> float:
    """Gwet's linearised standard error of alpha for fixed agreement weights."""
    compared = patterns.with_labels(2)
    sizes, counts, n = compared.sizes.astype(np.float64), compared.counts, compared.n
    mean_size = float((compared.items * sizes).sum() / n)
    observed, chance = (float(part[0]) for part in weighted_alpha_split(compared, as_row(compared), weights))
    value = (observed - chance) / (1 - chance)
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1) / (mean_size * (sizes - 1))
    raw = float((compared.items * agreeing).sum() / n)
    shares = (compared.items @ counts) / (n * mean_size)
    off = (sizes - mean_size) / mean_size
    by_item = (agreeing - observed * off - chance) / (1 - chance)
    by_chance = counts @ (weights @ shares) / mean_size - chance * off
    by_item -= 2 * (1 - raw) / (1 - chance) * (by_chance - chance) / (1 - chance)
    return float(np.sqrt((compared.items * (by_item - value) ** 2).sum() / (n * (n - 1))))


def _corrected(agreeing: FloatArray, labels: FloatArray) -> FloatArray:
    """Pairs of a label with itself, which a finite sample has too many of, count as agreement."""
    correction = quotient(np.ones_like(labels, dtype=np.float64), labels)
    return (1 - correction) * agreeing + correction
