"""The alternative annotator test (Calderon, Reichart and Dror 2025): may a judge replace an annotator?

Of each person it asks whether the judge agrees with the other people at least as well as that person does. It needs to
know who said what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from annotation.core.aggregation import Votes
from annotation.core.intervals import (
    LINEARISED,
    WILSON,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    Value,
    normal,
    proportion,
    wilson,
)

NO_SHARED = "no judged item with two labels"
POSITIONAL = "the raters are columns of a table, not known people"
LEAST_PEOPLE = 3
LEAST_ITEMS = 10
FOR_T_TEST = 30
TOO_FEW = (
    "the test needs {people} people with {items} or more labels each on judged items that somebody else labelled too; "
    "there are {found}"
)
PASSING = 0.5
EPSILON = 0.15
FALSE_DISCOVERY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class AltTestOptions:
    """`epsilon`: what the judge may fall short for being cheap: experts .20, skilled .15, crowd .10.

    `values`: numbers of the categories, where agreement is closeness (minus RMSE); without them it is equality.
    """

    epsilon: float = EPSILON
    q: float = FALSE_DISCOVERY
    values: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstOne:
    """The judge against one person, both measured by the others. `rejected`: the judge won, beyond chance."""

    annotator: str
    n: int
    judge_wins: Statistic
    person_wins: Statistic
    p: float | None
    test: str
    rejected: bool

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "annotator": self.annotator,
            "n": self.n,
            "judge_wins": self.judge_wins.as_json(),
            "person_wins": self.person_wins.as_json(),
            "p": self.p,
            "test": self.test,
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AltTest:
    """omega: share of people the judge won against, which decides; rho: mean share of items won, which ranks judges."""

    omega: Statistic
    rho: Statistic
    epsilon: float
    passed: bool | None
    per_annotator: tuple[AgainstOne, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "omega": self.omega.as_json(),
            "rho": self.rho.as_json(),
            "epsilon": self.epsilon,
            "passed": self.passed,
            "per_annotator": [row.as_json() for row in self.per_annotator],
        }


def alternative_annotator_test(
    votes: Votes,
    judge: IntArray,
    names: Sequence[str],
    *,
    options: AltTestOptions | None = None,
    positional: bool = False,
) -> AltTest:
    """The judge's category per item (negative: none) against everybody's. Positional raters are refused."""
    asked = options or AltTestOptions()
    if positional:
        return _refused(POSITIONAL, asked)
    wins = _wins(votes, judge, asked.values)
    enough = np.flatnonzero(wins.many(len(names))[: len(names)] >= LEAST_ITEMS).tolist()
    if len(enough) < LEAST_PEOPLE:
        return _refused(TOO_FEW.format(people=LEAST_PEOPLE, items=LEAST_ITEMS, found=len(enough)), asked)
    tested = [_against(wins, at, asked.epsilon) for at in enough]
    rejected = benjamini_yekutieli([p for p, _ in tested], asked.q)
    rows = tuple(
        _row(wins, at, names[at], p=p, test=test, rejected=out)
        for at, (p, test), out in zip(enough, tested, rejected, strict=True)
    )
    omega = proportion(sum(rejected), len(rows), undefined=NO_SHARED)
    return AltTest(
        omega=omega,
        rho=_rho(wins, enough),
        epsilon=asked.epsilon,
        passed=sum(rejected) >= PASSING * len(rows),
        per_annotator=rows,
    )


def benjamini_yekutieli(p_values: Sequence[float], q: float) -> list[bool]:
    """Which hypotheses fall at false discovery rate q, however the tests depend on each other."""
    p = np.asarray(p_values, dtype=np.float64)
    m, order = len(p), np.argsort(p, kind="stable")
    limits = np.arange(1, m + 1) * q / (m * (1 / np.arange(1, m + 1)).sum())
    below = np.flatnonzero(p[order] <= limits)
    rejected = np.zeros(m, dtype=bool)
    if len(below):
        rejected[order[: below[-1] + 1]] = True
    return [bool(out) for out in rejected]


@dataclass(frozen=True, slots=True, eq=False)
class _Wins:
    """One row per label that can be tested, sorted by annotator: whether the judge, and whether the person, did at
    least as well."""

    items: IntArray
    annotators: IntArray
    judge: IntArray
    person: IntArray

    def of(self, at: int) -> slice:
        """The rows of one annotator."""
        first, end = np.searchsorted(self.annotators, [at, at + 1]).tolist()
        return slice(first, end)

    def many(self, people: int) -> IntArray:
        """Rows of each annotator."""
        return np.bincount(self.annotators, minlength=people)


def _wins(votes: Votes, judge: IntArray, values: Sequence[float]) -> _Wins:
    said = judge[votes.items]
    kept = np.flatnonzero((said >= 0) & (votes.sizes[votes.items] >= 2))
    kept = kept[np.argsort(votes.annotators[kept], kind="stable")]
    items, own, said = votes.items[kept], votes.codes[kept], said[kept]
    score = _closeness(votes, items, own, said, values) if len(values) else _sameness(votes, items, own, said)
    of_judge, of_person = score
    return _Wins(
        items,
        votes.annotators[kept],
        (of_judge >= of_person - 1e-12).astype(np.int64),
        (of_person >= of_judge - 1e-12).astype(np.int64),
    )


def _sameness(votes: Votes, items: IntArray, own: IntArray, said: IntArray) -> tuple[FloatArray, FloatArray]:
    """How many of the others said the judge's, and the person's category."""
    judge = votes.counts[items, said] - (own == said)
    person = votes.counts[items, own] - 1
    return judge.astype(np.float64), person.astype(np.float64)


def _closeness(
    votes: Votes, items: IntArray, own: IntArray, said: IntArray, values: Sequence[float]
) -> tuple[FloatArray, FloatArray]:
    """Minus the squared distance to the others, which orders as minus RMSE does."""
    scale = np.asarray(values, dtype=np.float64)
    total, squares = votes.counts @ scale, votes.counts @ scale**2
    person = scale[own]
    others, others_squares = total[items] - person, squares[items] - person**2
    peers = votes.sizes[items] - 1

    def distance(x: FloatArray) -> FloatArray:
        return np.asarray(peers * x**2 - 2 * x * others + others_squares, dtype=np.float64)

    return -distance(scale[said]), -distance(person)


def _against(wins: _Wins, at: int, epsilon: float) -> tuple[float, str]:
    """p of "the judge does not win often enough": Student's t, or Wilcoxon's signed ranks for few items."""
    mine = wins.of(at)
    behind = (wins.person[mine] - wins.judge[mine]).astype(np.float64)
    if len(behind) < FOR_T_TEST:
        return float(scipy.stats.wilcoxon(behind - epsilon, alternative="less").pvalue), "wilcoxon"
    spread = float(behind.std(ddof=1))
    if spread == 0:
        return (0.0 if behind.mean() < epsilon else 1.0), "t"
    t = (float(behind.mean()) - epsilon) / (spread / np.sqrt(len(behind)))
    return float(scipy.stats.t.cdf(t, len(behind) - 1)), "t"


def _row(wins: _Wins, at: int, name: str, *, p: float, test: str, rejected: bool) -> AgainstOne:
    mine = wins.of(at)
    n = mine.stop - mine.start
    return AgainstOne(
        annotator=name,
        n=n,
        judge_wins=proportion(int(wins.judge[mine].sum()), n, undefined=NO_SHARED),
        person_wins=proportion(int(wins.person[mine].sum()), n, undefined=NO_SHARED),
        p=p,
        test=test,
        rejected=rejected,
    )


def _rho(wins: _Wins, people: Sequence[int]) -> Statistic:
    """Mean over people of the share of items won; items, not labels, are what was drawn."""
    numbers = wins.many(0)[list(people)]
    shares = np.array([wins.judge[wins.of(at)].mean() for at in people])
    place = np.full(int(wins.annotators[-1]) + 1, -1)
    place[list(people)] = np.arange(len(people))
    kept = place[wins.annotators] >= 0
    person = place[wins.annotators[kept]]
    pull = (wins.judge[kept] - shares[person]) / numbers[person] / len(people)
    by_item = np.bincount(wins.items[kept], weights=pull)
    n = int(np.count_nonzero(np.bincount(wins.items[kept])))
    error = float(np.sqrt((by_item**2).sum() * n / max(n - 1, 1)))
    value = float(shares.mean())
    if error < 1e-12:
        low, high = wilson(value * n, n)
        return Value(value, min(low, value), max(high, value), n, WILSON)
    found = normal(value, error, n, LINEARISED)
    return Value(value, max(0.0, found.low), found.high, n, LINEARISED)


def _refused(reason: str, options: AltTestOptions) -> AltTest:
    return AltTest(
        omega=Undefined(reason), rho=Undefined(reason), epsilon=options.epsilon, passed=None, per_annotator=()
    )
