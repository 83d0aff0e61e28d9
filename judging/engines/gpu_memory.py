"""Which processes hold the memory of the GPUs, as NVIDIA's driver tells it; nothing where there is no driver."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process that holds memory of a GPU. `used` is None where the driver does not say (in a container)."""

    gpu: int
    pid: int
    program: str
    used: int | None

    def __str__(self) -> str:
        amount = "memory" if self.used is None else f"{self.used / GIB:.1f} GiB"
        return f"Process {self.pid} ({self.program}) holds {amount} of GPU {self.gpu}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuState:
    """Memory in bytes, and load in percent."""

    gpu: int
    name: str
    used: int
    total: int
    load: int | None


def held_memory() -> list[Holder]:
    """Who, other than this process, holds memory of the GPUs that this process may use."""
    with driver() as nvml:
        if nvml is None:
            return []
        return [holder for number in visible(nvml) for holder in holders_of(nvml, number) if holder.pid != os.getpid()]


def memory_trouble() -> str:
    """Why a model may not find room, in sentences; '' where nobody else holds memory."""
    sentences = [f"{holder}." for holder in held_memory()]
    return "\n".join([*sentences, "End what is not needed, or add --anyway to go on beside it."]) if sentences else ""


def gpu_states() -> list[GpuState]:
    """Memory and load of the GPUs that this process may use."""
    with driver() as nvml:
        return [] if nvml is None else [state_of(nvml, number) for number in visible(nvml)]


@contextmanager
def driver() -> Iterator[Any]:
    """The library of NVIDIA's driver while it is open; None where there is none."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except ImportError:
        yield None
        return
    except pynvml.NVMLError:
        yield None
        return
    try:
        yield pynvml
    finally:
        pynvml.nvmlShutdown()


def visible(nvml: Any) -> list[int]:
    """Numbers of the GPUs that CUDA_VISIBLE_DEVICES leaves; names other than numbers leave them all."""
    every = list(range(nvml.nvmlDeviceGetCount()))
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        return every
    parts = [part.strip() for part in chosen.split(",") if part.strip()]
    return [number for number in every if str(number) in parts] if all(map(str.isdigit, parts)) else every


def holders_of(nvml: Any, number: int) -> list[Holder]:
    """The processes that compute on a GPU."""
    handle = nvml.nvmlDeviceGetHandleByIndex(number)
    return [
        Holder(gpu=number, pid=found.pid, program=program_of(found.pid), used=found.usedGpuMemory)
        for found in nvml.nvmlDeviceGetComputeRunningProcesses(handle)
    ]


def state_of(nvml: Any, number: int) -> GpuState:
    """How full and how busy a GPU is."""
    handle = nvml.nvmlDeviceGetHandleByIndex(number)
    memory, name = nvml.nvmlDeviceGetMemoryInfo(handle), nvml.nvmlDeviceGetName(handle)
    try:
        load = int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    except nvml.NVMLError:
        load = None
    return GpuState(gpu=number, name=str(name), used=memory.used, total=memory.total, load=load)


def program_of(pid: int) -> str:
    """The name of a process, as far as this user may see it."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "of another user or container"
