"""One model's figures in the shape of an Inspect log without samples: tools that read such a header read these."""

from collections.abc import Mapping
from typing import Any

VERSION = 2
STATUS = {"finished": "success", "failed": "error", "cancelled": "cancelled", "running": "started"}


def inspect_summary(document: Mapping[str, Any], model: Mapping[str, Any], created: str) -> dict[str, Any]:
    """The log of one model of a report's document (see `report_document`)."""
    judge = document["judge"]
    scorer = f"{judge['name']} v{judge['version']}" if judge else "choice"
    figures = {
        "overall": model["overall"],
        **{key: model[key] for key in ("macro",) if model[key]["value"] is not None},
        **rates_of(document, model["model"]),
    }
    groups: Mapping[str, Any] = {}
    for key, found in model.items():
        if key.startswith("by_") and not key.endswith("part"):
            groups = found
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
            "scores": [score_of(name, scorer, figure) for name, figure in {**figures, **groups}.items()],
        },
    }


def rates_of(document: Mapping[str, Any], model: str) -> dict[str, Any]:
    """What a model won, where answers were compared in pairs."""
    found = [each for each in document.get("pairs", {}).get("models", []) if each["model"] == model]
    return {name: found[0][name] for name in ("win_rate", "loss_rate", "win_rate_adjusted")} if found else {}


def score_of(name: str, scorer: str, figure: Mapping[str, Any]) -> dict[str, Any]:
    """One figure as Inspect has a score with its metrics; what has no value has no metrics."""
    told = {"mean": figure["value"], "stderr": figure["stderr"], "low": figure["low"], "high": figure["high"]}
    return {
        "name": name,
        "scorer": scorer,
        "scored_samples": figure["n"],
        "unscored_samples": sum(figure["dropped"].values()),
        "metrics": {key: {"name": key, "value": value} for key, value in told.items() if value is not None},
    }
