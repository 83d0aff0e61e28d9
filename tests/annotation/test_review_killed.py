"""The web server is killed while decisions come in: what was acknowledged stays, nothing is stored twice.

Its worker processes one by one, under `manage.py serve`; and all of its processes at once, on both databases.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from threading import Condition, Event, Timer

import pytest

from bench.review_site import PASSWORD, person_name
from bench.reviewer import FORM, Answer, Fields, Person, Reviewer, logged_in
from evalsite.services import bound, die_with_parent, web_answers
from tests.run import postgres

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


PEOPLE, GROUP_KILLS, UNDONE = 3, 6, 0.2


class Group:
    """The web server as `manage.py serve` starts it, alone: killed without a warning, and started again on its port."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment, self.is_up, self.listener = environment, Event(), bound(0)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # The socket is the test's: who comes while nothing runs waits in it, or is turned away, as on a busy machine.
        command = [sys.executable, "-m", "gunicorn", "evalsite.wsgi", "--bind", f"fd://{self.listener.fileno()}"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "2", "--log-level", "error"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, pass_fds=[self.listener.fileno()], preexec_fn=own_group
        )
        while not web_answers(self.listener.getsockname()[1]):
            assert self.process.poll() is None, "the web server ended"
        self.is_up.set()

    def kill(self) -> None:
        if self.process is not None:
            self.is_up.clear()
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def own_group() -> None:
    """Its workers are killed with it, and all of them with the tests."""
    os.setsid()
    die_with_parent()


@dataclass
class Stubborn(Person):
    """Sends a request again until it is answered, as the page does."""

    is_up: Event = field(default_factory=Event)

    def ask(self, method: str, path: str, fields: Fields | None = None, *, script: bool = False) -> Answer:
        while True:
            try:
                return super().ask(method, path, fields, script=script)
            except (OSError, HTTPException):
                self.connection.close()
                assert self.is_up.wait(GIVE_UP), "the server did not come back"


@dataclass
class Tally:
    """What was acknowledged so far, for whoever waits for it."""

    acknowledged: int = 0
    changed: Condition = field(default_factory=Condition)

    def add(self) -> None:
        with self.changed:
            self.acknowledged += 1
            self.changed.notify_all()

    def wait_for(self, more: int) -> None:
        with self.changed:
            wanted = self.acknowledged + more
            assert self.changed.wait_for(lambda: self.acknowledged >= wanted, GIVE_UP), "nobody was answered"


def press_until(stop: Event, reviewer: Reviewer, tally: Tally, draw: Random) -> set[int]:
    """Decide one item after another, and take some back; the labels that stand when it ends."""
    reviewer.open()
    undone: set[int] = set()
    while not stop.is_set() and (action := FORM.search(reviewer.page)):
        answer = reviewer.person.ask("POST", action[1], reviewer.filled(draw.choice(["clean", "wrong"])), script=True)
        assert answer.status == 200, answer.text
        reviewer.go_on(answer)
        tally.add()
        if draw.random() < UNDONE:
            token = reviewer.person.cookies["csrftoken"]
            sent = {"label": str(reviewer.stored[-1]), "csrfmiddlewaretoken": token}
            # Sent again after an answer that was lost, it is refused: it was taken back already.
            assert reviewer.person.ask("POST", f"{reviewer.campaign}undo/", sent).status < 500
            undone.add(reviewer.stored[-1])
            tally.add()
        reviewer.refill()
    reviewer.person.connection.close()
    return set(reviewer.stored) - undone


@pytest.fixture(params=["sqlite", "postgresql"])
def group(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[Group]:
    """A site of several people on a database of its own."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            address = stack.enter_context(postgres())
            if not address:
                pytest.skip("PostgreSQL cannot be started here")
            environment = environment | {"DATABASE_URL": address}
        told_by(environment, "fill", {"items": 200, "sessions": [PEOPLE], "distributions": ["dealt", "pulled"]})
        made = Group(environment)
        made.start()
        yield made
        made.kill()
        made.listener.close()


@pytest.mark.parametrize("given", ["dealt", "pulled"])
def test_all_processes_killed_at_any_moment_lose_nothing_that_was_acknowledged(group: Group, given: str) -> None:
    campaign = told_by(group.environment, "campaign", {"name": f"{given} {PEOPLE}"})["pk"]
    people = [Stubborn(group.address, is_up=group.is_up) for _number in range(PEOPLE)]
    for number, person in enumerate(people):
        person.log_in(person_name(number), PASSWORD)
    stop, tally, draw = Event(), Tally(), Random(given)
    reviewers = [Reviewer(person, f"/review/{campaign}/") for person in people]
    with ThreadPoolExecutor(PEOPLE) as pool:
        work = [pool.submit(press_until, stop, one, tally, Random(at)) for at, one in enumerate(reviewers)]
        try:
            for _kill in range(GROUP_KILLS):
                tally.wait_for(draw.randint(1, 20))
                stop.wait(draw.uniform(0, LONGEST_DELAY))
                group.kill()
                group.start()
        finally:
            stop.set()
        standing = [one.result() for one in work]
    acknowledged = sorted(set().union(*standing))
    said = told_by(group.environment, "check", {"campaign": campaign, "stored": acknowledged})
    assert said["labels"] == len(acknowledged) > GROUP_KILLS
    wrong = ("lost", "not_acknowledged", "twice", "surplus", "places_miscounted", "counts_wrong")
    assert {name: said[name] for name in wrong} == dict.fromkeys(wrong, 0)
