"""What the queue looks like from here."""

from dataclasses import dataclass

from django.conf import settings
from django_rq import get_queue
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError
from rq import Worker
from rq.queue import Queue
from rq.worker import BaseWorker

from judging.core.claimers import process_is_gone
from judging.engines import queue_for
from judging.models import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What a queue looks like from here. `waiting` and `workers` are 0 where it does not answer."""

    name: str
    address: str
    answers: bool
    waiting: int = 0
    workers: int = 0

    @property
    def command(self) -> str:
        """What to type so that somebody listens to it."""
        return "manage.py gpu_worker" if self.name == "gpu" else f"manage.py worker --queues {self.name}"


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
    return queue_for(run.snapshot["judge" if "judge" in run.snapshot else "candidate"]["engine"])


def workers_of(queue: Queue) -> list[BaseWorker]:
    """The workers that listen to a queue; one that was killed is registered for minutes more, but not counted."""
    return [worker for worker in Worker.all(queue=queue) if not process_is_gone(worker.hostname or "", worker.pid or 0)]
