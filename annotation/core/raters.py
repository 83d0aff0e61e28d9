"""Figures of single raters and of pairs of raters: what needs to know who said what.

A `Sheet` has a row per item and a column per rater: the code of what they said, -1 where they said nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotation.core.agreement.basis import NO_PAIRS, ONE_VALUE, TINY, fixed_chance
from annotation.core.agreement.two import Kappa, cohen_kappa, kappa_of
from annotation.core.counts import pair_table
from annotation.core.intervals import (
    LINEARISED,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    mean,
    normal,
    proportion,
)

MOST_CELLS = 100_000_000
MOST_PAIRED = 300
"""Raters whose pairs are still compared one by one: their number grows with the square."""
TOO_MANY = f"more than {MOST_PAIRED} raters are not compared pair by pair"
ALONE = "nobody else labelled these items"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Who said what."""

    codes: IntArray
    categories: int

    @classmethod
    def of(cls, items: IntArray, raters: IntArray, codes: IntArray, *, shape: tuple[int, int, int]) -> "Sheet":
        """From labels one by one; `shape`: items, raters, categories."""
        sheet = np.full(shape[:2], -1, dtype=np.int64)
        sheet[items, raters] = codes
        return cls(sheet, shape[2])

    @property
    def raters(self) -> int:
        """Columns."""
        return int(self.codes.shape[1])

    @property
    def counts(self) -> IntArray:
        """Labels per item and category."""
        rows = np.arange(len(self.codes))[:, None] * self.categories
        said = self.codes >= 0
        flat = np.bincount((rows + self.codes)[said], minlength=len(self.codes) * self.categories)
        return flat.reshape(len(self.codes), self.categories).astype(np.int64)

    def table(self, first: int, second: int) -> IntArray:
        """Square table of two raters."""
        return pair_table(self.codes[:, first], self.codes[:, second], self.categories)


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Two raters on the items both labelled."""

    first: int
    second: int
    n: int
    percent_agreement: Statistic
    cohen_kappa: Statistic


@dataclass(frozen=True, slots=True)
class RaterFigures:
    """One rater beside the others who labelled the same items. `leniency`: how much higher they go than the others."""

    agreement_with_others: Statistic
    leniency: Statistic
    items_shared: int


def pairs_of(sheet: Sheet) -> Iterator[PairFigures]:
    """Every two raters with an item in common."""
    if sheet.raters > MOST_PAIRED:
        return
    for first, second in combinations(range(sheet.raters), 2):
        table = sheet.table(first, second)
        n = int(table.sum())
        if n:
            same = proportion(int(np.trace(table)), n, undefined=NO_PAIRS)
            yield PairFigures(first, second, n, same, cohen_kappa(table))


def mean_pairwise_kappa(sheet: Sheet) -> Statistic:
    """Mean of Cohen's kappa over every two raters with an item in common, all pairs weighing the same.

    Its error is linearised: an item stands in several pairs, and moves them together.
    """
    if sheet.raters > MOST_PAIRED:
        return Undefined(TOO_MANY)
    pull = np.zeros(len(sheet.codes))
    found: list[Kappa] = []
    reasons: list[str] = []
    for first, second in combinations(range(sheet.raters), 2):
        kappa = kappa_of(sheet.table(first, second))
        if isinstance(kappa, Undefined):
            reasons.append(kappa.reason)
            continue
        found.append(kappa)
        _add_influence(pull, sheet, first, second, kappa)
    if not found:
        return Undefined(ONE_VALUE if ONE_VALUE in reasons else NO_PAIRS)
    value = float(np.mean([kappa.value for kappa in found]))
    n = int(((sheet.codes >= 0).sum(axis=1) >= 2).sum())
    error = float(np.sqrt((pull**2).sum())) / len(found)
    if error < TINY:
        chance = float(np.mean([kappa.chance for kappa in found]))
        return fixed_chance(value, value * (1 - chance) + chance, chance, n)
    return normal(value, error, n, LINEARISED)


def _add_influence(pull: FloatArray, sheet: Sheet, first: int, second: int, kappa: Kappa) -> None:
    """How far each item moves the kappa of a pair."""
    one, other = sheet.codes[:, first], sheet.codes[:, second]
    both = (one >= 0) & (other >= 0)
    one, other = one[both], other[both]
    shares = [np.bincount(codes, minlength=sheet.categories) / kappa.n for codes in (one, other)]
    by_chance = shares[1][one] + shares[0][other] - 2 * kappa.chance
    pull[both] += ((one == other) - kappa.observed - (1 - kappa.value) * by_chance) / (1 - kappa.chance) / kappa.n


def rater_figures(sheet: Sheet, values: FloatArray) -> list[RaterFigures]:
    """Every rater beside the others. `values`: what the categories are as numbers, higher being better."""
    counts = sheet.counts
    sizes, sums = counts.sum(axis=1), counts @ values
    return [_beside_others(sheet.codes[:, at], counts, sizes, sums, values) for at in range(sheet.raters)]


def _beside_others(
    codes: IntArray, counts: IntArray, sizes: IntArray, sums: FloatArray, values: FloatArray
) -> RaterFigures:
    shared = np.flatnonzero((codes >= 0) & (sizes >= 2))
    said, others = codes[shared], sizes[shared] - 1
    agreeing = (counts[shared, said] - 1) / np.maximum(others, 1)
    above = values[said] - (sums[shared] - values[said]) / np.maximum(others, 1)
    return RaterFigures(_within(mean(agreeing, undefined=ALONE)), mean(above, undefined=ALONE), len(shared))


def _within(found: Statistic) -> Statistic:
    """A mean of shares has bounds between 0 and 1."""
    if isinstance(found, Undefined):
        return found
    return Value(found.value, max(0.0, found.low), min(1.0, found.high), found.n, found.method)
