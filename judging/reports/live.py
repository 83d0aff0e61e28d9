"""What is worth knowing of a run while it is under way, in one line."""

from collections.abc import Iterator

from judging.models import Run
from judging.reports.gpus import GPU_QUEUE, HostGpu, gpus_of_workers
from judging.reports.progress import RunProgress, run_progress
from judging.reports.queues import queue_of, queue_state


def live_line(run: Run) -> str:
    """Tokens a second, what has no value and why, how long the queue is, and the GPUs of its workers."""
    progress, queue = run_progress(run), queue_of(run)
    words = [*progress_words(progress), f"queue {queue_state(queue).waiting}"]
    if queue == GPU_QUEUE:
        words += map(gpu_words, gpus_of_workers())
    return ", ".join(words)


def progress_words(progress: RunProgress) -> Iterator[str]:
    """Tokens a second and unscored by reason, where there are any."""
    if progress.tokens_rate:
        yield f"{progress.tokens_rate:,.0f} tokens/s"
    if progress.unscored:
        reasons = " ".join(f"{reason} {count}" for reason, count, _ in progress.reasons)
        yield f"unscored {progress.unscored} ({reasons})"


def gpu_words(gpu: HostGpu) -> str:
    """Memory and load of one GPU, and the machine that it is in."""
    load = f" {gpu.state.load} %" if gpu.state.load is not None else ""
    return f"GPU {gpu.state.gpu} of {gpu.host} {gpu.used_gib:.1f}/{gpu.total_gib:.1f} GiB{load}"
