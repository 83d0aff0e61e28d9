"""What a writer is, and the files it writes: row by row, nothing whole in memory."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, Protocol

from judging.core.verdicts import Verdict
from training_export.core.grouping import Copies
from training_export.core.records import Destination, Need, Record, Source

JSONL, PARQUET, HUB = "jsonl", "parquet", "hub"
FILES = (JSONL, PARQUET, HUB)
REPORT, DROP = "report", "drop"
# Characters that wait before they are written together.
BLOCK = 1 << 17
# A text as JSON.
quoted = encode_basestring
MARGIN = "\n"
STEP = "    "


class PreparedEncoder(json.JSONEncoder):
    """JSON on one line, every character literal. What `json.dumps` makes anew for each value is made once."""

    def __init__(self) -> None:
        super().__init__(ensure_ascii=False, check_circular=False)
        self._pieces = c_make_encoder(None, self.default, quoted, None, ": ", ", ", False, False, True)

    def encode(self, o: Any) -> str:
        """The value as JSON."""
        return "".join(self._pieces(o, 0))


COMPACT = PreparedEncoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A finished file of an export."""

    name: str
    rows: int | None
    bytes: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """The form in manifest and database."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """What can be asked of formats that trainers read.

    `split` holds percentages of train/validation/test; rows with a text outside `min_chars` to `max_chars` are not
    written; `include_metadata` puts into every row where it comes from. `files`: lines of JSON, Parquet, or a folder
    for `datasets.load_dataset`. `near_copies`: whether rows that nearly repeat another are counted or dropped too.
    `max_similarity`: pairs whose sides share more of their shingles are not written.
    """

    split: tuple[int, ...] = ()
    include_metadata: bool = False
    min_chars: int = 1
    max_chars: int | None = None
    files: str = JSONL
    near_copies: str = ""
    max_similarity: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """The form in manifest and database; what was not asked for is not in it."""
        return {name: value for name, value in asdict(self).items() if value != getattr(NOTHING_ASKED, name)}


NOTHING_ASKED = TrainingOptions()


def training_options(stored: Mapping[str, Any]) -> TrainingOptions:
    """The options from their stored form, which may hold other keys too."""
    known = {field.name: stored[field.name] for field in fields(TrainingOptions) if field.name in stored}
    return TrainingOptions(**(known | {"split": tuple(known.get("split", ()))}))


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterOptions(TrainingOptions):
    """What files and rows depend on. `stamp` is the moment of the export, YYYY-MM-DD-HH-MM-SS; `title` the dataset's
    name; `judge` the judge's; `copies` which items belong together, where that was asked."""

    source: Source
    stamp: str
    title: str = ""
    judge: str = ""
    copies: Copies | None = None


class Writer(Protocol):
    """One format. Made by the factory in `training_export.core.writers.WRITERS`."""

    def write(self, record: Record, destination: Destination) -> None:
        """Write one record, which belongs to this verdict's file or is left out of them for this reason."""

    def checks(self) -> Mapping[str, Any]:
        """What the manifest should say of the rows; empty where there is nothing to say."""

    def close(self) -> list[WrittenFile]:
        """Finish the files."""


MakeWriter = Callable[[Path, WriterOptions], Writer]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can leave: how its writer is made, and what a record must hold for it.

    `for_training`: splits, lengths and metadata can be asked for. `by_question`: the answers to one question come
    together. `many_turns`: it can hold several turns. `people_only`: a judge's verdict has no place in it.
    `by_verdict`: an item's verdict decides whether and where it is written. `json_without`: its lines are made of an
    item's texts as JSON; with any of these keys among those that evalsite does not know, of the texts themselves.
    """

    make: MakeWriter
    needs: frozenset[Need] = frozenset()
    for_training: bool = False
    by_question: bool = False
    many_turns: bool = False
    people_only: bool = False
    by_verdict: bool = True
    json_without: frozenset[str] | None = None

    def needs_of(self, source: Source) -> frozenset[Need]:
        """What to read; raw replies are shown beside people's verdicts only."""
        return self.needs - {Need.REPLIES} if source == Source.JUDGE else self.needs


class OutputFile:
    """A file that counts and hashes what goes into it, so that nothing is read twice. `name`: of it in the export."""

    def __init__(self, path: Path, *, name: str = "") -> None:
        self.path = path
        self._name = name or path.name
        self.rows = 0
        self._bytes = 0
        self._hash = sha256()
        self._file = path.open("xb")
        self._texts: list[str] = []
        self._waiting = 0

    def put(self, text: str) -> None:
        """Add text as UTF-8. Halves of characters, which UTF-8 cannot hold, are escaped as JSON escapes them."""
        self._texts.append(text)
        self._waiting += len(text)
        if self._waiting >= BLOCK:
            self._write()

    def put_row(self, text: str) -> None:
        """Add a row."""
        self.rows += 1
        self._texts.append(text)
        self._waiting += len(text)
        if self._waiting >= BLOCK:
            self._write()

    def close(self) -> WrittenFile:
        """Finish the file and say what is in it."""
        self._write()
        self._file.close()
        return WrittenFile(name=self._name, rows=self.rows, bytes=self._bytes, sha256=self._hash.hexdigest())

    def _write(self) -> None:
        data = "".join(self._texts).encode(errors="backslashreplace")
        self._texts, self._waiting = [], 0
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)


class VerdictFiles:
    """Three JSONL files, one per verdict; `line` makes the line of a record."""

    def __init__(self, folder: Path, options: WriterOptions, line: Callable[[Record], str]) -> None:
        self._line = line
        self._files: dict[Destination, OutputFile] = {
            verdict: OutputFile(folder / verdict_file_name(verdict, options)) for verdict in Verdict
        }

    def write(self, record: Record, destination: Destination) -> None:
        """Add the record to the file of its verdict; a record that is left out is in none."""
        file = self._files.get(destination)
        if file is not None:
            file.put_row(self._line(record))

    def checks(self) -> Mapping[str, Any]:
        """Nothing to say."""
        return {}

    def close(self) -> list[WrittenFile]:
        """Finish all three, in the order clean, wrong, invalid."""
        return [file.close() for file in self._files.values()]


def verdict_file_name(verdict: Verdict, options: WriterOptions) -> str:
    """mdk's names: people's files carry the moment they left, the judge's do not."""
    middle = "" if options.source == Source.JUDGE else f"manual_{options.stamp}_"
    return f"dataset_{middle}{verdict.value}.jsonl"


def json_line(value: Any) -> str:
    """A line of JSONL, with every character literal."""
    return COMPACT.encode(value) + "\n"


def indented(value: Any, margin: str = MARGIN) -> str:
    """JSON with an indent of 4, as json.dumps lays it out, in a third of its time; `margin` begins every line.

    The encoder of the standard library makes circles of functions for every value, which stay in memory until they are
    looked for.
    """
    if isinstance(value, str):
        return quoted(value)
    if not value or not isinstance(value, dict | list | tuple):
        return COMPACT.encode(value)
    inner = margin + STEP
    if not isinstance(value, dict):
        return f"[{inner}{f',{inner}'.join([indented(part, inner) for part in value])}{margin}]"
    parts = [f"{quoted(name)}: {indented(part, inner)}" for name, part in value.items()]
    return f"{{{inner}{f',{inner}'.join(parts)}{margin}}}"


class JsonArray:
    """A JSON array with an indent of 4, written entry by entry."""

    def __init__(self, path: Path) -> None:
        self._file = OutputFile(path)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add an entry."""
        begin = f",{MARGIN}{STEP}" if self._file.rows else f"[{MARGIN}{STEP}"
        self._file.put_row(begin + indented(entry, MARGIN + STEP))

    def close(self) -> WrittenFile:
        """Finish the array."""
        self._file.put(f"{MARGIN}]" if self._file.rows else "[]")
        return self._file.close()
