"""The workers: RunWorker forks for every job and never imports torch, EngineWorker keeps one model in its own process.

A process that has used torch cannot fork any more (every child hangs), and a forked child cannot keep a model for the
next job. So queues whose engines hold a model have a worker of their own, which does not fork.
"""

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from rq import SimpleWorker, Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.timeouts import UnixSignalDeathPenalty
from rq.worker.base import BaseWorker

from judging.actions.benchmarks import resume_benchmarks
from judging.actions.gpus import telling_gpus
from judging.actions.runs import resume_runs
from judging.actions.work import WorkInterrupted
from judging.core.interrupts import INTERRUPTS
from judging.engines.warm import WARM


class Resuming(BaseWorker):
    """A worker that puts back what dead workers left, when it starts and every ten minutes."""

    def work(self, *args: Any, **options: Any) -> bool:
        """Work on the queues until told to stop."""
        self.resume()
        return bool(super().work(*args, **options))

    def resume(self) -> None:
        """Put back what dead workers left. No connection stays open, so that a fork never shares one."""
        for run in resume_runs():
            self.log.info("Resumed run %s", run.pk)
        for benchmark_run in resume_benchmarks():
            self.log.info("Resumed %s", benchmark_run)
        for name in settings.RESUMED_BY_WORKERS:
            for work in import_string(name)():
                self.log.info("Resumed %s", work)
        connections.close_all()

    def run_maintenance_tasks(self) -> None:
        """What RQ tidies up, and runs whose workers died elsewhere."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        self.resume()


class RunWorker(Resuming, Worker):
    """Does each job in a process of its own; where that dies, the run is resumed at once."""

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


class JobStopped(BaseException):
    """Somebody stopped the job, on the pages of the queue or with rq's command."""


class StepTimeout(UnixSignalDeathPenalty):
    """RQ's time limit of a job, but never in the middle of an engine's step."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:
        """The time is up."""
        INTERRUPTS.arrive(self._exception(f"The job took longer than {self._timeout} seconds."))


class EngineWorker(Resuming, SimpleWorker):
    """Keeps one warm engine from job to job. What ends a job early leaves the engine empty, and the next one right."""

    death_penalty_class = StepTimeout

    def work(self, *args: Any, **options: Any) -> bool:
        """Work until told to stop; then the engine's processes end too."""
        signal.signal(signal.SIGUSR1, self.stop_asked)
        try:
            with telling_gpus(self.connection):
                return super().work(*args, **options)
        finally:
            WARM.unload()

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Do the job with database connections of its own: those of the last one may have been closed meanwhile."""
        connections.close_all()
        try:
            return bool(super().perform_job(job, queue, execution))
        finally:
            connections.close_all()

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Stop the job in hand. Called by the thread that hears commands; only the main one can be interrupted."""
        main = threading.main_thread().ident
        if main is not None:
            signal.pthread_kill(main, signal.SIGUSR1)

    def stop_asked(self, signum: int, frame: FrameType | None) -> None:
        """The main thread's side of `kill_horse`."""
        INTERRUPTS.arrive(JobStopped("somebody stopped its job."))

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Ctrl-C or SIGTERM: end the job in good order; the queue keeps the rest of the run."""
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]
        INTERRUPTS.arrive(WorkInterrupted())
