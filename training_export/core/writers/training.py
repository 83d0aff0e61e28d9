"""The files of every format that a trainer reads: rows by side of the split, and where each row comes from.

A row carries the trainer's columns and nothing else, unless --include-metadata asks for it. Line n of
provenance.jsonl belongs to the n-th row that was written.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from judging.core.verdicts import Verdict
from training_export.core.checks import TrainerChecks, never
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
    quoted,
)
from training_export.core.writers.card import Side, card_of
from training_export.core.writers.parquet import TEXT, Columns, ParquetFile, ParquetShards

PROVENANCE = "provenance.jsonl"
CARD = "README.md"


class Example(NamedTuple):
    """A row for a trainer, in the order of its columns. `texts` are what is learnt from, in the order of the fields.

    `source`: where it comes from, as the inside of a JSON object. `positions`: the items it is made from, one, or the
    chosen and the rejected one of a pair.
    """

    row: Mapping[str, Any]
    texts: tuple[str, ...]
    question: str
    source: str
    positions: tuple[int, ...] = ()


class Rows(Protocol):
    """A file that takes rows."""

    rows: int

    @property
    def name(self) -> str:
        """Of the file that took the last row."""

    def add(self, row: Mapping[str, Any], metadata: str) -> None:
        """Add a row; `metadata` as the inside of a JSON object, '' where nobody asked for it."""

    def close(self) -> list[WrittenFile]:
        """Finish the file."""


class JsonLines:
    """Rows as lines of JSON."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._file = OutputFile(path)
        self._row = "{" + ", ".join(f'"{name}": %s' for name in columns)
        self._encoders = [quoted if kind == TEXT else COMPACT.encode for kind in columns.values()]
        self.rows = 0
        self.name = path.name

    def add(self, row: Mapping[str, Any], metadata: str) -> None:
        """Add a line."""
        self.rows += 1
        line = self._row % tuple([encode(value) for encode, value in zip(self._encoders, row.values(), strict=True)])
        self._file.put_row(f'{line}, "metadata": {{{metadata}}}}}\n' if metadata else f"{line}}}\n")

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

    def add(self, row: Mapping[str, Any], metadata: str) -> None:
        """Add a row; what is no column of a table becomes its JSON."""
        self._file.add({**row, "metadata": f"{{{metadata}}}"} if metadata else row)
        self.rows += 1

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        closed = self._file.close()
        return closed if isinstance(closed, list) else [closed]


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
        self._looks_for_copies = bool(len(self._copies.rows))
        self.checks = TrainerChecks(fields, min_chars=options.min_chars, max_chars=options.max_chars)

    def add(self, example: Example) -> bool:
        """Write a row, unless the checks refuse it."""
        is_copy = partial(self._copies.repeats, example.positions) if self._looks_for_copies else never
        if not self.checks.take(example.texts, is_copy=is_copy):
            return False
        file = self._files[self._side(example)]
        file.add(example.row, example.source if self._options.include_metadata else "")
        self._provenance.put_row(f'{{"file": "{file.name}", "row": {file.rows}, {example.source}}}\n')
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
        return JsonLines(self._folder / f"{side}.jsonl", self._columns)

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


def source_of(record: Record, verdict: Verdict) -> str:
    """Where a row comes from, as the inside of a JSON object."""
    people = record.people
    word = word_text(verdict, people.origin, people.agreement, bool(people.correction))
    said = f'"item": {quoted(record.key)}, "position": {record.position}, {word}'
    if record.category:
        said = f'{said}, "category": {quoted(record.category)}'
    return f'{said}, "model": {quoted(record.model)}' if record.model else said


@lru_cache(maxsize=4096)
def word_text(verdict: Verdict, origin: Origin, agreement: float | None, corrected: bool) -> str:
    """The verdict in it; many rows have the same."""
    return COMPACT.encode(word_of(verdict, origin, agreement, corrected))[1:-1]


def word_of(verdict: Verdict, origin: Origin, agreement: float | None, corrected: bool) -> dict[str, Any]:
    """A row's verdict, and whose it is."""
    said: dict[str, Any] = {"verdict": verdict.value}
    said["verdict_from"] = "judge" if origin == Origin.UNREVIEWED else origin.value
    said["corrected"] = corrected
    return said if agreement is None else said | {"agreement": round(agreement, 4)}
