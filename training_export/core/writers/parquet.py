"""Parquet: row groups written as they fill, the same bytes for the same rows.

pyarrow is loaded when the first file is opened: it takes more memory than all the rest of an export.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

from judging.core.verdicts import Verdict
from training_export.core.records import Destination, Record
from training_export.core.writers.base import Writer, WriterOptions, WrittenFile, verdict_file_name
from training_export.core.writers.qa_jsonl import OPTIONAL, qa_texts

ROW_GROUP = 10_000
SHARD = 500_000
TEXT, FLAG, WHOLE, NUMBER, MESSAGES = "text", "flag", "whole", "number", "messages"
Columns = Mapping[str, str]
ITEM: Columns = dict.fromkeys(("id", "question", "answer", "reference", *OPTIONAL, "extra"), TEXT)


def parquet_writer(folder: Path, options: WriterOptions) -> Writer:
    """Three verdict files."""
    return VerdictParquet(folder, options)


class ParquetFile:
    """A Parquet file that counts its rows. `name` is the file's name in the export."""

    def __init__(self, path: Path, columns: Columns, *, name: str = "") -> None:
        import pyarrow
        from pyarrow import parquet

        self.path = path
        self.rows = 0
        self.changed = 0
        self._name = name or path.name
        self._schema = schema_of(pyarrow, columns)
        self._file = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._batch: Callable[..., Any] = pyarrow.RecordBatch.from_pylist
        self._waiting: list[Mapping[str, Any]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) >= ROW_GROUP:
            self._write()

    def close(self) -> WrittenFile:
        """Finish the file."""
        self._write()
        self._file.close()
        with self.path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        return WrittenFile(name=self._name, rows=self.rows, bytes=self.path.stat().st_size, sha256=digest)

    def _write(self) -> None:
        if not self._waiting:
            return
        rows, self._waiting = self._waiting, []
        try:
            batch = self._batch(rows, schema=self._schema)
        except UnicodeEncodeError:
            batch = self._batch([self._whole(row) for row in rows], schema=self._schema)
        self._file.write_batch(batch)

    def _whole(self, value: Any) -> Any:
        """Without halves of characters, which UTF-8 cannot hold: they are escaped as in the other formats."""
        if isinstance(value, str):
            text = value.encode(errors="backslashreplace").decode()
            self.changed += text != value
            return text
        if isinstance(value, Mapping):
            return {name: self._whole(inner) for name, inner in value.items()}
        return [self._whole(inner) for inner in value] if isinstance(value, list) else value


class ParquetShards:
    """One side of a split as numbered files, each of at most SHARD rows."""

    def __init__(self, folder: Path, side: str, columns: Columns) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self._side, self._columns = folder, side, columns
        self._done: list[WrittenFile] = []
        self._file = self._open()
        self.rows = 0

    @property
    def path(self) -> Path:
        """The file that takes the next row."""
        return self._file.path

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row, in a new file where the last one is full."""
        if self._file.rows >= SHARD:
            self._done.append(self._file.close())
            self._file = self._open()
        self._file.add(row)
        self.rows += 1

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        return [*self._done, self._file.close()]

    def _open(self) -> ParquetFile:
        name = f"{self._side}-{len(self._done):05}.parquet"
        return ParquetFile(self._folder / name, self._columns, name=f"{self._folder.name}/{name}")


class VerdictParquet:
    """The items by verdict, in the columns of qa_jsonl; keys of the items' own files are JSON in `extra`."""

    def __init__(self, folder: Path, options: WriterOptions) -> None:
        names = {verdict: Path(verdict_file_name(verdict, options)).with_suffix(".parquet") for verdict in Verdict}
        self._files = {verdict: ParquetFile(folder / name, ITEM) for verdict, name in names.items()}

    def write(self, record: Record, destination: Destination) -> None:
        """Add the record to the file of its verdict."""
        if isinstance(destination, Verdict):
            self._files[destination].add(item_row(record))

    def checks(self) -> Mapping[str, Any]:
        """Texts that had to change."""
        return {"texts_changed": sum(file.changed for file in self._files.values())}

    def close(self) -> list[WrittenFile]:
        """Finish all three."""
        return [file.close() for file in self._files.values()]


def item_row(record: Record) -> dict[str, str | None]:
    """An item's columns; null where it has nothing. What came as JSON text in a column `extra` leaves as it came."""
    extra = record.extra
    if set(extra) == {"extra"} and isinstance(extra["extra"], str | None):
        text: str | None = extra["extra"]
    else:
        text = json.dumps(extra, ensure_ascii=False) if extra else None
    return dict.fromkeys(ITEM) | qa_texts(record) | {"extra": text}


def schema_of(pyarrow: Any, columns: Columns) -> Any:
    """Arrow's types of these columns."""
    message = pyarrow.struct([("role", pyarrow.string()), ("content", pyarrow.string())])
    types = {
        TEXT: pyarrow.string(),
        FLAG: pyarrow.bool_(),
        WHOLE: pyarrow.int64(),
        NUMBER: pyarrow.float64(),
        MESSAGES: pyarrow.list_(message),
    }
    return pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
