"""A GPU worker to which something happens, for tests alone: python -m tests.judging.gpu_worker_program WHAT ONCE_FILE.

WHAT happens in the middle of generation, at the sixth step of the engine, once over all processes (ONCE_FILE):
`kill` (SIGKILL), `end` (SIGTERM), `stop` (RQ's command to stop a job), `timeout` (the job's time is up) or `nothing`.
Production code knows nothing of this: what the worker calls is wrapped here, in this process.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import django

STEP = 6


def happen(what: str) -> None:
    from django_rq import get_queue
    from rq.command import send_stop_job_command

    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "end":
        os.kill(os.getpid(), signal.SIGTERM)
    if what == "timeout":
        signal.setitimer(signal.ITIMER_REAL, 0.001)
    if what == "stop":
        queue = get_queue("gpu")
        (job_id,) = queue.started_job_registry.get_job_ids()
        send_stop_job_command(queue.connection, job_id)


def main(what: str, once: Path) -> None:
    from django.core.management import call_command

    from judging.engines.base import EngineReply
    from judging.engines.vllm_offline import Flight

    step, steps = Flight.step, iter(range(1, 1_000_000))

    def eventful(flight: Flight) -> Iterator[EngineReply]:
        if next(steps) == STEP and what != "nothing" and not once.exists():
            once.touch()
            happen(what)
        return step(flight)

    Flight.step = eventful
    call_command("gpu_worker", burst=True)


# The engine's own processes import this module too.
if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], Path(sys.argv[2]))
