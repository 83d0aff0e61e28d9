"""What each annotator is like: beside the others on the same items, beside known answers, and from week to week."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.aggregation import NO_LABELS, DawidSkene, Votes
from annotation.core.intervals import (
    LINEARISED,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    mean_share,
    normal,
    proportion,
)

NO_PEERS = "nobody else labelled these items"
NO_GOLD = "no label on an item with a gold label"
NO_KNOWN = "no label on an item with a known answer"
NOT_ESTIMATED = Undefined("errors were not estimated")
FEW_SHARED = 30
MOST_PRIOR = 1000.0
LEAST_FOR_ERRORS = 10
"""Labels from which it is worth saying how often somebody errs."""
ALARM_SIGMAS = 3.0
EWMA_WEIGHT, EWMA_LIMIT = 0.2, 2.7


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorFigures:
    """How one annotator labels beside the others on the same items. `shrunk`: their agreement pulled towards that of
    all, the more the fewer items they share, so that chance alone puts nobody first or last."""

    labels: int
    shared: int
    agreement: Statistic
    leniency: Statistic
    kappa: Statistic
    unknown: Statistic
    gold: Statistic
    known: Statistic
    shrunk: float | None
    dawid_skene: float | None
    median_seconds: float | None

    @property
    def is_rankable(self) -> bool:
        """Whether there are enough shared items to stand in a ranking."""
        return self.shared >= FEW_SHARED

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "labels": self.labels,
            "items_shared": self.shared,
            "agreement_with_others": self.agreement.as_json(),
            "leniency": self.leniency.as_json(),
            "kappa_with_others": self.kappa.as_json(),
            "unknown": self.unknown.as_json(),
            "gold_accuracy": self.gold.as_json(),
            "known_items": self.known.as_json(),
            "shrunk_agreement": self.shrunk,
            "dawid_skene_accuracy": self.dawid_skene,
            "median_seconds": self.median_seconds,
            "rankable": self.is_rankable,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What is known beside the labels. `heights`: categories as numbers, higher being better; `unknown`: undecided
    labels per annotator, which are not among the votes; `gold`, `checks`: right category per item, -1 for none;
    `seconds`: of all labels, per annotator; `errors`: who errs how, if that was estimated."""

    heights: FloatArray
    unknown: IntArray
    gold: IntArray
    checks: IntArray
    seconds: Sequence[FloatArray] = ()
    errors: DawidSkene | Undefined = NOT_ESTIMATED


def annotator_figures(votes: Votes, people: int, known: Known) -> list[AnnotatorFigures]:
    """One row per annotator.

    agreement: mean share of the others on an item who said the same. leniency: how much higher than the others' mean.
    """
    order = np.argsort(votes.annotators, kind="stable")
    votes = Votes(votes.items[order], votes.annotators[order], votes.codes[order], votes.categories)
    beside = _Beside.of(votes, known.heights)
    accuracy = [] if isinstance(known.errors, Undefined) else known.errors.accuracy().tolist()
    shrunk = _shrunk(beside, people)
    return [_figures(votes, beside, at, known, (shrunk[at], accuracy)) for at in range(people)]


def _figures(
    votes: Votes, beside: "_Beside", at: int, known: Known, drawn: tuple[float | None, Sequence[float]]
) -> AnnotatorFigures:
    mine, kept = _rows(votes.annotators, at), _rows(beside.annotators, at)
    given, undecided = mine.stop - mine.start, int(known.unknown[at])
    shrunk, accuracy = drawn
    spent = known.seconds[at] if known.seconds else np.empty(0)
    return AnnotatorFigures(
        labels=given + undecided,
        shared=kept.stop - kept.start,
        agreement=mean_share(beside.same[kept], undefined=NO_PEERS),
        leniency=mean_share(beside.above[kept], undefined=NO_PEERS, bound=None),
        kappa=beside.kappa(kept),
        unknown=proportion(undecided, given + undecided, undefined=NO_LABELS),
        gold=_right(votes, mine, known.gold, NO_GOLD),
        known=_right(votes, mine, known.checks, NO_KNOWN),
        shrunk=shrunk,
        dawid_skene=accuracy[at] if accuracy and given >= LEAST_FOR_ERRORS else None,
        median_seconds=float(np.median(spent)) if len(spent) else None,
    )


def _rows(annotators: IntArray, at: int) -> slice:
    """Where one annotator's rows are among sorted ones."""
    first, end = np.searchsorted(annotators, [at, at + 1]).tolist()
    return slice(first, end)


@dataclass(frozen=True, slots=True, eq=False)
class _Beside:
    """Labels on items that somebody else labelled too, sorted by annotator: who said it, what, what share of the others
    said each."""

    annotators: IntArray
    codes: IntArray
    peers: FloatArray
    same: FloatArray
    above: FloatArray

    @classmethod
    def of(cls, votes: Votes, heights: FloatArray) -> "_Beside":
        kept = votes.sizes[votes.items] >= 2
        items, codes = votes.items[kept], votes.codes[kept]
        own = np.eye(votes.categories)[codes]
        peers = (votes.counts[items] - own) / (votes.sizes[items] - 1)[:, None]
        rows = np.arange(len(codes))
        return cls(votes.annotators[kept], codes, peers, peers[rows, codes], heights[codes] - peers @ heights)

    def kappa(self, kept: slice) -> Statistic:
        """Kappa of one annotator with a random other; the error is linearised."""
        same, codes, peers = self.same[kept], self.codes[kept], self.peers[kept]
        n = len(same)
        if not n:
            return Undefined(NO_PEERS)
        own, others = np.bincount(codes, minlength=peers.shape[1]) / n, peers.mean(axis=0)
        observed, chance = float(same.mean()), float(own @ others)
        if chance > 1 - 1e-12:
            return Undefined("every label has the same value")
        value = (observed - chance) / (1 - chance)
        by_chance = others[codes] + peers @ own - 2 * chance
        pull = (same - observed - (1 - value) * by_chance) / (1 - chance)
        return normal(value, float(pull.std(ddof=1) / np.sqrt(n)) if n > 1 else 1.0, n, LINEARISED)


def _right(votes: Votes, mine: slice, right: IntArray, undefined: str) -> Statistic:
    told = right[votes.items[mine]]
    kept = told >= 0
    return proportion(int((votes.codes[mine] == told)[kept].sum()), int(kept.sum()), undefined=undefined)


def _shrunk(beside: _Beside, people: int) -> list[float | None]:
    """Beta-binomial by moments: how far people truly differ decides how far each is pulled towards all."""
    n = np.bincount(beside.annotators, minlength=people).astype(np.float64)[:people]
    total = np.bincount(beside.annotators, weights=beside.same, minlength=people)[:people]
    there = n > 0
    if not there.any():
        return [None] * people
    centre = float(total.sum() / n.sum())
    shares, sampling = total[there] / n[there], centre * (1 - centre) / n[there]
    between = max(float(np.average((shares - centre) ** 2 - sampling, weights=n[there])), 0.0)
    prior = min(max(centre * (1 - centre) / between - 1, 1.0), MOST_PRIOR) if between else MOST_PRIOR
    return [float((t + prior * centre) / (k + prior)) if k else None for t, k in zip(total, n, strict=True)]


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

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "week": self.week,
            "n": self.n,
            "agreement": self.agreement,
            "lowest_usual": self.lowest_usual,
            "smoothed": self.smoothed,
            "smoothed_limit": self.smoothed_limit,
            "alarm": self.alarm,
        }


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
