"""One model's figures in the shape of an Inspect log without samples: written for tools that read such a header, and
read, from whoever wrote it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from judging.core.figures import Figure
from judging.core.verdicts import Reason

VERSION = 2
STATUS = {"finished": "success", "failed": "error", "cancelled": "cancelled", "running": "started"}
WHOLE, MACRO, PART, GROUP = "overall", "macro", "part", "group"
MEANS = ("accuracy", "mean")
"""What a score is called in its metrics, the first that is there."""


class NoSummary(ValueError):
    """A log without figures that can be read, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What such a log says of one model: all together, the mean of its groups, each group, each turn or criterion."""

    task: str
    model: str
    base_url: str = ""
    scorer: str = ""
    asked: int = 0
    whole: Figure
    macro: Figure | None = None
    groups: Mapping[str, Figure] = field(default_factory=dict)
    parts: Mapping[str, Figure] = field(default_factory=dict)


def inspect_summary(document: Mapping[str, Any], model: Mapping[str, Any], created: str) -> dict[str, Any]:
    """The log of one model of a report's document (see `report_document`)."""
    judge = document["judge"]
    scorer = f"{judge['name']} v{judge['version']}" if judge else "choice"
    return {
        "version": VERSION,
        "status": STATUS[document["state"]],
        "eval": {
            "task": document["benchmark"],
            "created": created,
            "model": model["model"],
            "model_base_url": model["base_url"] or None,
            "dataset": {"name": document["dataset"]["name"], "samples": model["asked"]},
            "metadata": {"options": document["options"], "content": model["content"], "runs": model["runs"]},
        },
        "results": {
            "total_samples": model["asked"],
            "completed_samples": model["overall"]["n"],
            "scores": [score_of(name, scorer, figure, kind) for name, figure, kind in figures_of(document, model)],
        },
    }


def figures_of(document: Mapping[str, Any], model: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Every figure with its name and what it is of."""
    yield WHOLE, model["overall"], WHOLE
    if model["macro"]["value"] is not None:
        yield MACRO, model["macro"], MACRO
    yield from ((name, figure, "rate") for name, figure in rates_of(document, model["model"]).items())
    for key, found in model.items():
        if key.startswith("by_") and not key.endswith("_and_part"):
            kind = PART if key == "by_part" else GROUP
            yield from ((name, figure, kind) for name, figure in found.items())


def rates_of(document: Mapping[str, Any], model: str) -> dict[str, Any]:
    """What a model won, where answers were compared in pairs."""
    found = [each for each in document.get("pairs", {}).get("models", []) if each["model"] == model]
    return {name: found[0][name] for name in ("win_rate", "loss_rate", "win_rate_adjusted")} if found else {}


def score_of(name: str, scorer: str, figure: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """One figure as Inspect has a score with its metrics; what has no value has no metrics."""
    told = {"mean": figure["value"], "stderr": figure["stderr"], "low": figure["low"], "high": figure["high"]}
    return {
        "name": name,
        "scorer": scorer,
        "scored_samples": figure["n"],
        "unscored_samples": sum(figure["dropped"].values()),
        "metrics": {key: {"name": key, "value": value} for key, value in told.items() if value is not None},
        "metadata": {"of": kind, "method": figure["method"], "dropped": figure["dropped"]},
    }


def is_summary(log: Mapping[str, Any]) -> bool:
    """Whether a document is a log of Inspect."""
    return isinstance(log.get("eval"), dict) and "status" in log


def read_summary(log: Mapping[str, Any]) -> Summary:
    """The figures of a finished log. NoSummary says what is missing. Of a log without groups, as Inspect itself writes
    it, the first score is the whole."""
    spec, results = log.get("eval"), log.get("results")
    if log.get("status") != "success":
        raise NoSummary(f"The log's status is {log.get('status')!r}: its figures are of a part. Finish it first.")
    scores = results.get("scores") if isinstance(results, dict) else None
    if not isinstance(spec, dict) or not isinstance(results, dict) or not isinstance(scores, list):
        raise NoSummary("The log has no 'eval' with 'results' and their 'scores'. Write it as Inspect does.")
    completed = whole_number(results.get("completed_samples")) or 0
    told = [(score, figure_in(score, completed)) for score in scores if isinstance(score, dict)]
    known = [(score, figure) for score, figure in told if figure is not None]
    if not known or (kind_of(known[0][0]) or WHOLE) != WHOLE:
        raise NoSummary(f"The log has no {' or '.join(MEANS)} of anything ('results', 'scores', 'metrics').")
    return Summary(
        task=str(spec.get("task") or ""),
        model=str(spec.get("model") or ""),
        base_url=str(spec.get("model_base_url") or ""),
        scorer=str(known[0][0].get("scorer") or ""),
        asked=whole_number(results.get("total_samples")) or completed,
        whole=known[0][1],
        macro=next((figure for score, figure in known if kind_of(score) == MACRO), None),
        groups={str(score["name"]): figure for score, figure in known if kind_of(score) == GROUP},
        parts={str(score["name"]): figure for score, figure in known if kind_of(score) == PART},
    )


def kind_of(score: Mapping[str, Any]) -> str:
    """What a score is of; '' where nobody says it."""
    metadata = score.get("metadata")
    return str(metadata.get("of") or "") if isinstance(metadata, dict) else ""


def figure_in(score: Mapping[str, Any], completed: int) -> Figure | None:
    """The figure of a score; None for one without a mean."""
    metrics = score.get("metrics")
    values = {name: value_of(metric) for name, metric in metrics.items()} if isinstance(metrics, dict) else {}
    value = next((values[name] for name in MEANS if values.get(name) is not None), None)
    if value is None:
        return None
    scored = whole_number(score.get("scored_samples"))
    metadata = score.get("metadata") if isinstance(score.get("metadata"), dict) else {}
    return Figure(
        value=value,
        n=completed if scored is None else scored,
        low=values.get("low"),
        high=values.get("high"),
        stderr=values.get("stderr"),
        method=str((metadata or {}).get("method") or ""),
        dropped=dropped_in(score, metadata or {}),
    )


def value_of(metric: object) -> float | None:
    """The number of a metric; Inspect writes what is no number as null."""
    value = metric.get("value") if isinstance(metric, dict) else None
    return None if isinstance(value, bool) or not isinstance(value, (int, float)) else float(value)


def whole_number(value: object) -> int | None:
    """A count."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def dropped_in(score: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, int]:
    """What has no score, by reason; without reasons it was not recorded."""
    said = metadata.get("dropped")
    known = {str(reason): whole_number(n) for reason, n in said.items()} if isinstance(said, dict) else {}
    counted = {reason: n for reason, n in known.items() if n}
    unscored = whole_number(score.get("unscored_samples"))
    return counted or ({Reason.NOT_RECORDED.value: unscored} if unscored else {})
