"""What an import would do: read everything, store nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from judging.actions.imports.rows import ColumnMap, FileProblem, InputFile, KeyedRow, Source, keyed_rows, source_of
from judging.actions.imports.stored import StoredItem, digests, item_fields, stored_items
from judging.core.readers import Columns
from judging.core.readers.fields import BadField, columns_of
from judging.models import Dataset

MAX_NAME = 200
Progress = Callable[[int], None]


def no_progress(rows: int) -> None:
    """For callers that show none."""


class ImportRefused(ValueError):
    """Why nothing was imported, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows by what becomes of them. `gone`: items of the dataset that the files no longer have; they stay."""

    items: int = 0
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    gone: int = 0
    judgments: int = 0
    human_verdicts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What `apply_import` will do. With problems it does nothing, unless the bad rows are skipped."""

    dataset: str
    sources: tuple[Source, ...]
    counts: Counts
    problems: tuple[FileProblem, ...]
    skips_bad_rows: bool = False
    columns: Columns = ()

    @property
    def is_acceptable(self) -> bool:
        """Whether this plan may be applied."""
        if self.skips_bad_rows:
            return bool(self.counts.items) and not any(problem.fatal for problem in self.problems)
        return not self.problems

    def without_bad_rows(self) -> "ImportPlan":
        """The same plan, for the good rows only. A file that could not be read to its end is still refused."""
        return replace(self, skips_bad_rows=True)

    @property
    def formats(self) -> str:
        """The formats of the files."""
        return ", ".join(sorted({source.format for source in self.sources}))

    def as_json(self) -> dict[str, Any]:
        """The form that commands print."""
        return {
            "dataset": self.dataset,
            "format": self.formats,
            "items": self.counts.items,
            "new": self.counts.new,
            "unchanged": self.counts.unchanged,
            "changed": self.counts.changed,
            "gone": self.counts.gone,
            "judgments": self.counts.judgments,
            "human_verdicts": self.counts.human_verdicts,
            "problems": [problem.as_json() for problem in self.problems],
        }


def plan_import(
    name: str,
    files: Sequence[InputFile],
    *,
    format_name: str = "",
    columns: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> ImportPlan:
    """Read the files to their end and count what an import into this dataset would change.

    `columns` says what the columns of the files are ({"question": "prompt"}); without it what the dataset keeps holds.
    """
    survey = Survey(name, files, format_name, columns)
    for _ in survey.rows(progress):
        pass
    return survey.plan()


class Survey:
    """The rows of some files, and what an import of them into this dataset comes to."""

    def __init__(
        self, name: str, files: Sequence[InputFile], format_name: str, columns: Mapping[str, str] | None
    ) -> None:
        _check_name(name)
        self.name = name
        self._files = files
        dataset = Dataset.objects.ready().filter(name=name).first()
        self._columns = _column_map(dataset, columns)
        found = [source_of(file, format_name, self._columns) for file in files]
        self.sources = tuple(source for source in found if isinstance(source, Source))
        self.problems = [problem for problem in found if isinstance(problem, FileProblem)]
        self._tally = Tally(stored_items(dataset) if dataset else {})

    def rows(self, progress: Progress) -> Iterator[KeyedRow]:
        """The good rows, one after another; the others become problems."""
        for keyed in _reported(keyed_rows(self.sources), progress):
            if isinstance(keyed, FileProblem):
                self.problems.append(keyed)
            else:
                self._tally.add(keyed)
                yield keyed

    def plan(self) -> ImportPlan:
        """What was counted; whole once all rows were taken."""
        problems = tuple(self.problems)
        if not problems and not self._tally.items:
            empty = "The file holds no rows. Add some."
            problems = tuple(FileProblem(file.name, 1, empty, fatal=True) for file in self._files)
        return ImportPlan(
            dataset=self.name,
            sources=self.sources,
            counts=self._tally.counts(),
            problems=problems,
            columns=self._columns.columns,
        )


def _column_map(dataset: Dataset | None, said: Mapping[str, str] | None) -> ColumnMap:
    """What was said now, else what the dataset keeps. An empty map forgets what it keeps."""
    try:
        if said is not None:
            return ColumnMap(columns_of(said))
        return ColumnMap(columns_of(dataset.column_map), kept=True) if dataset else ColumnMap()
    except BadField as error:
        raise ImportRefused(str(error)) from None


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise ImportRefused(
            gettext("The name of a dataset has 1 to %(most)s printable characters. Choose another --name.")
            % {"most": MAX_NAME}
        )


def _reported(
    rows: Iterable[KeyedRow | FileProblem], progress: Progress, every: int = 1000
) -> Iterator[KeyedRow | FileProblem]:
    """Pass rows on and say now and then how many came."""
    waiting = 0
    for row in rows:
        yield row
        waiting += 1
        if waiting == every:
            progress(waiting)
            waiting = 0
    progress(waiting)


class Tally:
    """Counts rows against what the dataset has."""

    def __init__(self, stored: dict[str, StoredItem]) -> None:
        self._stored = stored
        self._numbers = {"new": 0, "unchanged": 0, "changed": 0, "judgments": 0, "human_verdicts": 0}
        self._known = 0

    @property
    def items(self) -> int:
        """Rows counted so far."""
        return self._numbers["new"] + self._known

    def add(self, keyed: KeyedRow) -> None:
        """Count a row."""
        stored, numbers, row = self._stored.get(keyed.key), self._numbers, keyed.row
        self._known += stored is not None
        numbers[fate_of(keyed, stored)] += 1
        if row.judgments:
            numbers["judgments"] += len(row.judgments)
        if row.has_words:
            numbers["human_verdicts"] += 1

    def counts(self) -> Counts:
        """The totals."""
        return Counts(items=self.items, gone=len(self._stored) - self._known, **self._numbers)


def fate_of(keyed: KeyedRow, stored: StoredItem | None) -> str:
    """`new`, `unchanged` or `changed`."""
    if stored is None:
        return "new"
    return "unchanged" if digests(item_fields(keyed.row)) == (stored.text, stored.other) else "changed"
