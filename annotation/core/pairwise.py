"""Votes between two answers: A, B or tie; one judge in both orders, and agreement as MT-Bench counts it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from annotation.core.counts import Patterns
from annotation.core.intervals import (
    BOOTSTRAP,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    bootstrap,
    proportion,
)

VOTES = ("A", "B", "tie")
A, B, TIE = range(3)

ONE_ORDER = "no pair was judged in both orders"
NO_VOTES = "no vote of both on one pair"
NO_DECIDED_VOTES = "no vote of both that is not a tie"

_TIE = re.compile(r"(?<![a-z])tied?(?![a-z])")
_WORDS: Mapping[str, str] = {
    "a": "A", "model_a": "A", "model a": "A", "assistant_a": "A", "[[a]]": "A",
    "b": "B", "model_b": "B", "model b": "B", "assistant_b": "B", "[[b]]": "B",
    "c": "tie", "[[c]]": "tie", "draw": "tie",
}  # fmt: skip


def vote_of(text: str) -> str | None:
    """A, B or tie for the ways of writing a vote; None for what is none. Whatever has the word tie in it is a tie."""
    word = text.strip().lower()
    return "tie" if _TIE.search(word) else _WORDS.get(word)


@dataclass(frozen=True, slots=True, eq=False)
class BothOrders:
    """What a judge said of pairs shown in both orders. Rows: A shown first; columns: B shown first. Votes are about
    the answers, not about places."""

    cells: IntArray

    @property
    def n(self) -> int:
        """Pairs judged in both orders."""
        return int(self.cells.sum())

    def consistency(self) -> Statistic:
        """Share of pairs with the same vote in both orders."""
        return proportion(int(np.trace(self.cells)), self.n, undefined=ONE_ORDER)

    def primacy(self) -> int:
        """Pairs of which the one shown first won twice."""
        return int(self.cells[A, B])

    def recency(self) -> int:
        """Pairs of which the one shown second won twice."""
        return int(self.cells[B, A])

    def position_bias(self) -> Statistic:
        """Primacy less recency, as a share of all pairs: above 0 the first place is favoured."""
        if not self.n:
            return Undefined(ONE_ORDER)
        kinds = np.array([self.primacy(), self.recency(), self.n - self.primacy() - self.recency()])

        def net(rows: FloatArray) -> FloatArray:
            return np.asarray((rows[:, 0] - rows[:, 1]) / rows.sum(axis=1), dtype=np.float64)

        value = (kinds[0] - kinds[1]) / self.n
        low, high = bootstrap(kinds, net) or (value, value)
        return Value(float(value), min(low, float(value)), max(high, float(value)), self.n, BOOTSTRAP)

    def position_test(self) -> float | None:
        """Exact McNemar test of the bias: how likely it is where places do not matter. None without such a pair."""
        turned = self.primacy() + self.recency()
        return float(scipy.stats.binomtest(self.primacy(), turned).pvalue) if turned else None


@dataclass(frozen=True, slots=True)
class VoteAgreement:
    """Agreement of votes in the two set-ups of MT-Bench: all votes, and only those where neither is a tie.

    Every vote of one beside every vote of the other on the same pair counts once; n counts those, not the pairs.
    """

    agreement_all: Statistic
    agreement_without_ties: Statistic
    n_all: int
    n_without_ties: int


def judge_agreement(judge: IntArray, people: IntArray, many: IntArray | None = None) -> VoteAgreement:
    """A judge's votes (one code per row) beside people's (rows of counts of A, B, tie). `many`: items of each row."""
    said = np.eye(3, dtype=np.int64)[judge]
    kinds, place = np.unique(np.concatenate([said, people], axis=1), axis=0, return_inverse=True)
    items = np.bincount(place.ravel(), weights=many, minlength=len(kinds)).astype(np.int64)
    said, people = kinds[:, :3], kinds[:, 3:]
    decided = said[:, :TIE].sum(axis=1) * people[:, :TIE].sum(axis=1)
    return _agreement(
        items,
        ((said * people).sum(axis=1), people.sum(axis=1)),
        ((said * people)[:, :TIE].sum(axis=1), decided),
    )


def people_agreement(patterns: Patterns) -> VoteAgreement:
    """People among themselves: every two votes on a pair."""
    counts = patterns.counts
    same = counts * (counts - 1) // 2
    sizes, decided = patterns.sizes, counts[:, :TIE].sum(axis=1)
    return _agreement(
        patterns.items,
        (same.sum(axis=1), sizes * (sizes - 1) // 2),
        (same[:, :TIE].sum(axis=1), decided * (decided - 1) // 2),
    )


def _agreement(items: IntArray, every: tuple[IntArray, IntArray], decided: tuple[IntArray, IntArray]) -> VoteAgreement:
    return VoteAgreement(
        agreement_all=_share(items, every, NO_VOTES),
        agreement_without_ties=_share(items, decided, NO_DECIDED_VOTES),
        n_all=int(items @ every[1]),
        n_without_ties=int(items @ decided[1]),
    )


def _share(items: IntArray, parts: tuple[IntArray, IntArray], undefined: str) -> Statistic:
    """Same votes of all votes; votes on one pair hang together, so pairs are resampled."""
    same, votes = parts
    n = int(items @ votes) if len(items) else 0
    if n == 0:
        return Undefined(undefined)
    if (votes <= 1).all():
        return proportion(int(items @ same), n, undefined=undefined)
    value = float(items @ same) / n

    def share(rows: FloatArray) -> FloatArray:
        below = rows @ votes
        shares: FloatArray = np.divide(rows @ same, below, out=np.full(len(rows), np.nan), where=below > 0)
        return shares

    low, high = bootstrap(items, share) or (value, value)
    return Value(value, min(low, value), max(high, value), n, BOOTSTRAP)
