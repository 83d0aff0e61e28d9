"""Batches of a run: claimed by one worker at a time, written whole or not at all, put back when their worker is gone.

A claim is a fencing token: who claimed, and the how-manieth attempt it is. Every write asks for both, so a worker that
lost its batch while it was slow changes nothing any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from judging.core.claimers import is_gone
from judging.models import BatchCount, Judgment, Reply, Run, RunBatch
from judging.reports import judgments_of, tally

LEASE = timedelta(minutes=10)
"""How long a claim counts without being renewed; longer than an engine may need for a single reply."""

MAX_ATTEMPTS = 5
"""A batch that was claimed so often without being finished takes its workers down with it, and is given up."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """All rows that a batch becomes, and the software that made them. `rebuilt`: its judgments replace older ones."""

    replies: Sequence[Reply]
    judgments: Sequence[Judgment]
    versions: dict[str, str]
    rebuilt: bool = False


REBUILT = ["item_revision", "status", "value", "score", "verdict", "reason", "n_read", "n_replies", "spread", "detail"]
"""What of a judgment is made anew when replies are asked again."""


def claim_batch(run: Run, *, claimer: str, now: datetime) -> RunBatch | None:
    """The first batch that is free, or whose lease ran out, now claimed; None when nothing is left to claim."""
    while (batch := first_claimable(run, now)) is not None:
        seen = RunBatch.objects.filter(
            pk=batch.pk, state=batch.state, attempts=batch.attempts, claimed_at=batch.claimed_at
        )
        batch.state, batch.claimed_by, batch.claimed_at = RunBatch.State.CLAIMED, claimer, now
        batch.attempts += 1
        # No row: another worker was faster, so look again.
        if seen.update(state=batch.state, claimed_by=claimer, claimed_at=now, attempts=batch.attempts):
            return batch
    return None


def first_claimable(run: Run, now: datetime) -> RunBatch | None:
    """The batch that comes next, asked anew each time."""
    batch: RunBatch | None = run.batches.claimable(now - LEASE, MAX_ATTEMPTS).order_by("number").first()
    return batch


def has_work(run: Run, *, now: datetime) -> bool:
    """Whether a worker would find a batch to claim."""
    return run.batches.claimable(now - LEASE, MAX_ATTEMPTS).exists()


def renew_claims(batches: Sequence[RunBatch], *, now: datetime) -> None:
    """Say that the worker of these batches is alive."""
    for batch in batches:
        RunBatch.objects.claim_of(batch).update(claimed_at=now)


def write_batch(batch: RunBatch, outcome: BatchOutcome) -> bool:
    """Store everything a batch became, or nothing: False when somebody else has the batch by now."""
    with transaction.atomic():
        mine = RunBatch.objects.claim_of(batch)
        if not mine.update(state=RunBatch.State.DONE, versions=outcome.versions, error=""):
            return False
        # Rows that are there already stay as they are. IGNORE would do the same on SQLite, but would drop rows that
        # break a check without a word; an update that changes nothing leaves the checks in force.
        Reply.objects.bulk_create(
            outcome.replies,
            update_conflicts=True,
            unique_fields=["run", "item", "part", "sample", "attempt"],
            update_fields=["attempt"],
        )
        Judgment.objects.bulk_create(
            outcome.judgments,
            update_conflicts=True,
            unique_fields=["run", "item", "criterion"],
            update_fields=REBUILT if outcome.rebuilt else ["criterion"],
        )
        count_batch(batch)
    return True


def count_batch(batch: RunBatch) -> None:
    """Count a batch from its rows, whoever wrote them; what was counted before is replaced."""
    positions = {"item__position__range": (batch.first_position, batch.last_position)}
    found = tally(judgments_of(batch.run).filter(item__dataset=batch.run.dataset_id, **positions))
    replies = Reply.objects.filter(run=batch.run_id, item__dataset=batch.run.dataset_id, **positions)
    tokens = replies.aggregate(tokens=Sum("tokens", default=0))["tokens"]
    values = replace(found, tokens=tokens).as_columns() | {"run_id": batch.run_id, "at": timezone.now()}
    BatchCount.objects.bulk_create(
        [BatchCount(batch=batch, **values)],
        update_conflicts=True,
        unique_fields=["batch"],
        update_fields=[name.removesuffix("_id") for name in values],
    )


def recount_run(run: Run) -> None:
    """Count every finished batch of a run anew; what comes out is what is there already."""
    for batch in run.batches.filter(state=RunBatch.State.DONE):
        count_batch(batch)


@transaction.atomic
def count_imported_run(run: Run) -> None:
    """Count a run that came with a file: all of it is one finished batch. Again where its judgments changed."""
    main = run.judgments.order_by("criterion").values_list("criterion", flat=True).first()
    if main:
        run.snapshot = run.snapshot | {"criterion": main}
        run.save(update_fields=["snapshot"])
    whole = {"first_position": 1, "last_position": run.dataset.items.last_position(), "state": RunBatch.State.DONE}
    batch, _made = RunBatch.objects.update_or_create(run=run, number=1, defaults=whole)
    count_batch(batch)


def count_uncounted_runs() -> None:
    """Count the runs that came with files before such runs were counted."""
    for run in Run.objects.filter(kind=Run.Kind.IMPORTED, batches=None).select_related("dataset").order_by("pk"):
        count_imported_run(run)


def release_batches(run: Run, *, claimer: str) -> None:
    """Give back in good order all that a worker has of a run, which counts as no attempt."""
    run.batches.filter(state=RunBatch.State.CLAIMED, claimed_by=claimer).update(
        state=RunBatch.State.PENDING, claimed_by="", claimed_at=None, attempts=F("attempts") - 1
    )


def fail_batches(batches: Sequence[RunBatch], *, error: str) -> None:
    """Mark claimed batches as failed, with the reason."""
    for batch in batches:
        RunBatch.objects.claim_of(batch).update(state=RunBatch.State.FAILED, error=error)


def put_back_batches(run: Run, *, now: datetime) -> int:
    """Free the batches whose worker is dead or silent for longer than a lease, and give up the hopeless ones."""
    freed = 0
    for batch in run.batches.filter(state=RunBatch.State.CLAIMED):
        silent = batch.claimed_at is None or batch.claimed_at < now - LEASE
        if silent or is_gone(batch.claimed_by):
            claim = RunBatch.objects.claim_of(batch).filter(claimed_at=batch.claimed_at)
            freed += claim.update(state=RunBatch.State.PENDING, claimed_by="", claimed_at=None)
    run.batches.filter(state=RunBatch.State.PENDING, attempts__gte=MAX_ATTEMPTS).update(
        state=RunBatch.State.FAILED, error=f"Its worker died or was stopped {MAX_ATTEMPTS} times."
    )
    return freed
