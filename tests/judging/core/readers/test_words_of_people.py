"""What people said in files of annotation tools and lists of battles, each under their name."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, NamedWord, Turn
from judging.core.readers import detect_format, read_rows

TEXTS = {"question": "Q", "answer": "A"}


def only(folder: Path, form: str, *rows: Any, name: str = "export.json") -> ItemRow:
    path = folder / name
    path.write_text(json.dumps(rows) if name.endswith("json") else rows[0], encoding="utf-8")
    assert detect_format(path) == form
    (row,) = read_rows(path, form)
    assert isinstance(row, ItemRow), row
    return row


def table(*rows: list[str]) -> str:
    file = StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def region(control: str, kind: str, **value: Any) -> dict[str, Any]:
    return {"from_name": control, "to_name": "t", "type": kind, "value": value}


def annotated(*regions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"completed_by": {"id": 3, "email": "kim@example.org"}, "result": list(regions), **more}


def said(row: ItemRow) -> list[tuple[str, str, str]]:
    return [(word.by, word.criterion, word.value or " | ".join(word.parts)) for word in row.words]


def test_everybodys_choices_ratings_and_numbers_are_words_under_their_names(tmp_path: Path) -> None:
    first = annotated(region("verdict", "choices", choices=["Correct"]), region("help", "rating", rating=4))
    second = annotated(region("score", "number", number=7.5), completed_by=8)
    row = only(tmp_path, "label_studio", {"id": 1, "data": TEXTS, "annotations": [first, second]})
    assert said(row) == [
        ("kim@example.org", "verdict", "Correct"),
        ("kim@example.org", "help", "4"),
        ("annotator 8", "score", "7.5"),
    ]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (region("c", "choices", choices=["math", "code"]), "math | code"),
        (region("t", "taxonomy", taxonomy=[["A", "B"]]), "A / B"),
        (region("t", "taxonomy", taxonomy=[["A", "B"], ["C"]]), "A / B | C"),
        (region("p", "pairwise", selected="left"), "A"),
        (region("p", "pairwise", selected="right"), "B"),
    ],
)
def test_several_choices_paths_and_sides_are_words(tmp_path: Path, given: dict[str, Any], word: str) -> None:
    row = only(tmp_path, "label_studio", {"id": 1, "data": TEXTS, "annotations": [annotated(given)]})
    assert said(row) == [("kim@example.org", given["from_name"], word)]


@pytest.mark.parametrize(
    "annotation",
    [
        annotated(region("verdict", "choices", choices=["wrong"]), was_cancelled=True),
        annotated(region("label", "labels", start=0, end=3, text="abc", labels=["X"])),
        annotated(region("why", "textarea", text=["because"])),
        annotated(region("r", "ranker", ranker={"rank": ["a", "b"]})),
        {"ground_truth": True, "result": [region("verdict", "choices", choices=["wrong"])]},
        {"result": None},
    ],
)
def test_skipped_tasks_spans_and_free_texts_are_no_words(tmp_path: Path, annotation: dict[str, Any]) -> None:
    row = only(tmp_path, "label_studio", {"id": 1, "data": TEXTS, "annotations": [annotation]})
    assert (row.words, row.extra["label_studio"]["annotations"]) == ((), [annotation])


def test_comment_correction_time_and_seconds_go_with_the_word(tmp_path: Path) -> None:
    regions = [
        region("verdict", "choices", choices=["wrong"]),
        region("comment", "textarea", text=["too", "short"]),
        region("corrected_answer", "textarea", text=["B"]),
    ]
    annotation = annotated(*regions, created_at="2024-01-01T00:00:00Z", updated_at="2024-01-02T00:00:00Z", lead_time=3)
    row = only(tmp_path, "label_studio", {"id": 1, "data": TEXTS, "annotations": [annotation]})
    assert row.words == (
        NamedWord(
            value="wrong",
            criterion="verdict",
            by="kim@example.org",
            comment="too\nshort",
            correction={"answer": "B"},
            at="2024-01-02T00:00:00Z",
            seconds=3.0,
        ),
    )


FLAT = {
    **TEXTS,
    "id": 1,
    "topic": "math",
    "help": [{"rating": 4}],
    "annotator": 2,
    "annotation_id": 5,
    "lead_time": 1.5,
}


def test_controls_of_the_flat_form_stand_between_id_and_annotator(tmp_path: Path) -> None:
    other = FLAT | {"topic": {"choices": ["math", "code"]}, "annotator": "lee@example.org"}
    row = only(tmp_path, "label_studio", FLAT, other)
    assert said(row) == [
        ("annotator 2", "topic", "math"),
        ("annotator 2", "help", "4"),
        ("lee@example.org", "topic", "math | code"),
        ("lee@example.org", "help", "4"),
    ]


def test_table_of_label_studio_is_its_flat_form_with_json_in_cells(tmp_path: Path) -> None:
    header = ["answer", "question", "id", "verdict", "help", "annotator", "annotation_id", "lead_time"]
    cells = ["A", "Q", "1", "Correct", '[{"rating": 4}]', "kim@example.org", "5", "3.5"]
    row = only(tmp_path, "label_studio", table(header, cells), name="export.csv")
    assert said(row) == [("kim@example.org", "verdict", "Correct"), ("kim@example.org", "help", "4")]
    assert (row.key, row.turns, row.words[0].seconds) == ("1", (Turn("Q", "A"),), 3.5)


def answered(name: str, *responses: Any, users: tuple[str, ...] = (), states: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        f"{name}.responses": list(responses),
        f"{name}.responses.users": list(users) or None,
        f"{name}.responses.status": list(states) or None,
    }


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (region("help", "rating", rating=3), "3"),
        (region("topic", "choices", choices=["math"]), "math"),
        (region("topic", "choices", choices=["math", "code"]), ""),
        (region("label", "labels", start=0, end=3, labels=["X"]), ""),
    ],
)
def test_what_a_prediction_chose_is_its_value(tmp_path: Path, given: dict[str, Any], value: str) -> None:
    prediction = {"model_version": "m", "score": None, "result": [given]}
    row = only(tmp_path, "label_studio", {"id": 1, "data": TEXTS, "annotations": [], "predictions": [prediction]})
    assert [(said.judge, said.value, said.score) for said in row.judgments] == [("m", value, None)]
    assert row.words == ()


def test_every_submitted_response_is_a_word_of_its_user(tmp_path: Path) -> None:
    record = {"prompt": "Q", "response": "A", "id": "r"}
    record |= answered("quality", 4, 2, users=("u", "v"), states=("submitted", "submitted"))
    record |= answered("topic", ["a", "b"], ["b"], users=("u", "v"), states=("submitted", "draft"))
    record |= answered("comment", "fine", "poor", users=("u", "v"), states=("submitted", "submitted"))
    row = only(tmp_path, "argilla", record)
    assert said(row) == [("user u", "quality", "4"), ("user u", "topic", "a | b"), ("user v", "quality", "2")]
    assert [word.comment for word in row.words] == ["fine", "fine", "poor"]


@pytest.mark.parametrize(
    ("texts", "ranks", "word"),
    [
        ({"response1": "A", "response2": "B"}, [("response1", 2), ("response2", 1)], "B"),
        ({"response1": "A", "response2": "B"}, [("response1", 1), ("response2", 1)], "tie"),
        ({"response": "A"}, [("c", 1), ("a", 2), ("b", 2)], "c > a = b"),
        ({"response": "A"}, [("c", "1")], ""),
    ],
)
def test_rankings_are_votes_on_pairs_and_orders_of_more(
    tmp_path: Path, texts: dict[str, str], ranks: list[tuple[str, Any]], word: str
) -> None:
    ranking = [{"value": value, "rank": rank} for value, rank in ranks]
    row = only(tmp_path, "argilla", {"prompt": "Q", **texts, **answered("order", ranking, users=("u",))})
    assert said(row) == ([("user u", "order", word)] if word else [])


def test_records_of_the_first_version_name_their_users(tmp_path: Path) -> None:
    said_first = [{"user_id": "u", "value": 4, "status": "submitted"}, {"user_id": "v", "value": 1, "status": "draft"}]
    old = {"prompt": "Q", "response": "A", "quality": said_first, "quality-suggestion": 3}
    assert said(only(tmp_path, "argilla", old)) == [("user u", "quality", "4")]
    response = {"values": {"quality": {"value": 4}}, "status": "submitted", "user_id": "u"}
    nested = {"fields": {"prompt": "Q", "response": "A"}, "responses": [response], "suggestions": []}
    assert said(only(tmp_path, "argilla", nested)) == [("user u", "quality", "4")]


def test_winner_of_a_battle_is_a_persons_vote_and_lists_in_cells_are_turns(tmp_path: Path) -> None:
    header = ["id", "model_a", "model_b", "prompt", "response_a", "response_b", "winner_model_a", "winner_model_b"]
    cells = ["7", "m", "n", '["Q1", "Q2"]', '["a1", "a2"]', '["b1", null]', "0", "1"]
    row = only(tmp_path, "pairs", table([*header, "winner_tie"], [*cells, "0"]), name="train.csv")
    assert (row.key, row.model, row.model_b) == ("7", "m", "n")
    assert row.turns == (Turn("Q1", "a1"), Turn("Q2", "a2"))
    assert row.turns_b == (Turn("Q1", "b1"), Turn("Q2", ""))
    assert row.words == (NamedWord(value="B"),)


@pytest.mark.parametrize(
    ("more", "votes"),
    [
        ({"winner": "model_a", "judge": "arena_user_1"}, [("arena_user_1", "", "A")]),
        ({"winner": "tie (bothbad)"}, [("", "", "tie")]),
        ({"winner": "model_a", "judge": "gpt-4"}, []),
        ({"winner": "nobody"}, []),
        ({"winner": None}, []),
    ],
)
def test_votes_of_models_and_unknown_winners_are_no_words(
    tmp_path: Path, more: dict[str, Any], votes: list[tuple[str, str, str]]
) -> None:
    row = only(tmp_path, "pairs", {"prompt": "Q", "response_a": "a", "response_b": "b", **more})
    assert (said(row), row.extra["winner"]) == (votes, more["winner"])


@pytest.mark.parametrize("cell", ['["a", "b"', '["a", 1]', "[]", '["a", "b", "c"]', '["\\ud800"]'])
def test_cells_that_are_no_list_of_as_many_texts_stay_texts(tmp_path: Path, cell: str) -> None:
    row = only(tmp_path, "pairs", {"prompt": '["Q1", "Q2"]', "response_a": cell, "response_b": '["c", "d"]'})
    assert (row.turns, row.turns_b[0].answer) == ((Turn('["Q1", "Q2"]', cell),), '["c", "d"]')
