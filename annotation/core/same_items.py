"""A judge beside people on the same items: as good as one more of them?

Only items with the judge's word and two or more labels count, for both sides. Agreement of the judge is that with a
person drawn at random; agreement of people that of two people drawn at random.
"""

from dataclasses import dataclass

import numpy as np

from annotation.core.agreement.basis import quotient
from annotation.core.intervals import (
    BOOTSTRAP,
    FloatArray,
    IntArray,
    OfRows,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    paired_difference,
)

NO_ITEM = "no judged item with two labels or more"
ONE_VALUE = "every word has the same value"


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRows:
    """Items by what the judge and people said. `judge`: code, -1 for none; `counts`: people's labels per category;
    `items`: how many items are like this."""

    judge: IntArray
    counts: IntArray
    items: IntArray

    @property
    def categories(self) -> int:
        """Length of the scale."""
        return int(self.counts.shape[1])

    def comparable(self) -> "JudgedRows":
        """Items with the judge's word and two labels or more, equal ones together."""
        kept = (self.judge >= 0) & (self.counts.sum(axis=1) >= 2)
        rows = np.concatenate([self.judge[kept, None], self.counts[kept]], axis=1)
        kinds, inverse = np.unique(rows, axis=0, return_inverse=True)
        items = np.bincount(inverse.ravel(), weights=self.items[kept], minlength=len(kinds)).astype(np.int64)
        return JudgedRows(kinds[:, 0], kinds[:, 1:], items)


@dataclass(frozen=True, slots=True)
class SameItems:
    """Judge and a random person, two random people, and the difference, each as a share and corrected for chance."""

    judge_agreement: Statistic
    judge_kappa: Statistic
    human_agreement: Statistic
    human_kappa: Statistic
    agreement_difference: Statistic
    kappa_difference: Statistic


def same_items(rows: JudgedRows, weights: FloatArray) -> SameItems:
    """Compare them, with agreement weights; differences are paired, one draw of items for both sides."""
    kinds = rows.comparable()
    n = int(kinds.items.sum())
    if n == 0:
        return SameItems(*[Undefined(NO_ITEM)] * 6)
    judge, people = _judge_agreement(kinds, weights), _human_agreement(kinds, weights)
    judge_kappa, human_kappa = _judge_kappa(kinds, weights, judge), _human_kappa(kinds, weights, people)
    return SameItems(
        judge_agreement=_statistic(kinds.items, judge),
        judge_kappa=_statistic(kinds.items, judge_kappa),
        human_agreement=_statistic(kinds.items, people),
        human_kappa=_statistic(kinds.items, human_kappa),
        agreement_difference=paired_difference(kinds.items, judge, people, undefined=ONE_VALUE),
        kappa_difference=paired_difference(kinds.items, judge_kappa, human_kappa, undefined=ONE_VALUE),
    )


def _judge_agreement(kinds: JudgedRows, weights: FloatArray) -> OfRows:
    credit = (kinds.counts * weights[kinds.judge]).sum(axis=1) / kinds.counts.sum(axis=1)
    return lambda rows: (rows @ credit) / rows.sum(axis=1)


def _human_agreement(kinds: JudgedRows, weights: FloatArray) -> OfRows:
    sizes = kinds.counts.sum(axis=1)
    credit = (kinds.counts * (kinds.counts @ weights - 1)).sum(axis=1) / (sizes * (sizes - 1))
    return lambda rows: (rows @ credit) / rows.sum(axis=1)


def _shares(kinds: JudgedRows, rows: FloatArray) -> FloatArray:
    by_item = kinds.counts / kinds.counts.sum(axis=1)[:, None]
    return np.asarray(rows @ by_item / rows.sum(axis=1)[:, None], dtype=np.float64)


def _judge_kappa(kinds: JudgedRows, weights: FloatArray, observed: OfRows) -> OfRows:
    said = np.eye(kinds.categories)[kinds.judge]

    def kappa(rows: FloatArray) -> FloatArray:
        of_judge = rows @ said / rows.sum(axis=1)[:, None]
        chance = ((of_judge @ weights) * _shares(kinds, rows)).sum(axis=1)
        return _corrected(observed(rows), chance)

    return kappa


def _human_kappa(kinds: JudgedRows, weights: FloatArray, observed: OfRows) -> OfRows:
    def kappa(rows: FloatArray) -> FloatArray:
        shares = _shares(kinds, rows)
        return _corrected(observed(rows), ((shares @ weights) * shares).sum(axis=1))

    return kappa


def _corrected(observed: FloatArray, chance: FloatArray) -> FloatArray:
    left = np.where(np.abs(1 - chance) < 1e-12, 0.0, 1 - chance)
    return quotient(observed - chance, left)


def _statistic(items: IntArray, statistic: OfRows) -> Statistic:
    value = float(statistic(items[None, :].astype(np.float64))[0])
    if np.isnan(value):
        return Undefined(ONE_VALUE)
    low, high = bootstrap(items, statistic) or (value, value)
    return Value(value, min(low, value), max(high, value), int(items.sum()), BOOTSTRAP)
