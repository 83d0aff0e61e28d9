"""Files of annotation tools, and pairs."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers import detect_format, read_rows
from judging.core.verdicts import PersonVerdict, Verdict

CLEAN = PersonWord(verdict=PersonVerdict.CLEAN)
WRONG = PersonWord(verdict=PersonVerdict.WRONG)


def read(folder: Path, form: str, *rows: Any) -> list[ItemRow | RowProblem]:
    path = folder / "export.json"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    assert detect_format(path) == form
    return list(read_rows(path, form))


def only(folder: Path, form: str, *rows: Any) -> ItemRow:
    (row,) = read(folder, form, *rows)
    assert isinstance(row, ItemRow), row
    return row


def chosen(label: str, **more: Any) -> dict[str, Any]:
    return {"result": [{"type": "choices", "from_name": "v", "value": {"choices": [label]}}], **more}


def task(*annotations: Any, **more: Any) -> dict[str, Any]:
    return {"id": 7, "data": {"question": "Q", "answer": "A", "page": 3}, "annotations": list(annotations), **more}


def test_annotation_is_a_persons_word_and_prediction_a_machines(tmp_path: Path) -> None:
    prediction = chosen("Wrong", model_version="m", score=0.75)
    row = only(tmp_path, "label_studio", task(chosen("正しい", completed_by=1), predictions=[prediction]))
    assert (row.key, row.turns, row.person, row.extra["page"]) == ("7", (Turn("Q", "A"),), CLEAN, 3)
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.score, row.judgment.judge) == (Verdict.WRONG, 0.75, "m")
    assert row.extra["label_studio"]["annotations"][0]["completed_by"] == 1


@pytest.mark.parametrize(
    "annotations",
    [
        [],
        [chosen("wrong", was_cancelled=True)],
        [chosen("maybe")],
        [chosen("wrong"), chosen("clean")],
        [{"result": []}],
        [1, 2],
    ],
)
def test_what_is_no_single_verdict_is_kept_and_not_guessed(tmp_path: Path, annotations: list[Any]) -> None:
    row = only(tmp_path, "label_studio", task(*annotations))
    assert (row.person, row.extra["label_studio"]["annotations"]) == (None, annotations)


def test_flat_form_has_the_choice_beside_the_texts(tmp_path: Path) -> None:
    entry = {"id": 1, "question": "Q", "answer": "A", "verdict": "Incorrect", "annotator": 2, "annotation_id": 9}
    row = only(tmp_path, "label_studio", entry | {"lead_time": 3.5})
    assert (row.key, row.person, row.extra["lead_time"]) == ("1", WRONG, 3.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"annotations": "x"}, "'annotations' is no list"),
        ({"annotations": [None]}, "'annotations' is no list"),
        ({"annotations": [{"result": "x"}]}, "'result' is text"),
        ({"predictions": [{"score": "x"}]}, "'score' is text"),
        ({"data": "x"}, "'data' is text"),
        ({"data": {"answer": "A"}}, "There is no question"),
        ({"data": {"question": ""}}, "question is empty"),
    ],
)
def test_broken_tasks_are_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    found = read(tmp_path, "label_studio", task(), task() | change)
    assert isinstance(found[1], RowProblem)
    assert found[1].line == 2
    assert message in found[1].message


RECORD = {
    "id": "r1",
    "prompt": "Q",
    "response": "A",
    "verdict.responses": ["wrong", "clean"],
    "verdict.responses.users": ["u1", "u2"],
    "verdict.responses.status": ["draft", "submitted"],
    "verdict.suggestion": "wrong",
    "verdict.suggestion.agent": "gpt",
}


def test_submitted_response_is_a_persons_word_and_suggestion_a_machines(tmp_path: Path) -> None:
    row = only(tmp_path, "argilla", RECORD)
    assert (row.key, row.turns, row.person) == ("r1", (Turn("Q", "A"),), CLEAN)
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.judge, row.judgment.criterion) == (Verdict.WRONG, "gpt", "")
    assert row.extra["verdict.responses.users"] == ["u1", "u2"]


def test_several_suggestions_are_criteria(tmp_path: Path) -> None:
    row = only(tmp_path, "argilla", RECORD | {"style.suggestion": 4})
    assert [(said.criterion, said.verdict, said.score) for said in row.judgments] == [
        ("verdict", Verdict.WRONG, None),
        ("style", None, 4.0),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict.responses": "clean"}, "'verdict.responses' is text"),
        ({"verdict.suggestion": True}, "'verdict.suggestion' is true or false"),
        ({"prompt": ""}, "question is empty"),
        ({"prompt": {"a": 1}}, "'prompt' is an object"),
    ],
)
def test_broken_records_are_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    found = read(tmp_path, "argilla", RECORD, RECORD | change)
    assert isinstance(found[1], RowProblem)
    assert message in found[1].message


@pytest.mark.parametrize(
    ("entry", "extra"),
    [
        ({"input": "Q", "output_1": "A", "output_2": "B", "label": 1}, {"label": 1}),
        ({"instruction": "Q", "response1": "A", "response2": "B", "annotator1": 2}, {"annotator1": 2}),
        ({"question": "Q", "answer_a": "A", "answer_b": "B"}, {}),
    ],
)
def test_two_answers_are_a_pair(tmp_path: Path, entry: dict[str, Any], extra: dict[str, Any]) -> None:
    row = only(tmp_path, "pairs", entry)
    assert (row.kind, row.turns, row.turns_b, row.extra) == ("pair", (Turn("Q", "A"),), (Turn("Q", "B"),), extra)


def test_models_of_a_pair_are_named(tmp_path: Path) -> None:
    row = only(tmp_path, "pairs", {"question": "Q", "answer_a": "A", "answer_b": None, "model_a": "m", "model_b": "n"})
    assert (row.model, row.model_b, row.has_answer) == ("m", "n", False)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"question": "Q", "answer_a": "A"}, "no two answers"),
        ({"question": "Q", "answer_a": ["A"], "answer_b": "B"}, "'answer_a' is a list"),
        ({"answer_a": "A", "answer_b": "B"}, "There is no question"),
    ],
)
def test_broken_pairs_are_named(tmp_path: Path, entry: dict[str, Any], message: str) -> None:
    found = read(tmp_path, "pairs", {"question": "Q", "answer_a": "A", "answer_b": "B"}, entry)
    assert isinstance(found[1], RowProblem)
    assert message in found[1].message


@pytest.mark.parametrize(
    ("header", "cells", "form", "answers"),
    [
        ("question,response_a,response_b,model_a,model_b", '問?,"A, quoted",B,m,n', "pairs", ("A, quoted", "B")),
        ("prompt,chosen,rejected", "問?,良い,悪い", "preference", ("良い", "悪い")),
    ],
)
def test_tables_hold_pairs_and_preferences_too(
    tmp_path: Path, header: str, cells: str, form: str, answers: tuple[str, str]
) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(f"{header}\n{cells}\n", encoding="utf-8")
    assert detect_format(path) == form
    (row,) = read_rows(path, form)
    assert isinstance(row, ItemRow)
    assert (row.kind, row.turns[0], row.turns_b[0].answer) == ("pair", Turn("問?", answers[0]), answers[1])


def test_an_empty_cell_is_no_answer_of_a_pair(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("question,chosen,rejected\nQ,A,\nQ,A,B\n")
    first, second = read_rows(path, detect_format(path))
    assert isinstance(first, RowProblem)
    assert (first.line, first.message[:22]) == (2, "There is no 'rejected'")
    assert isinstance(second, ItemRow)


def test_what_messages_of_a_preference_say_beside_their_words_is_kept(tmp_path: Path) -> None:
    asked, said = {"role": "user", "content": "Q"}, {"role": "assistant", "content": "A", "reasoning_content": "hm"}
    other = [{"role": "assistant", "content": "B"}]
    row = only(tmp_path, "preference", {"prompt": [asked], "chosen": [said], "rejected": other})
    assert (row.turns, row.extra) == ((Turn("Q", "A"),), {"chosen": [said]})
