"""Files that are one object, a leaf of the taxonomy or a database: values of any kind never stop their readers."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import READERS, FileRefused, detect_format, read_rows
from tests.judging.core.readers.shapes import ABSENT, ASKED, PART, VALUES, changed, places
from tests.judging.core.readers.test_malformed import HEADER, RESULT, SAMPLE, database, dumped, eval_log

GRADING = {"pass": True, "score": 1, "reason": "x", "comment": "c", "componentResults": [PART]}
CELL = {"pass": True, "score": 1, "text": "12 V", "prompt": "ポンプは?", "gradingResult": GRADING}
TABLE = {"head": {"prompts": [{"raw": "Q", "provider": "p"}], "vars": ["q"]}, "body": [{"outputs": [CELL]}]}
FULL = SAMPLE | {
    "input": ASKED,
    "choices": ["a", "b"],
    "target": "A",
    "scores": {"m": {"value": 0.5, "explanation": "e", "answer": "a"}},
    "output": {"completion": "x", "choices": [{"message": {"role": "assistant", "content": "x"}}], "error": "e"},
    "attachments": {"h": "t"},
    "error": {"message": "m"},
    "score": {"value": "C"},
}
PAIRS = [{"question": f"Q{number}", "answer": f"A{number}"} for number in range(5)]
SKILL = {
    "version": 2,
    "task_description": "d",
    "created_by": "c",
    "seed_examples": [{**one, "context": "c"} for one in PAIRS],
}
KNOWLEDGE = {
    "version": 3,
    "domain": "d",
    "document_outline": "o",
    "created_by": "c",
    "document": {"repo": "r", "commit": "c", "patterns": ["x"]},
    "seed_examples": [{"context": f"c{number}", "questions_and_answers": PAIRS[:3]} for number in range(5)],
}


def leaf(value: Any) -> bytes:
    return yaml.safe_dump(json.loads(json.dumps(value)), allow_unicode=True, sort_keys=False).encode()


DOCUMENTS: list[tuple[str, dict[str, Any], Callable[[Any], bytes]]] = [
    ("promptfoo", {"evalId": "e", "results": {"version": 3, "results": [RESULT | {"gradingResult": GRADING}]}}, dumped),
    ("promptfoo", {"results": {"version": 2, "results": [RESULT], "table": TABLE}}, dumped),
    (
        "inspect_log",
        {**HEADER, "eval": {"task": "t", "model": "m", "config": {"epochs": 2}}, "samples": [SAMPLE]},
        dumped,
    ),
    ("inspect_log", {**HEADER, "samples": [FULL]}, dumped),
    ("inspect_log", FULL, lambda sample: eval_log(dumped(sample))),
    (
        "judge_bench",
        {"annotations": [{"metric": "fluency"}], "instances": [{"id": "i", "instance": {"a": "x"}, "annotations": {}}]},
        dumped,
    ),
    ("taxonomy", SKILL, leaf),
    ("taxonomy", KNOWLEDGE, leaf),
]


def check(path: Path, form: str) -> None:
    try:
        rows = list(read_rows(path, form))
    except FileRefused as refusal:
        rows = [RowProblem(refusal.line, refusal.message)]
    for row in rows:
        if isinstance(row, RowProblem):
            assert row.line >= 1, row
            assert row.message.endswith("."), row
            assert row.message.isprintable(), row
            continue
        assert all(isinstance(turn.question, str) and isinstance(turn.answer, str) for turn in row.turns)
        assert max(len(row.key), len(row.model), len(row.category)) <= 200
        assert all(len(said.criterion) <= 100 and len(said.value) <= 100 for said in row.judgments)
        assert all(said.score is None or abs(said.score) < float("inf") for said in row.judgments)
    try:
        assert detect_format(path) in READERS
    except FileRefused as refusal:
        assert refusal.message.endswith("."), refusal  # noqa: PT017 a sentence, whatever it is


@pytest.mark.parametrize(("form", "good", "written"), DOCUMENTS, ids=[f"{each[0]}" for each in DOCUMENTS])
def test_every_value_may_be_of_another_kind(
    tmp_path: Path, form: str, good: dict[str, Any], written: Callable[[Any], bytes]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(written(good))
    assert any(isinstance(row, ItemRow) for row in read_rows(path, form))
    for place in places(good):
        # The first of several entries that are alike tells of them all.
        if any(isinstance(name, int) and name > 0 for name in place):
            continue
        for value in VALUES[::2] if len(place) > 2 else VALUES:
            path.write_bytes(written(changed(good, place, value)))
            check(path, form)


COLUMNS = {
    "id": "r1",
    "eval_id": "e1",
    "test_idx": 0,
    "prompt_idx": 0,
    "success": 1,
    "score": 1.0,
    "prompt": json.dumps({"raw": "Q"}),
    "provider": json.dumps({"id": "p"}),
    "response": json.dumps({"output": "A"}),
    "test_case": json.dumps({"vars": {"question": "Q"}}),
    "grading_result": json.dumps(GRADING),
    "named_scores": "{}",
    "error": None,
}
CELLS: list[Any] = [
    None,
    0,
    -1,
    1.5,
    2**60,
    "",
    "x",
    "[]",
    "[1]",
    "{}",
    "null",
    "3",
    '{"raw": 3}',
    '{"id": []}',
    b"\xff",
]


def of_rows(path: Path, columns: dict[str, Any]) -> Path:
    """A database that keeps its results in rows of their own."""
    path.write_bytes(database(path, json.dumps({"version": 4, "results": [], "prompts": []})))
    names = ", ".join(COLUMNS)
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE eval_results ({names})")
        marks = ", ".join("?" * len(columns))
        connection.execute(f"INSERT INTO eval_results VALUES ({marks})", tuple(columns.values()))
    connection.close()
    return path


def test_the_good_database_is_read(tmp_path: Path) -> None:
    rows = list(read_rows(of_rows(tmp_path / "p.db", COLUMNS), "promptfoo_db"))
    assert [type(row) for row in rows] == [ItemRow]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_cell_of_a_database_may_hold_anything(tmp_path: Path, name: str) -> None:
    for number, cell in enumerate(CELLS):
        check(of_rows(tmp_path / f"{number}.db", COLUMNS | {name: cell}), "promptfoo_db")


def test_absent_is_no_value() -> None:
    assert ABSENT in VALUES
