"""The GPU worker with a real vLLM on the CPU: whatever ends a job, the next one is right and nothing lives on."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from redis import Redis

from judging.actions.runs import BATCH_ITEMS
from tests.tiny_model import CPU_ARGUMENTS, CPU_ENVIRONMENT

ITEMS = 3 * BATCH_ITEMS + 4
SECONDS = 600


@dataclass
class GpuSite:
    """An installation of its own, and programs that use it."""

    folder: Path
    model: Path
    processes: str = "0"

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a Python program of the project to its end; status and output."""
        env = (
            os.environ
            | CPU_ENVIRONMENT
            | {
                "DJANGO_SETTINGS_MODULE": "evalsite.settings",
                "DATABASE_URL": f"sqlite:///{self.folder / 'site.sqlite3'}",
                "REDIS_URL": settings.REDIS_URL,
                "EVALSITE_DATA_DIR": str(self.folder),
                "EVALSITE_VLLM_ARGUMENTS": json.dumps(CPU_ARGUMENTS),
                "VLLM_ENABLE_V1_MULTIPROCESSING": self.processes,
            }
        )
        command = [sys.executable, *arguments]
        log = self.folder / "log"
        with log.open("w") as output:
            program = subprocess.run(
                command, cwd=settings.BASE_DIR, env=env, stdout=output, stderr=output, timeout=SECONDS, check=False
            )
        return program.returncode, log.read_text(errors="replace")

    def worker(self, what: str) -> tuple[int, str]:
        return self.run("-m", "tests.judging.gpu_worker_program", what, str(self.folder / "once"))

    def rows(self, query: str) -> list[Any]:
        connection = sqlite3.connect(self.folder / "site.sqlite3")
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    def living(self) -> list[str]:
        """Processes that belong to this installation."""
        mark, found = f"EVALSITE_DATA_DIR={self.folder}".encode(), []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    def assert_nobody_lives_on(self) -> None:
        deadline = time.monotonic() + 20
        while (living := self.living()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert living == []

    def assert_every_item_has_the_same_reply_in_both_runs(self) -> None:
        assert self.rows("SELECT state, error FROM judging_run") == [("finished", "")] * 2
        for table in ("judging_reply", "judging_judgment"):
            counts = self.rows(f"SELECT count(*), count(DISTINCT item_id) FROM {table} GROUP BY run_id")
            assert counts == [(ITEMS, ITEMS)] * 2
        assert self.rows("SELECT count(DISTINCT text) FROM judging_reply GROUP BY item_id") == [(1,)] * ITEMS
        assert self.rows("SELECT count(*) FROM judging_reply WHERE finish = ''") == [(0,)]


@pytest.fixture
def site(valkey: Redis, tmp_path: Path, tiny_model: Path) -> Iterator[GpuSite]:
    site = GpuSite(tmp_path, tiny_model)
    status, output = site.run("-m", "tests.judging.prepare_gpu_runs", str(tiny_model), str(ITEMS))
    assert status == 0, output
    yield site
    site.assert_nobody_lives_on()


vllm = [pytest.mark.slow, pytest.mark.vllm]


@pytest.mark.parametrize("processes", [pytest.param("0", marks=vllm), pytest.param("1", marks=vllm)])
def test_killed_in_mid_generation_the_runs_finish_with_everything_exactly_once(site: GpuSite, processes: str) -> None:
    site.processes = processes
    assert site.worker("kill")[0] == -signal.SIGKILL
    site.assert_nobody_lives_on()
    assert ("claimed",) in site.rows("SELECT state FROM judging_runbatch")
    site.processes = "0"
    status, output = site.worker("nothing")
    assert status == 0, output
    site.assert_every_item_has_the_same_reply_in_both_runs()


@pytest.mark.parametrize("processes", [pytest.param("0", marks=vllm), pytest.param("1", marks=vllm)])
def test_told_to_end_it_gives_back_what_it_had_and_leaves_no_process(site: GpuSite, processes: str) -> None:
    site.processes = processes
    status, output = site.worker("end")
    assert status == 0, output
    site.assert_nobody_lives_on()
    assert ("claimed",) not in site.rows("SELECT state FROM judging_runbatch")
    assert set(site.rows("SELECT attempts FROM judging_runbatch WHERE state = 'pending'")) == {(0,)}
    site.processes = "0"
    assert site.worker("nothing")[0] == 0
    site.assert_every_item_has_the_same_reply_in_both_runs()


@pytest.mark.parametrize(
    ("what", "error"),
    [
        pytest.param("timeout", "JobTimeoutException: The job took longer than 3600 seconds", marks=vllm),
        pytest.param("stop", "JobStopped: somebody stopped its job", marks=vllm),
    ],
)
def test_after_a_job_that_was_ended_the_next_one_is_right(site: GpuSite, what: str, error: str) -> None:
    status, output = site.worker(what)
    assert status == 0, output
    (first, said), second = site.rows("SELECT state, error FROM judging_run ORDER BY id")
    assert first == "failed"
    assert error in said
    assert second == ("finished", ""), "in the same process, with the same engine"
    assert ("claimed",) not in site.rows("SELECT state FROM judging_runbatch")
    status, output = site.run("manage.py", "shell", "-c", RESTART)
    assert status == 0, output
    assert site.worker("nothing")[0] == 0
    site.assert_every_item_has_the_same_reply_in_both_runs()


RESTART = """
from judging.models import Run
from judging.actions.runs import restart_run
restart_run(Run.objects.get(state="failed"))
"""


def test_refuses_to_start_beside_others_on_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeDriver())
    with pytest.raises(
        CommandError, match=r"\(.+\) holds 2\.0 GiB of GPU 1\.\nEnd what is not needed, or add --anyway"
    ):
        call_command("gpu_worker", gpu="1")


class FakeDriver:
    """NVIDIA's library as far as it is asked; GPU 1 is held by init."""

    class NVMLError(Exception):
        pass

    class Process:
        pid, usedGpuMemory = 1, 2 * 2**30

    def nvmlInit(self) -> None:
        pass

    def nvmlShutdown(self) -> None:
        pass

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, number: int) -> int:
        return number

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[Any]:
        return [self.Process()] if handle == 1 else []
