"""Damaged databases of promptfoo and workbooks: each is a sentence, and gives no row."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.judging.core.readers.test_malformed import DAMAGE, RESULT, check_named, database, sheet, written

# Changes that a text format alone can have.
OF_TEXT = {"cp932", "euc_jp", "gb18030", "utf-16", "utf-16-be without its mark", "utf-32", "half a character"}
# What an archive or a database bears: bytes before it, and places that hold nothing.
BORNE = {"an overlong byte", "a NUL byte", "NUL bytes for a block", "a gzip", "a broken zip"}
BYTES = sorted(DAMAGE.keys() - OF_TEXT - BORNE)


@pytest.mark.parametrize("damage", BYTES)
@pytest.mark.parametrize("form", ["xlsx", "promptfoo_db"])
def test_damaged_bytes_are_named(tmp_path: Path, form: str, damage: str) -> None:
    whole = sheet(["question"], ["Q"]) if form == "xlsx" else database(tmp_path / "whole.db")
    check_named(written(tmp_path, DAMAGE[damage](whole)), form)


def held(path: Path, results: Any, *, statement: str = "") -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE evals (id TEXT, created_at INTEGER, results TEXT, config TEXT)")
        connection.execute("INSERT INTO evals VALUES ('e1', 1, ?, '{}')", (results,))
        if statement:
            connection.execute(statement)
    connection.close()
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"score": "high"},
        {"score": []},
        {"prompt": 3},
        {"prompt": {"raw": 3}},
    ],
)
def test_a_damaged_result_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    held(tmp_path / "p.db", json.dumps({"version": 2, "results": [RESULT, RESULT | change], "table": {}}))
    check_named(tmp_path / "p.db", "promptfoo_db")


@pytest.mark.parametrize("result", [7, "x", None, [], True])
def test_what_is_no_result_is_named(tmp_path: Path, result: Any) -> None:
    held(tmp_path / "p.db", json.dumps({"version": 2, "results": [result], "table": {}}))
    check_named(tmp_path / "p.db", "promptfoo_db")


@pytest.mark.parametrize("statement", ["DROP TABLE evals", "ALTER TABLE evals RENAME COLUMN results TO other"])
def test_a_database_of_something_else_is_named(tmp_path: Path, statement: str) -> None:
    held(tmp_path / "p.db", "{}", statement=statement)
    check_named(tmp_path / "p.db", "promptfoo_db")
