"""The files of every format that a trainer reads: rows by side of the split, and where each row comes from.

A row carries the trainer's columns and nothing else, unless --include-metadata asks for it. Line n of
provenance.jsonl belongs to the n-th row that was written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from judging.core.verdicts import Verdict
from training_export.core.checks import TrainerChecks
from training_export.core.grouping import NO_COPIES, Copies
from training_export.core.records import Destination, Origin, Record
from training_export.core.sides import SIDES, side_of
from training_export.core.writers.base import (
    COMPACT,
    HUB,
    PARQUET,
    OutputFile,
    WriterOptions,
    WrittenFile,
    json_line,
    text_line,
)
from training_export.core.writers.card import Side, card_of
from training_export.core.writers.parquet import TEXT, Columns, ParquetFile, ParquetShards

PROVENANCE = "provenance.jsonl"
CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Example:
    """A row for a trainer. `texts` are what is learnt from, in the order of the format's fields.

    `positions`: the items it is made from, one, or the chosen and the rejected one of a pair.
    """

    row: Mapping[str, Any]
    texts: tuple[str, ...]
    question: str
    source: Mapping[str, Any]
    positions: tuple[int, ...] = field(default=())


class Rows(Protocol):
    """A file that takes rows."""

    rows: int

    @property
    def name(self) -> str:
        """Of the file that took the last row."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""

    def close(self) -> list[WrittenFile]:
        """Finish the file."""


class JsonLines:
    """Rows as lines of JSON."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._file = OutputFile(path)
        self._line = text_lines if set(columns.values()) == {TEXT} else json_line
        self.rows = 0
        self.name = path.name

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a line."""
        self.rows += 1
        self._file.put_row(self._line(row))

    def close(self) -> list[WrittenFile]:
        """Finish the file."""
        return [self._file.close()]


class ParquetRows:
    """Rows of one Parquet file, or of numbered ones."""

    def __init__(self, file: ParquetFile | ParquetShards) -> None:
        self._file = file
        self.rows = 0

    @property
    def name(self) -> str:
        """Of the file that took the last row."""
        return self._file.path.name

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row; what is no column of a table becomes its JSON."""
        if "metadata" in row:
            row = {**row, "metadata": COMPACT.encode(row["metadata"])}
        self._file.add(row)
        self.rows += 1

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        closed = self._file.close()
        return closed if isinstance(closed, list) else [closed]


def text_lines(row: Mapping[str, Any]) -> str:
    """A line of texts."""
    return text_line(row.items())


class TrainingFiles:
    """One file per side of the split, and the provenance of their rows."""

    def __init__(
        self, folder: Path, options: WriterOptions, fields: tuple[str, ...], columns: Columns | None = None
    ) -> None:
        self._folder, self._options = folder, options
        self._columns: Columns = columns or dict.fromkeys(fields, TEXT)
        names = SIDES[len(options.split) or 1]
        self._files = {name: self._opened(name) for name in names}
        self._provenance = OutputFile(folder / PROVENANCE)
        self._copies: Copies = options.copies or NO_COPIES
        self.checks = TrainerChecks(fields, min_chars=options.min_chars, max_chars=options.max_chars)

    def add(self, example: Example) -> bool:
        """Write a row, unless the checks refuse it."""
        if not self.checks.take(example.texts, is_copy=lambda: self._copies.repeats(example.positions)):
            return False
        file = self._files[self._side(example)]
        row = {**example.row, "metadata": example.source} if self._options.include_metadata else example.row
        file.add(row)
        self._provenance.put_row(json_line({"file": file.name, "row": file.rows, **example.source}))
        return True

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        sides = [Side(name, file.rows) for name, file in self._files.items()]
        written = [closed for file in self._files.values() for closed in file.close()]
        written.append(self._provenance.close())
        if self._options.files == HUB:
            written.append(self._card(sides))
        return written

    def said(self) -> dict[str, Any]:
        """What the checks and the copies have to say."""
        return {**self.checks.as_json(), **self._copies.as_json()}

    def _side(self, example: Example) -> str:
        if not self._options.split:
            return "train"
        place = self._copies.place(example.positions)
        return side_of(example.question, self._options.split, place=place)

    def _opened(self, side: str) -> Rows:
        columns = {**self._columns, "metadata": TEXT} if self._options.include_metadata else self._columns
        if self._options.files == PARQUET:
            return ParquetRows(ParquetFile(self._folder / f"{side}.parquet", columns))
        if self._options.files == HUB:
            return ParquetRows(ParquetShards(self._folder / "data", side, columns))
        lines = {**self._columns, "metadata": "object"} if self._options.include_metadata else self._columns
        return JsonLines(self._folder / f"{side}.jsonl", lines)

    def _card(self, sides: Iterable[Side]) -> WrittenFile:
        file = OutputFile(self._folder / CARD)
        file.put(card_of(self._options.title, self._options.source.value, list(sides), list(self._columns)))
        return file.close()


class ExampleWriter:
    """A format in which every record gives at most one row."""

    def __init__(
        self, files: TrainingFiles, example: Callable[[Record, Verdict], Example], verdicts: Iterable[Verdict]
    ) -> None:
        self._files = files
        self._example = example
        self._verdicts = frozenset(verdicts)

    def write(self, record: Record, destination: Destination) -> None:
        """Write the record, where this format has a use for its verdict."""
        if isinstance(destination, Verdict) and destination in self._verdicts:
            self._files.add(self._example(record, destination))

    def checks(self) -> Mapping[str, Any]:
        """What the trainer's checks found."""
        return self._files.said()

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        return self._files.close()


def source_of(record: Record, verdict: Verdict) -> dict[str, Any]:
    """Where a row comes from."""
    people = record.people
    said = {"item": record.key, "position": record.position, "verdict": verdict.value}
    said["verdict_from"] = "judge" if people.origin == Origin.UNREVIEWED else people.origin.value
    said["corrected"] = bool(people.correction)
    if people.agreement is not None:
        said["agreement"] = round(people.agreement, 4)
    if record.category:
        said["category"] = record.category
    if record.model:
        said["model"] = record.model
    return said
