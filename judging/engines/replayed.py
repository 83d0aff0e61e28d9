"""Replies that a model gave elsewhere, on a machine without a network, read from the file that came back.

The file is JSON lines {"id", "part", "sample", "reply", "finish"}; `run_judge --write-prompts` writes what they answer.
It is read into a temporary database, so that the memory is flat and nothing is answered twice.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

from judging.core.items import RowProblem
from judging.core.reply_files import ReplyLine, reply_lines
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineError, EngineOptions, EngineReply, Request

TABLE = """
CREATE TABLE reply (
    key TEXT, part TEXT, sample INTEGER, line INTEGER, text TEXT, finish TEXT, item INTEGER,
    PRIMARY KEY (key, part, sample)
)
"""


class Recording:
    """The replies of one file by item, part and sample. `problems` names the lines that cannot be taken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[RowProblem] = []
        # An empty name: a database on disk that nobody else sees and that ends with its connection.
        self._rows = sqlite3.connect("")
        self._rows.execute(TABLE)
        with path.open("rb") as file:
            self.sha256 = file_digest(file, "sha256").hexdigest()
        for line in reply_lines(path):
            self.problems += [line] if isinstance(line, RowProblem) else self._taken(line)
        self._rows.execute("CREATE INDEX by_item ON reply (item, part, sample)")

    def _taken(self, line: ReplyLine) -> list[RowProblem]:
        row = (str(line.id), line.part, line.sample, line.line, line.reply, line.finish)
        try:
            self._rows.execute("INSERT INTO reply VALUES (?, ?, ?, ?, ?, ?, NULL)", row)
        except sqlite3.IntegrityError:
            first = self._rows.execute("SELECT line FROM reply WHERE key = ? AND part = ? AND sample = ?", row[:3])
            return [
                RowProblem(
                    line.line,
                    f"{_named(*row[:3])} has a reply in line {first.fetchone()[0]} already. Keep one of them.",
                )
            ]
        return []

    def keys(self) -> Iterator[str]:
        """The different ids of the file."""
        with closing(self._rows.cursor()) as rows:
            for (key,) in rows.execute("SELECT DISTINCT key FROM reply ORDER BY key"):
                yield key

    def join(self, items: Mapping[str, int]) -> None:
        """Say which items some ids are."""
        self._rows.executemany("UPDATE reply SET item = ? WHERE key = ?", [(pk, key) for key, pk in items.items()])

    def unjoined(self, parts: Iterable[str], samples: int, limit: int) -> list[RowProblem]:
        """The first lines that answer nothing that was asked."""
        asked = list(parts)
        marks = ", ".join("?" * len(asked))
        found = self._rows.execute(
            f"SELECT line, key, part, sample, item FROM reply WHERE item IS NULL OR sample >= ? "  # noqa: S608 - marks
            f"OR part NOT IN ({marks}) ORDER BY line LIMIT ?",
            [samples, *asked, limit],
        )
        return [RowProblem(line, _unknown(key, part, sample, item)) for line, key, part, sample, item in found]

    def reply(self, item: int, part: str, sample: int) -> tuple[str, str] | None:
        """Text and finish of one reply; None where the file has none."""
        query = "SELECT text, finish FROM reply WHERE item = ? AND part = ? AND sample = ?"
        row: tuple[str, str] | None = self._rows.execute(query, (item, part, sample)).fetchone()
        return row

    def close(self) -> None:
        """Forget the replies."""
        self._rows.close()


def _named(key: str, part: str, sample: int) -> str:
    return f"Item {key!r}{f', part {part!r}' if part else ''}, sample {sample}"


def _unknown(key: str, part: str, sample: int, item: int | None) -> str:
    why = "is not in the dataset" if item is None else "was not asked by this judge"
    return f"{_named(key, part, sample)} {why}. Take the replies to the prompts that --write-prompts wrote."


class ReplayedEngine:
    """Answers from a recording."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """What was recorded, in the order of the requests; what was not is unscored."""
        for request in requests:
            found = self._recording.reply(*request.id)
            if found is None:
                missing = Unscored(Reason.NOT_RECORDED, "The file has no reply to this prompt.")
                yield EngineReply(id=request.id, failure=missing)
            else:
                yield EngineReply(id=request.id, text=found[0], finish=found[1])

    def versions(self) -> dict[str, str]:
        """Which file it was."""
        return {"replies": self._recording.sha256}

    def close(self) -> None:
        """Nothing: the recording belongs to whoever opened it."""


def replayed_engine(options: EngineOptions) -> ReplayedEngine:
    """A worker has no file to answer from."""
    raise EngineError("Recorded replies are read where their file lies: manage.py run_judge ... --replies FILE.")
