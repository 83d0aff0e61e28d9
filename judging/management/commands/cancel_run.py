"""`manage.py cancel_run`: stop a run and keep what it judged."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from judging.actions.runs import cancel_run
from judging.models import Run


class Command(BaseCommand):
    help = "Stop a run within a batch and keep what it judged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="number of the run")

    def handle(self, **options: Any) -> None:
        run = Run.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.")
        if not cancel_run(run):
            raise CommandError(f"Run {run.pk} is {run.state} already.")
        self.stdout.write(f"Run {run.pk} is cancelled. What it judged stays; its page can let it go on.")
