"""`manage.py worker`: do the work of a queue until told to stop."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_rq.workers import get_worker
from redis.exceptions import ConnectionError as QueueConnectionError
from rq.serializers import JSONSerializer

from judging.reports import queue_address

WORKER = "judging.worker.RunWorker"


class Command(BaseCommand):
    help = "Work on queues until Ctrl-C. Runs that a killed worker left unfinished are resumed first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", default="default", help="names of queues, separated by commas")
        parser.add_argument("--burst", action="store_true", help="stop when the queues are empty")

    def handle(self, **options: Any) -> None:
        names = [name.strip() for name in options["queues"].split(",") if name.strip()]
        if unknown := [name for name in names if name not in settings.RQ_QUEUES]:
            raise CommandError(f"There is no queue {unknown[0]!r}. Queues: {', '.join(sorted(settings.RQ_QUEUES))}.")
        if "gpu" in names:
            raise CommandError("The queue gpu is for workers that keep a model: start `manage.py gpu_worker`.")
        level = "INFO" if options["verbosity"] else "WARNING"
        try:
            worker = get_worker(*names, worker_class=WORKER, serializer=JSONSerializer)
            worker.work(burst=options["burst"], logging_level=level)
        except QueueConnectionError as error:
            raise CommandError(f"The queue at {queue_address()} does not answer ({error}).") from error
