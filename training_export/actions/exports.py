"""Exports of a dataset. The files appear whole or not at all."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import django_rq
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rq.callbacks import Callback

from judging.core.claimers import is_gone, this_claimer
from judging.core.verdicts import Verdict
from judging.models import Item
from training_export.core.folders import FolderProblem, appearing_folder, check_target, clear_drafts
from training_export.core.manifest import STAMP, manifest_of, write_manifest
from training_export.core.records import PEOPLE, Leakage, Source
from training_export.core.tally import Tally, nobody, write_records
from training_export.core.writers import (
    NOTHING_ASKED,
    WRITERS,
    TrainingOptions,
    WriterOptions,
    WrittenFile,
    training_options,
)
from training_export.models import Export
from training_export.selection import (
    EXCLUDE,
    ExportProblem,
    Selection,
    copies_of,
    leaked,
    provenance_of,
    read_manifest,
    records,
    selection_of,
    stored_selection,
)

JOB = "training_export.jobs.build_export"
JOB_FAILED = "training_export.jobs.build_failed"
JOB_SECONDS = 6 * 3600
SILENT = timedelta(hours=1)
"""A process on another machine that said nothing for so long is taken for dead."""
MOST_ATTEMPTS = 3


def export_dataset(
    selection: Selection,
    folder: Path,
    *,
    format_name: str = "mdk",
    options: TrainingOptions = NOTHING_ASKED,
    by: User | None = None,
) -> Export:
    """Write a selection into a new folder now."""
    check_format(format_name, selection.source, options)
    try:
        check_target(folder)
    except FolderProblem as problem:
        raise ExportProblem(str(problem)) from problem
    export = new_export(selection, format_name, options, by)
    export.folder = str(folder.absolute())
    for name, value in claim().items():
        setattr(export, name, value)
    export.save()
    return fill_export(export)


def order_export(
    selection: Selection,
    *,
    format_name: str = "mdk",
    options: TrainingOptions = NOTHING_ASKED,
    by: User | None = None,
) -> Export:
    """Have a selection written by a worker, as it is at this moment."""
    check_format(format_name, selection.source, options)
    with transaction.atomic():
        export = new_export(selection, format_name, options, by)
        export.save()
        export.folder = str(settings.EXPORT_DIR / str(export.pk))
        export.save(update_fields=["folder"])
    return enqueue_export(export)


def repeat_export(export: Export) -> Export:
    """Ask a worker again for an export that failed or whose worker was lost."""
    unready = Export.objects.filter(pk=export.pk).exclude(state=Export.State.READY)
    if unready.update(state=Export.State.PENDING, error="", attempts=0):
        enqueue_export(export)
    export.refresh_from_db()
    return export


def build_export(number: int) -> Export | None:
    """Write an export that was ordered; None where another worker has it or nobody wants it any more."""
    if not Export.objects.filter(pk=number, state=Export.State.PENDING).update(**claim()):
        return None
    export = Export.objects.select_related("dataset", "by").get(pk=number)
    clear_remains(export)
    return fill_export(export)


def claim() -> dict[str, Any]:
    """What the row says while this process writes the files."""
    return {"state": Export.State.RUNNING, "claimed_by": this_claimer(), "claimed_at": timezone.now()}


def clear_remains(export: Export) -> None:
    """Delete what a process that died left of an export. Nothing but this export's own folder is touched."""
    folder = Path(export.folder)
    clear_drafts(folder)
    if is_own_folder(export):
        shutil.rmtree(folder, ignore_errors=True)


def is_own_folder(export: Export) -> bool:
    """Whether the files go where ordered exports go, and not to a folder that somebody named."""
    return Path(export.folder) == settings.EXPORT_DIR / str(export.pk)


def fail_export(number: int, sentence: str) -> None:
    """Say why an export did not come to be."""
    unready = Export.objects.filter(pk=number).exclude(state=Export.State.READY)
    unready.update(state=Export.State.FAILED, error=sentence)


def resume_exports() -> list[Export]:
    """Give what dead processes left to a worker, and put on the queue what it lost; returns those exports."""
    lost = [export for export in Export.objects.filter(state=Export.State.RUNNING) if is_lost(export)]
    resumed = [export for export in lost if put_back(export)]
    return [*resumed, *(enqueue_export(export) for export in forgotten(resumed))]


def is_lost(export: Export) -> bool:
    """Whether the process that wrote it is dead, or on another machine and silent for long."""
    return is_gone(export.claimed_by) or timezone.now() - (export.claimed_at or export.at) > SILENT


def put_back(export: Export) -> bool:
    """Have a worker write it once more. What was lost again and again, and what a command wrote, failed."""
    attempts = export.attempts + 1
    again = is_own_folder(export) and attempts < MOST_ATTEMPTS
    row = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING, claimed_by=export.claimed_by)
    state = Export.State.PENDING if again else Export.State.FAILED
    sentence = "" if again else _("The process that wrote it died; nothing was left. Export again.")
    if not row.update(state=state, attempts=attempts, error=sentence):
        return False
    clear_remains(export)
    if again:
        enqueue_export(export)
    return again


def forgotten(queued: Sequence[Export]) -> list[Export]:
    """Exports that wait without a job on the queue; none where the queue does not answer."""
    pending = Export.objects.filter(state=Export.State.PENDING).exclude(pk__in=[export.pk for export in queued])
    try:
        jobs = django_rq.get_queue("default").get_job_ids() if pending else []
    except RedisError:
        return []
    waiting = {job.rpartition("-")[0] for job in jobs}
    return [export for export in pending if f"export-{export.pk}" not in waiting]


def verify_export(manifest_file: Path) -> list[str]:
    """Rebuild what a manifest describes; the names of the files that come out otherwise, or lie there otherwise."""
    manifest = read_manifest(manifest_file)
    selection, options = selection_of(manifest), training_options(manifest["filters"])
    check_format(manifest["format"], selection.source, options)
    made_at = datetime.fromisoformat(manifest["made_at"])
    with TemporaryDirectory() as scratch:
        _tally, files = fill_folder(selection, Path(scratch), manifest["format"], options, made_at)
    rebuilt = {file.name: file.sha256 for file in files}
    wanted = {file["name"]: file["sha256"] for file in manifest["files"]}
    lying = {name: sum_of(manifest_file.parent / name) for name in wanted}
    return sorted(
        name for name in rebuilt.keys() | wanted.keys() if not rebuilt.get(name) == wanted.get(name) == lying.get(name)
    )


def sum_of(path: Path) -> str | None:
    """SHA-256 of a file; None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def check_format(name: str, source: Source, options: TrainingOptions) -> None:
    """Refuse a format nobody writes, and what it cannot do."""
    form = WRITERS.get(name)
    if form is None:
        raise ExportProblem(
            _("There is no format “{name}”; there are: {known}.").format(name=name, known=", ".join(WRITERS))
        )
    if options != NOTHING_ASKED and not form.for_training:
        known = ", ".join(known for known, form in WRITERS.items() if form.for_training)
        raise ExportProblem(
            _(
                "Splits, lengths and metadata are for the formats that trainers read ({known}): choose one of them, "
                "or leave these options out of “{name}”."
            ).format(known=known, name=name)
        )
    if not 0 < options.max_similarity <= 1:
        raise ExportProblem(
            _("{share} is no share of a text: it is a number from 0 to 1.").format(share=options.max_similarity),
            choice="max_similarity",
        )
    if form.people_only and source not in PEOPLE:
        raise ExportProblem(
            _("Every verdict of “{name}” is a person's: take those of people.").format(name=name), choice="source"
        )


def new_export(selection: Selection, format_name: str, options: TrainingOptions, by: User | None) -> Export:
    """The row of an export, not yet stored."""
    return Export(
        dataset=selection.dataset,
        format=format_name,
        options=selection.options() | options.as_json(),
        as_of=selection.as_of.as_json(),
        by=by,
    )


def enqueue_export(export: Export) -> Export:
    """Put the building on the queue; a queue that does not answer fails the export with a sentence."""
    try:
        django_rq.get_queue("default", commit_mode="auto").enqueue_call(
            JOB,
            args=(export.pk,),
            job_id=f"export-{export.pk}-{uuid4().hex}",
            description=str(export),
            timeout=JOB_SECONDS,
            result_ttl=0,
            on_failure=Callback(JOB_FAILED),
        )
    except RedisError as error:
        fail_export(
            export.pk,
            _("The queue does not answer ({error}). Start the worker with its queue, then build again.").format(
                error=str(error).rstrip(".")
            ),
        )
    export.refresh_from_db()
    return export


def fill_export(export: Export) -> Export:
    """Write the files of a running export and record what is in them."""
    selection = stored_selection(export.dataset, export.options, export.as_of)
    try:
        with appearing_folder(Path(export.folder)) as folder:
            files = write_files(export, selection, folder)
    except (ExportProblem, FolderProblem, OSError) as problem:
        sentence = unwritable(export, problem) if isinstance(problem, OSError) else str(problem)
        claimed_row(export).update(state=Export.State.FAILED, error=sentence)
        raise ExportProblem(sentence) from problem
    claimed_row(export).update(state=Export.State.READY, error="", **files)
    export.refresh_from_db()
    return export


def claimed_row(export: Export) -> "QuerySet[Export]":
    """Its row, as long as this process has it."""
    return Export.objects.filter(pk=export.pk, state=Export.State.RUNNING, claimed_by=export.claimed_by)


def unwritable(export: Export, error: OSError) -> str:
    """What the system says of the folder, as a sentence."""
    return _("{folder} cannot be written: {why}. Nothing was left there.").format(
        folder=export.folder, why=error.strerror or error
    )


def write_files(export: Export, selection: Selection, folder: Path) -> dict[str, object]:
    """Files and manifest in this folder; what the export's row says of them."""
    made_at = timezone.localtime(selection.as_of.at)
    options = training_options(export.options)
    tally, written = fill_folder(selection, folder, export.format, options, made_at, told=progress_of(export))
    provenance = provenance_of(
        selection,
        format_name=export.format,
        made_at=made_at,
        made_by=str(export.by) if export.by else "",
        asked=options.as_json(),
    )
    manifest = manifest_of(provenance, tally, written)
    written.append(write_manifest(folder, manifest))
    return {"manifest": manifest, "files": [file.as_json() for file in written]}


def progress_of(export: Export) -> Callable[[int], None]:
    """What notes on the export's row how many items are done."""
    row = claimed_row(export)
    row.update(items=Item.objects.filter(dataset=export.dataset).count(), done=0)

    def told(done: int) -> None:
        row.update(done=done, claimed_at=timezone.now())

    return told


def fill_folder(
    selection: Selection,
    folder: Path,
    format_name: str,
    options: TrainingOptions,
    made_at: datetime,
    *,
    told: Callable[[int], None] = nobody,
) -> tuple[Tally, list[WrittenFile]]:
    """The files of a format, without their manifest."""
    form = WRITERS[format_name]
    stamped = WriterOptions(
        source=selection.source,
        stamp=made_at.strftime(STAMP),
        title=selection.dataset.name,
        judge=judge_named(selection),
        copies=copies_of(selection, options),
        **asdict(options),
    )
    rows = records(
        selection,
        needs=form.needs_of(selection.source),
        by_question=form.by_question,
        many_turns=form.many_turns,
        by_verdict=form.by_verdict,
        json_without=form.json_without,
    )
    repeated = leaked(selection)
    leakage = None if repeated is None else Leakage(repeated, selection.leakage == EXCLUDE)  # type: ignore[arg-type]
    tally, written = write_records(rows, form.make(folder, stamped), selection.rule, leakage=leakage, told=told)
    if form.by_verdict and not form.for_training and not tally.written:
        raise ExportProblem(
            _("No item of dataset “{dataset}” has a verdict to export.").format(dataset=selection.dataset)
        )
    if not any(file.rows for file in written):
        raise ExportProblem(nothing_written(format_name, tally))
    return tally, written


def judge_named(selection: Selection) -> str:
    """The judge's model, else its name; '' where no judge has a word."""
    judge = selection.run.judge if selection.run else None
    return (judge.model or judge.name) if judge else ""


def nothing_written(format_name: str, tally: Tally) -> str:
    """Why a format has no row although items have verdicts."""
    dropped = tally.checks.get("dropped") or {}
    why = ", ".join(f"{count} {name}" for name, count in dropped.items())
    sentence = _("No item makes a row of “{name}”: {clean} are clean, {wrong} wrong.").format(
        name=format_name, clean=tally.destinations[Verdict.CLEAN], wrong=tally.destinations[Verdict.WRONG]
    )
    return f"{sentence} {_('Not written: {why}.').format(why=why)}" if why else sentence
