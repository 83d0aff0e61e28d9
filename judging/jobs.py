"""Entry points of RQ. A job carries an id and nothing else."""

from types import TracebackType

from django.db import OperationalError
from redis import Redis
from rq.job import Job

from judging.actions.benchmarks import run_is_over
from judging.actions.queueing import enqueue_job
from judging.actions.runs import fail_run
from judging.actions.work import WorkInterrupted
from judging.actions.work import work_run as work
from judging.core.claimers import this_claimer
from judging.core.interrupts import INTERRUPTS
from judging.models import Run


def work_run(run_id: int) -> None:
    """Work on a run for a while; with work left, the next job goes to the end of the queue. Without, its benchmark
    goes on."""
    try:
        with INTERRUPTS.listening():
            more = work(run_id, claimer=this_claimer())
    except WorkInterrupted:
        more = True
    if more:
        enqueue_job(Run.objects.get(pk=run_id))
    else:
        run_is_over(run_id)


def work_failed(
    job: Job, connection: Redis, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say on the run what ended its job. A database that went away says nothing of the run: it is resumed later."""
    if issubclass(kind, (OperationalError, Run.DoesNotExist)):
        return
    fail_run(job.args[0], error=f"The worker stopped: {kind.__name__}: {error}")
    run_is_over(job.args[0])
