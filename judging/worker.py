"""The worker of queues whose engines hold nothing: an RQ worker that forks for every job and never imports torch."""

import signal
from types import FrameType
from typing import Any

from django.db import connections
from rq import Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue

from judging.actions.runs import resume_runs
from judging.actions.work import WorkInterrupted


class RunWorker(Worker):
    """Resumes runs when it starts, when one of its jobs was killed, and every ten minutes."""

    def work(self, *args: Any, **options: Any) -> bool:
        """Work on the queues until told to stop."""
        self.resume()
        return bool(super().work(*args, **options))

    def resume(self) -> None:
        """Put back what dead workers left. No connection stays open, so that a fork never shares one."""
        for run in resume_runs():
            self.log.info("Resumed run %s", run.pk)
        connections.close_all()

    def run_maintenance_tasks(self) -> None:
        """What RQ tidies up, and runs whose workers died elsewhere."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        self.resume()

    def handle_work_horse_killed(self, job: Job, retpid: int, ret_val: int, rusage: Any) -> None:
        """The process of a job died: its batches go back at once."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)  # type: ignore[no-untyped-call]
        self.resume()

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Do the job with database connections of its own."""
        connections.close_all()
        try:
            return bool(super().perform_job(job, queue, execution))
        finally:
            connections.close_all()

    def setup_work_horse_signals(self) -> None:
        """A terminated job gives back what it claimed instead of dying with it."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGTERM, interrupt)

    def handle_warm_shutdown_request(self) -> None:
        """Ctrl-C or SIGTERM: end the job in good order; the queue keeps the rest of the run."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Leave the work from wherever it is."""
    raise WorkInterrupted
