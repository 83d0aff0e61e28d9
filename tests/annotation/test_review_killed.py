"""The web server is killed while decisions come in: what was acknowledged stays, nothing is stored twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from threading import Timer

import pytest

from bench.reviewer import FORM, Answer, Reviewer, logged_in

ROOT = Path(__file__).resolve().parents[2]
KILLS, GIVE_UP = 6, 60
LONGEST_DELAY = 0.06
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the server's processes in /proc"),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    own = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "EVALSITE_DATA_DIR": str(tmp_path), "REDIS_URL": ""}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "evalsite.settings", "PYTHONUNBUFFERED": "1"}


def told_by(environment: dict[str, str], name: str, told: dict[str, object]) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.review_site", name, json.dumps(told)]
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    found: dict[str, object] = json.loads(printed)
    return found


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A site with one dealt and one pulled campaign, as `manage.py serve` serves it, and its address."""
    told_by(environment, "fill", {"items": 100, "sessions": [1], "distributions": ["dealt", "pulled"]})
    command = [sys.executable, "manage.py", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, next(word for word in process.stdout.readline().split() if word.startswith("http"))
        process.terminate()


def web_workers(server: int) -> list[int]:
    """The processes that answer requests: children of the web server, which is a child of `serve`."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            names[int(folder.name)] = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
    masters = {pid for pid, parent in parents.items() if parent == server and b"gunicorn" in names[pid]}
    return [pid for pid, parent in parents.items() if parent in masters]


def kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def until_answered(reviewer: Reviewer, action: str, form: list[tuple[str, str]]) -> Answer:
    """The same press again and again, as the page's script sends it."""
    deadline = time.monotonic() + GIVE_UP
    while True:
        try:
            return reviewer.person.ask("POST", action, form, script=True)
        except (OSError, HTTPException):
            reviewer.person.connection.close()
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.1)


@pytest.mark.parametrize("given", ["dealt", "pulled"])
def test_a_server_that_is_killed_at_any_moment_loses_and_doubles_nothing(
    served: tuple[subprocess.Popen[str], str], environment: dict[str, str], given: str
) -> None:
    process, address = served
    campaign = told_by(environment, "campaign", {"name": f"{given} 1"})["pk"]
    [person] = logged_in(address, ["reviewer-01"], "reviewers-of-a-bench")
    reviewer, draw = Reviewer(person, f"/review/{campaign}/"), random.Random(given)
    reviewer.open()
    for _kill in range(KILLS):
        action = FORM.search(reviewer.page)
        assert action is not None
        killer = Timer(draw.uniform(0, LONGEST_DELAY), kill, [web_workers(process.pid)])
        killer.start()
        answer = until_answered(reviewer, action[1], reviewer.filled("clean"))
        killer.join()
        assert answer.status == 200
        reviewer.go_on(answer)
    person.connection.close()
    said = told_by(environment, "check", {"campaign": campaign, "stored": reviewer.stored})
    assert len(set(reviewer.stored)) == KILLS
    wrong = ("lost", "not_acknowledged", "twice", "surplus", "places_miscounted", "counts_wrong")
    assert said["labels"] == KILLS
    assert [said[name] for name in wrong] == [0] * len(wrong)
