"""How far a run is, and what it found so far."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from judging.models import Judgment, Run
from judging.reports.tallies import stored_tally, tally

RECENT = timedelta(minutes=2)
"""The rate is that of the batches written in this time, so that a pause of yesterday does not slow today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How far a run is, and what it found so far. `counts` holds clean, wrong and invalid (no verdict)."""

    items: int
    judged: int
    counts: dict[str, int]
    unscored: int
    unscored_by_reason: dict[str, int] = field(default_factory=dict)
    mean_score: float | None = None
    seconds: float | None = None
    rate: float | None = None
    tokens: int = 0
    tokens_rate: float | None = None
    seconds_left: float | None = None

    @property
    def percent(self) -> float:
        """Judged items, of a hundred."""
        return 100 * self.judged / self.items if self.items else 0.0

    def share(self, count: int) -> float:
        """A count, of a hundred judged items."""
        return 100 * count / self.judged if self.judged else 0.0

    @property
    def verdicts(self) -> list[tuple[str, int, float]]:
        """Verdict, count and percentage of the judged items."""
        return [(verdict, count, self.share(count)) for verdict, count in self.counts.items()]

    @property
    def reasons(self) -> list[tuple[str, int, float]]:
        """Reason, count and percentage, the most common first."""
        ranked = sorted(self.unscored_by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(reason, count, self.share(count)) for reason, count in ranked]


def run_progress(run: Run, *, now: datetime | None = None) -> RunProgress:
    """From the counts of the run's batches; from its judgments where it came with a file and was not counted yet."""
    now = now or timezone.now()
    found = stored_tally(run.counts.all()) if run.batches.exists() else tally(judgments_of(run))
    items = run.snapshot.get("items", found.n_judged)
    seconds = ((run.finished_at or now) - run.started_at).total_seconds() if run.started_at else None
    pace = recent_pace(run, now) if run.state == Run.State.RUNNING else None
    if pace is None and seconds and found.n_judged:
        pace = Pace(found.n_judged / seconds, found.tokens / seconds)
    return RunProgress(
        items=items,
        judged=found.n_judged,
        counts={"clean": found.n_clean, "wrong": found.n_wrong, "invalid": found.n_invalid},
        unscored=found.n_unscored,
        unscored_by_reason=dict(found.reasons),
        mean_score=found.score_total / found.n_scores if found.n_scores else None,
        seconds=seconds,
        rate=pace.items if pace else None,
        tokens=found.tokens,
        tokens_rate=pace.tokens if pace and found.tokens else None,
        seconds_left=(items - found.n_judged) / pace.items if pace and run.state == Run.State.RUNNING else None,
    )


def judgments_of(run: Run) -> QuerySet[Judgment]:
    """One judgment per judged item: its verdict as a whole where several criteria have one, else its first."""
    if "criterion" in run.snapshot:
        return Judgment.objects.filter(run=run, criterion=run.snapshot["criterion"])
    criteria = run.snapshot.get("judge", {}).get("rubric", {}).get("criteria") or [{"name": ""}]
    as_a_whole = len(criteria) > 1 and any(each["clean_if"] is not None for each in criteria)
    return Judgment.objects.filter(run=run, criterion="" if as_a_whole else criteria[0]["name"])


@dataclass(frozen=True, slots=True)
class Pace:
    """Items and tokens of a second."""

    items: float
    tokens: float


def recent_pace(run: Run, now: datetime) -> Pace | None:
    """What was written since the first of the batches written lately; None where that is not yet a second one.

    The first one only starts the clock: when its work began is not known, and a pause before it does not count.
    """
    recent = run.counts.filter(at__gte=now - RECENT).order_by("at", "pk")
    first = recent.first()
    if first is None:
        return None
    found = recent.exclude(pk=first.pk).aggregate(items=Sum("n_judged", default=0), tokens=Sum("tokens", default=0))
    seconds = max((now - first.at).total_seconds(), 0.1)
    return Pace(found["items"] / seconds, found["tokens"] / seconds) if found["items"] else None
