"""A benchmark's report as one JSON document: what `run_benchmark --json` prints and results.json holds.

Keys are stable: a figure is always {value, n, low, high, stderr, method, dropped}, and what there is none of is null.
"""

from collections.abc import Mapping
from typing import Any

from judging.benchmarks import Stage
from judging.core.figures import Figure
from judging.models import BenchmarkRun
from judging.reports.benchmarks import BenchmarkReport, Lead, ModelScores

VERSION = 1


def report_document(report: BenchmarkReport) -> dict[str, Any]:
    """The whole report."""
    found = report.benchmark_run
    return {
        "version": VERSION,
        "benchmark": found.benchmark,
        "run": found.pk,
        "state": found.state,
        "error": found.error,
        "dataset": {"name": found.dataset.name, "files": files_of(found)},
        "judge": judge_of(found),
        "options": found.options,
        "scale": list(report.benchmark.scale),
        "models": [model_document(report, model) for model in report.models],
        "ranking": [
            {"rank": rank, "model": model.model, "value": model.overall.value}
            for rank, model in enumerate(report.ranking, start=1)
        ],
        "lead": lead_document(report.lead) if report.lead else None,
        **({"pairs": report.pairs.as_json()} if report.pairs else {}),
        **({"biases": report.biases.as_json()} if report.biases else {}),
    }


def files_of(benchmark_run: BenchmarkRun) -> list[dict[str, str]]:
    """The files of the questions, with their checksums."""
    return [{"name": file.name, "sha256": file.sha256} for file in benchmark_run.dataset.files.all()]


def judge_of(benchmark_run: BenchmarkRun) -> dict[str, Any] | None:
    """Who graded."""
    judge = benchmark_run.judge
    if judge is None:
        return None
    return {"name": judge.name, "version": judge.version, "engine": judge.engine, "model": judge.model}


def model_document(report: BenchmarkReport, model: ModelScores) -> dict[str, Any]:
    """The figures of one model, under the names of its kind of benchmark."""
    document: dict[str, Any] = {
        "model": model.model,
        "name": model.name,
        **{key: model.candidate.get(key, "") for key in ("engine", "base_url", "content")},
        "runs": [run.pk for run in model.runs],
        "asked": model.asked,
        "overall": model.overall.as_json(),
        "macro": model.macro.as_json(),
        "micro": model.overall.as_json(),
        f"by_{report.benchmark.grouped_by}": figures(model.by_group),
    }
    if Stage.CHOICES in report.benchmark.stages:
        document |= {"groups": figures(model.families), "groups_of_hendrycks": figures(model.hendrycks)}
        return document | {"per_character": per_character_document(report, model)}
    by_both = {name: figures(found) for name, found in model.by_group_and_part.items()}
    return document | {
        "by_part": figures(model.parts),
        f"by_{report.benchmark.grouped_by}_and_part": by_both,
        "repeats": repeats_document(model),
    }


def per_character_document(report: BenchmarkReport, model: ModelScores) -> dict[str, Any] | None:
    """The figures per character; null where letters were weighed."""
    found = model.per_character
    if found is None:
        return None
    by_group = {f"by_{report.benchmark.grouped_by}": figures(found.by_group)}
    return {"overall": found.overall.as_json(), "macro": found.macro.as_json(), **by_group}


def figures(found: Mapping[str, Figure]) -> dict[str, Any]:
    """Figures by name."""
    return {name: figure.as_json() for name, figure in found.items()}


def repeats_document(model: ModelScores) -> dict[str, Any] | None:
    """How steady the judge was."""
    found = model.repeats
    return {"means": list(found.means), "spread": found.spread, "moved": found.moved, "n": found.n} if found else None


def lead_document(lead: Lead) -> dict[str, Any]:
    """The first against the second."""
    compared = lead.comparison.as_json()
    return {"first": lead.first.model, "second": lead.second.model, "tie": lead.comparison.is_tie, **compared}
