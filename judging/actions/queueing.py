"""Work put on the queue. The database is the truth: what the queue loses, `resume_runs` puts back."""

import logging
from uuid import uuid4

from django_rq import get_queue
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError
from rq.callbacks import Callback

from judging.models import Run
from judging.reports import queue_of, workers_of

logger = logging.getLogger(__name__)

JOB = "judging.jobs.work_run"
JOB_FAILED = "judging.jobs.work_failed"
JOB_SECONDS = 3600
"""When RQ ends a job: well above the time after which a job puts itself back, plus the slowest batch."""


def enqueue_run(run: Run) -> None:
    """Put a run on its queue once for each worker that could share it, counting the jobs that wait already.

    Without a queue nothing happens but a warning: the run stays unfinished, and its page says that the queue is silent.
    """
    queue = get_queue(queue_of(run), commit_mode="auto")
    try:
        waiting = sum(job_id.startswith(f"run-{run.pk}-") for job_id in queue.get_job_ids())
        wanted = max(1, min(len(workers_of(queue)), run.batches.open().count()))
        for _ in range(wanted - waiting):
            enqueue_job(run)
    except (QueueConnectionError, QueueTimeoutError) as error:
        logger.warning("Run %s waits: the queue does not answer (%s).", run.pk, error)


def enqueue_job(run: Run) -> None:
    """Put a run on its queue once; the job carries the id alone."""
    get_queue(queue_of(run), commit_mode="auto").enqueue_call(
        JOB,
        args=(run.pk,),
        job_id=f"run-{run.pk}-{uuid4().hex}",
        description=f"run {run.pk}",
        timeout=JOB_SECONDS,
        result_ttl=0,
        failure_ttl=24 * 3600,
        on_failure=Callback(JOB_FAILED),
    )
