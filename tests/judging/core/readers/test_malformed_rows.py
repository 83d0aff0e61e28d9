"""Wrong rows behind a good one: each is a sentence with its line. Values of any kind never stop a reader."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import READERS, FileRefused, detect_format, read_rows
from judging.core.readers.fastchat import QUESTION, read_together
from tests.judging.core.readers.damaged_logs import OF_LOGS
from tests.judging.core.readers.damaged_rows import OF_TOOLS
from tests.judging.core.readers.shapes import SHAPES, VALUES, changed, places
from tests.judging.core.readers.test_every_reader import LINES, encoded
from tests.judging.core.readers.test_malformed_fastchat import ASKED

DAMAGED = OF_TOOLS | OF_LOGS
CASES = [
    (form, json.dumps(LINES[form] | change, ensure_ascii=False).encode(), said)
    for form, rows in DAMAGED.items()
    for change, said in rows
]
"""Format, the second line, and what is said of it."""

TABLES: list[tuple[str, bytes, int, str]] = [
    ("csv", b"Report\n\nquestion,answer\nQ,A\nQ,A,more\n", 5, "The row has 3 cells"),
    ("csv", b"Report\nof May\n\nquestion,answer\n,A\n", 5, "The question is empty"),
    ("csv", b'sep=;\nquestion;answer\nQ;A\n"Q;A\n', 4, "The table breaks"),
    ("csv", b"Report,May\nfrage,antwort\nQ,A\n", 1, "There is no question"),
    ("pairs", b"question,output_1,output_2\nQ,A,B\n,A,B\n", 3, "The question is empty"),
    ("pairs", b"question,output_1,output_2\nQ,A,B\nQ,A\n", 3, "The row has 2 cells"),
    ("pairs", b'question,output_1,output_2\nQ,A,B\n"Q,A,B\n', 3, "The table breaks"),
    ("pairs", b"question,output_1,output_1\nQ,A,B\n", 1, "Two columns are named 'output_1'"),
    ("preference", b"prompt,chosen,rejected\nQ,A,B\nQ,A,A\n", 3, "Chosen and rejected are the same"),
    ("preference", b"prompt,chosen,rejected\nQ,A,B\nQ,,B\n", 3, "There is no 'chosen'"),
    ("preference", b"prompt,chosen,rejected\nQ,A,B\n,A,B\n", 3, "There is no prompt"),
    ("preference", b"chosen,rejected\nA,B\n", 2, "There is no prompt"),
    (
        "label_studio",
        b"question,id,verdict,annotator,annotation_id\nQ,1,clean,a,2\n,2,clean,a,3\n",
        3,
        "question is empty",
    ),
    ("label_studio", b"question,id,annotator,annotation_id\nQ,1,a,2\nQ,1,a,2,3\n", 3, "The row has 5 cells"),
    ("chat", b'messages\n"[{""role"": ""user"", ""content"": ""Q""}]"\n[{role: user}]\n', 3, "'messages' is no list"),
    ("chat", b"messages\n[{'role' 'user'}]\n", 2, "'messages' is no list"),
    ("elyza", b"input,output,eval_aspect,score\nQ,A,x,5\nQ,A,x,high\n", 3, "'score' is 'high'"),
]


def found(path: Path, form: str) -> tuple[list[ItemRow], list[tuple[int, str]]]:
    """Rows, and problems with their lines; answers and judgments beside their question."""
    questions = path.parent / "question.jsonl"
    try:
        if form in {"fastchat_answer", "fastchat_reference", "fastchat_judgment"}:
            questions.write_text(json.dumps(ASKED))
            rows = [row for _, row in read_together([(QUESTION, questions), (form, path)])]
        else:
            rows = list(read_rows(path, form))
    except FileRefused as refusal:
        return [], [(refusal.line, refusal.message)]
    named = [(row.line, row.message) for row in rows if isinstance(row, RowProblem)]
    return [row for row in rows if isinstance(row, ItemRow)], named


@pytest.mark.parametrize(
    ("form", "second", "said"), CASES, ids=[f"{form}-{number}" for number, (form, _, _) in enumerate(CASES)]
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, form: str, second: bytes, said: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(encoded(form) + b"\n" + second + b"\n")
    _, problems = found(path, form)
    assert [line for line, _ in problems] == [2]
    assert said in problems[0][1]
    assert problems[0][1].endswith(".")


@pytest.mark.parametrize(("form", "content", "line", "said"), TABLES, ids=lambda value: str(value)[:40])
def test_a_wrong_row_of_a_table_is_named_with_its_line(
    tmp_path: Path, form: str, content: bytes, line: int, said: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    _, problems = found(path, form)
    assert [problem[0] for problem in problems] == [line]
    assert said in problems[0][1]


def test_shapes_are_good_rows(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    for form, row in SHAPES:
        path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
        if "spec" not in row and row.get("type") != "match":
            assert found(path, form)[1] == [], row
            assert found(path, form)[0], row


def texts(row: ItemRow) -> list[Any]:
    return [
        *(row.key, row.model, row.model_b, row.category, row.context, row.criteria),
        *(text for turn in (*row.turns, *row.turns_b) for text in (turn.question, turn.answer, turn.reference)),
    ]


def check(path: Path, form: str) -> None:
    rows, problems = found(path, form)
    for line, message in problems:
        assert line >= 1, message
        assert message.endswith("."), message
        assert message.isprintable(), message
    for row in rows:
        assert all(isinstance(text, str) for text in texts(row))
        assert all(len(text) <= 200 for text in texts(row)[:4])
        assert any(text.strip() for text in texts(row)[6:])
        for said in row.judgments:
            assert len(said.criterion) <= 100
            assert len(said.value) <= 100
            assert said.score is None or abs(said.score) < float("inf")
    try:
        assert detect_format(path) in READERS
    except FileRefused as refusal:
        assert refusal.message.endswith("."), refusal  # noqa: PT017 a sentence, whatever it is


@pytest.mark.parametrize("form", sorted({form for form, _ in SHAPES}))
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_values_of_any_kind_never_stop_a_reader(tmp_path: Path, form: str, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([row for name, row in SHAPES if name == form]))
    row = good
    for _ in range(data.draw(st.integers(1, 2))):
        row = changed(row, data.draw(st.sampled_from([*places(row), ("new",)])), data.draw(st.sampled_from(VALUES)))
    path = tmp_path / "file.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (good, row)), encoding="utf-8")
    check(path, form)


@pytest.mark.parametrize("form", sorted({form for form, _ in SHAPES}))
def test_every_value_may_be_of_another_kind(tmp_path: Path, form: str) -> None:
    path = tmp_path / "file.jsonl"
    for good in (row for name, row in SHAPES if name == form):
        for place in places(good):
            for value in VALUES[::2] if len(place) > 1 else VALUES:
                path.write_text(json.dumps(changed(good, place, value), ensure_ascii=False) + "\n", encoding="utf-8")
                check(path, form)
