"""Labels with their authors: what they resolve to beyond the majority, and what each annotator is like.

Judges stay out: several judges with shared errors outvote the people beside them, and are sure of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from annotation.core.intervals import FloatArray, IntArray, Statistic, Undefined, Value, normal, proportion

NO_PEERS = "nobody else labelled these items"
NO_LABELS = "no labels"
FEW_SHARED = 30
SMOOTHING = 0.01
ROUNDS = 200
ALARM_SIGMAS = 3.0
EWMA_WEIGHT, EWMA_LIMIT = 0.2, 2.7
LINEARISED = "linearised"


@dataclass(frozen=True)
class Votes:
    """One row per label: item, annotator and category, each numbered 0, 1, ...; an item has one label of a person."""

    items: IntArray
    annotators: IntArray
    codes: IntArray
    categories: int

    @cached_property
    def n_items(self) -> int:
        """Items."""
        return int(self.items.max(initial=-1)) + 1

    @cached_property
    def n_annotators(self) -> int:
        """Annotators."""
        return int(self.annotators.max(initial=-1)) + 1

    @cached_property
    def counts(self) -> IntArray:
        """Labels of each category, one row per item."""
        cells = np.bincount(self.items * self.categories + self.codes, minlength=self.n_items * self.categories)
        return cells.reshape(self.n_items, self.categories).astype(np.int64)

    @cached_property
    def sizes(self) -> IntArray:
        """Labels per item."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class DawidSkene:
    """`posterior`: probability of each category per item. `errors`: per annotator, what they say of each true one."""

    posterior: FloatArray
    prevalence: FloatArray
    errors: FloatArray

    @property
    def decided(self) -> IntArray:
        """The likeliest category of each item."""
        return np.asarray(self.posterior.argmax(axis=1), dtype=np.int64)

    def suspicion(self, votes: Votes) -> FloatArray:
        """For each label, how improbable it is by all labels of its item."""
        return np.asarray(1 - self.posterior[votes.items, votes.codes], dtype=np.float64)

    def accuracy(self) -> FloatArray:
        """Share of items each annotator would get right at this prevalence."""
        right = np.diagonal(self.errors, axis1=1, axis2=2)
        return np.asarray(right @ self.prevalence, dtype=np.float64)


def majority_codes(votes: Votes) -> IntArray:
    """The category with more labels than any other; -1 at a tie and where there is no label."""
    most = votes.counts.max(axis=1, initial=0)
    unique = (votes.counts == most[:, None]).sum(axis=1) == 1
    return np.where(unique & (most > 0), votes.counts.argmax(axis=1), -1)


def dawid_skene(votes: Votes) -> DawidSkene | Undefined:
    """Dawid and Skene 1979: who errs how, and what the items then are, estimated together by EM from vote shares."""
    if not len(votes.items):
        return Undefined(NO_LABELS)
    posterior = votes.counts / np.maximum(votes.sizes, 1)[:, None]
    before = np.full_like(posterior, np.inf)
    for _round in range(ROUNDS):
        prevalence, errors = _maximised(votes, posterior)
        posterior = _expected(votes, prevalence, errors)
        if np.abs(posterior - before).max() < 1e-6:
            break
        before = posterior
    return DawidSkene(posterior, prevalence, errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorFigures:
    """How one annotator labels beside the others on the same items."""

    annotator: str
    labels: int
    shared: int
    agreement: Statistic
    leniency: Statistic
    unknown: Statistic
    median_seconds: float | None

    @property
    def is_rankable(self) -> bool:
        """Whether there are enough shared items to stand in a ranking."""
        return self.shared >= FEW_SHARED

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "annotator": self.annotator,
            "labels": self.labels,
            "shared": self.shared,
            "agreement": self.agreement.as_json(),
            "leniency": self.leniency.as_json(),
            "unknown": self.unknown.as_json(),
            "median_seconds": self.median_seconds,
            "rankable": self.is_rankable,
        }


def annotator_figures(
    votes: Votes, names: Sequence[str], *, unknown: IntArray, seconds: Sequence[Sequence[float]], clean: int = 0
) -> list[AnnotatorFigures]:
    """One row per annotator. `unknown`: their undecided labels, which are not among `votes`; `seconds` of all labels.

    agreement: mean share of the others on an item who said the same. leniency: share of `clean` minus that of the
    others on the same items.
    """
    compared = votes.sizes[votes.items] >= 2
    others = votes.sizes[votes.items] - 1
    same = votes.counts[votes.items, votes.codes] - 1
    own = votes.codes == clean
    peers = votes.counts[votes.items, clean] - own
    rows = []
    for at, name in enumerate(names):
        mine = votes.annotators == at
        kept = mine & compared
        given, undecided = int(mine.sum()), int(unknown[at])
        rows.append(
            AnnotatorFigures(
                annotator=name,
                labels=given + undecided,
                shared=int(kept.sum()),
                agreement=mean_share(same[kept] / others[kept]),
                leniency=mean_share(own[kept] - peers[kept] / others[kept]),
                unknown=proportion(undecided, given + undecided, undefined=NO_LABELS),
                median_seconds=float(np.median(seconds[at])) if len(seconds[at]) else None,
            )
        )
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigure:
    """An annotator's agreement with the others in one week, beside what is usual for them."""

    week: str
    n: int
    agreement: float
    lowest_usual: float
    smoothed: float
    smoothed_limit: float

    @property
    def alarm(self) -> bool:
        """Whether the week, or the weighted run of weeks up to it, fell out of what is usual."""
        return self.agreement < self.lowest_usual or self.smoothed < self.smoothed_limit


def drift(weeks: Sequence[tuple[str, float, int]], *, baseline: float | None = None) -> list[WeekFigure]:
    """Rows (week, sum of agreement, labels) in order -> control chart: three sigma, and an EWMA for slow falls.

    Without a baseline it is the mean of all weeks.
    """
    given = [(week, total, n) for week, total, n in weeks if n]
    if not given:
        return []
    centre = sum(total for _, total, _ in given) / sum(n for *_, n in given) if baseline is None else baseline
    rows, smoothed, spread = [], centre, 0.0
    for week, total, n in given:
        variance = centre * (1 - centre) / n
        smoothed += EWMA_WEIGHT * (total / n - smoothed)
        spread = EWMA_WEIGHT**2 * variance + (1 - EWMA_WEIGHT) ** 2 * spread
        rows.append(
            WeekFigure(
                week=week,
                n=n,
                agreement=total / n,
                lowest_usual=max(0.0, centre - ALARM_SIGMAS * variance**0.5),
                smoothed=smoothed,
                smoothed_limit=max(0.0, centre - EWMA_LIMIT * spread**0.5),
            )
        )
    return rows


def mean_share(values: FloatArray) -> Statistic:
    """A mean of shares with its large-sample interval; where they do not differ, that of a proportion."""
    n = len(values)
    if n == 0:
        return Undefined(NO_PEERS)
    value, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
    if error < 1e-12:
        edge = proportion(round(abs(value) * n), n, undefined=NO_PEERS)
        if isinstance(edge, Value):
            low, high = (edge.low, edge.high) if value >= 0 else (-edge.high, -edge.low)
            return Value(value, min(low, value), max(high, value), n, edge.method)
    return normal(value, error, n, LINEARISED)


def _maximised(votes: Votes, posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    size = votes.n_annotators * votes.categories
    told = votes.annotators * votes.categories + votes.codes
    errors = np.empty((votes.n_annotators, votes.categories, votes.categories))
    for true in range(votes.categories):
        weight = np.bincount(told, weights=posterior[votes.items, true], minlength=size)
        errors[:, true] = weight.reshape(votes.n_annotators, votes.categories) + SMOOTHING
    labelled = votes.sizes > 0
    prevalence = np.asarray(posterior[labelled].mean(axis=0), dtype=np.float64)
    return prevalence, errors / errors.sum(axis=2, keepdims=True)


def _expected(votes: Votes, prevalence: FloatArray, errors: FloatArray) -> FloatArray:
    logs = np.log(errors)
    found = np.empty((votes.n_items, votes.categories))
    for true in range(votes.categories):
        told = logs[votes.annotators, true, votes.codes]
        found[:, true] = np.bincount(votes.items, weights=told, minlength=votes.n_items)
    found += np.log(np.maximum(prevalence, 1e-300))
    found = np.exp(found - found.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True), dtype=np.float64)
