"""Does a judge agree with people as well as people agree with each other? Both on the same items, from patterns.

The judge is compared with one person drawn at random, beside two persons drawn at random.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.intervals import (
    WILSON,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    draw,
    percentiles,
    resampled,
    wilson,
)

NO_SHARED = "no judged item with two labels"
ONE_VALUE = "every label has the same value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """Agreement on items that people were unanimous on, had a majority on, or split on."""

    kind: str
    agreement_judge: Statistic
    agreement_people: Statistic


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRandomHuman:
    """A judge against a random person, and two random people, on the same items."""

    agreement_judge: Statistic
    agreement_people: Statistic
    difference: Statistic
    kappa_judge: Statistic
    kappa_people: Statistic
    kappa_difference: Statistic
    by_certainty: tuple[Certainty, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        names = (
            "agreement_judge",
            "agreement_people",
            "difference",
            "kappa_judge",
            "kappa_people",
            "kappa_difference",
        )
        certainty = [
            {
                "kind": row.kind,
                "agreement_judge": row.agreement_judge.as_json(),
                "agreement_people": row.agreement_people.as_json(),
            }
            for row in self.by_certainty
        ]
        return {name: getattr(self, name).as_json() for name in names} | {"by_certainty": certainty}


def judge_random_human(judge: IntArray, counts: IntArray, items: IntArray) -> JudgeRandomHuman:
    """Kinds of items: the judge's category (negative: none), people's label counts, how many items there are.

    Items without a category of the judge or with fewer than two labels count nowhere. Intervals are percentiles of one
    item bootstrap, so those of the differences are paired.
    """
    kinds = _shared_kinds(judge, counts, items)
    if kinds is None:
        nothing: dict[str, Any] = dict.fromkeys(_NAMES, Undefined(NO_SHARED))
        return JudgeRandomHuman(**nothing)
    rows = draw(kinds.items)
    return JudgeRandomHuman(**_compared(kinds, rows), by_certainty=_by_certainty(kinds, rows))


@dataclass(frozen=True, slots=True, eq=False)
class _Kinds:
    with_judge: FloatArray
    with_each_other: FloatArray
    judged: FloatArray
    shares: FloatArray
    top: FloatArray
    items: IntArray

    def only(self, kept: Any) -> "_Kinds":
        return _Kinds(*(getattr(self, name)[kept] for name in self.__slots__))


_NAMES = ("agreement_judge", "agreement_people", "difference", "kappa_judge", "kappa_people", "kappa_difference")


def _shared_kinds(judge: IntArray, counts: IntArray, items: IntArray) -> _Kinds | None:
    sizes = counts.sum(axis=1)
    kept = (judge >= 0) & (sizes >= 2) & (items > 0)
    if not kept.any():
        return None
    judge, counts, items = _distinct(judge[kept], counts[kept], items[kept])
    sizes = counts.sum(axis=1)
    shares = counts / sizes[:, None]
    agreeing = (counts * (counts - 1)).sum(axis=1) / (sizes * (sizes - 1))
    said = np.eye(counts.shape[1])[judge]
    return _Kinds((shares * said).sum(axis=1), agreeing, said, shares, shares.max(axis=1), items)


def _distinct(judge: IntArray, counts: IntArray, items: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Kinds that are the same, added up: there are fewer to draw from, and their order does not matter."""
    kinds, place = np.unique(np.column_stack([judge, counts]), axis=0, return_inverse=True)
    added = np.bincount(place.ravel(), weights=items, minlength=len(kinds)).astype(np.int64)
    return kinds[:, 0], kinds[:, 1:], added


def _six(kinds: _Kinds, weights: FloatArray) -> FloatArray:
    """The six figures for every row of weights; NaN where chance agreement is 1."""
    total = weights.sum(axis=1)
    total[total == 0] = np.nan  # none of a small group's items were drawn
    judge, people = weights @ kinds.with_judge / total, weights @ kinds.with_each_other / total
    shares = weights @ kinds.shares / total[:, None]
    said = weights @ kinds.judged / total[:, None]
    corrected = [
        np.divide(observed - chance, 1 - chance, out=np.full(len(total), np.nan), where=chance < 1 - 1e-12)
        for observed, chance in ((judge, (said * shares).sum(axis=1)), (people, (shares**2).sum(axis=1)))
    ]
    return np.array([judge, people, judge - people, *corrected, corrected[0] - corrected[1]])


def _compared(kinds: _Kinds, rows: FloatArray) -> dict[str, Statistic]:
    """`rows`: items of each kind in every bootstrap draw."""
    n = int(kinds.items.sum())
    values = _six(kinds, kinds.items[None, :].astype(np.float64))[:, 0]
    drawn = _six(kinds, rows)
    found: dict[str, Statistic] = {}
    for name, value, draws in zip(_NAMES, values, drawn, strict=True):
        found[name] = _with_interval(name, float(value), draws, values, n)
    return found


def _with_interval(name: str, value: float, draws: FloatArray, values: FloatArray, n: int) -> Statistic:
    if np.isnan(value):
        return Undefined(ONE_VALUE)
    if bounds := percentiles(draws):
        return resampled(value, bounds, n)
    # All kinds of items are alike, so resampling them tells nothing: what is known is how few they are.
    low, high = wilson(float(values[0]) * n, n)
    if name in {"difference", "kappa_difference"}:
        other_low, other_high = wilson(float(values[1]) * n, n)
        return Value(value, low - other_high, high - other_low, n, WILSON)
    return Value(value, min(low, value), max(high, value), n, WILSON)


def _by_certainty(kinds: _Kinds, rows: FloatArray) -> tuple[Certainty, ...]:
    """A judge can reach people's level on the pooled number by doing well where people themselves are unsure."""
    split = {
        "unanimous": kinds.top >= 1 - 1e-12,
        "majority": (kinds.top < 1 - 1e-12) & (kinds.top > 0.5 + 1e-12),
        "split": kinds.top <= 0.5 + 1e-12,
    }
    return tuple(_certainty(kind, kinds.only(kept), rows[:, kept]) for kind, kept in split.items())


def _certainty(kind: str, kinds: _Kinds, rows: FloatArray) -> Certainty:
    if not len(kinds.items):
        return Certainty(kind=kind, agreement_judge=Undefined(NO_SHARED), agreement_people=Undefined(NO_SHARED))
    found = _compared(kinds, rows)
    return Certainty(kind=kind, agreement_judge=found["agreement_judge"], agreement_people=found["agreement_people"])
