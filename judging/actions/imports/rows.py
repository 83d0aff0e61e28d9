"""The rows of an import's files, one after another, each with the identity that its item has in the dataset."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from judging.core.items import ItemRow, RowProblem, generated_key, question_key
from judging.core.readers import JOINED, FileRefused, detect_format, read_files


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to import. `shown` is what people know it as, where that is not its path: an upload."""

    path: Path
    shown: str = ""

    @property
    def name(self) -> str:
        """What sentences call it."""
        return self.shown or str(self.path)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a line or entry of a file cannot be taken. `fatal`: the rest of the file was not even read."""

    file: str
    line: int
    message: str
    fatal: bool = False

    def as_json(self) -> dict[str, str | int]:
        """The form that commands print."""
        return {"file": self.file, "line": self.line, "message": self.message}

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was when it was planned."""

    file: InputFile
    format: str
    sha256: str


class KeyedRow(NamedTuple):
    """A row with the key of its item, the key of its question, and the file it is from."""

    source: Source
    row: ItemRow
    key: str
    question_key: str


def source_of(file: InputFile, format_name: str) -> Source | FileProblem:
    """What the file is, or why it cannot be read."""
    try:
        return Source(file, format_name or detect_format(file.path), checksum(file.path))
    except FileRefused as refusal:
        return FileProblem(file.name, refusal.line, refusal.message, fatal=True)


def checksum(path: Path) -> str:
    """SHA-256 of the bytes; FileRefused where they cannot be read."""
    digest = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise FileRefused(0, f"The file cannot be read: {error.strerror}.") from None
    return digest.hexdigest()


_LINE_BITS = 40


class Identities:
    """Keys given so far: ids must be new, and the same question of the same model is counted.

    Of a key only its hash and its place are held, so that a million rows fit into little memory.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._occurrences: dict[int, int] = {}
        self._files: list[str] = []
        self._source: Source | None = None

    def keyed(self, source: Source, row: ItemRow) -> KeyedRow | FileProblem:
        """The next row with its key."""
        asked = question_key(row.turns)
        key = row.key or self._next_key(asked, row.model)
        short = hash(key)
        if short in self._places:
            return FileProblem(source.file.name, row.line, self._used_twice(key, source, self._places[short]))
        self._places[short] = self._file_number(source) << _LINE_BITS | row.line
        return KeyedRow(source, row, key, asked)

    def _next_key(self, asked: str, model: str) -> str:
        """The key of the first occurrence, or of the next where that is taken."""
        first = generated_key(asked, model, 0)
        short = hash(first)
        if short not in self._places:
            return first
        occurrence = self._occurrences[short] = self._occurrences.get(short, 0) + 1
        return generated_key(asked, model, occurrence)

    def _file_number(self, source: Source) -> int:
        if self._source is not source:
            self._source = source
            self._files.append(source.file.name)
        return len(self._files) - 1

    def _used_twice(self, key: str, source: Source, place: int) -> str:
        name, line = self._files[place >> _LINE_BITS], place & ((1 << _LINE_BITS) - 1)
        where = f"line {line}" if name == source.file.name else f"{name}, line {line}"
        return f"The id {key!r} was already used ({where}). Give each row its own id, or none."


def keyed_rows(sources: Iterable[Source]) -> Iterator[KeyedRow | FileProblem]:
    """Every row of every file. A file that cannot be read further ends in a fatal problem."""
    identities = Identities()
    for group in _groups(sources):
        by_path = {source.file.path: source for source in group}
        try:
            for path, row in read_files([(source.format, source.file.path) for source in group]):
                yield _keyed(by_path[path], row, identities)
        except FileRefused as refusal:
            refused = by_path.get(refusal.path, group[-1]) if refusal.path else group[-1]
            yield FileProblem(refused.file.name, refusal.line, refusal.message, fatal=True)


def _groups(sources: Iterable[Source]) -> list[list[Source]]:
    """Files that are read one by one, and those that make sense together only."""
    sources = list(sources)
    joined = [source for source in sources if source.format in JOINED]
    alone = [[source] for source in sources if source.format not in JOINED]
    return [*alone, joined] if joined else alone


def _keyed(source: Source, row: ItemRow | RowProblem, identities: Identities) -> KeyedRow | FileProblem:
    if isinstance(row, RowProblem):
        return FileProblem(source.file.name, row.line, row.message)
    return identities.keyed(source, row)
