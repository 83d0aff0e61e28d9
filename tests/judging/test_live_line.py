"""The line beside the progress bar of a run."""

import pytest

from judging.engines.gpu_memory import GIB, GpuState
from judging.reports.gpus import HostGpu
from judging.reports.live import gpu_words, progress_words
from judging.reports.progress import RunProgress


def progress(**fields: object) -> RunProgress:
    return RunProgress(**{"items": 10, "judged": 5, "counts": {}, "unscored": 0} | fields)


def test_says_tokens_and_what_has_no_value() -> None:
    found = progress(tokens_rate=1234.5, unscored=3, unscored_by_reason={"timeout": 1, "cut_off": 2})
    assert list(progress_words(found)) == ["1,234 tokens/s", "unscored 3 (cut_off 2 timeout 1)"]


def test_says_nothing_of_what_there_is_none_of() -> None:
    assert list(progress_words(progress())) == []


@pytest.mark.parametrize(("load", "shown"), [(87, " 87 %"), (None, "")])
def test_names_the_machine_of_a_gpu(load: int | None, shown: str) -> None:
    state = GpuState(gpu=0, name="GPU", used=12 * GIB, total=80 * GIB, load=load)
    assert gpu_words(HostGpu("gpu-host", state)) == f"GPU 0 of gpu-host 12.0/80.0 GiB{shown}"
