"""Published tests with their own rules: a new benchmark is a file here and a line in BENCHMARKS."""

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage
from judging.benchmarks.mmlu.benchmark import MMLU
from judging.benchmarks.mmlu_branch import MMLU_BRANCH
from judging.benchmarks.mt_bench.benchmark import MT_BENCH
from judging.benchmarks.mt_bench_branch import MT_BENCH_BRANCH
from judging.benchmarks.rubric_sets import ELYZA_TASKS_100, RUBRIC

BENCHMARKS: dict[str, Benchmark] = {
    "mt_bench": MT_BENCH,
    "mt_bench_branch": MT_BENCH_BRANCH,
    "mmlu": MMLU,
    "mmlu_branch": MMLU_BRANCH,
    "elyza_tasks_100": ELYZA_TASKS_100,
    "rubric": RUBRIC,
}

__all__ = ["BENCHMARKS", "Benchmark", "NoQuestions", "Questions", "Stage"]
