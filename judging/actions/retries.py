"""Asking again: the replies of a run that have no value, and nothing else.

A retried batch goes the way of every batch: it is claimed, asked and written whole. What is stored already decides what
is asked: the newest attempt of each sample is kept where it has a value, or has none for a reason that asking again
cannot change. New replies are new rows with the next attempt; judgments are made anew from the newest attempts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from judging.actions.batches import BatchOutcome
from judging.actions.queueing import enqueue_run
from judging.actions.runs import REPLAYED, RunRefused
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineReply, RequestId
from judging.models import Dataset, Item, Judge, Judgment, Reply, Run, RunBatch
from judging.models.runs import Status

SETTLED = frozenset({Reason.NO_ANSWER, Reason.NO_REFERENCE, Reason.PROMPT_TOO_LONG, Reason.NOT_RECORDED})
"""Reasons that asking again cannot change, as long as item, rubric and model stay what they are."""

FORCED = frozenset({Reason.PROMPT_TOO_LONG})
"""Those of them that may have changed after all: the server has another model length now."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a batch is stored already: outcomes that stay, and the newest attempt of those that are asked again."""

    replies: Mapping[RequestId, EngineReply] = field(default_factory=dict)
    attempts: Mapping[RequestId, int] = field(default_factory=dict)


NOTHING_KEPT = Kept()


def retry_unscored(run: Run, *, by: User | None = None, forced: bool = False) -> Run:
    """Ask again what has no value, on the run's queue. RunRefused where there is nothing to ask or nobody to."""
    with transaction.atomic():
        reopened = reopen_unscored(run, by=by, forced=forced)
        transaction.on_commit(lambda: enqueue_run(reopened))
    return reopened


@transaction.atomic
def reopen_unscored(run: Run, *, by: User | None = None, forced: bool = False) -> Run:
    """As `retry_unscored`, but on no queue: whoever calls this does the work."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    refuse_unretriable(run)
    batches = retriable_batches(run, forced=forced)
    numbers = list(batches.values_list("pk", flat=True))
    if not numbers:
        raise RunRefused(
            gettext("Run %(run)s has no reply without a value that asking again could change.") % {"run": run.pk}
        )
    RunBatch.objects.filter(pk__in=numbers).update(
        state=RunBatch.State.PENDING, attempts=0, claimed_by="", claimed_at=None, error=""
    )
    entry = {"at": timezone.now().isoformat(), "by": by.username if by else "", "forced": forced}
    run.snapshot = run.snapshot | {"retries": [*run.snapshot.get("retries", []), entry]}
    run.state, run.error, run.finished_at = Run.State.PENDING, "", None
    run.save(update_fields=["snapshot", "state", "error", "finished_at"])
    return run


def newest_run(judge: Judge, dataset: Dataset) -> Run:
    """The newest run of a judge over a dataset; RunRefused where there is none."""
    run: Run | None = Run.objects.filter(judge=judge, dataset=dataset, kind=Run.Kind.JUDGE).order_by("-pk").first()
    if run is None:
        raise RunRefused(
            gettext("There is no run of %(judge)s over %(dataset)s that could be asked again.")
            % {"judge": judge, "dataset": dataset.name}
        )
    return run


def refuse_unretriable(run: Run) -> None:
    """Raise RunRefused for a run that nobody can ask again."""
    if run.kind != Run.Kind.JUDGE or run.judge is None:
        raise RunRefused(
            gettext("Run %(run)s asked no judge here; only its own file can bring other replies.") % {"run": run.pk}
        )
    if run.snapshot["judge"]["engine"] == REPLAYED:
        raise RunRefused(
            gettext("Run %(run)s was judged from a file of replies. Judge a new file: run_judge --replies FILE.")
            % {"run": run.pk}
        )
    if not run.is_over:
        raise RunRefused(
            gettext("Run %(run)s is %(state)s: it can be asked again when it is over.")
            % {"run": run.pk, "state": run.get_state_display()}
        )


def retriable_batches(run: Run, *, forced: bool) -> QuerySet[RunBatch]:
    """The finished batches with an item that has a reply to ask again."""
    later = Reply.objects.filter(
        run=run,
        item=OuterRef("item"),
        part=OuterRef("part"),
        sample=OuterRef("sample"),
        attempt__gt=OuterRef("attempt"),
    )
    unread = Reply.objects.filter(
        ~Exists(later),
        run=run,
        status=Status.UNSCORED,
        item__dataset=run.dataset_id,
        item__position__gte=OuterRef("first_position"),
        item__position__lte=OuterRef("last_position"),
    ).exclude(reason__in=settled(forced=forced))
    return run.batches.filter(Exists(unread), state=RunBatch.State.DONE)


def settled(*, forced: bool) -> frozenset[Reason]:
    """The reasons that are not asked again."""
    return SETTLED - FORCED if forced else SETTLED


def kept_of(run: Run, items: Mapping[int, Item]) -> Kept:
    """What is stored of these items; nothing, without a look, for a run that was never retried."""
    retries = run.snapshot.get("retries")
    if not retries:
        return NOTHING_KEPT
    newest = newest_replies(run, items)
    stale = changed_items(run, items)
    fixed = settled(forced=bool(retries[-1]["forced"]))
    again = {
        key: reply.attempt
        for key, reply in newest.items()
        if reply.status == Status.UNSCORED and reply.reason not in fixed and key[0] not in stale
    }
    return Kept({key: outcome_of(reply) for key, reply in newest.items() if key not in again}, again)


def newest_replies(run: Run, items: Iterable[int]) -> dict[RequestId, Reply]:
    """The newest attempt of every sample."""
    rows = Reply.objects.filter(run=run, item_id__in=list(items)).order_by("attempt")
    return {(row.item_id, row.part, row.sample): row for row in rows}


def changed_items(run: Run, items: Mapping[int, Item]) -> set[int]:
    """Items whose text is another one than the run judged: half of their replies must not be about the new text."""
    judged = Judgment.objects.filter(run=run, item_id__in=list(items)).values_list("item_id", "item_revision")
    return {item_id for item_id, revision in judged if revision != items[item_id].revision}


def outcome_of(reply: Reply) -> EngineReply:
    """A stored reply as the engine gave it."""
    failed = reply.status == Status.UNSCORED and not reply.text
    return EngineReply(
        id=(reply.item_id, reply.part, reply.sample),
        text=reply.text,
        finish=reply.finish,
        failure=Unscored(Reason(reply.reason), reply.detail) if failed else None,
    )


def retried(outcome: BatchOutcome, kept: Kept) -> BatchOutcome:
    """Of all rows of a batch, those that asking again has made: new attempts, and the judgments of their items."""
    if kept is NOTHING_KEPT:
        return outcome
    replies = [row for row in outcome.replies if (row.item_id, row.part, row.sample) not in kept.replies]
    for row in replies:
        row.attempt = kept.attempts.get((row.item_id, row.part, row.sample), 0) + 1
    asked = {row.item_id for row in replies}
    judgments = [row for row in outcome.judgments if row.item_id in asked]
    return replace(outcome, replies=replies, judgments=judgments, rebuilt=True)
