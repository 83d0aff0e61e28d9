"""Real workers on a real queue, killed with SIGKILL while files come in or leave: in the end all is there, once."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

AROUND = ["before_storing", "after_storing", "before_writing", "after_writing"]
POINTS = ["in_storing", "in_writing", *(pytest.param(point, marks=pytest.mark.slow) for point in AROUND)]


@dataclass
class Site:
    """An installation of its own with an upload to store and an export to write."""

    folder: Path

    def finished(self, *arguments: str) -> tuple[int, str]:
        """Exit status and output of a Python program of the project."""
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "evalsite.settings",
            "DATABASE_URL": f"sqlite:///{self.folder / 'site.sqlite3'}",
            "REDIS_URL": settings.REDIS_URL,
            "EVALSITE_DATA_DIR": str(self.folder),
        }
        command = [sys.executable, "-m", *arguments]
        # In a session of its own: the signal that ends a worker must not reach the tests.
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=120, start_new_session=True
        )
        return done.returncode, done.stdout + done.stderr

    def worker(self, point: str, victim: str, kills: int) -> tuple[int, str]:
        """A worker that is killed `kills` times in all, and stops when its queue is empty."""
        count = self.folder / "kills"
        count.touch()
        return self.finished("tests.training_export.killed_file_worker", point, victim, str(kills), str(count))

    def rows(self, query: str) -> list[Any]:
        """What the database holds, looked at from outside."""
        connection = sqlite3.connect(self.folder / "site.sqlite3")
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    def assert_all_is_there_once(self) -> None:
        """The upload is a dataset, the export is files, and nothing that was begun is left."""
        assert self.rows("SELECT state, error FROM annotation_upload") == [("ready", "")]
        assert self.rows("SELECT name, state FROM judging_dataset ORDER BY id") == [
            ("dataset", "ready"),
            ("answers", "ready"),
        ]
        assert self.rows("SELECT count(*), count(DISTINCT position), max(position) FROM judging_item") == [(8, 7, 7)]
        assert self.rows("SELECT state, error FROM training_export_export") == [("ready", "")]
        assert [path.name for path in (self.folder / "exports").iterdir()] == ["1"]
        assert (self.folder / "exports" / "1" / "manifest.json").is_file()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables."""
    site = Site(tmp_path_factory.mktemp("empty"))
    status, output = site.finished("django", "migrate", "--verbosity", "0")
    assert status == 0, output
    return site.folder / "site.sqlite3"


@pytest.fixture
def site(empty: Path, valkey: Redis, tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.folder.mkdir()
    shutil.copy(empty, site.folder)
    status, output = site.finished("tests.training_export.prepare_files")
    assert status == 0, output
    return site


@pytest.mark.parametrize("point", POINTS)
def test_what_a_killed_worker_left_the_next_one_does(site: Site, point: str) -> None:
    assert site.worker(point, "both", 2)[0] == -signal.SIGKILL
    assert site.rows("SELECT count(*) FROM judging_dataset WHERE name = 'answers'") == [
        (int(point == "after_storing"),)
    ]
    status, output = site.worker(point, "horse", 2)
    assert status == 0, output
    assert (site.folder / "kills").read_text() == "xx"
    site.assert_all_is_there_once()


@pytest.mark.parametrize(
    ("point", "table"), [("in_storing", "annotation_upload"), ("in_writing", "training_export_export")]
)
def test_what_kills_its_worker_every_time_ends_with_a_sentence(site: Site, point: str, table: str) -> None:
    status, output = site.worker(point, "horse", 99)
    assert status == 0, output
    assert (site.folder / "kills").read_text() == "xxx"
    ((state, error),) = site.rows(f"SELECT state, error FROM {table}")
    assert (state, "died" in error) == ("failed", True)
    assert site.rows("SELECT count(*) FROM judging_dataset WHERE name != 'dataset'") == [(int(point == "in_writing"),)]
    assert len(list((site.folder / "exports").iterdir())) == (point == "in_storing")


def test_a_worker_does_what_the_queue_forgot(site: Site, valkey: Redis) -> None:
    valkey.flushall()
    status, output = site.worker("nowhere", "both", 0)
    assert status == 0, output
    site.assert_all_is_there_once()
