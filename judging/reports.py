"""Reads over several tables, and over the queue."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Min, QuerySet, Sum
from django.utils import timezone
from django_rq import get_queue
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError
from rq import Worker
from rq.queue import Queue
from rq.worker import BaseWorker

from judging.core.claimers import process_is_gone
from judging.core.verdicts import Verdict
from judging.engines import QUEUES
from judging.models import Judgment, Run, RunBatch

RECENT = timedelta(minutes=2)
"""The rate is that of the batches claimed in this time, so that a pause of yesterday does not slow today."""


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
    """Counted from the judgments of the run's first criterion in one query, and the rate from its batches."""
    now = now or timezone.now()
    rows = (
        judgments_of(run)
        .order_by()
        .values("verdict", "status", "reason")
        .annotate(count=Count("pk"), scores=Count("score"), total=Sum("score"))
    )
    counts = {verdict.value: 0 for verdict in Verdict}
    reasons: dict[str, int] = {}
    judged, scores, total = 0, 0, 0.0
    for row in rows:
        judged += row["count"]
        scores += row["scores"]
        total += row["total"] or 0.0
        if row["verdict"]:
            counts[row["verdict"]] += row["count"]
        if row["status"] == "unscored":
            reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["count"]
    items = run.snapshot.get("items", judged)
    seconds = ((run.finished_at or now) - run.started_at).total_seconds() if run.started_at else None
    rate: float | None = recent_rate(run, now) if run.state == Run.State.RUNNING else None
    if rate is None and seconds and judged:
        rate = judged / seconds
    return RunProgress(
        items=items,
        judged=judged,
        counts=counts,
        unscored=sum(reasons.values()),
        unscored_by_reason=reasons,
        mean_score=total / scores if scores else None,
        seconds=seconds,
        rate=rate,
        seconds_left=(items - judged) / rate if rate and run.state == Run.State.RUNNING else None,
    )


def judgments_of(run: Run) -> QuerySet[Judgment]:
    """The judgments of a run on its first criterion: one per judged item."""
    criteria = run.snapshot.get("judge", {}).get("rubric", {}).get("criteria") or [{"name": ""}]
    return Judgment.objects.filter(run=run, criterion=criteria[0]["name"])


def recent_rate(run: Run, now: datetime) -> float | None:
    """Items per second of the batches done lately; None where there are none."""
    done = run.batches.filter(state=RunBatch.State.DONE, claimed_at__gte=now - RECENT)
    found = done.aggregate(since=Min("claimed_at"), items=Sum(F("last_position") - F("first_position") + 1))
    if not found["items"]:
        return None
    seconds: float = max((now - found["since"]).total_seconds(), 0.1)
    return float(found["items"]) / seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What a queue looks like from here. `waiting` and `workers` are 0 where it does not answer."""

    name: str
    address: str
    answers: bool
    waiting: int = 0
    workers: int = 0


def queue_state(name: str) -> QueueState:
    """Ask a queue how long it is and who listens to it."""
    queue = get_queue(name)
    try:
        return QueueState(
            name=name, address=queue_address(), answers=True, waiting=queue.count, workers=len(workers_of(queue))
        )
    except (QueueConnectionError, QueueTimeoutError):
        return QueueState(name=name, address=queue_address(), answers=False)


def queue_address() -> str:
    """Where the queue is, without a password."""
    scheme, _, rest = settings.REDIS_URL.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def queue_of(run: Run) -> str:
    """The name of the queue that does a run's work."""
    return QUEUES[run.snapshot["judge"]["engine"]]


def workers_of(queue: Queue) -> list[BaseWorker]:
    """The workers that listen to a queue; one that was killed is registered for minutes more, but not counted."""
    return [worker for worker in Worker.all(queue=queue) if not process_is_gone(worker.hostname or "", worker.pid or 0)]
