"""A figure over items: a share or a mean with its 95 % interval, how many items are in it, and how many are not.

Means are resampled by question, because two turns of one question are no two questions. Questions that say the same
are drawn as one kind, so that a thousand draws of fourteen thousand questions cost no more than of ten.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Z = NormalDist().inv_cdf(0.975)
DRAWS = 2000
SEED = 0
WILSON = "wilson"
BOOTSTRAP = "bootstrap"
NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` of `n` things, None where there is none; `dropped`: things without a score, by reason."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    stderr: float | None = None
    method: str = ""
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_dropped(self) -> int:
        """How many have no score."""
        return sum(self.dropped.values())

    @property
    def n_all(self) -> int:
        """Everything accounted for: scored or dropped."""
        return self.n + self.n_dropped

    def as_json(self) -> dict[str, Any]:
        """The form in reports."""
        return {
            "value": self.value, "n": self.n, "low": self.low, "high": self.high, "stderr": self.stderr,
            "method": self.method, "dropped": dict(self.dropped),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of one part of one question: a score, or why there is none."""

    question: str
    score: float | None
    reason: str = ""


def share(right: int, n: int, dropped: Mapping[str, int] | None = None) -> Figure:
    """`right` of `n` with Wilson's interval; the standard error as lm-eval gives it: sqrt(p (1 - p) / (n - 1))."""
    if not n:
        return Figure(value=None, n=0, dropped=dropped or {})
    value = right / n
    centre, half = value + Z**2 / (2 * n), Z * sqrt(value * (1 - value) / n + Z**2 / (4 * n**2))
    low, high = ((centre + sign * half) / (1 + Z**2 / n) for sign in (-1, 1))
    return Figure(
        value=value,
        n=n,
        # At 0 and n the bound is exactly 0 and 1, which rounding misses.
        low=max(0.0, low) if right else 0.0,
        high=min(1.0, high) if right < n else 1.0,
        stderr=sqrt(value * (1 - value) / (n - 1)) if n > 1 else None,
        method=WILSON,
        dropped=dropped or {},
    )


def normal(value: float | None, stderr: float | None, n: int, dropped: Mapping[str, int] | None = None) -> Figure:
    """A share with a known standard error, between 0 and 1."""
    if value is None or stderr is None:
        return Figure(value=value, n=n, dropped=dropped or {})
    low, high = max(0.0, value - Z * stderr), min(1.0, value + Z * stderr)
    return Figure(value=value, n=n, low=low, high=high, stderr=stderr, method=NORMAL, dropped=dropped or {})


def mean(told: Iterable[Told]) -> Figure:
    """The mean of all scores, resampled by question."""
    every = list(told)
    scores = [each.score for each in every if each.score is not None]
    dropped = dict(sorted(Counter(each.reason for each in every if each.score is None).items()))
    if not scores:
        return Figure(value=None, n=0, dropped=dropped)
    totals = questions(every)
    low, high = bounds(drawn_means(totals))
    return Figure(
        value=sum(scores) / len(scores),
        n=len(scores),
        low=low,
        high=high,
        stderr=error_of(totals),
        method=BOOTSTRAP,
        dropped=dropped,
    )


def error_of(totals: Sequence[tuple[float, int]]) -> float | None:
    """The standard error of a mean over questions with several scores; with one each it is sd / sqrt(n)."""
    count = len(totals)
    if count < 2:
        return None
    n = sum(scores for _, scores in totals)
    value = sum(total for total, _ in totals) / n
    squares = sum((total - value * scores) ** 2 for total, scores in totals)
    return sqrt(count / (count - 1) * squares) / n


def questions(told: Iterable[Told]) -> list[tuple[float, int]]:
    """The total and the number of the scores of each question that has any."""
    totals: dict[str, tuple[float, int]] = {}
    for each in told:
        if each.score is not None:
            total, count = totals.get(each.question, (0.0, 0))
            totals[each.question] = total + each.score, count + 1
    return list(totals.values())


def drawn_means(totals: Sequence[tuple[float, int]]) -> FloatArray:
    """The means of as many questions drawn with replacement, DRAWS times; nothing of a single question."""
    if len(totals) < 2:
        return np.empty(0)
    kinds = Counter(totals)
    weights = np.array(list(kinds.values()), dtype=np.float64)
    drawn = np.random.default_rng(SEED).multinomial(len(totals), weights / weights.sum(), size=DRAWS)
    sums, counts = (np.array([kind[place] for kind in kinds], dtype=np.float64) for place in (0, 1))
    found: FloatArray = (drawn @ sums) / (drawn @ counts)
    return found


def bounds(drawn: FloatArray) -> tuple[float | None, float | None]:
    """The bounds that hold 95 % of what was drawn."""
    if not len(drawn):
        return None, None
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the same things: who is better how often, and by how much.

    `p`: of the exact test that wins and losses are equally likely (McNemar's test where scores are right and wrong,
    else the sign test). `better`: the share of draws in which the first is ahead, half of the ties. None without
    anything that differs, or anything to compare.
    """

    n: int
    wins: int
    ties: int
    losses: int
    only_first: int = 0
    only_second: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    better: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in reports."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def is_tie(self) -> bool:
        """Whether nobody can be said to be ahead: the interval of the difference holds 0."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high


Scores = Mapping[tuple[str, str], float | None]
"""Scores by (question, part)."""


def compare(first: Scores, second: Scores) -> Comparison:
    """The first against the second; what only one of them has a score for is counted and left out."""
    both = [
        (key, one, other) for key, one in first.items() if one is not None and (other := second.get(key)) is not None
    ]
    counted = {
        "n": len(both),
        "wins": sum(one > other for _, one, other in both),
        "ties": sum(one == other for _, one, other in both),
        "losses": sum(one < other for _, one, other in both),
        "only_first": sum(score is not None for score in first.values()) - len(both),
        "only_second": sum(score is not None for score in second.values()) - len(both),
    }
    if not both:
        return Comparison(**counted)
    drawn = drawn_means(questions(Told(key[0], one - other) for key, one, other in both))
    low, high = bounds(drawn)
    ahead = float(np.mean(drawn > 0) + np.mean(drawn == 0) / 2) if len(drawn) else None
    return Comparison(
        **counted,
        difference=sum(one - other for _, one, other in both) / len(both),
        low=low,
        high=high,
        p=sign_test(counted["wins"], counted["losses"]),
        better=ahead,
    )


def sign_test(wins: int, losses: int) -> float | None:
    """Two-sided and exact: how likely so uneven a split is where both sides are equally likely. None without any."""
    # Loaded when it is used: most processes never compare.
    from scipy.special import bdtr

    n = wins + losses
    return min(1.0, float(2 * bdtr(min(wins, losses), n, 0.5))) if n else None
