"""`manage.py serve` for real: it answers, and it leaves nothing behind however it is told to stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of one installation, which is started again and again."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def site(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A site of its own, and its address."""
    own = {"EVALSITE_DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, next(word for word in process.stdout.readline().split() if word.startswith("http"))
        process.kill()


def processes_of(folder: Path) -> list[str]:
    """What still runs and has this folder open or in its environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def ask_again_and_again(address: str) -> None:
    for _ in range(200):
        httpx.get(address + "healthz", timeout=1)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_serves_and_leaves_nothing_running(
    stop: signal.Signals, site: tuple[subprocess.Popen[str], str], folder: Path
) -> None:
    process, address = site
    assert httpx.get(address + "login/").status_code == 200
    assert len(processes_of(folder)) >= 4
    process.send_signal(stop)
    assert process.wait(30) == 0
    assert processes_of(folder) == []


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends children with their parent")
def test_a_killed_site_takes_its_programs_with_it(site: tuple[subprocess.Popen[str], str]) -> None:
    process, address = site
    process.kill()
    process.wait()
    with pytest.raises(httpx.TransportError):
        ask_again_and_again(address)
