"""A worker that waits for a silent engine still says that it lives, and hears that its run was stopped."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.utils import timezone

from judging.engines.base import Engine, Stoppable
from judging.models import Run, RunBatch

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
"""Longer than the pause after which a worker looks by itself while replies come in, far shorter than a lease."""


@contextmanager
def beating(run: Run, *, claimer: str, engine: Engine, every: float | None = None) -> Iterator[None]:
    """As long as the block lasts: renew what this worker has claimed, and stop the engine once the run is over.

    In a thread with a database connection of its own, because the worker's thread waits inside the engine.
    """
    done = Event()
    seconds = EVERY_SECONDS if every is None else every
    thread = Thread(target=_beat, args=(run.pk, claimer, engine, done, seconds), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(run_id: int, claimer: str, engine: Engine, done: Event, seconds: float) -> None:
    try:
        while not done.wait(seconds):
            if not lives(run_id, claimer) and isinstance(engine, Stoppable):
                engine.stop()
                return
    finally:
        connection.close()


def lives(run_id: int, claimer: str) -> bool:
    """Renew the claims of a worker; whether its run goes on. A database that does not answer is asked again later."""
    try:
        mine = RunBatch.objects.filter(run=run_id, state=RunBatch.State.CLAIMED, claimed_by=claimer)
        mine.update(claimed_at=timezone.now())
        return Run.objects.filter(pk=run_id, state=Run.State.RUNNING).exists()
    except DatabaseError as error:
        logger.warning("Run %s: the claims could not be renewed (%s).", run_id, error)
        return True
