"""The work of a run: claimed batches feed the engine, its outcomes become replies and judgments, batch by batch."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from judging.actions.batches import (
    claim_batch,
    fail_batches,
    has_work,
    release_batches,
    renew_claims,
    write_batch,
)
from judging.actions.heartbeat import beating
from judging.actions.judgments import batch_outcome, requests_for
from judging.actions.panels import judge_by_panel
from judging.actions.retries import NOTHING_KEPT, Kept, kept_of, retried
from judging.actions.runs import fail_run, settle_run
from judging.core.specs import JudgeSpec, judge_from_json
from judging.engines import ENGINES
from judging.engines.base import Engine, EngineError, EngineOptions, EngineReply, Request, RequestId
from judging.models import Item, Run, RunBatch

WORK_SECONDS = 600.0
"""After so long a job claims no more and puts itself back, so that other runs and other workers get their turn."""

BEAT_SECONDS = 5.0
"""How often a worker renews its claims and looks whether its run was cancelled."""


class WorkInterrupted(BaseException):
    """The process was asked to end. Raised by its signal handler; what was claimed is given back on the way out."""


EngineFactory = Callable[[str, EngineOptions], Engine]


def make_engine(name: str, options: EngineOptions) -> Engine:
    """The engine of this name."""
    return ENGINES[name](options)


def unwatched(items: int) -> None:
    """Nobody counts along."""


def work_run(
    run_id: int,
    *,
    claimer: str,
    engine: EngineFactory = make_engine,
    seconds: float | None = None,
    written: Callable[[int], None] = unwatched,
) -> bool:
    """Claim and judge batches of a run until none is left or the time (WORK_SECONDS) is over; whether work is left.

    `written` is told how many items were stored, batch by batch.

    The next batch is in the engine while the last is read and written. Whatever ends this early, a batch is stored
    whole or not at all, and what was claimed is given back.
    """
    run = Run.objects.select_related("dataset").get(pk=run_id)
    if run.is_over:
        return False
    Run.objects.filter(pk=run_id, state=Run.State.PENDING).update(state=Run.State.RUNNING)
    Run.objects.filter(pk=run_id, started_at=None).update(started_at=timezone.now())
    until = time.monotonic() + (WORK_SECONDS if seconds is None else seconds)
    try:
        if run.kind == Run.Kind.PANEL:
            judge_by_panel(run, claimer=claimer, until=until, written=written)
        else:
            judge_by_engine(run, claimer=claimer, engine=engine, until=until, written=written)
    finally:
        # By name and not by what is on the desk: the end may have come between a claim and its arrival there.
        release_batches(run, claimer=claimer)
    settle_run(run)
    return has_work(run, now=timezone.now())


def judge_by_engine(
    run: Run, *, claimer: str, engine: EngineFactory, until: float, written: Callable[[int], None]
) -> None:
    """Let an engine judge what is left of a run, until the time is over; a run whose engine cannot work fails."""
    spec = judge_from_json(run.snapshot["judge"])
    desk = Desk(run, spec, claimer, until)
    options = EngineOptions(
        model=spec.model,
        base_url=run.snapshot["base_url"],
        sampling=spec.sampling,
        arguments=settings.ENGINE_ARGUMENTS.get(spec.engine, {}),
        style=spec.rubric.style,
        **settings.ENGINE_LIMITS.get(spec.engine, {}),
    )
    try:
        with closing(made(engine, spec.engine, options)) as running:
            desk.versions = running.versions()
            with beating(run, claimer=claimer, engine=running):
                for items in desk.work(running):
                    written(items)
    except EngineError as error:
        fail_batches(desk.claimed, error=str(error))
        fail_run(run.pk, error=str(error))


def made(engine: EngineFactory, name: str, options: EngineOptions) -> Engine:
    """An engine; options it refuses are a reason why it cannot work."""
    try:
        return engine(name, options)
    except ValueError as error:
        raise EngineError(str(error)) from error


@dataclass(slots=True)
class OpenBatch:
    """A claimed batch whose requests are in the engine."""

    batch: RunBatch
    items: dict[int, Item]
    waiting: set[RequestId] = field(default_factory=set)
    replies: list[EngineReply] = field(default_factory=list)
    kept: Kept = NOTHING_KEPT


class Desk:
    """What one worker has of a run: batches go out as requests, come back as outcomes, and are written when whole."""

    def __init__(self, run: Run, spec: JudgeSpec, claimer: str, until: float) -> None:
        self.versions: dict[str, str] = {}
        self._run, self._spec, self._claimer, self._until = run, spec, claimer, until
        self._open: dict[int, OpenBatch] = {}
        self._batch_of: dict[int, int] = {}
        self._beat_at = time.monotonic() + BEAT_SECONDS
        self._stopped = False
        self._written = 0

    @property
    def claimed(self) -> list[RunBatch]:
        """The batches that are neither written nor given back."""
        return [opened.batch for opened in self._open.values()]

    def work(self, engine: Engine) -> Iterator[int]:
        """Feed the engine until nothing is left to claim, and store what comes back; yields how many items, each time.

        Memory is flat in the number of items and of samples: what is written is forgotten.
        """
        for reply in engine.replies(self.requests()):
            self.take(reply)
            self.beat()
            yield self._stored()
            if self._stopped:
                return
        yield self._stored()

    def _stored(self) -> int:
        count, self._written = self._written, 0
        return count

    def requests(self) -> Iterator[Request]:
        """The calls of one batch after the other, each batch claimed when the engine has room for it."""
        while not self._stopped and time.monotonic() < self._until:
            batch = claim_batch(self._run, claimer=self._claimer, now=timezone.now())
            if batch is None:
                return
            yield from self._requests_of(self._opened(batch))

    def take(self, reply: EngineReply) -> None:
        """File an outcome, and write its batch when that was the last one."""
        opened = self._open.get(self._batch_of.get(reply.id[0], 0))
        if opened is None or reply.id not in opened.waiting:
            raise EngineError(f"The engine returned an outcome that nobody asked for: {reply.id}.")
        opened.waiting.remove(reply.id)
        opened.replies.append(reply)
        if not opened.waiting:
            self._write(opened)

    def beat(self) -> None:
        """From time to time: renew the claims, and stop where the run was cancelled."""
        if time.monotonic() < self._beat_at:
            return
        self._beat_at = time.monotonic() + BEAT_SECONDS
        renew_claims(self.claimed, now=timezone.now())
        self._stopped = not Run.objects.filter(pk=self._run.pk, state=Run.State.RUNNING).exists()

    def _opened(self, batch: RunBatch) -> OpenBatch:
        found = Item.objects.filter(dataset=self._run.dataset_id).between(batch.first_position, batch.last_position)
        opened = self._open[batch.pk] = OpenBatch(batch, {item.pk: item for item in found})
        opened.kept = kept_of(self._run, opened.items)
        self._batch_of |= dict.fromkeys(opened.items, batch.pk)
        return opened

    def _requests_of(self, opened: OpenBatch) -> Iterator[Request]:
        asked = []
        for item in opened.items.values():
            if item.answer_state == Item.AnswerState.GIVEN:
                asked += requests_for(item, self._spec, self._run.snapshot["seed"], opened.replies)
        asked = [request for request in asked if request.id not in opened.kept.replies]
        opened.replies = [reply for reply in opened.replies if reply.id not in opened.kept.replies]
        opened.waiting = {request.id for request in asked}
        if not asked:
            self._write(opened)
        yield from asked

    def _write(self, opened: OpenBatch) -> None:
        replies = [*opened.kept.replies.values(), *opened.replies]
        outcome = batch_outcome(self._run, self._spec, opened.items, replies, self.versions)
        if write_batch(opened.batch, retried(outcome, opened.kept)):
            self._written += len(opened.items)
        del self._open[opened.batch.pk]
        for item_id in opened.items:
            del self._batch_of[item_id]
