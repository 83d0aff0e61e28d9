"""A worker that is killed, for tests alone: python -m tests.training_export.killed_file_worker POINT VICTIM KILLS FILE.

POINT says where the kill comes, VICTIM what dies (`both` the worker and the process of its job, or only the `horse`),
KILLS how often, counted in FILE over all processes. Production code knows nothing of this.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django_rq.workers import get_worker  # noqa: E402
from rq.serializers import JSONSerializer  # noqa: E402

from annotation.actions.uploads import orders  # noqa: E402
from judging.actions.imports import store  # noqa: E402
from judging.worker import RunWorker  # noqa: E402
from training_export.actions import exports  # noqa: E402
from training_export.core.tally import Sorter  # noqa: E402

WORKER = os.getpid()
_, POINT, VICTIM, KILLS, COUNT_FILE = sys.argv


def kill() -> None:
    """Die here, unless this happened often enough."""
    count = Path(COUNT_FILE)
    if len(count.read_text()) >= int(KILLS):
        return
    with count.open("a") as file:
        file.write("x")
    if VICTIM == "both" and os.getpid() != WORKER:
        os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any]) -> Callable[..., Any]:
    """Killed where the function would begin."""

    def wrapped(*args: Any, **options: Any) -> Any:
        kill()
        return function(*args, **options)

    return wrapped


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """Killed when the function has done its work."""

    def wrapped(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        kill()
        return result

    return wrapped


store.BATCH = 2
if POINT == "before_storing":
    orders.stored = before(orders.stored)
elif POINT == "in_storing":
    # One batch is committed, out of sight.
    store.FileRows.add = after(store.FileRows.add)  # type: ignore[method-assign]
elif POINT == "after_storing":
    # The dataset is there, and the upload does not say so.
    orders.forget_files = before(orders.forget_files)  # type: ignore[attr-defined]
elif POINT == "before_writing":
    exports.fill_export = before(exports.fill_export)
elif POINT == "in_writing":
    # The rows are in files of a folder that does not have its name yet.
    Sorter.count_known = before(Sorter.count_known)  # type: ignore[method-assign]
elif POINT == "after_writing":
    # The folder is there, and the export does not say so.
    Path.rename = after(Path.rename)  # type: ignore[method-assign]

get_worker("default", worker_class=RunWorker, serializer=JSONSerializer).work(burst=True, logging_level="INFO")
