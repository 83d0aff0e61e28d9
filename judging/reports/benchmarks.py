"""The figures of a benchmark: each model as a whole, by group and by part, and who is ahead of whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from judging.benchmarks import BENCHMARKS, Benchmark, Stage
from judging.benchmarks.mmlu.scores import Accuracy, SubjectScore, accuracy, by_group
from judging.benchmarks.mmlu.subjects import HENDRYCKS_GROUPS
from judging.core.figures import Comparison, Figure, compare, mean, normal, share
from judging.core.fingerprints import short_names
from judging.models import BenchmarkRun, Run
from judging.reports.benchmark_rows import (
    Graded,
    Repeats,
    final_runs,
    graded,
    repeats_of,
    scores_of,
    scores_per_character,
    subject_scores,
)
from judging.reports.mt_bench_biases import RatingBiases, rating_biases
from judging.reports.mt_bench_pairs import PairReport, pair_report

NOTHING = Figure(value=None, n=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScores:
    """What one candidate came to. `by_group`: by subject, category or file; `parts`: by turn or criterion; `macro`:
    groups weighed alike; `families`: groups of subjects, as benchmarks of many subjects are reported in;
    `per_character`: where texts were weighed, the same of the choices that are likeliest per character.
    """

    place: int
    name: str
    candidate: Mapping[str, str]
    runs: Sequence[Run] = ()
    asked: int = 0
    overall: Figure = NOTHING
    macro: Figure = NOTHING
    by_group: Mapping[str, Figure] = field(default_factory=dict)
    parts: Mapping[str, Figure] = field(default_factory=dict)
    by_group_and_part: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    families: Mapping[str, Figure] = field(default_factory=dict)
    hendrycks: Mapping[str, Figure] = field(default_factory=dict)
    repeats: Repeats | None = None
    per_character: "PerCharacter | None" = None

    @property
    def run(self) -> Run | None:
        """The run whose items stand behind the figures."""
        return self.runs[0] if self.runs else None

    @property
    def has_items(self) -> bool:
        """Whether there are items behind the figures: some came without."""
        return self.run is not None and not {"scores", "figures"} & set(self.run.snapshot)

    @property
    def model(self) -> str:
        """The model as it was named, or where its folder is."""
        return self.candidate["model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerCharacter:
    """Shares of right answers where a text is not less likely for being long (lm-eval's `acc_norm`)."""

    overall: Figure
    macro: Figure
    by_group: Mapping[str, Figure]
    scores: Sequence[SubjectScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Who is first, and how sure that is against the second."""

    first: ModelScores
    second: ModelScores
    comparison: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkReport:
    """A benchmark with the figures of its candidates, in their order. `lead`: None with less than two of them.
    `pairs`: where answers were compared instead of graded; `biases`: where they were graded by a file of prompts."""

    benchmark_run: BenchmarkRun
    benchmark: Benchmark
    models: Sequence[ModelScores]
    lead: Lead | None = None
    pairs: PairReport | None = None
    biases: RatingBiases | None = None

    @property
    def ranking(self) -> list[ModelScores]:
        """The best first; those without a figure are not ranked."""
        scored = [model for model in self.models if model.overall.value is not None]
        return sorted(scored, key=lambda model: -(model.overall.value or 0.0))

    @property
    def groups(self) -> list[str]:
        """Every group that any model has a figure of."""
        return sorted({name for model in self.models for name in model.by_group})

    @property
    def parts(self) -> list[str]:
        """Every part, where there are several."""
        return sorted({name for model in self.models for name in model.parts})

    @property
    def families(self) -> list[str]:
        """Every group of subjects."""
        return list(dict.fromkeys(name for model in self.models for name in model.families))


def benchmark_report(benchmark_run: BenchmarkRun) -> BenchmarkReport:
    """All figures of a benchmark, as far as it is."""
    benchmark = BENCHMARKS[benchmark_run.benchmark]
    models = model_scores(benchmark_run)
    report = BenchmarkReport(
        benchmark_run=benchmark_run,
        benchmark=benchmark,
        models=models,
        pairs=pair_report(benchmark_run),
        biases=rating_biases(benchmark_run) if benchmark.prompts else None,
    )
    ranked = report.ranking[:2]
    if len(ranked) < 2:
        return report
    first, second = ranked
    scores = [scores_of(benchmark_run, model.place) for model in ranked]
    lead = Lead(first=first, second=second, comparison=compare(*scores))
    return replace(report, lead=lead)


def model_scores(benchmark_run: BenchmarkRun) -> list[ModelScores]:
    """The figures of every candidate."""
    names = short_names([candidate["model"] for candidate in benchmark_run.candidates])
    return [
        scores_of_model(benchmark_run, place, names[place], candidate)
        for place, candidate in enumerate(benchmark_run.candidates)
    ]


def scores_of_model(benchmark_run: BenchmarkRun, place: int, name: str, candidate: Mapping[str, str]) -> ModelScores:
    """The figures of one candidate; none before it has a run."""
    runs = final_runs(benchmark_run, place)
    base: dict[str, Any] = {"place": place, "name": name, "candidate": candidate, "runs": runs}
    if not runs:
        return ModelScores(**base)
    asked = int(runs[0].snapshot.get("items", 0))
    if stored := runs[0].snapshot.get("figures"):
        return ModelScores(**base, asked=asked, **stored_figures(stored))
    if runs[0].stage == Stage.CHOICES:
        figures = choice_figures(*subject_scores(runs[0]))
        return ModelScores(**base, asked=asked, **figures, per_character=per_character(runs[0]))
    return ModelScores(**base, asked=asked, **graded_figures(graded(runs)), repeats=repeats_of(runs))


def stored_figures(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Figures that came without anything behind them."""
    whole = {name: Figure(**stored[name]) for name in ("overall", "macro") if name in stored}
    inner = {name: {key: Figure(**figure) for key, figure in stored[name].items()} for name in ("by_group", "parts")}
    return {**whole, **inner}


def choice_figures(scores: Sequence[SubjectScore], dropped: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Shares of right answers. `overall` weighs questions alike (micro)."""
    whole = accuracy(scores)
    return {
        "overall": share(sum(score.right for score in scores), whole.n, added(dropped.values())),
        "macro": macro_figure(whole, added(dropped.values())),
        "by_group": {score.subject: share(score.right, score.n, dropped[score.subject]) for score in scores},
        "families": {name: macro_figure(found) for name, found in by_group(scores).items()},
        "hendrycks": {name: macro_figure(found) for name, found in by_group(scores, HENDRYCKS_GROUPS).items()},
    }


def per_character(run: Run) -> PerCharacter | None:
    """The same per character of the texts that were weighed; None where it was letters."""
    scores = scores_per_character(run)
    if not scores:
        return None
    whole = accuracy(scores)
    return PerCharacter(
        overall=share(sum(score.right for score in scores), whole.n),
        macro=macro_figure(whole),
        by_group={score.subject: share(score.right, score.n) for score in scores},
        scores=scores,
    )


def macro_figure(found: Accuracy, dropped: Mapping[str, int] | None = None) -> Figure:
    """The mean of subjects."""
    return normal(found.macro, found.macro_stderr, found.n, dropped)


def graded_figures(grades: Sequence[Graded]) -> dict[str, Any]:
    """Means of grades. `overall` is the mean of all grades, of whatever part."""
    groups, parts = together(grades, lambda grade: grade.category), together(grades, lambda grade: grade.part)
    by_group_figures = {name: mean(each.told for each in found) for name, found in groups.items()}
    several = len(parts) > 1
    return {
        "overall": mean(grade.told for grade in grades),
        "macro": group_mean(list(by_group_figures.values())) if len(groups) > 1 else NOTHING,
        "by_group": by_group_figures if set(groups) != {""} else {},
        "parts": {name: mean(each.told for each in found) for name, found in parts.items()} if several else {},
        "by_group_and_part": {
            name: {part: mean(each.told for each in inner) for part, inner in together(found, part_of).items()}
            for name, found in groups.items()
        }
        if several and set(groups) != {""}
        else {},
    }


def part_of(grade: Graded) -> str:
    """The part that a grade is about."""
    return grade.part


def together(grades: Iterable[Graded], name: Any) -> dict[str, list[Graded]]:
    """Grades by what they have in common, in the order of names."""
    found: dict[str, list[Graded]] = defaultdict(list)
    for grade in grades:
        found[name(grade)].append(grade)
    return {key: found[key] for key in sorted(found)}


def group_mean(figures: Sequence[Figure]) -> Figure:
    """The mean of the groups' means; it has no interval of its own."""
    values = [figure.value for figure in figures if figure.value is not None]
    n, dropped = sum(figure.n for figure in figures), added(figure.dropped for figure in figures)
    return Figure(value=sum(values) / len(values) if values else None, n=n, dropped=dropped)


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by reason, added up."""
    total: dict[str, int] = defaultdict(int)
    for each in counts:
        for reason, n in each.items():
            total[reason] += n
    return dict(sorted(total.items()))
