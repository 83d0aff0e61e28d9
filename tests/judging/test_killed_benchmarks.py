"""Workers killed with SIGKILL between any two steps of a benchmark: it ends all the same, with everything once."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis

from tests.judging.test_killed_workers import Site, all_on_postgres, finished, on_postgres, postgres, postgres_url

QUESTIONS = 5
POINTS = ["in_write", "before_next_run", "in_opening", "before_queue"]
pytestmark = pytest.mark.rows


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a database to copy: a benchmark that nobody has begun."""
    folder = tmp_path_factory.mktemp("benchmark")
    if on_postgres():
        postgres('DROP DATABASE IF EXISTS "prepared_benchmark"', 'CREATE DATABASE "prepared_benchmark"')
    address = postgres_url("prepared_benchmark") if on_postgres() else f"sqlite:///{folder / 'site.sqlite3'}"
    program = Site(folder, address).start("-m", "tests.judging.prepare_benchmark", str(QUESTIONS))
    status, output = finished(program)
    assert status == 0, output
    return address


@pytest.fixture
def site(template: str, valkey: Redis, tmp_path: Path) -> Iterator[Site]:
    if not on_postgres():
        path = tmp_path / "site.sqlite3"
        shutil.copy(template.removeprefix("sqlite:///"), path)
        yield Site(tmp_path, f"sqlite:///{path}")
        return
    name = f"benchmark_{uuid4().hex}"
    postgres(f'CREATE DATABASE "{name}" TEMPLATE "prepared_benchmark"')
    yield Site(tmp_path, postgres_url(name))
    postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


def assert_done_once(site: Site) -> None:
    """Two models answered and were graded, in this order, and every row is there once."""
    assert site.rows("SELECT state, error FROM judging_benchmarkrun") == [("finished", "")]
    assert site.rows("SELECT stage, candidate, state FROM judging_run ORDER BY id") == [
        ("answers", 0, "finished"),
        ("answers", 1, "finished"),
        ("judging", 0, "finished"),
        ("judging", 1, "finished"),
    ]
    items = "SELECT count(*) FROM judging_item WHERE dataset_id <> (SELECT min(id) FROM judging_dataset)"
    assert site.rows(items) == [(2 * QUESTIONS,)]
    for table in ("judging_reply", "judging_judgment"):
        assert site.rows(f"SELECT count(*) FROM {table}") == [(4 * QUESTIONS,)]


@pytest.mark.parametrize("point", all_on_postgres(POINTS))
def test_a_worker_killed_between_two_steps_leaves_nothing_undone_and_nothing_double(site: Site, point: str) -> None:
    kills = 0
    for _ in range(8):
        status, output = finished(site.worker(point, "both", 3))
        if status == 0:
            break
        assert status == -signal.SIGKILL, output
        kills += 1
    assert kills == 3
    assert_done_once(site)


def test_the_command_goes_on_with_what_a_killed_worker_left(site: Site) -> None:
    assert finished(site.worker("before_next_run", "both", 1))[0] == -signal.SIGKILL
    status, output = finished(site.start("manage.py", "resume_runs"))
    assert status == 0
    assert "Benchmark 1 (rubric) goes on." in output
    status, output = finished(site.worker("none", "nobody", 0, resume="no"))
    assert status == 0, output
    assert_done_once(site)
