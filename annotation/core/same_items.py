"""A judge beside people on the same items: as good as one more of them?

Only items with the judge's word and two or more labels count, for both sides. Agreement of the judge is that with a
person drawn at random; agreement of people that of two people drawn at random.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.agreement.basis import quotient
from annotation.core.intervals import (
    BOOTSTRAP,
    PAIRED_BOOTSTRAP,
    WILSON,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    draw,
    percentiles,
    wilson,
)

NO_ITEM = "no judged item with two labels or more"
NO_SUCH_ITEM = "no such item"
ONE_VALUE = "every label has the same value"
SIX = (
    "judge_agreement",
    "human_agreement",
    "agreement_difference",
    "judge_kappa",
    "human_kappa",
    "kappa_difference",
)
DIFFERENCES = {"agreement_difference", "kappa_difference"}
TINY = 1e-12


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
        kept = (self.judge >= 0) & (self.counts.sum(axis=1) >= 2) & (self.items > 0)
        rows = np.concatenate([self.judge[kept, None], self.counts[kept]], axis=1)
        kinds, inverse = np.unique(rows, axis=0, return_inverse=True)
        items = np.bincount(inverse.ravel(), weights=self.items[kept], minlength=len(kinds)).astype(np.int64)
        return JudgedRows(kinds[:, 0], kinds[:, 1:], items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """Agreement on items that people were unanimous on, had a majority on, or split on."""

    kind: str
    items: int
    judge_agreement: Statistic
    human_agreement: Statistic

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "kind": self.kind,
            "items": self.items,
            "percent_agreement": self.judge_agreement.as_json(),
            "human_percent_agreement": self.human_agreement.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SameItems:
    """Judge and a random person, two random people, and the difference, each as a share and corrected for chance."""

    judge_agreement: Statistic
    human_agreement: Statistic
    agreement_difference: Statistic
    judge_kappa: Statistic
    human_kappa: Statistic
    kappa_difference: Statistic
    by_certainty: tuple[Certainty, ...] = ()

    @classmethod
    def undefined(cls, reason: str) -> "SameItems":
        """No figures, and why."""
        nothing: dict[str, Any] = dict.fromkeys(SIX, Undefined(reason))
        return cls(**nothing)


def same_items(rows: JudgedRows, weights: FloatArray) -> SameItems:
    """Compare them, with agreement weights. One draw of items serves every interval, so differences are paired."""
    kinds = rows.comparable()
    if not len(kinds.items):
        return SameItems.undefined(NO_ITEM)
    parts = _parts(kinds, weights)
    drawn = draw(kinds.items)
    return SameItems(**_compared(parts, drawn), by_certainty=_by_certainty(kinds, parts, drawn))


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Of each kind of items: both agreements, and what chance follows from."""

    judge: FloatArray
    people: FloatArray
    said: FloatArray
    shares: FloatArray
    weights: FloatArray
    items: IntArray

    def only(self, kept: Any) -> "_Parts":
        return _Parts(
            self.judge[kept], self.people[kept], self.said[kept], self.shares[kept], self.weights, self.items[kept]
        )


def _parts(kinds: JudgedRows, weights: FloatArray) -> _Parts:
    sizes, counts = kinds.counts.sum(axis=1), kinds.counts
    return _Parts(
        judge=(counts * weights[kinds.judge]).sum(axis=1) / sizes,
        people=(counts * (counts @ weights - 1)).sum(axis=1) / (sizes * (sizes - 1)),
        said=np.eye(kinds.categories)[kinds.judge],
        shares=counts / sizes[:, None],
        weights=weights,
        items=kinds.items,
    )


def _six(parts: _Parts, rows: FloatArray) -> FloatArray:
    """The six figures for every row of item counts; NaN where chance agreement is 1, or nothing was drawn."""
    total = rows.sum(axis=1)
    judge, people = quotient(rows @ parts.judge, total), quotient(rows @ parts.people, total)
    shares, said = quotient(rows @ parts.shares, total[:, None]), quotient(rows @ parts.said, total[:, None])
    judge_kappa = _corrected(judge, ((said @ parts.weights) * shares).sum(axis=1))
    human_kappa = _corrected(people, ((shares @ parts.weights) * shares).sum(axis=1))
    return np.array([judge, people, judge - people, judge_kappa, human_kappa, judge_kappa - human_kappa])


def _corrected(observed: FloatArray, chance: FloatArray) -> FloatArray:
    return quotient(observed - chance, np.where(np.abs(1 - chance) < TINY, 0.0, 1 - chance))


def _compared(parts: _Parts, drawn: FloatArray) -> dict[str, Statistic]:
    n = int(parts.items.sum())
    values = _six(parts, parts.items[None, :].astype(np.float64))[:, 0]
    rows = _six(parts, drawn)
    return {name: _statistic(name, values, rows[at], n) for at, name in enumerate(SIX)}


def _statistic(name: str, values: FloatArray, draws: FloatArray, n: int) -> Statistic:
    value = float(values[SIX.index(name)])
    if np.isnan(value):
        return Undefined(ONE_VALUE)
    if bounds := percentiles(draws):
        method = PAIRED_BOOTSTRAP if name in DIFFERENCES else BOOTSTRAP
        return Value(value, min(bounds[0], value), max(bounds[1], value), n, method)
    # All kinds of items are alike, so resampling them tells nothing: what is known is how few they are.
    low, high = wilson(min(1.0, max(0.0, float(values[0]))) * n, n)
    if name in DIFFERENCES:
        other_low, other_high = wilson(min(1.0, max(0.0, float(values[1]))) * n, n)
        return Value(value, min(low - other_high, value), max(high - other_low, value), n, WILSON)
    return Value(value, min(low, value), max(high, value), n, WILSON)


def _by_certainty(kinds: JudgedRows, parts: _Parts, drawn: FloatArray) -> tuple[Certainty, ...]:
    """A judge can reach people's level on the pooled number by doing well where people themselves are unsure."""
    top = parts.shares.max(axis=1)
    split = {
        "unanimous": top >= 1 - TINY,
        "majority": (top < 1 - TINY) & (top > 0.5 + TINY),
        "split": top <= 0.5 + TINY,
    }
    return tuple(_certainty(kind, parts.only(kept), drawn[:, kept]) for kind, kept in split.items())


def _certainty(kind: str, parts: _Parts, drawn: FloatArray) -> Certainty:
    nothing = Undefined(NO_SUCH_ITEM)
    found = _compared(parts, drawn) if len(parts.items) else {}
    return Certainty(
        kind=kind,
        items=int(parts.items.sum()),
        judge_agreement=found.get("judge_agreement", nothing),
        human_agreement=found.get("human_agreement", nothing),
    )
