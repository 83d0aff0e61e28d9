"""What the tests of engines that hold a model share: another one, and vLLM set up for a machine without a GPU."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from judging.engines.warm import WARM
from tests.tiny_model import CPU_ENVIRONMENT, make_model


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("other"), seed=1)


@pytest.fixture(scope="session")
def cpu_engine() -> Iterator[None]:
    """One process and no reports, before vLLM is imported; what is loaded at the end is freed."""
    assert "vllm" not in sys.modules
    os.environ.update(CPU_ENVIRONMENT)
    yield
    WARM.unload()
