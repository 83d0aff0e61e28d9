"""Do what a plan says: a new dataset in committed batches, hidden until ready; an existing one in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from judging.actions.imports.bulk import insert_items, roomy_cache, undisturbed
from judging.actions.imports.judged import ImportedRuns, Placed
from judging.actions.imports.pace import Pace, batches
from judging.actions.imports.plan import (
    MAX_NAME,
    ImportPlan,
    ImportRefused,
    Progress,
    Survey,
    fate_of,
    no_progress,
    plan_import,
)
from judging.actions.imports.rows import FileProblem, InputFile, KeyedRow, Source, checksum, keyed_rows
from judging.actions.imports.stored import OTHER_FIELDS, TEXT_FIELDS, StoredItem, item_fields, stored_items
from judging.actions.judges import rubric_for
from judging.core.builtin.promptfoo import PROMPTFOO_RESULT
from judging.core.claimers import is_gone, this_claimer
from judging.core.readers import FileRefused
from judging.models import Dataset, ImportFile, Item, ItemRevision, Judge, Judgment, Reply

MOST_VALUES = 200
BY = " by "
"""Before the name of the process whose import a hidden dataset is."""
ABANDONED_AFTER = timedelta(days=1)
"""A hidden dataset that is older was left by a process that was killed."""


class BadRows(StrEnum):
    """What becomes of an import with bad rows."""

    REFUSE = "refuse"
    SKIP = "skip"

    def applied_to(self, plan: ImportPlan) -> ImportPlan:
        """The plan with this wish."""
        return plan.without_bad_rows() if self is BadRows.SKIP else plan


def import_files(
    name: str,
    files: Sequence[InputFile],
    *,
    format_name: str = "",
    columns: Mapping[str, str] | None = None,
    bad_rows: BadRows = BadRows.REFUSE,
    by: User | None = None,
    progress: Progress = no_progress,
) -> ImportPlan:
    """Plan and apply in one go; the plan that was found, applied if it is acceptable.

    The rows of a new dataset are read once: they are stored while they are checked, out of sight, and deleted again
    where the plan turns out not to be acceptable.
    """
    if Dataset.objects.ready().filter(name=name).exists():
        plan = plan_import(name, files, format_name=format_name, columns=columns)
        plan = bad_rows.applied_to(plan)
        if plan.is_acceptable:
            apply_import(plan, by=by, progress=progress)
        return plan
    return _import_while_checking(Survey(name, files, format_name, columns), bad_rows, by, progress)


def apply_import(plan: ImportPlan, *, by: User | None = None, progress: Progress = no_progress) -> Dataset:
    """Import what was planned, all of it or nothing. ImportRefused where the plan has problems or no longer holds."""
    if not plan.is_acceptable:
        raise ImportRefused(gettext("The files have problems; nothing was stored. Mend them, or skip the bad rows."))
    _check_unchanged(plan.sources)
    discard_abandoned_imports()
    dataset: Dataset | None = Dataset.objects.ready().filter(name=plan.dataset).first()
    if dataset is None:
        return _import_new(plan, by, progress)
    _import_into(dataset, plan, by, progress)
    return dataset


def _check_unchanged(sources: Iterable[Source]) -> None:
    for source in sources:
        try:
            same = checksum(source.file.path) == source.sha256
        except FileRefused:
            same = False
        if not same:
            raise ImportRefused(
                gettext("%(name)s changed while it was read; nothing was stored. Import it again.")
                % {"name": source.file.name}
            )


def discard_abandoned_imports() -> None:
    """Delete hidden datasets whose import was killed: those of dead processes here, and old ones of anywhere."""
    old = timezone.now() - ABANDONED_AFTER
    for dataset in Dataset.objects.importing():
        if dataset.at < old or is_gone(dataset.name.rpartition(BY)[2]):
            _discard(dataset)


def _import_new(plan: ImportPlan, by: User | None, progress: Progress) -> Dataset:
    with _hidden_dataset(plan.dataset, by) as dataset:
        with roomy_cache(), undisturbed():
            filled = _fill(dataset, plan.sources, _good_rows(plan), by, progress)
        _publish(dataset, plan, filled)
    return dataset


def _import_while_checking(survey: Survey, bad_rows: BadRows, by: User | None, progress: Progress) -> ImportPlan:
    discard_abandoned_imports()
    try:
        with _hidden_dataset(survey.name, by) as dataset:
            with roomy_cache(), undisturbed():
                filled = _fill(dataset, survey.sources, _storable(survey, bad_rows, progress), by, no_progress)
            plan = bad_rows.applied_to(survey.plan())
            if not plan.is_acceptable:
                raise _NotAcceptable
            _check_unchanged(plan.sources)
            _publish(dataset, plan, filled)
    except _NotAcceptable:
        pass
    return plan


class _NotAcceptable(Exception):
    """The plan that was found is not to be applied."""


def _storable(survey: Survey, bad_rows: BadRows, progress: Progress) -> Iterator[KeyedRow]:
    """The good rows; after a problem that refuses the import the rest is only read, to name all problems."""
    for keyed in survey.rows(progress):
        if bad_rows is BadRows.SKIP or not survey.problems:
            yield keyed


@contextmanager
def _hidden_dataset(name: str, by: User | None) -> Iterator[Dataset]:
    """A dataset out of sight, deleted again where anything goes wrong before it is published.

    The name is taken only when all rows are there: what a killed process leaves blocks nobody.
    """
    hidden = f"{name[:60]} (importing {uuid4().hex}){BY}{this_claimer()}"[:MAX_NAME]
    dataset = Dataset.objects.create(name=hidden, state=Dataset.State.IMPORTING, made_by=by)
    try:
        yield dataset
    except BaseException:
        _discard(dataset)
        raise


def _fill(
    dataset: Dataset, sources: Iterable[Source], rows: Iterator[KeyedRow], by: User | None, progress: Progress
) -> "FileRows":
    runs, files, pace, position = ImportedRuns(dataset, sources, by), FileRows(), Pace(), 0
    for batch in batches(rows, pace):
        with transaction.atomic(), pace.stored(len(batch)):
            runs.store(_added(dataset, batch, position))
        files.add(batch)
        position += len(batch)
        progress(len(batch))
    runs.count()
    return files


def _added(dataset: Dataset, rows: Sequence[KeyedRow], position: int) -> list[Placed]:
    """Store new items behind this position; where those now stand of which a judge said something."""
    insert_items(dataset, rows, position + 1)
    if not any(keyed.row.judgments for keyed in rows):
        return []
    places = dataset.items.filter(position__gt=position, position__lte=position + len(rows)).order_by("position")
    return [(keyed, pk, 1) for keyed, pk in zip(rows, places.values_list("pk", flat=True), strict=True)]


def _publish(dataset: Dataset, plan: ImportPlan, files: "FileRows") -> None:
    dataset.name, dataset.state, dataset.column_map = plan.dataset, Dataset.State.READY, dict(plan.columns)
    try:
        with transaction.atomic():
            files.store(dataset, plan.sources)
            bring_rubric(plan.sources)
            dataset.save(update_fields=["name", "state", "column_map"])
    except IntegrityError as error:
        message = f"A dataset named {plan.dataset!r} appeared meanwhile; nothing was stored. Import again to update it."
        raise ImportRefused(message) from error


def bring_rubric(sources: Iterable[Source]) -> None:
    """Results of promptfoo bring the rubric by which people review them, so that it can be chosen."""
    if any(source.format.startswith("promptfoo") for source in sources):
        rubric_for(PROMPTFOO_RESULT)


def _good_rows(plan: ImportPlan) -> Iterator[KeyedRow]:
    """The rows without those whose problems are in the plan."""
    return (keyed for keyed in keyed_rows(plan.sources) if not isinstance(keyed, FileProblem))


class FileRows:
    """How many rows each file gave, and where in a new dataset they begin."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._people: dict[str, int] = {}
        self._values: dict[str, set[str]] = {"categories": set(), "models": set()}
        self._first: dict[str, int] = {}
        self._total = 0

    def add(self, batch: Iterable[KeyedRow]) -> None:
        """Count a batch."""
        for source, group in groupby(batch, key=attrgetter("source")):
            rows = [keyed.row for keyed in group]
            people = [row.has_words for row in rows]
            self._values["categories"].update([row.category for row in rows])
            self._values["models"].update([row.model for row in rows])
            name = source.file.name
            self._first.setdefault(name, self._total + 1)
            self._total += len(people)
            self._rows[name] = self._rows.get(name, 0) + len(people)
            self._people[name] = self._people.get(name, 0) + sum(people)

    def forget_places(self) -> None:
        """In a dataset that had items, the rows of a file are not in one piece."""
        self._first = {}

    def store(self, dataset: Dataset, sources: Iterable[Source]) -> None:
        """Remember the files the dataset does not have yet."""
        had = set(dataset.files.values_list("sha256", flat=True))
        fresh = {source.sha256: source for source in sources if source.sha256 not in had}
        ImportFile.objects.bulk_create([self._file(dataset, source) for source in fresh.values()])

    def _choices(self) -> dict[str, list[str]]:
        """Categories and models of all files of the import, so that a page need not look for them in a million rows."""
        return {name: sorted(found - {""})[:MOST_VALUES] for name, found in self._values.items()}

    def _file(self, dataset: Dataset, source: Source) -> ImportFile:
        name = source.file.name
        header: dict[str, Any] = {"first_position": self._first.get(name), "human_verdicts": self._people.get(name)}
        return ImportFile(
            dataset=dataset,
            name=Path(name).name[-500:],
            sha256=source.sha256,
            format=source.format,
            rows=self._rows.get(name, 0),
            header={known: number for known, number in header.items() if number} | self._choices(),
        )


def _discard(dataset: Dataset) -> None:
    """Delete an unfinished dataset, biggest tables first, and the judge that only it had."""
    judges = list(dataset.runs.values_list("judge_id", flat=True))
    Reply.objects.filter(run__dataset=dataset).delete()
    Judgment.objects.filter(run__dataset=dataset).delete()
    dataset.items.all().delete()
    dataset.delete()
    Judge.objects.filter(pk__in=judges, kind=Judge.Kind.IMPORTED, runs=None).delete()


@transaction.atomic
def _import_into(dataset: Dataset, plan: ImportPlan, by: User | None, progress: Progress) -> None:
    """New rows go behind the last position, changed text makes a revision, gone rows stay."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    stored, runs, files = stored_items(dataset), ImportedRuns(dataset, plan.sources, by), FileRows()
    position = dataset.items.last_position()
    for batch in batches(_good_rows(plan), Pace()):
        fresh = [keyed for keyed in batch if keyed.key not in stored]
        known = [(keyed, stored[keyed.key]) for keyed in batch if keyed.key in stored]
        runs.store([*_added(dataset, fresh, position), *_update(known, plan, by)])
        files.add(batch)
        position += len(fresh)
        progress(len(batch))
    runs.count()
    files.forget_places()
    files.store(dataset, plan.sources)
    bring_rubric(plan.sources)
    dataset.column_map = dict(plan.columns)
    dataset.save(update_fields=["column_map"])


def _update(rows: list[tuple[KeyedRow, StoredItem]], plan: ImportPlan, by: User | None) -> list[Placed]:
    """Write what changed; where every row now stands."""
    changed = {known.pk: keyed for keyed, known in rows if fate_of(keyed, known) == "changed"}
    items = Item.objects.in_bulk(changed)
    reason = f"imported again from {', '.join(source.file.name for source in plan.sources)}"[:200]
    revisions = [_change(items[pk], keyed, reason, by) for pk, keyed in changed.items()]
    ItemRevision.objects.bulk_create([revision for revision in revisions if revision])
    Item.objects.bulk_update(items.values(), [*TEXT_FIELDS, *OTHER_FIELDS, "question_key", "revision"], batch_size=200)
    return [
        (keyed, known.pk, items[known.pk].revision if known.pk in items else known.revision) for keyed, known in rows
    ]


def _change(item: Item, keyed: KeyedRow, reason: str, by: User | None) -> ItemRevision | None:
    """Give the item its new fields; the revision that keeps the old texts, where texts changed."""
    fields = item_fields(keyed.row)
    old = {name: getattr(item, name) for name in TEXT_FIELDS if getattr(item, name) != fields[name]}
    for name, value in fields.items():
        setattr(item, name, value)
    item.question_key = keyed.question_key
    if not old:
        return None
    item.revision += 1
    return ItemRevision(item=item, number=item.revision - 1, fields=old, author=by, reason=reason)
