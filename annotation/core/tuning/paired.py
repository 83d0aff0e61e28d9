"""A saved version of a judge beside a new one, on the same items: better, worse, and by how much."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.agreement.basis import quotient
from annotation.core.intervals import (
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    paired_difference,
    proportion,
    resampled,
)

NO_ITEM = "no item with both versions' words and people's"
ONE_VALUE = "every word is the same"
BETTER, WORSE = "better", "worse"


@dataclass(frozen=True, slots=True, eq=False)
class Twice:
    """Items that people and two versions of a judge have a word on; codes on one scale. -1: that version had none.

    A version without a word agrees with nobody. `items`: their primary keys.
    """

    items: IntArray
    people: IntArray
    saved: IntArray
    new: IntArray

    @property
    def known(self) -> "Twice":
        """Those that people decided."""
        kept = self.people >= 0
        return Twice(self.items[kept], self.people[kept], self.saved[kept], self.new[kept])

    def flips(self, way: str) -> IntArray:
        """Places of the items that got better, or worse."""
        before, after = self.saved == self.people, self.new == self.people
        found = ~before & after if way == BETTER else before & ~after
        return np.flatnonzero(found & (self.people >= 0)).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Both versions, and the difference new less saved from one draw of the items."""

    n: int
    saved_agreement: Statistic
    new_agreement: Statistic
    agreement_difference: Statistic
    saved_kappa: Statistic
    new_kappa: Statistic
    kappa_difference: Statistic
    better: int
    worse: int
    p: float | None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        plain = {"n": self.n, "better": self.better, "worse": self.worse, "p": self.p}
        names = ("saved_agreement", "new_agreement", "agreement_difference", "saved_kappa", "new_kappa")
        found = {name: getattr(self, name).as_json() for name in (*names, "kappa_difference")}
        return plain | found


def compared(twice: Twice) -> Compared:
    """Compare them on the items that people decided. `p`: McNemar's exact test of the flips."""
    from scipy.stats import binomtest  # Slow to load, and needed here alone.

    known = twice.known
    kinds, items = _kinds(known)
    agreements = [_agreement(kinds, version) for version in (1, 2)]
    kappas = [_kappa(kinds, version) for version in (1, 2)]
    better, worse = (len(known.flips(way)) for way in (BETTER, WORSE))
    n = len(known.items)
    return Compared(
        n=n,
        saved_agreement=proportion(int((known.saved == known.people).sum()), n, undefined=NO_ITEM),
        new_agreement=proportion(int((known.new == known.people).sum()), n, undefined=NO_ITEM),
        agreement_difference=paired_difference(items, agreements[1], agreements[0], undefined=NO_ITEM),
        saved_kappa=_alone(items, kappas[0]),
        new_kappa=_alone(items, kappas[1]),
        kappa_difference=paired_difference(items, kappas[1], kappas[0], undefined=ONE_VALUE if n else NO_ITEM),
        better=better,
        worse=worse,
        p=float(binomtest(better, better + worse).pvalue) if better + worse else None,
    )


def _kinds(known: Twice) -> tuple[IntArray, IntArray]:
    """Different (people, saved, new), and how many items are like each."""
    rows = np.stack([known.people, known.saved, known.new], axis=1)
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    return kinds, counts.astype(np.int64)


def _agreement(kinds: IntArray, version: int) -> Any:
    same = (kinds[:, 0] == kinds[:, version]).astype(np.float64)
    return lambda rows: quotient(rows @ same, rows.sum(axis=1))


def _kappa(kinds: IntArray, version: int) -> Any:
    """Cohen's kappa with people; a version's silence is a value of its own, which people never give."""
    values = np.unique(kinds[:, [0, version]])
    people = (kinds[:, 0, None] == values).astype(np.float64)
    judge = (kinds[:, version, None] == values).astype(np.float64)
    observed = _agreement(kinds, version)

    def kappa(rows: FloatArray) -> FloatArray:
        total = rows.sum(axis=1)[:, None]
        chance = (quotient(rows @ people, total) * quotient(rows @ judge, total)).sum(axis=1)
        room = np.where(np.abs(1 - chance) < 1e-12, 0.0, 1 - chance)
        return quotient(observed(rows) - chance, room)

    return kappa


def _alone(items: IntArray, statistic: Any) -> Statistic:
    if not items.sum():
        return Undefined(NO_ITEM)
    value = float(statistic(items[None, :].astype(np.float64))[0])
    if np.isnan(value):
        return Undefined(ONE_VALUE)
    bounds = bootstrap(items, statistic)
    n = int(items.sum())
    return resampled(value, bounds, n) if bounds else Value(value, value, value, n, "item_bootstrap")
