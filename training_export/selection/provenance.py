"""Where an export comes from, for its manifest."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django
from django.conf import settings
from django.db.models import Count

from judging.models import Dataset, ImportFile, ItemRevision, Judge, Rubric, Run
from training_export.core.manifest import Provenance
from training_export.core.records import Source
from training_export.selection.choosing import Selection


def provenance_of(
    selection: Selection, *, format_name: str, made_at: datetime, made_by: str, asked: Mapping[str, Any]
) -> Provenance:
    """Everything about a selection that a reader of its files may ask for."""
    return Provenance(
        format=format_name,
        source=selection.source,
        dataset=dataset_facts(selection.dataset),
        campaign=campaign_facts(selection) if selection.campaign else None,
        run=run_facts(selection.run) if selection.run else None,
        labels=label_counts(selection) if selection.source != Source.JUDGE else [],
        as_of=selection.as_of.as_json(),
        made_by=made_by,
        made_at=made_at,
        software=software(),
        filters={**selection.filters, **asked},
    )


def dataset_facts(dataset: Dataset) -> Mapping[str, Any]:
    """Name, the files it was imported from, and how often a text of it was changed."""
    files = ImportFile.objects.filter(dataset=dataset).values("name", "format", "sha256", "rows")
    revisions = ItemRevision.objects.filter(item__dataset=dataset).count()
    return {"name": dataset.name, "imported_from": list(files), "item_revisions": revisions}


def campaign_facts(selection: Selection) -> Mapping[str, Any]:
    """Name, rubric, and the guideline versions that the labels followed."""
    campaign = selection.campaign
    versions = selection.labels().exclude(guideline=None).order_by().values_list("guideline__version", flat=True)
    return {
        "name": str(campaign),
        "kind": campaign.kind if campaign else "",
        "rubric": rubric_facts(campaign.rubric if campaign else None),
        "guideline_versions": sorted(set(versions.distinct())),
    }


def run_facts(run: Run) -> Mapping[str, Any]:
    """The run with its judge."""
    finished = run.finished_at.isoformat() if run.finished_at else None
    return {"number": run.pk, "kind": run.kind, "finished_at": finished, "judge": judge_facts(run.judge)}


def judge_facts(judge: Judge | None) -> Mapping[str, Any] | None:
    """Name and version of the judge, its model and rubric."""
    if judge is None:
        return None
    facts = {"name": judge.name, "version": judge.version, "engine": judge.engine, "model": judge.model}
    return facts | {"rubric": rubric_facts(judge.rubric)}


def rubric_facts(rubric: Rubric | None) -> Mapping[str, Any] | None:
    """Name and version of a rubric."""
    return {"name": rubric.name, "version": rubric.version} if rubric else None


def label_counts(selection: Selection) -> list[Mapping[str, Any]]:
    """Who labelled, and how many current labels they gave."""
    rows = selection.labels().order_by("annotator__name", "annotator")
    counted = rows.values("annotator__name", "annotator__source").annotate(labels=Count("pk"))
    return [
        {"annotator": row["annotator__name"], "labels": row["labels"]}
        | ({"source": row["annotator__source"]} if row["annotator__source"] else {})
        for row in counted
    ]


def software() -> dict[str, str]:
    """Versions of what made the files."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {project["name"]: project["version"], "django": django.get_version()}
