"""A worker tells the pages about the GPUs of its machine, for as long as it lives."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from redis import Redis
from redis.exceptions import RedisError

from judging.engines.gpu_memory import GpuState, gpu_states
from judging.reports.gpus import PREFIX, as_stored

TELL_SECONDS = 5.0
KEPT_SECONDS = 20
"""After so long without a word from its worker, a machine is no longer shown."""

Look = Callable[[], Sequence[GpuState]]


def tell_gpus(connection: Redis, *, look: Look = gpu_states) -> None:
    """Say once how full and how busy the GPUs of this machine are. One that has none says nothing."""
    if states := look():
        connection.set(f"{PREFIX}{socket.gethostname()}", as_stored(states), ex=KEPT_SECONDS)


@contextmanager
def telling_gpus(connection: Redis, *, look: Look = gpu_states) -> Iterator[None]:
    """Say it every few seconds, in a thread of its own: the worker itself is busy with its engine."""
    over = threading.Event()
    thread = threading.Thread(target=_tell_until, args=(over, connection, look), name="gpu-states", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _tell_until(over: threading.Event, connection: Redis, look: Look) -> None:
    """A queue that is silent for a while is no reason to stop: it may come back."""
    while not over.is_set():
        with suppress(RedisError):
            tell_gpus(connection, look=look)
        over.wait(TELL_SECONDS)
