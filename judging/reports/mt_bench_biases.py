"""What else may have moved the ratings of a benchmark: the length of answers, models of the judge's own family."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Any

from judging.benchmarks.mt_bench.biases import Measured, family_of, length_correlation, length_within_questions
from judging.core.figures import Comparison, Figure, compare
from judging.core.parts import turn_number
from judging.models import BenchmarkRun, Run
from judging.reports.benchmark_rows import final_runs
from judging.reports.mt_bench import ROWS, length_of, turn_judgments


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingBiases:
    """`length`: of each model, by its place, how length and rating go together; `within`: of answers of all models to
    one question, whether the longer ones are rated higher.

    `own`: the ratings of models of the judge's `family` against those of all others on the same questions; None where
    all or none are of it. It is no proof: they may be better.
    """

    judge: str
    length: Mapping[int, Figure]
    within: Figure
    families: Mapping[int, str]
    own: Comparison | None

    @property
    def family(self) -> str:
        """The judge's family."""
        return family_of(self.judge)

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "length": {str(place): figure.as_json() for place, figure in self.length.items()},
            "length_within_questions": self.within.as_json(),
            "judge_family": self.family,
            "families": {str(place): name for place, name in self.families.items()},
            "own_family": self.own.as_json() if self.own else None,
        }


def rating_biases(benchmark_run: BenchmarkRun) -> RatingBiases | None:
    """What may have moved the ratings; None before there are any."""
    models = {place: str(each["model"]) for place, each in enumerate(benchmark_run.candidates)}
    rows = {place: list(measured(final_runs(benchmark_run, place))) for place in models}
    if benchmark_run.judge is None or not any(rows.values()):
        return None
    judge = benchmark_run.judge.model
    families = {place: family_of(model) for place, model in models.items()}
    return RatingBiases(
        judge=judge,
        length={place: length_correlation(found) for place, found in rows.items()},
        within=length_within_questions(row for found in rows.values() for row in found),
        families=families,
        own=own_family(rows, families, family_of(judge)),
    )


def measured(runs: Sequence[Run]) -> Iterator[Measured]:
    """The rated turns of the first grading of a candidate, with their lengths."""
    for run in runs[:1]:
        for judgment in turn_judgments(run).filter(score__isnull=False).iterator(chunk_size=ROWS):
            turn, item = turn_number(judgment.criterion) or 1, judgment.item
            if turn <= len(item.turns):
                length = length_of(item.turns, turn)
                yield Measured(item.question_key, judgment.criterion, length, float(judgment.score or 0))


def own_family(rows: Mapping[int, Sequence[Measured]], families: Mapping[int, str], own: str) -> Comparison | None:
    """Models of one family against all others, turn by turn, each side by its mean."""
    sides = [
        [row for place, found in rows.items() if (families[place] == own) is ours for row in found]
        for ours in (True, False)
    ]
    return compare(*(means(side) for side in sides)) if own and all(sides) else None


def means(rows: Sequence[Measured]) -> dict[tuple[str, str], float | None]:
    """The mean rating of each turn."""

    def key(row: Measured) -> tuple[str, str]:
        return row.question, row.part

    return {place: fmean(row.score for row in found) for place, found in groupby(sorted(rows, key=key), key)}
