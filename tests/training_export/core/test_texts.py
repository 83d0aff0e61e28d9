"""Texts that nobody asked for leave as texts, so that they can come in again."""

import json
from dataclasses import replace
from pathlib import Path

from judging.core.items import ItemRow, Turn
from judging.core.readers import detect_format, read_rows
from training_export.core.records import Json, Record
from training_export.core.writers.label_studio import task_of
from training_export.core.writers.qa_jsonl import qa_line

TEXT = Record(key="k", position=1, turns=(Turn("", "A text."),), category="c", extra={"lang": "en"})


def test_line_of_a_text_has_no_question(tmp_path: Path) -> None:
    line = qa_line(TEXT)
    assert line == '{"id": "k", "text": "A text.", "category": "c", "lang": "en"}\n'
    stored = Json('""', '"A text."', '""', '""', '"lang": "en"')
    assert qa_line(replace(TEXT, json=stored)) == line
    path = tmp_path / "texts.jsonl"
    path.write_text(line)
    (row,) = read_rows(path, detect_format(path))
    assert isinstance(row, ItemRow)
    assert (row.key, row.turns, row.category, row.extra) == ("k", TEXT.turns, "c", TEXT.extra)


def test_task_of_a_text_has_no_question(tmp_path: Path) -> None:
    task = task_of(TEXT)
    assert task["data"] == {"key": "k", "text": "A text.", "category": "c"}
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([task]))
    (row,) = read_rows(path, detect_format(path))
    assert isinstance(row, ItemRow)
    assert (row.key, row.turns) == ("k", TEXT.turns)
