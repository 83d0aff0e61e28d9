"""Estimates from items that were chosen with known probability, and how many more labels a figure needs.

Items chosen because people or judges disagree are a biased sample: unweighted, agreement on them says nothing of the
rest. Weighted by 1 / probability it does. Items picked by hand have no probability and stay out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from annotation.core.intervals import UPPER, WILSON, FloatArray, IntArray, Statistic, Undefined, Value, normal, wilson

DESIGN_WEIGHTED = "design_weighted"
STRATIFIED = "stratified"
NO_PROBABILITY = "no item was chosen with a known probability"
ONE_VALUE = "each rater always gave one and the same value"
LONE_STRATUM = "stratum {place} has one labelled item, which says nothing of how its items differ"
Z = NormalDist().inv_cdf(UPPER)
MOST_LABELS = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ChosenItems:
    """Items both sides decided: categories of the first and the second rater, and the chance of having been chosen."""

    first: IntArray
    second: IntArray
    probability: FloatArray

    @property
    def weights(self) -> FloatArray:
        """How many items each stands for."""
        return 1 / self.probability

    @property
    def kish(self) -> float:
        """How many equally weighted items would say as much."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum()) if len(self.weights) else 0.0


def chosen(first: ArrayLike, second: ArrayLike, probability: ArrayLike) -> ChosenItems:
    """Keep items with a probability (not NaN) that both sides decided (a category, not negative)."""
    one, two = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    chance = np.asarray(probability, dtype=np.float64)
    kept = ~np.isnan(chance) & (one >= 0) & (two >= 0)
    return ChosenItems(one[kept], two[kept], chance[kept])


def weighted_table(items: ChosenItems, categories: int) -> FloatArray:
    """The square table of both raters as it would be over all items."""
    cells = np.bincount(items.first * categories + items.second, weights=items.weights, minlength=categories**2)
    return np.asarray(cells.reshape(categories, categories), dtype=np.float64)


def weighted_agreement(items: ChosenItems) -> Statistic:
    """Share of all items on which both say the same (Hajek)."""
    if not len(items.first):
        return Undefined(NO_PROBABILITY)
    same = (items.first == items.second).astype(np.float64)
    value = float(items.weights @ same / items.weights.sum())
    return _designed(value, same - value, items, share=True)


def weighted_kappa(items: ChosenItems, categories: int) -> Statistic:
    """Cohen's kappa over all items."""
    if not len(items.first):
        return Undefined(NO_PROBABILITY)
    shares = weighted_table(items, categories) / items.weights.sum()
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float(np.trace(shares)), float(rows @ columns)
    if chance > 1 - 1e-12:
        return Undefined(ONE_VALUE)
    value = (observed - chance) / (1 - chance)
    same = (items.first == items.second) - observed
    by_chance = columns[items.first] + rows[items.second] - 2 * chance
    return _designed(value, (same - (1 - value) * by_chance) / (1 - chance), items, share=False)


def _designed(value: float, pull: FloatArray, items: ChosenItems, *, share: bool) -> Value:
    """`pull`: how far each item moves the estimate. Where every item was taken, the items are the sample."""
    n, weights = len(pull), items.weights
    taken_all = bool((items.probability >= 1).all())
    left = np.ones(n) if taken_all else 1 - items.probability
    error = float(np.sqrt(((weights * pull) ** 2 * left).sum()) / weights.sum())
    if error < 1e-12 or (taken_all and share):
        effective = max(1, round(items.kish))
        low, high = wilson(max(0.0, value) * effective, effective)
        return Value(value, min(low, value), max(high, value), n, WILSON)
    found = normal(value, error, n, DESIGN_WEIGHTED)
    return Value(value, max(0.0, found.low) if share else found.low, found.high, n, DESIGN_WEIGHTED)


def stratified_share(sizes: Sequence[int], labelled: Sequence[int], agreeing: Sequence[int]) -> Statistic:
    """Share over all items where `labelled` of each stratum's `sizes` were drawn: weights are N_h / n_h."""
    total, n, s = (np.asarray(each, dtype=np.float64) for each in (sizes, labelled, agreeing))
    there = total > 0
    total, n, s = total[there], n[there], s[there]
    if not n.sum():
        return Undefined(NO_PROBABILITY)
    if (n < np.minimum(total, 2)).any():
        return Undefined(LONE_STRATUM.format(place=int(np.flatnonzero(n < np.minimum(total, 2))[0]) + 1))
    weights, means = total / total.sum(), s / n
    value = float(weights @ means)
    spread = means * (1 - means) / np.maximum(n - 1, 1) * (1 - n / total)
    error = float(np.sqrt((weights**2 * spread).sum()))
    if error < 1e-12:
        low, high = wilson(value * n.sum(), int(n.sum()))
        return Value(value, min(low, value), max(high, value), int(n.sum()), WILSON)
    found = normal(value, error, int(n.sum()), STRATIFIED)
    return Value(value, max(0.0, found.low), found.high, int(n.sum()), STRATIFIED)


def labels_for_share(share: float, half_width: float, *, population: int | None = None) -> int:
    """Random labels until a share near this one is known to +- half_width; fewer where there are few items at all."""
    needed = Z**2 * share * (1 - share) / half_width**2
    if population:
        needed = min(float(population), needed / (1 + needed / population))
    return max(1, ceil(needed - 1e-9))


def labels_for_wilson(share: float, half_width: float) -> int:
    """The same by the width of Wilson's interval, which holds for shares near 0 and 1 too."""
    low, high = 1, MOST_LABELS
    while low < high:
        middle = (low + high) // 2
        bounds = wilson(share * middle, middle)
        if (bounds[1] - bounds[0]) / 2 <= half_width:
            high = middle
        else:
            low = middle + 1
    return low


def labels_for_strata(weights: Sequence[float], shares: Sequence[float], half_width: float) -> int:
    """Labels when each stratum gets its best part of them (Neyman): by its size times its spread."""
    spread: float = sum(weight * (share * (1 - share)) ** 0.5 for weight, share in zip(weights, shares, strict=True))
    return max(1, ceil((Z * spread / half_width) ** 2 - 1e-9))


def neyman_parts(weights: Sequence[float], shares: Sequence[float], labels: int) -> list[int]:
    """How many of the labels each stratum gets; two at least, so that its spread can be seen."""
    pull = np.array(weights) * np.sqrt(np.array(shares) * (1 - np.array(shares)))
    parts = labels * (pull / pull.sum() if pull.sum() else np.full(len(pull), 1 / len(pull)))
    return [max(2, round(float(part))) for part in parts]


def labels_for_kappa(agreement: float, prevalence: float, half_width: float) -> int:
    """Items for Cohen's kappa of a judge as often right on either value as on all; `prevalence` of the rarer one."""
    found = np.array([prevalence, 1 - prevalence])
    shares = np.diag(found * agreement) + np.fliplr(np.diag(found * (1 - agreement)))
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = float(rows @ columns)
    kappa = (agreement - chance) / (1 - chance)
    pull = (columns[:, None] + rows[None, :]) * (1 - kappa)
    spread = float((shares * (np.eye(2) - pull) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    return ceil(Z**2 * spread / (1 - chance) ** 2 / half_width**2 - 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelBudget:
    """How many more labels give a share to +- half_width: drawn at random, or best spread over the judge's words."""

    half_width: float
    there: int
    random: int
    stratified: int | None

    def as_json(self) -> dict[str, float | int | None]:
        """The form of reports."""
        return {
            "half_width": self.half_width,
            "there": self.there,
            "random": self.random,
            "stratified": self.stratified,
        }


def label_budget(
    agreement: float,
    *,
    there: int,
    population: int,
    half_width: float = 0.05,
    strata: tuple[Sequence[float], Sequence[float]] | None = None,
) -> LabelBudget:
    """`strata`: weights of the judge's words and the agreement seen in each."""
    missing = max(0, labels_for_share(agreement, half_width, population=population) - there)
    spread = None
    if strata:
        needed = labels_for_strata(*strata, half_width)
        spread = max(0, ceil(needed / (1 + needed / population) - 1e-9) - there)
    return LabelBudget(half_width=half_width, there=there, random=missing, stratified=spread)


def selection_probabilities(doubt: ArrayLike, labels: int, *, uniform: float = 0.2) -> FloatArray:
    """Chances of being chosen that add up to `labels`: by guessed doubt, a part of them the same for every item."""
    guess = np.asarray(doubt, dtype=np.float64)
    n = len(guess)
    if not n or labels >= n:
        return np.ones(n)
    by_doubt = guess / guess.sum() if guess.sum() else np.full(n, 1 / n)
    share = (1 - uniform) * by_doubt + uniform / n
    return _capped(share, labels)


def _capped(share: FloatArray, labels: int) -> FloatArray:
    """Scaled to `labels`; what would be above 1 is 1, and the rest is scaled up for it."""
    certain = np.zeros(len(share), dtype=bool)
    while True:
        rest = share[~certain].sum()
        chances = np.where(certain, 1.0, share * (labels - certain.sum()) / rest)
        above = (chances > 1) & ~certain
        if not above.any():
            return np.asarray(chances, dtype=np.float64)
        certain |= above
