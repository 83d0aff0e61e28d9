"""The work of a run: claimed batches feed the engine, its outcomes become replies and judgments, batch by batch."""

import time
from collections.abc import Callable
from contextlib import closing

from django.utils import timezone

from judging.actions.batches import fail_batches, has_work, release_batches
from judging.actions.desk import Desk
from judging.actions.heartbeat import beating
from judging.actions.panels import judge_by_panel
from judging.actions.runs import fail_run, settle_run
from judging.actions.tasks import TASKS, refuse_changed_model
from judging.engines import ENGINES
from judging.engines.base import Engine, EngineError, EngineOptions
from judging.models import Run

WORK_SECONDS = 600.0
"""After so long a job claims no more and puts itself back, so that other runs and other workers get their turn."""


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
    """Claim and work batches of a run until none is left or the time (WORK_SECONDS) is over; whether work is left.

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
            work_by_engine(run, claimer=claimer, engine=engine, until=until, written=written)
    finally:
        # By name and not by what is on the desk: the end may have come between a claim and its arrival there.
        release_batches(run, claimer=claimer)
    settle_run(run)
    return has_work(run, now=timezone.now())


def work_by_engine(
    run: Run, *, claimer: str, engine: EngineFactory, until: float, written: Callable[[int], None]
) -> None:
    """Let an engine do what is left of a run, until the time is over; a run whose engine cannot work fails."""
    task = TASKS[Run.Kind(run.kind)](run)
    desk = Desk(run, task.sheet_for, claimer=claimer, until=until)
    try:
        refuse_changed_model(run)
        with closing(made(engine, task.engine, task.options)) as running:
            desk.versions = running.versions()
            with beating(run, claimer=claimer, engine=running):
                for items in desk.work(task.answers_of(running)):
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
