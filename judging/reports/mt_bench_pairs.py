"""A benchmark whose answers were compared with each other: who wins how often, and what else may have decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from judging.benchmarks import Stage
from judging.benchmarks.mt_bench.biases import family_of, first_shown, flipped, longer_wins, own_family_wins
from judging.benchmarks.mt_bench.pair_figures import ModelPairs, models_in_pairs
from judging.core.figures import Figure
from judging.models import BenchmarkRun, Run
from judging.reports.benchmark_steps import in_pairs
from judging.reports.mt_bench import compared_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """The models, best first. `run`: None before anything was compared; `baseline`: whom all are compared with, ''
    where everybody is compared with everybody.

    `flipped`: pairs whose two orders disagree; `first_shown`, `longer`, `own_family`: of what has a winner, what is
    won by the answer shown first, by the longer answer, by the model of the judge's `family`.
    """

    run: Run | None
    baseline: str
    judge: str
    models: Sequence[ModelPairs]
    pairs: int
    flipped: Figure
    first_shown: Figure
    longer: Figure
    own_family: Figure

    @property
    def family(self) -> str:
        """The judge's family."""
        return family_of(self.judge)

    @property
    def names(self) -> list[str]:
        """All models, the baseline last."""
        return [model.model for model in self.models] + ([self.baseline] if self.baseline and self.models else [])

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "run": self.run.pk if self.run else None, "baseline": self.baseline or None, "pairs": self.pairs,
            "models": [model.as_json() for model in self.models],
            "biases": {
                "flipped": self.flipped.as_json(), "first_shown": self.first_shown.as_json(),
                "longer": self.longer.as_json(), "own_family": self.own_family.as_json(), "judge_family": self.family,
            },
        }  # fmt: skip


def pairs_run(benchmark_run: BenchmarkRun) -> Run | None:
    """The run that compares, as far as it is."""
    found: Run | None = benchmark_run.runs.filter(stage=Stage.PAIRS).first()
    return found


def pair_report(benchmark_run: BenchmarkRun) -> PairReport | None:
    """The figures of the pairs of a benchmark; None where its answers are not compared."""
    if not in_pairs(benchmark_run):
        return None
    run, baseline = pairs_run(benchmark_run), str(benchmark_run.options["pairs"]["baseline"])[:200]
    compared = list(compared_pairs(run)) if run else []
    judge = benchmark_run.judge.model if benchmark_run.judge else ""
    return PairReport(
        run=run,
        baseline=baseline,
        judge=judge,
        models=models_in_pairs(compared, baseline=baseline),
        pairs=len(compared),
        flipped=flipped(compared),
        first_shown=first_shown(compared),
        longer=longer_wins(compared),
        own_family=own_family_wins(compared, judge),
    )
