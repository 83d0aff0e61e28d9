"""FastChat's questions, answers, references and judgments."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import FileRefused, FileToRead, detect_format, read_files, read_rows
from judging.core.verdicts import Reason, Scored, Unscored

QUESTION = {"question_id": 81, "category": "math", "turns": ["Q1", "Q2"], "required_temperature": 0.1}
SINGLE = {"question_id": 81, "model": "m", "judge": ["gpt-4", "single-v1"], "judgment": "[[9]]", "score": 9, "turn": 1}
PAIR = {
    "question_id": 81,
    "model_1": "m",
    "model_2": "n",
    "judge": ["gpt-4", "pair-v2"],
    "turn": 1,
    "g1_winner": "model_1",
    "g2_winner": "model_1",
    "g1_judgment": "[[A]]",
    "g2_judgment": "[[B]]",
}


def answer(model: str, *turns: str) -> dict[str, Any]:
    return {"question_id": 81, "answer_id": "x", "model_id": model, "choices": [{"index": 0, "turns": list(turns)}]}


def written(folder: Path, name: str, *rows: Any) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def read(*paths: Path) -> list[ItemRow | RowProblem]:
    return [row for _, row in read_files([FileToRead(detect_format(path), path) for path in paths])]


def only(*paths: Path) -> ItemRow:
    (row,) = read(*paths)
    assert isinstance(row, ItemRow), row
    return row


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return written(tmp_path, "question.jsonl", QUESTION)


def test_questions_alone_are_items_without_answers(questions: Path) -> None:
    assert only(questions) == ItemRow(
        line=1,
        turns=(Turn("Q1"), Turn("Q2")),
        key="81",
        category="math",
        has_answer=False,
        extra={"required_temperature": 0.1},
    )


def test_answers_and_references_find_their_questions(questions: Path, tmp_path: Path) -> None:
    answers = written(tmp_path, "model_answer/m.jsonl", answer("m", "old", "old"), answer("m", "A1", "A2"))
    references = written(tmp_path, "reference_answer/gpt-4.jsonl", answer("gpt-4", "R1", "R2"))
    row = only(answers, references, questions)
    assert row.turns == (Turn("Q1", "A1", "R1"), Turn("Q2", "A2", "R2"))
    assert (row.key, row.model, row.extra["answer_id"]) == ("81:m", "m", "x")


def test_scores_of_two_turns_are_two_criteria(questions: Path, tmp_path: Path) -> None:
    second = SINGLE | {"turn": 2, "score": 4.5, "judgment": "[[4.5]]"}
    row = only(questions, written(tmp_path, "gpt-4_single.jsonl", SINGLE, second))
    assert [(said.criterion, said.score, said.judge) for said in row.judgments] == [
        ("turn_1", 9.0, "gpt-4"),
        ("turn_2", 4.5, "gpt-4"),
    ]
    assert [(reply.part, reply.text) for reply in row.replies] == [("turn_1", "[[9]]"), ("turn_2", "[[4.5]]")]


def test_minus_one_is_no_score(questions: Path, tmp_path: Path) -> None:
    row = only(questions, written(tmp_path, "j.jsonl", SINGLE | {"score": -1}))
    assert row.judgment is not None
    assert (row.judgment.score, row.judgment.value, row.judgment.reason) == (None, "", Reason.NO_VERDICT)
    assert row.replies[0].reading == Unscored(Reason.NO_VERDICT)


def test_both_turns_may_share_a_line(questions: Path, tmp_path: Path) -> None:
    line = {"question_id": 81, "model_id": "m", "judge_id": "j", "score_turn1": 8.0, "score_turn2": -1}
    row = only(questions, written(tmp_path, "j.jsonl", line | {"judgment_turn1": "8", "judgment_turn2": "?"}))
    assert [(said.criterion, said.score) for said in row.judgments] == [("turn_1", 8.0), ("turn_2", None)]


@pytest.mark.parametrize(
    ("winners", "value", "reason"),
    [
        (("model_1", "model_1"), "A", None),
        (("model_2", "model_2"), "B", None),
        (("tie", "tie"), "tie", None),
        (("model_1", "model_2"), "", Reason.INCONSISTENT),
        (("model_1", "tie"), "", Reason.INCONSISTENT),
        (("error", "model_1"), "", Reason.NO_VERDICT),
    ],
)
def test_a_pair_is_won_in_both_orders(
    questions: Path, tmp_path: Path, winners: tuple[str, str], value: str, reason: Reason | None
) -> None:
    answers = written(tmp_path, "model_answer/all.jsonl", answer("m", "A1"), answer("n", "B1"))
    games = written(tmp_path, "p.jsonl", PAIR | {"g1_winner": winners[0], "g2_winner": winners[1]})
    row = next(row for row in read(questions, answers, games) if isinstance(row, ItemRow) and row.kind == "pair")
    assert (row.model, row.model_b, row.turns[0].answer, row.turns_b[0].answer) == ("m", "n", "A1", "B1")
    assert row.judgment is not None
    assert (row.judgment.value, row.judgment.reason, row.judgment.score) == (value, reason, None)


def test_positions_of_the_second_game_are_turned_back(questions: Path, tmp_path: Path) -> None:
    game = {"question_id": 81, "model_a": "m", "model_b": "n", "judge_id": "j", "winner_ab": "B", "winner_ba": "A"}
    row = only(questions, written(tmp_path, "p.jsonl", game | {"judgment_ab": "x", "judgment_ba": "y", "turn": 2}))
    assert row.judgment is not None
    assert (row.judgment.value, row.judgment.criterion) == ("B", "turn_2")
    assert [(reply.part, reply.reading) for reply in row.replies] == [
        ("turn_2_ab", Scored("B")),
        ("turn_2_ba", Scored("B")),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question_id": 7}, "no question '7'"),
        ({"question_id": None}, "no 'question_id'"),
        ({"score": "nine"}, "'score' is text"),
        ({"score": -2}, "'score' is -2"),
        ({"score": True}, "'score' is True"),
        ({"turn": 0}, "'turn' is 0"),
        ({"turn": "one"}, "'turn' is 'one'"),
        ({"model": ""}, "no 'model'"),
        ({"judgment": ["x"]}, "'judgment' is a list"),
        ({"judge": {"a": 1}}, "'judge' is an object"),
        ({"judge": [["x"]]}, "'judge' is a list"),
    ],
)
def test_bad_judgments_are_named(questions: Path, tmp_path: Path, change: dict[str, Any], message: str) -> None:
    found = read(questions, written(tmp_path, "j.jsonl", SINGLE | {"turn": 2}, SINGLE | change))
    problem = next(row for row in found if isinstance(row, RowProblem))
    assert problem.line == 2
    assert message in problem.message


def test_two_scores_of_one_turn_are_a_problem(questions: Path, tmp_path: Path) -> None:
    (problem,) = read(questions, written(tmp_path, "j.jsonl", SINGLE, SINGLE))
    assert isinstance(problem, RowProblem)
    assert "twice in turn_1" in problem.message


@pytest.mark.parametrize("winner", ["model_3", None, 1, ["tie"]])
def test_unknown_winner_is_a_problem(questions: Path, tmp_path: Path, winner: Any) -> None:
    problem = read(questions, written(tmp_path, "p.jsonl", PAIR | {"g2_winner": winner}))[0]
    assert isinstance(problem, RowProblem)
    assert "The winner is" in problem.message


@pytest.mark.parametrize("turns", [[], "Q", [1], None])
def test_question_without_texts_is_a_problem(tmp_path: Path, turns: Any) -> None:
    path = written(tmp_path, "question.jsonl", QUESTION, {"question_id": 82, "turns": turns})
    assert "'turns' is no list of texts" in str(read(path)[0])


def test_question_asked_twice_is_a_problem(tmp_path: Path) -> None:
    assert "already asked (line 1)" in str(read(written(tmp_path, "question.jsonl", QUESTION, QUESTION))[0])


def test_answers_without_their_questions_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "m.jsonl", answer("m", "A"))
    with pytest.raises(FileRefused, match=r"m\.jsonl names questions by number"):
        read(path)
    with pytest.raises(FileRefused, match=r"Import question\.jsonl"):
        list(read_rows(path, "fastchat_answer"))
