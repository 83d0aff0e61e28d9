"""The files of every format that a trainer reads: rows by side of the split, and where each row comes from.

A row carries the trainer's columns and nothing else, unless --include-metadata asks for it. Line n of
provenance.jsonl belongs to the n-th row that was written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judging.core.verdicts import Verdict
from training_export.core.checks import TrainerChecks
from training_export.core.records import Destination, Origin, Record
from training_export.core.sides import SIDES, side_of
from training_export.core.writers.base import OutputFile, WriterOptions, WrittenFile, json_line

PROVENANCE = "provenance.jsonl"


@dataclass(frozen=True, slots=True)
class Example:
    """A row for a trainer. `texts` are what is learnt from, in the order of the format's fields."""

    row: Mapping[str, Any]
    texts: tuple[str, ...]
    question: str
    source: Mapping[str, Any]


class TrainingFiles:
    """One JSONL file per side of the split, and the provenance of their rows."""

    def __init__(self, folder: Path, options: WriterOptions, fields: tuple[str, ...]) -> None:
        self._options = options
        names = SIDES[len(options.split) or 1]
        self._files = {name: OutputFile(folder / f"{name}.jsonl") for name in names}
        self._provenance = OutputFile(folder / PROVENANCE)
        self.checks = TrainerChecks(fields, min_chars=options.min_chars, max_chars=options.max_chars)

    def add(self, example: Example) -> bool:
        """Write a row, unless the checks refuse it."""
        if not self.checks.take(example.texts):
            return False
        file = self._files[side_of(example.question, self._options.split)]
        row = {**example.row, "metadata": example.source} if self._options.include_metadata else example.row
        file.put_row(json_line(row))
        self._provenance.put_row(json_line({"file": file.path.name, "row": file.rows, **example.source}))
        return True

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        return [file.close() for file in (*self._files.values(), self._provenance)]


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
        return self._files.checks.as_json()

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
    return said | {name: text for name in ("category", "model") if (text := getattr(record, name))}
