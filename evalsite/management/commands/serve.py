"""`manage.py serve`: queue, workers and web server of one machine, until Ctrl-C."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from evalsite.services import ServiceError, running_site


class Command(BaseCommand):
    """Start everything that one machine needs."""

    help = "Start the queue, workers and the web server on this machine, and stop them with Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8100, help="port of the pages; 0 takes any free one")
        parser.add_argument("--workers", type=int, default=1, help="number of workers of the queue 'default'")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        try:
            with running_site(port=options["port"], workers=options["workers"]) as site:
                self.stdout.write(f"evalsite is at {site.address} - Ctrl-C stops it.")
                site.watch()
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")
