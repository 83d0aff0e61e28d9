"""`manage.py gpu_worker`: do the work of queue `gpu`, one process per GPU, with a model that stays loaded."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_rq.workers import get_worker
from redis.exceptions import ConnectionError as QueueConnectionError
from rq.serializers import JSONSerializer

from judging.engines.gpu_memory import memory_trouble
from judging.reports import queue_address

WORKER = "judging.worker.EngineWorker"
QUEUE = "gpu"


class Command(BaseCommand):
    help = "Work on the queue 'gpu' until Ctrl-C, with one model in memory. Start one for each GPU, or group of GPUs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--gpu", default="", help="number of the GPU, or several separated by commas, as nvidia-smi counts them"
        )
        parser.add_argument("--anyway", action="store_true", help="start although other processes hold GPU memory")
        parser.add_argument("--burst", action="store_true", help="stop when the queue is empty")

    def handle(self, **options: Any) -> None:
        if options["gpu"]:
            # Before anything loads CUDA, which reads it once.
            os.environ |= {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": options["gpu"]}
        if not options["anyway"] and (trouble := memory_trouble()):
            raise CommandError(trouble)
        level = "INFO" if options["verbosity"] else "WARNING"
        try:
            worker = get_worker(QUEUE, worker_class=WORKER, serializer=JSONSerializer)
            worker.work(burst=options["burst"], logging_level=level)
        except QueueConnectionError as error:
            raise CommandError(f"The queue at {queue_address()} does not answer ({error}).") from error
