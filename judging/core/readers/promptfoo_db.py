"""promptfoo's database `promptfoo.db`, opened for reading only: every evaluation in it.

Older evaluations keep their results as one value, later ones in rows of their own, where a person's rating is a
component of the grade.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.files import FileRefused
from judging.core.readers.json_records import MAX_DOCUMENT
from judging.core.readers.promptfoo import Evaluation, evaluation_of, evaluation_rows

MAGIC = b"SQLite format 3\x00"
VERSION_OF_ROWS = 4


def is_database(path: Path) -> bool:
    """Whether the file is an SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise FileRefused(0, f"The file cannot be opened: {error.strerror}. Check the path.") from None


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per result of every evaluation. The database is opened for reading only."""
    try:
        with closing(_opened(path)) as database:
            yield from _database_rows(database)
    except sqlite3.Error as error:
        raise FileRefused(0, f"The database cannot be read ({error}). Copy promptfoo.db again.") from None


def evaluations(path: Path) -> list[str]:
    """The ids of the evaluations in the database, the oldest first. FileRefused where it is none of promptfoo's."""
    try:
        with closing(_opened(path)) as database:
            _tables(database)
            return [str(row[0]) for row in database.execute("SELECT id FROM evals ORDER BY created_at, id")]
    except sqlite3.Error as error:
        raise FileRefused(0, f"The database cannot be read ({error}). Copy promptfoo.db again.") from None


def read_evaluation(path: Path, name: str) -> Iterator[ItemRow | RowProblem]:
    """One item per result of the evaluation of this id; none where there is no such evaluation."""
    try:
        with closing(_opened(path)) as database:
            tables = _tables(database)
            for (results,) in database.execute("SELECT results FROM evals WHERE id = ?", (name,)):
                yield from _evaluation_rows(database, tables, name, results)
    except sqlite3.Error as error:
        raise FileRefused(0, f"The database cannot be read ({error}). Copy promptfoo.db again.") from None


def _opened(path: Path) -> sqlite3.Connection:
    # Its own journal may lie in a folder that nobody may write to.
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    database = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)
    database.row_factory = sqlite3.Row
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_DOCUMENT)
    return database


def _tables(database: sqlite3.Connection) -> set[str]:
    """The names of the tables; FileRefused where promptfoo's are not among them."""
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "evals" not in tables:
        raise FileRefused(
            0, "The database has no table 'evals'; it is not promptfoo's. Import ~/.promptfoo/promptfoo.db."
        )
    return tables


def _database_rows(database: sqlite3.Connection) -> Iterator[ItemRow | RowProblem]:
    tables, number = _tables(database), 0
    for line in database.execute("SELECT id, results FROM evals ORDER BY created_at, id"):
        for row in _evaluation_rows(database, tables, str(line["id"]), line["results"]):
            number += 1
            yield row


def _evaluation_rows(
    database: sqlite3.Connection, tables: set[str], name: str, results: Any
) -> Iterator[ItemRow | RowProblem]:
    summary = _decoded(results)
    if isinstance(summary, dict) and isinstance(summary.get("results"), list) and summary["results"]:
        yield from evaluation_rows(evaluation_of(summary, name))
    elif "eval_results" in tables:
        rows = database.execute("SELECT * FROM eval_results WHERE eval_id = ? ORDER BY test_idx, prompt_idx", (name,))
        found = [_result(dict(row)) for row in rows]
        yield from evaluation_rows(Evaluation(name, VERSION_OF_ROWS, found, {}))


_NAMES = {"latency_ms": "latencyMs", "grading_result": "gradingResult", "named_scores": "namedScores"}
_NAMES |= {"test_idx": "testIdx", "prompt_idx": "promptIdx", "test_case": "testCase", "failure_reason": "failureReason"}
_DECODED = {"test_case", "prompt", "provider", "response", "grading_result", "named_scores", "metadata"}


def _result(columns: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the database in the form that exports have."""
    values = {name: _decoded(value) if name in _DECODED else value for name, value in columns.items()}
    case = values.get("test_case")
    result = {_NAMES.get(name, name): value for name, value in values.items() if name != "eval_id"}
    result["vars"] = case.get("vars", {}) if isinstance(case, dict) else {}
    if result.get("success") in (0, 1):
        result["success"] = bool(result["success"])
    return result


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
