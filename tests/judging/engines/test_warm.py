"""The one model of a process, and the processes that it may leave behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from judging.engines.orphans import end_processes
from judging.engines.warm import WarmModel

ROOT = Path(__file__).resolve().parents[3]


class Model:
    def __init__(self) -> None:
        self.loaded = True

    def unload(self) -> None:
        assert self.loaded
        self.loaded = False


def test_the_same_work_finds_the_same_model() -> None:
    warm = WarmModel()
    first = warm.get("a", Model)
    assert warm.get("a", Model) is first
    warm.unload()
    assert not first.loaded


def test_other_work_frees_the_model_before_it_loads_its_own() -> None:
    warm = WarmModel()
    first = warm.get("a", Model)

    def load() -> Model:
        assert not first.loaded
        return Model()

    assert warm.get("b", load).loaded
    warm.unload()
    warm.unload()


def test_a_model_that_does_not_load_leaves_nothing() -> None:
    warm = WarmModel()
    first = warm.get("a", Model)
    with pytest.raises(ZeroDivisionError):
        warm.get("b", lambda: 1 // 0)  # type: ignore[arg-type]
    assert not first.loaded
    again = warm.get("a", Model)
    assert again is not first
    warm.unload()


OWNER = """
import os, signal, subprocess, sys
from judging.engines.orphans import OrphanWatch
OrphanWatch("mark-of-this-test")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_killed_owner_started_is_ended() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    # The pipe ends when nobody holds it any more: not the owner, not its child, not the watch.
    output, _ = owner.communicate(timeout=30)
    assert owner.returncode == -9
    assert not is_running(int(output))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ends_nobody_else() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert end_processes("mark-that-nobody-has") == []
        assert other.poll() is None


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
