"""Texts without a question."""

import json
from pathlib import Path

import pytest

from judging.core.items import ItemRow, RowProblem, Turn, question_key
from judging.core.readers import FileRefused, detect_format, read_rows


def written(path: Path, *entries: object) -> Path:
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    return path


def test_a_text_is_an_item_without_a_question(tmp_path: Path) -> None:
    entry = {"id": "p1", "text": "A page.", "model": "m", "context": "c", "target": "r", "language": "en"}
    path = written(tmp_path / "pages.jsonl", entry)
    assert detect_format(path) == "texts"
    (row,) = read_rows(path, "texts")
    assert row == ItemRow(
        line=1, turns=(Turn("", "A page.", "r"),), key="p1", model="m", context="c", extra={"language": "en"}
    )


def test_different_texts_have_different_keys_and_the_same_text_the_same() -> None:
    first, second = (question_key((Turn("", text),)) for text in ("one", "two"))
    assert first != second
    assert question_key((Turn("", "one"),)) == first
    assert question_key((Turn("Q", "one"),)) == question_key((Turn("Q", "two"),))


def test_a_file_with_questions_is_none_of_texts(tmp_path: Path) -> None:
    assert detect_format(written(tmp_path / "qa.jsonl", {"question": "Q?", "text": "t", "answer": "a"})) == "qa_jsonl"
    with pytest.raises(FileRefused):
        detect_format(written(tmp_path / "other.jsonl", {"body": "t"}))


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"text": " "}, "There is no text"),
        ({"title": "t"}, "There is no text"),
        ({"text": ["a"]}, "'text' is a list; write it as text."),
        ({"text": "t", "id": "i" * 201}, "The id is longer than 200 characters."),
    ],
)
def test_says_what_is_wrong_with_a_text(entry: dict[str, object], sentence: str, tmp_path: Path) -> None:
    good, bad = read_rows(written(tmp_path / "t.jsonl", {"text": "fine"}, entry), "texts")
    assert isinstance(good, ItemRow)
    assert isinstance(bad, RowProblem)
    assert (bad.line, bad.message.startswith(sentence)) == (2, True)
