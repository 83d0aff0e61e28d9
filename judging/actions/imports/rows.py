"""The rows of an import's files, one after another, each with the identity that its item has in the dataset."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from judging.core.items import ItemRow, RowProblem, item_key, question_key
from judging.core.readers import FileRefused, detect_format, read_rows


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


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A row with the key of its item and the file it is from."""

    source: Source
    row: ItemRow
    key: str


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


@dataclass(slots=True)
class Identities:
    """Keys given so far: ids must be new, and the same question of the same model is counted."""

    _places: dict[str, tuple[str, int]] = field(default_factory=dict)
    _occurrences: dict[bytes, int] = field(default_factory=dict)

    def key_of(self, source: Source, row: ItemRow) -> str | FileProblem:
        """The key of the next row."""
        key = item_key(row, 0 if row.key else self._occurrence(row))
        if key in self._places:
            name, line = self._places[key]
            where = f"line {line}" if name == source.file.name else f"{name}, line {line}"
            message = f"The id {key!r} was already used ({where}). Give each row its own id, or none."
            return FileProblem(source.file.name, row.line, message)
        self._places[key] = (source.file.name, row.line)
        return key

    def _occurrence(self, row: ItemRow) -> int:
        asked = sha256(f"{question_key(row.turns)}\x1f{row.model}".encode()).digest()[:16]
        count = self._occurrences.get(asked, 0)
        self._occurrences[asked] = count + 1
        return count


def keyed_rows(sources: Iterable[Source]) -> Iterator[KeyedRow | FileProblem]:
    """Every row of every file. A file that cannot be read further ends in a fatal problem."""
    identities = Identities()
    for source in sources:
        try:
            for row in read_rows(source.file.path, source.format):
                yield _keyed(source, row, identities)
        except FileRefused as refusal:
            yield FileProblem(source.file.name, refusal.line, refusal.message, fatal=True)


def _keyed(source: Source, row: ItemRow | RowProblem, identities: Identities) -> KeyedRow | FileProblem:
    if isinstance(row, RowProblem):
        return FileProblem(source.file.name, row.line, row.message)
    key = identities.key_of(source, row)
    return key if isinstance(key, FileProblem) else KeyedRow(source, row, key)
