"""What a report says before and after its numbers: scope, reliability in words, tables to reckon with, method."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery

from annotation.core.agreement import specific_agreement
from annotation.core.confusion import COLUMNS, ROWS, Confusion
from annotation.core.counts import Patterns
from annotation.core.intervals import DRAWS, LEVEL, SEED, Statistic, Undefined, proportion
from annotation.models import Annotator, Campaign, CampaignItem, Guideline, Label
from annotation.reports.counts import JudgedHistogram, LabelHistogram
from annotation.reports.which import kept
from annotation.reports.words import Scale
from judging.models import Run

RELIABLE, TENTATIVE = 0.8, 0.667
NO_LABELS = "no labels"
NO_SECOND = "no item with two labels or more"
UNDEFINED_IS = (
    "undefined is a word like the others where the majority is sought, and a missing label in statistics between people"
)
GATE = {
    "difference": -0.05,
    "balanced_accuracy": 0.8,
    "invalid_rate": 0.02,
    "consistency": 0.85,
    "omega": 0.5,
}
CARDS = ("human_alpha", "judge_agreement", "difference", "corrected_score")


def scope_of(
    campaign: Campaign | None, criterion: str, scale: Scale, counts: Mapping[str, Any], runs: Sequence[Run]
) -> dict[str, Any]:
    """What the report is about. Nothing here goes through the labels."""
    chosen = _chosen(campaign)
    first, last = _dates(campaign, criterion)
    unknown = int(counts["items"]) - int(counts["clean"]) - int(counts["wrong"]) if scale.is_verdict else 0
    return {
        "values": list(scale.values) if not scale.is_continuous else [],
        "is_verdict": scale.is_verdict,
        "is_numeric": scale.is_numeric,
        "items": counts["items"],
        "labels": counts["labels"],
        "people": counts["annotators"],
        "judges": len({run.judge_id for run in runs}),
        "first_label_at": first,
        "last_label_at": last,
        "guidelines": _guidelines(campaign),
        "items_with_two_labels": counts["items_with_two_labels"],
        "human_unknown": proportion(unknown, int(counts["items"]), undefined="no items").as_json()
        if scale.is_verdict
        else Undefined("labels on this scale mean no verdict").as_json(),
        "chosen": {how: items for how, (items, _) in chosen.items()},
        "without_probability": sum(without for _, without in chosen.values()),
        "weighted": _is_weighted(campaign),
        "runs": [_run(run) for run in runs],
    }


def reliability_of(found: Patterns, between: Mapping[str, Statistic], scale: Scale, *, skewed: bool) -> dict[str, Any]:
    """People among themselves in words, shares and per value."""
    alpha = between["krippendorff_alpha"]
    compared = found.with_labels(2)
    top = compared.counts.max(axis=1, initial=0) / np.maximum(compared.sizes, 1)
    kinds = {"unanimous": top >= 1, "majority": (top < 1) & (top > 0.5), "split": top <= 0.5}
    totals = (found.items @ found.counts).tolist() if len(found.items) else [0] * len(scale.values)
    labels = sum(totals)
    values = () if scale.is_continuous else scale.values
    return {
        "band": None if isinstance(alpha, Undefined) else band(alpha.low),
        "thresholds": {"reliable": RELIABLE, "tentative": TENTATIVE},
        "skewed": skewed,
        "prevalence": [
            {"value": value, "labels": n, "share": proportion(n, labels, undefined=NO_LABELS).as_json()}
            for value, n in zip(values, totals, strict=False)
        ],
        "per_class": [
            {"value": value, "agreement": specific_agreement(found, at).as_json()} for at, value in enumerate(values)
        ],
        **{
            kind: proportion(int(compared.items[kept].sum()), compared.n, undefined=NO_SECOND).as_json()
            for kind, kept in kinds.items()
        },
    }


def band(low: float) -> str:
    """Krippendorff's bands, by the lower bound."""
    return "reliable" if low >= RELIABLE else "tentative" if low >= TENTATIVE else "unreliable"


def matrix_shares(matrix: Confusion) -> dict[str, Any]:
    """Shares of each row and of each column of the 3x3."""
    rows, columns = matrix.cells.sum(axis=1), matrix.cells.sum(axis=0)

    def shares(totals: Any, at: int) -> dict[str, dict[str, float | None]]:
        return {
            row: {
                column: matrix.cell(r, c) / int(totals[(r, c)[at]]) if totals[(r, c)[at]] else None
                for c, column in enumerate(COLUMNS)
            }
            for r, row in enumerate(ROWS)
        }

    return {"of_row": shares(rows, 0), "of_column": shares(columns, 1)}


def invalid_rates(matrix: Confusion) -> dict[str, Any]:
    """How often the judge decided nothing, over all and by what people say."""
    invalid = ROWS.index("invalid")
    return {
        "invalid_rate": proportion(matrix.row_total(invalid), matrix.n, undefined="no judged items").as_json(),
        "invalid_by_human": {
            word: proportion(matrix.cell(invalid, at), matrix.column_total(at), undefined=f"no {word} items").as_json()
            for at, word in enumerate(COLUMNS[:2])
        },
    }


def headline_of(judge: Mapping[str, Any], human_human: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence and the four cards of a judge, from its part of the document."""
    random = judge["judge_random_human"]
    return {
        "run": judge["run"],
        "judge": judge["judge"],
        "version": judge["version"],
        "judge_agreement": random["percent_agreement"],
        "human_agreement": random["human_percent_agreement"],
        "difference": judge["difference"]["percent_agreement"],
        "alt_test": {name: judge["alt_test"][name] for name in ("omega", "rho", "epsilon", "passed", "reason")},
        "cards": {
            "human_alpha": human_human["krippendorff_alpha"],
            "judge_agreement": judge["judge_human"]["percent_agreement"],
            "difference": judge["difference"]["kappa"],
            "corrected_score": judge["corrected_score"],
        },
    }


def gate_of(judge: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a judge may stand in for people; what it has no figure for is not counted."""
    found = {
        "difference": judge["difference"]["kappa"].get("low"),
        "balanced_accuracy": judge["decided"]["balanced_accuracy"]["value"],
        "invalid_rate": judge["invalid_rate"]["value"],
        "consistency": judge["pairwise"]["consistency"]["value"] if judge["pairwise"] else None,
        "omega": judge["alt_test"]["omega"]["value"],
    }
    checks = [
        {"name": name, "value": found[name], "limit": limit, "passed": _passes(name, found[name], limit)}
        for name, limit in GATE.items()
    ]
    told = [check["passed"] for check in checks if check["passed"] is not None]
    return {"passed": all(told) if told else None, "checks": checks}


def _passes(name: str, value: float | None, limit: float) -> bool | None:
    if value is None:
        return None
    if name == "invalid_rate":
        return value <= limit
    return value > limit if name == "difference" else value >= limit


def tables_of(
    labels: LabelHistogram | None, runs: Mapping[int, JudgedHistogram], judges: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The counts that the numbers are made of, so that anyone can reckon again."""
    names = [value for value, _ in labels.columns] if labels else []
    patterns = np.column_stack([labels.counts, labels.items]).tolist() if labels else []
    beside = [
        [run, value, verdict, gold_value or gold, *counts, items]
        for run, found in runs.items()
        for value, verdict, (gold_value, gold), counts, items in zip(
            found.judge_values,
            found.judge_verdicts,
            found.gold,
            found.labels.counts.tolist(),
            found.items.tolist(),
            strict=True,
        )
    ]
    return {
        "patterns": {"columns": [*names, "items"], "rows": patterns},
        "judge_patterns": {
            "columns": ["run", "judge_value", "judge_verdict", "gold", *names, "items"],
            "rows": beside,
        },
        "judge_human": {"columns": ["run", "judge", "people", "items"], "rows": _cells(judges)},
        "pairs": {"columns": ["first", "second", "first_value", "second_value", "items"], "rows": []},
    }


def method() -> dict[str, Any]:
    """How the numbers were made."""
    return {"confidence": LEVEL, "draws": DRAWS, "seed": SEED, "undefined": UNDEFINED_IS, "version": _version()}


@cache
def _version() -> str:
    """The version of evalsite, as its own file of the project names it."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _cells(judges: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for judge in judges:
        table = judge["values"]
        if table is None:
            cells = judge["confusion"]
            rows += [[judge["run"], row, column, n] for row, by in cells.items() for column, n in by.items()]
            continue
        names = table["values"]
        rows += [
            [judge["run"], first, second, n]
            for first, line in zip(names, table["counts"], strict=True)
            for second, n in zip(names, line, strict=True)
        ]
    return rows


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.pk,
        "judge": run.judge.name if run.judge else "",
        "version": run.judge.version if run.judge else None,
        "model": run.judge.model if run.judge else "",
        "state": run.state,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def _chosen(campaign: Campaign | None) -> dict[str, tuple[int, int]]:
    """How items came into the campaign: how many, and how many of those without a probability."""
    places = CampaignItem.objects.filter(campaign=campaign) if campaign else CampaignItem.objects.none()
    rows = kept(places).order_by("how")
    found = rows.values_list("how").annotate(items=Count("pk"), known=Count("probability"))
    return {how: (items, items - known) for how, items, known in found}


def _is_weighted(campaign: Campaign | None) -> bool:
    return bool(campaign and CampaignItem.objects.filter(campaign=campaign, probability__lt=1).exists())


def _guidelines(campaign: Campaign | None) -> list[int]:
    if campaign is None:
        return []
    return list(Guideline.objects.filter(campaign=campaign).order_by("version").values_list("version", flat=True))


def _dates(campaign: Campaign | None, criterion: str) -> tuple[str | None, str | None]:
    """When the first and the last label was given: two look-ups in the index per annotator."""
    if campaign is None:
        return None, None
    people = Annotator.objects.annotate(
        first=Subquery(_own(campaign, criterion).order_by("at").values("at")[:1]),
        last=Subquery(_own(campaign, criterion).order_by("-at").values("at")[:1]),
    )
    found = [row for row in people.order_by().values_list("first", "last") if row[0] is not None]
    if not found:
        return None, None
    return min(first for first, _ in found).isoformat(), max(last for _, last in found).isoformat()


def _own(campaign: Campaign, criterion: str) -> "QuerySet[Label]":
    current: QuerySet[Label] = Label.objects.current()
    return current.filter(campaign=campaign, criterion=criterion, annotator=OuterRef("pk"))
