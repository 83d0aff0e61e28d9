"""The programs of one machine start, answer, stop, and say what is wrong when they do not."""

import sys
from pathlib import Path

import pytest
from redis import Redis

from evalsite.services import Service, ServiceError, bound, queue_answers, running_queue, wait_until, web_processes


@pytest.fixture
def own_queue(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.REDIS_URL = f"unix://{tmp_path / 'q.sock'}"
    settings.EMBEDDED_QUEUE = True
    return tmp_path


def test_embedded_queue_answers_and_keeps_what_it_holds(own_queue: Path, settings) -> None:
    with running_queue():
        assert queue_answers()
        with Redis.from_url(settings.REDIS_URL) as client:
            client.set("job", "kept")
    assert not queue_answers()
    with running_queue(), Redis.from_url(settings.REDIS_URL) as client:
        assert client.get("job") == b"kept"


def test_only_this_user_may_open_the_socket_of_the_queue(own_queue: Path) -> None:
    with running_queue():
        assert (own_queue / "q.sock").stat().st_mode & 0o077 == 0


def test_a_queue_that_answers_already_is_used(own_queue: Path) -> None:
    with running_queue() as first, running_queue() as second:
        assert len(first) == 1
        assert second == ()


def test_a_named_queue_that_does_not_answer_is_refused(own_queue: Path, settings) -> None:
    settings.EMBEDDED_QUEUE = False
    with pytest.raises(ServiceError, match="No queue answers at REDIS_URL"), running_queue():
        pass


def test_a_taken_port_is_named() -> None:
    with bound(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ServiceError, match=f"Port {port} cannot be used"):
            bound(port)


def test_a_program_that_ends_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('disk is full'); raise SystemExit(3)"]
    with (
        Service("worker 1", command, tmp_path / "log" / "worker-1.log") as service,
        pytest.raises(ServiceError, match=r"(?s)The worker 1 stopped.*disk is full"),
    ):
        wait_until(lambda: False, service)


@pytest.mark.parametrize(
    ("database", "cores", "processes", "threads"),
    [("sqlite", 2, 4, 1), ("postgresql", 2, 4, 2), ("sqlite", 64, 8, 1), ("postgresql", 1, 2, 2)],
)
def test_pages_are_made_by_more_processes_than_there_are_cores(
    database: str, cores: int, processes: int, threads: int
) -> None:
    assert web_processes(database, cores) == (processes, threads)
