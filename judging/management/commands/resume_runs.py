"""`manage.py resume_runs`: put unfinished runs back on their queues."""

from typing import Any

from django.core.management.base import BaseCommand

from judging.actions.benchmarks import resume_benchmarks
from judging.actions.runs import resume_runs
from judging.models import Run
from judging.reports import queue_of, queue_state


class Command(BaseCommand):
    help = "Free what dead workers had claimed and put every unfinished run back on its queue."

    def handle(self, **options: Any) -> None:
        runs = resume_runs()
        for run in runs:
            self.stdout.write(f"Run {run.pk} ({run.judge or run.model} on {run.dataset}) goes on.")
        benchmarks = resume_benchmarks()
        for benchmark_run in benchmarks:
            self.stdout.write(f"Benchmark {benchmark_run.pk} ({benchmark_run.benchmark}) goes on.")
        if not runs and not benchmarks:
            self.stdout.write("No run is unfinished.")
        begun = Run.objects.filter(benchmark_run__in=benchmarks).unfinished()
        for name in sorted({queue_of(run) for run in [*runs, *begun]}):
            state = queue_state(name)
            if not state.answers:
                self.stderr.write(f"The queue at {state.address} does not answer; the runs wait until it does.")
            elif not state.workers:
                self.stderr.write(f"No worker listens to the queue {name}: start `{state.command}`.")
