"""The runs that a benchmark comes to, in order, and how far each is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from judging.benchmarks import BENCHMARKS, Stage
from judging.core.fingerprints import short_names
from judging.models import BenchmarkRun, Run
from judging.reports.progress import RunProgress, run_progress


@dataclass(frozen=True, slots=True)
class Step:
    """One run of a benchmark."""

    stage: Stage
    candidate: int
    repeat: int = 0

    @property
    def key(self) -> tuple[str, int | None, int]:
        """What it is known by among the runs of its benchmark."""
        return self.stage.value, self.candidate, self.repeat


ALL_PAIRS = Step(Stage.PAIRS, 0)
"""One run compares the answers of all candidates; it has the place of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """How far a step is: no run, no progress. `name`: the candidate's; '' for a step of all of them."""

    step: Step
    name: str
    run: Run | None = None
    progress: RunProgress | None = None


def stages_of(benchmark_run: BenchmarkRun) -> list[Stage]:
    """The stages that a benchmark has, in order."""
    every = BENCHMARKS[benchmark_run.benchmark].stages
    left_out = {"answers": {Stage.JUDGING}, "judge": {Stage.ANSWERS}}.get(benchmark_run.options["stage"], set())
    found = [stage for stage in every if stage not in left_out]
    return [Stage.PAIRS if stage == Stage.JUDGING and in_pairs(benchmark_run) else stage for stage in found]


def in_pairs(benchmark_run: BenchmarkRun) -> bool:
    """Whether answers are compared with each other instead of graded one by one."""
    return "pairs" in benchmark_run.options


def steps_of(benchmark_run: BenchmarkRun) -> Iterator[Step]:
    """Every run that a benchmark comes to."""
    for stage in stages_of(benchmark_run):
        if stage == Stage.PAIRS:
            yield ALL_PAIRS
            continue
        for repeat in range(benchmark_run.options.get("repeats", 1) if stage == Stage.JUDGING else 1):
            for candidate in range(len(benchmark_run.candidates)):
                yield Step(stage, candidate, repeat)


def step_progress(benchmark_run: BenchmarkRun) -> list[StepProgress]:
    """Every step with how far it is."""
    names = short_names([candidate["model"] for candidate in benchmark_run.candidates])
    runs = {(run.stage, run.candidate, run.repeat): run for run in benchmark_run.runs.select_related("judge")}
    found = [(step, runs.get(step.key)) for step in steps_of(benchmark_run)]
    return [
        StepProgress(step=step, name=name_of(step, names), run=run, progress=run_progress(run) if run else None)
        for step, run in found
    ]


def name_of(step: Step, names: Sequence[str]) -> str:
    """Whose step it is, by the names of the candidates; '' for all of them."""
    return "" if step.stage == Stage.PAIRS else names[step.candidate]
