"""The rows of an import's files, one after another, each with the identity that its item has in the dataset."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from judging.core.items import ItemRow, RowProblem, generated_key, question_key
from judging.core.keys_seen import KeysSeen
from judging.core.readers import JOINED, MAPPED, Columns, FileRefused, FileToRead, detect_format, read_files
from judging.core.readers.encodings import BadEncoding, copy_in_utf8
from judging.core.readers.packed import is_packed, unpacked


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to import. `shown` is what people know it as, where that is not its path: an upload.

    `encoding` is what somebody said that its text is in; without that it is UTF-8.
    """

    path: Path
    shown: str = ""
    encoding: str = ""

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
    columns: Columns = ()


class KeyedRow(NamedTuple):
    """A row with the key of its item, the key of its question, and the file it is from."""

    source: Source
    row: ItemRow
    key: str
    question_key: str


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What the columns of the files are. `kept`: as the dataset has it from before, for the files that have them."""

    columns: Columns = ()
    kept: bool = False


NO_COLUMNS = ColumnMap()


def source_of(file: InputFile, format_name: str, columns: ColumnMap = NO_COLUMNS) -> Source | FileProblem:
    """What the file is, or why it cannot be read."""
    try:
        with in_utf8(file) as path:
            form, used = _form(path, format_name, columns)
            return Source(file, form, checksum(file.path), used)
    except FileRefused as refusal:
        return FileProblem(file.name, refusal.line, refusal.message, fatal=True)


def _form(path: Path, format_name: str, columns: ColumnMap) -> tuple[str, Columns]:
    """The format, and of the columns that were named those that hold for this file."""
    if columns.kept and not _has(path, format_name, columns.columns):
        return format_name or detect_format(path), ()
    return format_name or detect_format(path, columns.columns), columns.columns


def _has(path: Path, format_name: str, columns: Columns) -> bool:
    """Whether a file has the columns that an earlier one had."""
    if not columns or (format_name and format_name not in MAPPED):
        return False
    try:
        detect_format(path, columns)
    except FileRefused:
        return False
    return True


@contextmanager
def in_utf8(file: InputFile) -> Iterator[Path]:
    """Where the text of a file can be read: in a copy where it is packed or in another encoding. FileRefused where it
    is not."""
    packed = is_packed(file.path)
    if not file.encoding and not packed:
        yield file.path
        return
    with TemporaryDirectory(prefix="evalsite-") as folder:
        try:
            path = unpacked(file.path, Path(folder, "unpacked")) if packed else file.path
            path = copy_in_utf8(path, file.encoding, Path(folder, "text")) if file.encoding else path
        except BadEncoding as error:
            raise FileRefused(error.line, error.message) from None
        except OSError as error:
            raise FileRefused(0, f"The file cannot be opened: {error.strerror}. Check the path.") from None
        yield path


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
    """Keys given so far: ids must be new, and the same question of the same model is counted."""

    def __init__(self) -> None:
        self._seen = KeysSeen()
        self._occurrences: dict[int, int] = {}
        self._files: list[str] = []
        self._source: Source | None = None

    def keyed(self, source: Source, row: ItemRow) -> KeyedRow | FileProblem:
        """The next row with its key."""
        asked = question_key(row.turns)
        key = row.key or generated_key(asked, row.model, 0)
        place = self._file_number(source) << _LINE_BITS | row.line
        before = self._seen.first_place(key, place)
        if before and not row.key:
            key = self._next_key(key, asked, row.model)
            before = self._seen.first_place(key, place)
        if before:
            return FileProblem(source.file.name, row.line, self._used_twice(key, source, before))
        return KeyedRow(source, row, key, asked)

    def _next_key(self, first: str, asked: str, model: str) -> str:
        """The key of the next occurrence, where that of the first is taken."""
        short = hash(first)
        occurrence = self._occurrences[short] = self._occurrences.get(short, 0) + 1
        return generated_key(asked, model, occurrence)

    def _file_number(self, source: Source) -> int:
        """From 1."""
        if self._source is not source:
            self._source = source
            self._files.append(source.file.name)
        return len(self._files)

    def _used_twice(self, key: str, source: Source, place: int) -> str:
        name, line = self._files[(place >> _LINE_BITS) - 1], place & ((1 << _LINE_BITS) - 1)
        where = f"line {line}" if name == source.file.name else f"{name}, line {line}"
        return f"The id {key!r} was already used ({where}). Give each row its own id, or none."


def keyed_rows(sources: Iterable[Source]) -> Iterator[KeyedRow | FileProblem]:
    """Every row of every file. A file that cannot be read further ends in a fatal problem."""
    identities = Identities()
    for group in _groups(sources):
        by_path: dict[Path, Source] = {}
        try:
            with ExitStack() as copies:
                by_path |= {copies.enter_context(in_utf8(source.file)): source for source in group}
                files = [FileToRead(source.format, path, source.columns) for path, source in by_path.items()]
                for path, row in read_files(files):
                    yield _keyed(by_path, path, row, identities)
        except FileRefused as refusal:
            refused = by_path.get(refusal.path, group[-1]) if refusal.path else group[-1]
            yield FileProblem(refused.file.name, refusal.line, refusal.message, fatal=True)


def _groups(sources: Iterable[Source]) -> list[list[Source]]:
    """Files that are read one by one, and those that make sense together only."""
    sources = list(sources)
    joined = [source for source in sources if source.format in JOINED]
    alone = [[source] for source in sources if source.format not in JOINED]
    return [*alone, joined] if joined else alone


def _keyed(
    by_path: Mapping[Path, Source], path: Path, row: ItemRow | RowProblem, identities: Identities
) -> KeyedRow | FileProblem:
    source = by_path[path]
    if isinstance(row, RowProblem):
        return FileProblem(source.file.name, row.line, row.message)
    if row.judgments and source.file.path != path:
        row = _of_originals(row, {str(path): str(source.file.path) for path, source in by_path.items()})
    return identities.keyed(source, row)


def _of_originals(row: ItemRow, originals: Mapping[str, str]) -> ItemRow:
    """The row with words from the files that were given, not from their copies in UTF-8."""
    return replace(
        row,
        judgments=tuple(replace(said, file=originals.get(said.file, said.file)) for said in row.judgments),
        replies=tuple(replace(reply, file=originals.get(reply.file, reply.file)) for reply in row.replies),
    )
