"""Store what was looked at and confirmed."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.actions.label_imports import holds_words, import_annotations, import_labels
from annotation.actions.label_imports.sent import take_words
from annotation.actions.uploads.files import Telling, input_files
from annotation.actions.uploads.looking import unchanged_since
from annotation.models import Upload
from judging.actions.imports import (
    BadRows,
    ImportPlan,
    ImportRefused,
    InputFile,
    apply_import,
    import_files,
    plan_import,
)
from judging.models import Dataset


def store(upload: Upload, tell: Telling) -> dict[str, Any]:
    """Do it, all or nothing; what became of it, as an addition to `Upload.found`."""
    files = input_files(upload)
    if upload.kind == Upload.Kind.LABELS:
        return {"done": store_labels(upload, files)}
    plan = store_items(upload, files, tell)
    words = [taken(upload, file) for file in files] if upload.options.get("annotator") else []
    return {"done": [word for word in words if word], "counts": counts_of(plan)}


def store_items(upload: Upload, files: list[InputFile], tell: Telling) -> ImportPlan:
    """The items; ImportRefused where the numbers are not those that were confirmed."""
    options = upload.options
    how: dict[str, Any] = {"format_name": options.get("format", ""), "columns": options.get("columns") or None}
    bad_rows = BadRows.SKIP if options.get("skip_bad") else BadRows.REFUSE
    there = Dataset.objects.ready().filter(name=upload.name).exists()
    if there and upload.attempts and (done := stored_before(upload, files, how)):
        return done
    if there != bool(upload.found.get("there")):
        raise ImportRefused(_("The dataset changed since the preview. Look at the files again, then confirm."))
    if not there:
        plan = import_files(upload.name, files, **how, bad_rows=bad_rows, by=upload.by, progress=tell)
    else:
        plan = bad_rows.applied_to(plan_import(upload.name, files, **how, progress=tell))
        unchanged_since(upload, plan)
        tell.rows = 0
        apply_import(plan, by=upload.by, progress=tell)
    if not plan.is_acceptable:
        raise ImportRefused(_("The files have problems; nothing was stored. Look at them again."))
    return plan


def stored_before(upload: Upload, files: list[InputFile], how: Mapping[str, Any]) -> ImportPlan | None:
    """What a worker had stored that died before it could say so; None where anything is left to store."""
    plan = plan_import(upload.name, files, **how)
    counts = plan.counts
    return plan if counts.items and not counts.new and not counts.changed else None


def counts_of(plan: ImportPlan) -> dict[str, int]:
    """The numbers that the page shows."""
    names = ("items", "new", "unchanged", "changed", "gone", "judgments", "human_verdicts")
    return {name: value for name, value in plan.as_json().items() if name in names}


def taken(upload: Upload, file: InputFile) -> dict[str, Any] | None:
    """Verdicts that a person left in a file of items; None where it holds none."""
    dataset: Dataset = Dataset.objects.ready().get(name=upload.name)
    try:
        take = import_annotations if holds_words(file) else import_labels
        outcome = take(dataset, file, annotator=upload.options["annotator"])
    except ImportRefused:
        return None
    return {**outcome.as_json(), "file": file.name, "unmatched": len(outcome.unmatched), "problems": []}


def store_labels(upload: Upload, files: list[InputFile]) -> list[dict[str, Any]]:
    """The labels of all files, or of none."""
    by: User | None = upload.by
    with transaction.atomic():
        outcomes = [(file, take_words(upload.name, file, upload.options, by=by)) for file in files]
        problem = next((one for _file, outcome in outcomes for one in outcome.problems), None)
        if problem is not None:
            raise ImportRefused(str(problem))
    return [
        outcome.as_json() | {"file": file.name, "unmatched": len(outcome.unmatched), "problems": []}
        for file, outcome in outcomes
    ]
