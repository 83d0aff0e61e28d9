"""Figures that a tool left without samples: lm-eval's results, or an Inspect log's header; nothing is behind them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from judging.actions.benchmarks.questions import digest
from judging.actions.runs import REPLAYED, RunRefused
from judging.benchmarks import Benchmark, Stage
from judging.benchmarks.inspect_summary import NoSummary, Summary, is_summary, read_summary
from judging.core.figures import Figure
from judging.core.readers import FileRefused
from judging.models import BenchmarkRun, Dataset, Run

RESULTS = ("inspect*.json", "results*.json")
"""Files of figures in a folder: those of the first name that there are any of."""

SAMPLES = "samples_*.jsonl"
PREFIXES = ("mmlu_", "hendrycksTest-")
GROUPS = {"mmlu", "mmlu_stem", "mmlu_humanities", "mmlu_social_sciences", "mmlu_other", "hendrycksTest"}
ACCURACY, ERROR = ("acc,none", "acc"), ("acc_stderr,none", "acc_stderr")

Counts = tuple[int, int, Mapping[str, int]]
"""How many were right, of how many, and how many have no answer, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a model came to. `by_subject`: of choices, the counts behind it; `figures`: of grades, the figures."""

    model: str
    base_url: str = ""
    asked: int
    by_subject: Mapping[str, Counts] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form in the snapshot of a run."""
        if self.figures:
            return {"figures": dict(self.figures)}
        return {"scores": {subject: [right, n, dict(why)] for subject, (right, n, why) in self.by_subject.items()}}


def results_in(path: Path) -> list[Path]:
    """The files of figures that a path means, where there are no samples beside them that tell more."""
    if path.is_file():
        return [path] if path.suffix == ".json" else []
    if any(path.rglob(SAMPLES)):
        return []
    return next((found for name in RESULTS if (found := sorted(path.rglob(name)))), [])


def import_scores(
    benchmark: Benchmark, dataset: Dataset | None, files: Sequence[Path], *, by: User | None = None
) -> BenchmarkRun:
    """The examination that results tell of, finished; imported once. Without questions they stand beside none.

    RunRefused names the file and what to mend.
    """
    try:
        checksum = digest(files)
    except FileRefused as error:
        raise RunRefused(error.message) from error
    found = [stored_in(path, benchmark) for path in files]
    known = BenchmarkRun.objects.filter(benchmark=benchmark.name, options__imported=checksum).first()
    return known or store(benchmark, dataset or without_questions(benchmark), found, checksum, by)


def stored_in(path: Path, benchmark: Benchmark) -> Stored:
    """What a file of figures says."""
    try:
        told = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise RunRefused(
            f"{path.name} is no JSON ({error}). Name lm-eval's results_<date>.json or an Inspect log."
        ) from error
    if isinstance(told, dict) and is_summary(told):
        return summary_in(path, told, benchmark)
    if benchmark.stages != (Stage.CHOICES,):
        raise RunRefused(
            f"{path.name} is no Inspect log. Of {benchmark.title} figures are imported from such logs alone."
        )
    return results_of(path, told)


def summary_in(path: Path, log: Mapping[str, Any], benchmark: Benchmark) -> Stored:
    """What an Inspect log says."""
    try:
        summary = read_summary(log)
    except NoSummary as error:
        raise RunRefused(f"{path.name}: {error}") from error
    model = (summary.model or path.parent.name or path.stem)[:300]
    if Stage.CHOICES in benchmark.stages:
        return Stored(model=model, base_url=summary.base_url, asked=summary.asked, by_subject=counts_of(path, summary))
    refuse_other_scale(path, summary, benchmark)
    return Stored(model=model, base_url=summary.base_url, asked=summary.asked, figures=figures_of(summary))


def counts_of(path: Path, summary: Summary) -> dict[str, Counts]:
    """Shares as counts: of each subject, or of the whole task where there are none."""
    found = summary.groups or {subject_of(summary.task): summary.whole}
    for name, figure in found.items():
        if figure.value is None or not 0 <= figure.value <= 1 or not figure.n:
            raise RunRefused(
                f"{path.name}: {name or 'the whole'} is {figure.value} of {figure.n} samples, and a share of right "
                "answers is from 0 to 1 of at least one."
            )
    return {name: (round((figure.value or 0.0) * figure.n), figure.n, figure.dropped) for name, figure in found.items()}


def refuse_other_scale(path: Path, summary: Summary, benchmark: Benchmark) -> None:
    """Raise RunRefused where a mean is on none of the benchmark's scales."""
    low, high = benchmark.scale
    if summary.whole.value is None or not low <= summary.whole.value <= high:
        raise RunRefused(
            f"{path.name}: the mean is {summary.whole.value}, and {benchmark.title} is graded from {low:g} to {high:g}."
        )


def figures_of(summary: Summary) -> dict[str, Any]:
    """Figures in the form in which a run keeps them."""
    every: dict[str, Figure] = {"overall": summary.whole} | ({"macro": summary.macro} if summary.macro else {})
    told: dict[str, Any] = {name: figure.as_json() for name, figure in every.items()}
    for name, found in (("by_group", summary.groups), ("parts", summary.parts)):
        told[name] = {key: figure.as_json() for key, figure in found.items()}
    return told


def results_of(path: Path, told: object) -> Stored:
    """What lm-eval's results say."""
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, dict) or not isinstance(told, dict):
        raise RunRefused(f"{path.name} has no 'results'. Name lm-eval's results_<date>.json or an Inspect log.")
    # Some versions list a single task too, with nothing in it.
    listed = {name for name, tasks in (told.get("group_subtasks") or {}).items() if tasks}
    groups = GROUPS | set(told.get("groups") or {}) | listed
    found = {
        subject_of(task): counted(path, task, row, told.get("n-samples") or {})
        for task, row in results.items()
        if isinstance(row, dict) and task not in groups and first_of(row, ACCURACY) is not None
    }
    if not found:
        raise RunRefused(f"{path.name} has no accuracy ('acc,none') of any task.")
    by_subject: dict[str, Counts] = {subject: (*pair, {}) for subject, pair in sorted(found.items())}
    return Stored(model=model_in(told, path), asked=sum(n for _, n in found.values()), by_subject=by_subject)


def subject_of(task: str) -> str:
    """The subject of a task's name."""
    return next((task.removeprefix(prefix) for prefix in PREFIXES if task.startswith(prefix)), task)


def first_of(row: Mapping[str, Any], names: Sequence[str]) -> float | None:
    """The first of these that is a number."""
    numbers = (row[name] for name in names if isinstance(row.get(name), (int, float)))
    return next((float(number) for number in numbers), None)


def counted(path: Path, task: str, row: Mapping[str, Any], sizes: Mapping[str, Any]) -> tuple[int, int]:
    """How many were right of how many: as the file says it, else as accuracy and standard error give it."""
    accuracy, error = first_of(row, ACCURACY) or 0.0, first_of(row, ERROR)
    said = sizes.get(task)
    n = said.get("effective") if isinstance(said, dict) else None
    if not isinstance(n, int) and error:
        # lm-eval's standard error is sqrt(p (1 - p) / (n - 1)).
        n = round(accuracy * (1 - accuracy) / error**2) + 1
    if not isinstance(n, int) or n < 1 or not 0 <= accuracy <= 1:
        raise RunRefused(
            f"{path.name}: how many questions {task} has is not said ('n-samples'), nor does a standard error tell. "
            "Import its samples instead."
        )
    return round(accuracy * n), n


def model_in(told: Mapping[str, Any], path: Path) -> str:
    """The model, by the arguments it was loaded with, else by what the file or its folder calls it."""
    config = told.get("config")
    arguments = config.get("model_args") if isinstance(config, dict) else None
    if isinstance(arguments, str):
        pairs = dict(pair.split("=", 1) for pair in arguments.split(",") if "=" in pair)
        arguments = pairs or {"pretrained": arguments}
    named = [arguments.get(name) for name in ("pretrained", "model")] if isinstance(arguments, dict) else []
    return str(next(filter(None, [*named, told.get("model_name"), path.parent.name]), path.stem))[:300]


def without_questions(benchmark: Benchmark) -> Dataset:
    """A dataset without items, for figures whose questions nobody has."""
    found: Dataset
    found, _ = Dataset.objects.get_or_create(
        name=f"{benchmark.name} without questions", defaults={"state": Dataset.State.READY}
    )
    return found


@transaction.atomic
def store(
    benchmark: Benchmark, dataset: Dataset, found: Sequence[Stored], checksum: str, by: User | None
) -> BenchmarkRun:
    """The examination with a finished run for each model, whose snapshot holds what it came to."""
    now = timezone.now()
    candidates = [{"engine": REPLAYED, "model": each.model, "base_url": each.base_url} for each in found]
    chooses = Stage.CHOICES in benchmark.stages
    made = BenchmarkRun.objects.create(
        benchmark=benchmark.name,
        dataset=dataset,
        options={"stage": "all" if chooses else "judge", "first_n": None, "seed": 0, "imported": checksum},
        candidates=candidates,
        state=BenchmarkRun.State.FINISHED,
        made_by=by,
        finished_at=now,
    )
    for place, each in enumerate(found):
        Run.objects.create(
            dataset=dataset,
            kind=Run.Kind.CHOICE if chooses else Run.Kind.GENERATE,
            model=each.model,
            benchmark_run=made,
            stage=Stage.CHOICES if chooses else Stage.JUDGING,
            candidate=place,
            state=Run.State.FINISHED,
            snapshot={"candidate": candidates[place], "recipe": {}, "items": each.asked} | each.as_json(),
            made_by=by,
            started_at=now,
            finished_at=now,
        )
    return made
