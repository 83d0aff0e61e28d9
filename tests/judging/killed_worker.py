"""A worker that is killed, for tests alone: python -m tests.judging.killed_worker POINT VICTIM KILLS COUNT_FILE RESUME.

POINT says where the kill comes, VICTIM what dies (`both` the worker and the process of its job, or only the `horse`),
KILLS how often, counted in COUNT_FILE over all processes, RESUME whether the worker resumes runs by itself.
Production code knows nothing of this: what the worker calls is wrapped here, in this process.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django_rq.workers import get_worker  # noqa: E402
from redis import Redis  # noqa: E402
from rq.serializers import JSONSerializer  # noqa: E402

from judging import jobs  # noqa: E402
from judging.actions import desk, work  # noqa: E402
from judging.actions.benchmarks import stages  # noqa: E402
from judging.engines import ENGINES  # noqa: E402
from judging.engines.base import EngineOptions, EngineReply, Request  # noqa: E402
from judging.engines.reference import reference_engine  # noqa: E402
from judging.querysets import JudgmentQuerySet  # noqa: E402
from judging.worker import RunWorker  # noqa: E402

WORKER = os.getpid()
_, POINT, VICTIM, KILLS, COUNT_FILE, RESUME = sys.argv


def kill() -> None:
    """Die here, unless this happened often enough."""
    count = Path(COUNT_FILE)
    if len(count.read_text()) >= int(KILLS):
        return
    with count.open("a") as file:
        file.write("x")
    # A worker that resumes does so itself: then it has no process of a job, and its parent is the test.
    if VICTIM == "both" and os.getpid() != WORKER:
        os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def killing_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        kill()
        return result

    return wrapped


def killing_before(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        kill()
        return function(*args, **options)

    return wrapped


class Dying:
    """The reference matcher, in the middle of whose third reply the kill comes; or one that waits for a partner."""

    def __init__(self, options: EngineOptions) -> None:
        self._engine = reference_engine(options)

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        for number, reply in enumerate(self._engine.replies(requests)):
            if POINT == "in_generation" and number == 3:
                kill()
            if POINT == "meet" and number == 0:
                meet()
            yield reply

    def versions(self) -> dict[str, str]:
        return self._engine.versions()

    def close(self) -> None:
        self._engine.close()


def meet() -> None:
    """Wait until the other worker has a batch too."""
    queue = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=60)
    ours, theirs = ("left", "right") if queue.setnx("meeting", 1) else ("right", "left")
    queue.lpush(ours, 1)
    assert queue.blpop([theirs], 50)


ENGINES["reference"] = Dying
if POINT == "after_claim":
    desk.claim_batch = killing_after(desk.claim_batch)
elif POINT == "in_write":
    # The replies are in, the judgments are not, and nothing is committed.
    JudgmentQuerySet.bulk_create = killing_before(JudgmentQuerySet.bulk_create)
elif POINT == "before_next_run":
    # A run of a benchmark is over, and nobody has looked what follows from that.
    jobs.run_is_over = killing_before(jobs.run_is_over)
elif POINT == "in_opening":
    # The answers are items and the run that grades them is there, but nothing is committed.
    stages.open_run = killing_after(stages.open_run)
elif POINT == "before_queue":
    # The next run is committed, and on no queue.
    stages.enqueue_run = killing_before(stages.enqueue_run)
elif POINT == "before_acknowledgement":
    # One batch per job, so that there is an acknowledgement in the middle of the run too.
    work.WORK_SECONDS = 0.02
    RunWorker.handle_job_success = killing_before(RunWorker.handle_job_success)

if RESUME == "no":
    RunWorker.resume = lambda self: None

worker = get_worker("default", worker_class=RunWorker, serializer=JSONSerializer)
worker.work(burst=True, logging_level="INFO")
assert "torch" not in sys.modules
