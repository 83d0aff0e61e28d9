"""Several answers to one prompt with ratings: an item per answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import detect_format, read_rows
from judging.core.verdicts import Reason

ANSWER = {
    "model": "alpaca-7b",
    "response": "A",
    "overall_score": 7.5,
    "fine-grained_score": 4.25,
    "critique": "Good.",
    "annotations": {"honesty": {"Rating": "4", "Rationale": "R"}, "truthfulness": {"Rating": "N/A"}},
}
ROW = {"source": "evol", "instruction": "Q?", "models": ["alpaca-7b", "m"], "completions": [ANSWER]}


def read(folder: Path, *rows: dict[str, Any]) -> list[ItemRow | RowProblem]:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert detect_format(path) == "rated_answers"
    return list(read_rows(path, "rated_answers"))


def items(folder: Path, *rows: dict[str, Any]) -> list[ItemRow]:
    found = read(folder, *rows)
    assert all(isinstance(row, ItemRow) for row in found), found
    return [row for row in found if isinstance(row, ItemRow)]


def test_every_answer_is_an_item_of_its_model_with_its_scores(tmp_path: Path) -> None:
    other = {"model": "m", "response": "B", "overall_score": 3}
    first, second = items(tmp_path, ROW | {"completions": [ANSWER, other]})
    assert (first.turns, first.model, second.turns, second.model) == (
        (Turn("Q?", "A"),),
        "alpaca-7b",
        (Turn("Q?", "B"),),
        "m",
    )
    assert [(one.criterion, one.score, one.reason) for one in first.judgments] == [
        ("", 7.5, None),
        ("fine-grained_score", 4.25, None),
        ("honesty", 4.0, None),
        ("truthfulness", None, Reason.NO_VERDICT),
    ]
    assert first.judgments[2].detail == {"Rating": "4", "Rationale": "R"}
    assert [(one.criterion, one.score) for one in second.judgments] == [("", 3.0)]


def test_the_rest_is_kept_with_every_answer(tmp_path: Path) -> None:
    (row,) = items(tmp_path, ROW)
    assert row.extra == {"source": "evol", "models": ["alpaca-7b", "m"], "rated_answer": {"critique": "Good."}}


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ({"prompt": "Q?", "answers": [{"answer": "A", "model": "m", "rank": 1.0}]}, ["A"]),
        ({"prompt": "Q?", "responses": [{"text": "A", "rating": 4}, {"text": "B", "rating": "2.5"}]}, ["A", "B"]),
        ({"question": "Q?", "outputs": [{"content": "A", "generator": "m"}]}, ["A"]),
    ],
)
def test_other_names_of_the_list_and_the_texts(tmp_path: Path, row: dict[str, Any], answers: list[str]) -> None:
    found = items(tmp_path, row)
    assert [one.turns[0].answer for one in found] == answers


def test_ids_have_the_number_of_the_answer(tmp_path: Path) -> None:
    found = items(tmp_path, ROW | {"id": 7, "completions": [ANSWER, ANSWER]})
    assert [row.key for row in found] == ["7:1", "7:2"]


def test_prompt_without_answers_is_an_item_without_one(tmp_path: Path) -> None:
    empty, _ = items(tmp_path, ROW | {"completions": []}, ROW)
    assert (empty.has_answer, empty.turns, empty.judgments) == (False, (Turn("Q?"),), ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"completions": "A"}, "'completions' is text; write the list of answers as objects"),
        ({"completions": ["A"]}, "'completions' is a list"),
        ({"completions": None}, "'completions' is null"),
        ({"completions": [{"model": "m"}]}, "Answer 1 has no text"),
        ({"completions": [ANSWER | {"response": ["A"]}]}, "'response' is a list"),
        ({"completions": [ANSWER | {"overall_score": "good"}]}, "'overall_score' is 'good'; write a number, or N/A"),
        ({"completions": [ANSWER | {"overall_score": True}]}, "'overall_score' is True"),
        ({"completions": [ANSWER | {"overall_score": "inf"}]}, "'overall_score' is 'inf'"),
        ({"completions": [ANSWER | {"annotations": "x"}]}, "'annotations' is text"),
        ({"completions": [ANSWER | {"annotations": {"a": {"Rating": []}}}]}, "'a' is []"),
        ({"instruction": ""}, "The question is empty"),
        ({"instruction": None}, "The question is empty"),
    ],
)
def test_broken_rows_are_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    _, bad = read(tmp_path, ROW, ROW | change)
    assert isinstance(bad, RowProblem)
    assert (bad.line, message in bad.message) == (2, True), bad.message
