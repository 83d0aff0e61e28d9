"""Figures that lm-eval left without its samples: how many were right of each subject, and nothing behind them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from judging.actions.benchmarks.questions import digest
from judging.actions.runs import REPLAYED, RunRefused
from judging.benchmarks import Benchmark, Stage
from judging.core.readers import FileRefused
from judging.models import BenchmarkRun, Dataset, Run

RESULTS = "results*.json"
SAMPLES = "samples_*.jsonl"
PREFIXES = ("mmlu_", "hendrycksTest-")
GROUPS = {"mmlu", "mmlu_stem", "mmlu_humanities", "mmlu_social_sciences", "mmlu_other", "hendrycksTest"}
ACCURACY, ERROR = ("acc,none", "acc"), ("acc_stderr,none", "acc_stderr")


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model came to: by subject, how many were right of how many."""

    model: str
    by_subject: Mapping[str, tuple[int, int]]


def results_in(path: Path) -> list[Path]:
    """The files of results that a path means, where there are no samples beside them that tell more."""
    if path.is_file():
        return [path] if path.suffix == ".json" else []
    return [] if any(path.rglob(SAMPLES)) else sorted(path.rglob(RESULTS))


def import_scores(
    benchmark: Benchmark, dataset: Dataset | None, files: Sequence[Path], *, by: User | None = None
) -> BenchmarkRun:
    """The examination that results tell of, finished; imported once. Without questions they stand beside none.

    RunRefused names the file and what to mend.
    """
    if benchmark.stages != (Stage.CHOICES,):
        raise RunRefused(f"{benchmark.title} has no choices; lm-eval's results are imported for MMLU and MMLU-Branch.")
    try:
        checksum = digest(files)
    except FileRefused as error:
        raise RunRefused(error.message) from error
    found = [scores_in(path) for path in files]
    known = BenchmarkRun.objects.filter(benchmark=benchmark.name, options__imported=checksum).first()
    return known or store(benchmark, dataset or without_questions(benchmark), found, checksum, by)


def scores_in(path: Path) -> Scores:
    """What a file of results says."""
    try:
        told = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise RunRefused(f"{path.name} is no JSON ({error}). Name lm-eval's results_<date>.json.") from error
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, dict):
        raise RunRefused(f"{path.name} has no 'results'. Name lm-eval's results_<date>.json.")
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
    return Scores(model_in(told, path), found)


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
    benchmark: Benchmark, dataset: Dataset, found: Sequence[Scores], checksum: str, by: User | None
) -> BenchmarkRun:
    """The examination with a finished run for each model, whose snapshot holds the counts."""
    now = timezone.now()
    candidates = [{"engine": REPLAYED, "model": each.model, "base_url": ""} for each in found]
    made = BenchmarkRun.objects.create(
        benchmark=benchmark.name,
        dataset=dataset,
        options={"stage": "all", "first_n": None, "seed": 0, "imported": checksum},
        candidates=candidates,
        state=BenchmarkRun.State.FINISHED,
        made_by=by,
        finished_at=now,
    )
    for place, each in enumerate(found):
        counts = {subject: list(pair) for subject, pair in sorted(each.by_subject.items())}
        asked = sum(n for _, n in each.by_subject.values())
        Run.objects.create(
            dataset=dataset,
            kind=Run.Kind.CHOICE,
            model=each.model,
            benchmark_run=made,
            stage=Stage.CHOICES,
            candidate=place,
            state=Run.State.FINISHED,
            snapshot={"candidate": candidates[place], "recipe": {}, "items": asked, "scores": counts},
            made_by=by,
            started_at=now,
            finished_at=now,
        )
    return made
