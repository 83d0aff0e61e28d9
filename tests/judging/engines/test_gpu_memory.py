"""Who holds a GPU's memory, with a driver that says what the test wants."""

import os
import sys
from typing import Any

import pytest

from judging.engines.gpu_memory import GIB, gpu_states, held_memory, memory_trouble


class Process:
    def __init__(self, pid: int, used: int | None) -> None:
        self.pid, self.usedGpuMemory = pid, used


class Numbers:
    used, total, gpu = 3 * GIB, 80 * GIB, 45


class Driver:
    """NVIDIA's library as far as it is asked."""

    class NVMLError(Exception):
        pass

    def __init__(self, *gpus: list[Process]) -> None:
        self.gpus = gpus

    def nvmlInit(self) -> None:
        if not self.gpus:
            raise self.NVMLError("Driver Not Loaded")

    def nvmlShutdown(self) -> None:
        pass

    def nvmlDeviceGetCount(self) -> int:
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, number: int) -> int:
        return number

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[Process]:
        return self.gpus[handle]

    def nvmlDeviceGetName(self, handle: int) -> str:
        return f"GPU of test {handle}"

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return Numbers()

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        if handle:
            raise self.NVMLError("Not Supported")
        return Numbers()


@pytest.fixture(autouse=True)
def every_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def install(driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", driver)


def test_names_the_processes_and_what_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    install(Driver([Process(999_999_999, 2 * GIB)], [Process(999_999_998, None)]), monkeypatch)
    assert memory_trouble().splitlines() == [
        "Process 999999999 (of another user or container) holds 2.0 GiB of GPU 0.",
        "Process 999999998 (of another user or container) holds memory of GPU 1.",
        "End what is not needed, or add --anyway to go on beside it.",
    ]


def test_this_process_is_not_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    install(Driver([Process(os.getpid(), GIB)]), monkeypatch)
    assert memory_trouble() == ""


@pytest.mark.parametrize(
    ("chosen", "gpus"),
    [(None, [0, 1]), ("1", [1]), ("0,1", [0, 1]), ("", []), ("GPU-8a7f", [0, 1])],
)
def test_asks_about_the_gpus_that_this_process_may_use(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, gpus: list[int]
) -> None:
    install(Driver([Process(1, GIB)], [Process(1, GIB)]), monkeypatch)
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert [holder.gpu for holder in held_memory()] == gpus


def test_says_how_full_and_how_busy_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    install(Driver([], []), monkeypatch)
    first, second = gpu_states()
    assert (first.name, first.used, first.total, first.load) == ("GPU of test 0", 3 * GIB, 80 * GIB, 45)
    assert second.load is None


@pytest.mark.parametrize("driver", [None, Driver()], ids=["no library", "no driver"])
def test_a_machine_without_nvidia_has_no_trouble(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    install(driver, monkeypatch)
    assert held_memory() == []
    assert gpu_states() == []
    assert memory_trouble() == ""
