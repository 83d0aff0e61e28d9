"""Reads over several tables, and over the queue."""

from judging.reports.gpus import GPU_QUEUE, HostGpu, gpus_of_workers
from judging.reports.live import live_line
from judging.reports.progress import RunProgress, judgments_of, run_progress
from judging.reports.queues import QueueState, queue_address, queue_of, queue_state, workers_of
from judging.reports.stability import JudgeStability, judge_stability
from judging.reports.tallies import Tally, tally

__all__ = [
    "GPU_QUEUE",
    "HostGpu",
    "JudgeStability",
    "QueueState",
    "RunProgress",
    "Tally",
    "gpus_of_workers",
    "judge_stability",
    "judgments_of",
    "live_line",
    "queue_address",
    "queue_of",
    "queue_state",
    "run_progress",
    "tally",
    "workers_of",
]
