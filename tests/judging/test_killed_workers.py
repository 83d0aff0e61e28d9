"""Real workers on a real queue, killed with SIGKILL: the run is finished all the same, with everything exactly once."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from redis import Redis

from judging.actions.runs import BATCH_ITEMS

ITEMS = 3 * BATCH_ITEMS + 4
POINTS = ["in_write", "after_claim", "in_generation", "before_acknowledgement"]
pytestmark = pytest.mark.rows


def on_postgres() -> bool:
    return not settings.DATABASE_URL.startswith("sqlite")


def all_on_postgres(points: list[str]) -> list[Any]:
    """Where a kill comes. On SQLite the first place shows most, and the others are left to what is slow."""
    slow = [] if on_postgres() else [pytest.mark.slow]
    return [points[0], *(pytest.param(point, marks=slow) for point in points[1:])]


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
        connect = psycopg.connect if on_postgres() else sqlite3.connect
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
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a database to copy, on the kind of database that these tests run on."""
    folder = tmp_path_factory.mktemp("template")
    if on_postgres():
        postgres('DROP DATABASE IF EXISTS "prepared_run"', 'CREATE DATABASE "prepared_run"')
        address = postgres_url("prepared_run")
    else:
        address = f"sqlite:///{folder / 'site.sqlite3'}"
    status, output = finished(Site(folder, address).start("-m", "tests.judging.prepare_run", str(ITEMS)))
    assert status == 0, output
    return address


@pytest.fixture
def site(template: str, valkey: Redis, tmp_path: Path) -> Iterator[Site]:
    if not on_postgres():
        path = tmp_path / "site.sqlite3"
        shutil.copy(template.removeprefix("sqlite:///"), path)
        yield Site(tmp_path, f"sqlite:///{path}")
        return
    name = f"run_{uuid4().hex}"
    postgres(f'CREATE DATABASE "{name}" TEMPLATE "prepared_run"')
    yield Site(tmp_path, postgres_url(name))
    postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


def postgres(*statements: str) -> None:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def postgres_url(name: str) -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


@pytest.mark.parametrize("point", all_on_postgres(POINTS))
def test_a_worker_killed_twice_leaves_nothing_undone_and_nothing_double(site: Site, point: str) -> None:
    assert finished(site.worker(point, "both", 2))[0] == -signal.SIGKILL
    status, output = finished(site.start("manage.py", "resume_runs"))
    assert status == 0
    assert "goes on" in output
    assert finished(site.worker(point, "both", 2, resume="no"))[0] == -signal.SIGKILL
    # Before the acknowledgement the work itself may be done already, by the database's word.
    assert point == "before_acknowledgement" or site.rows("SELECT state FROM judging_run") != [("finished",)]
    status, output = finished(site.worker(point, "both", 2))
    assert status == 0, output
    site.assert_everything_exactly_once()


@pytest.mark.parametrize("point", all_on_postgres(POINTS))
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
    queue = Redis.from_url(settings.REDIS_URL, socket_timeout=60)
    assert queue.blpop(["left"], 50), "the worker has a batch in its engine now"
    os.kill(worker.pid, signal.SIGTERM)
    status, output = finished(worker)
    assert status == 0, output
    assert site.rows("SELECT DISTINCT state, attempts FROM judging_runbatch") == [("pending", 0)]
    status, output = finished(site.worker("none", "nobody", 0))
    assert status == 0, output
    site.assert_everything_exactly_once()
