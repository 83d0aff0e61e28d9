"""Files of benchmarks and tools that other people keep, each in the form in which it is handed on."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import FileRefused, FileToRead, detect_format, read_files, read_rows


def written(path: Path, *entries: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n", encoding="utf-8")
    return path


def only(path: Path, form: str) -> ItemRow:
    assert detect_format(path) == form
    (row,) = read_rows(path, form)
    assert isinstance(row, ItemRow), row
    return row


@pytest.mark.parametrize(
    ("entry", "reference"),
    [
        ({"question": "Q?", "answer": "A", "ground_truths": ["a", "b"]}, "a\nb"),
        ({"question": "Q?", "best_answer": "a", "correct_answers": ["a", "b"]}, "a"),
        ({"Question": "Q?", "Best Answer": "a"}, "a"),
        ({"設問": "Q?", "回答": "A", "正解": "a"}, "a"),
        ({"質問": "Q?", "回答": "A", "模範回答": "a"}, "a"),
        ({"prompt": "Q?", "output": "A", "correct_answer": "a"}, "a"),
    ],
)
def test_other_names_of_a_reference(tmp_path: Path, entry: dict[str, Any], reference: str) -> None:
    row = only(written(tmp_path / "file.jsonl", entry), "qa_jsonl")
    assert (row.turns[0].question, row.turns[0].reference) == ("Q?", reference)


@pytest.mark.parametrize("name", ["model", "generator", "model_name", "response_model_name"])
def test_other_names_of_the_model(tmp_path: Path, name: str) -> None:
    assert only(written(tmp_path / "f.jsonl", {"input": "Q?", "response": "A", name: "m"}), "qa_jsonl").model == "m"


def test_passages_that_were_found_are_the_context(tmp_path: Path) -> None:
    entry = {"input": "Q?", "actual_output": "A", "retrieval_context": ["c", "d"]}
    assert only(written(tmp_path / "f.jsonl", entry), "qa_jsonl").context == "c\n\nd"


def test_a_pair_may_have_its_letters_in_capitals(tmp_path: Path) -> None:
    row = only(written(tmp_path / "f.jsonl", {"question": "Q?", "response_A": "a", "response_B": "b"}), "pairs")
    assert (row.turns[0].answer, row.turns_b[0].answer) == ("a", "b")


def read_together(*paths: Path) -> list[ItemRow | RowProblem]:
    return [row for _path, row in read_files([FileToRead(detect_format(path), path) for path in paths])]


def test_the_first_questions_of_fastchat_had_a_text(tmp_path: Path) -> None:
    question = written(tmp_path / "question.jsonl", {"question_id": 1, "text": "Q?", "category": "generic"})
    assert only(question, "fastchat_question").turns[0].question == "Q?"
    answer = {"question_id": 1, "text": "A", "answer_id": "x", "model_id": "m", "metadata": {}}
    (row,) = read_together(question, written(tmp_path / "answer.jsonl", answer))
    assert isinstance(row, ItemRow)
    assert [(turn.question, turn.answer) for turn in row.turns] == [("Q?", "A")]
    assert (row.key, row.model, row.extra) == ("1:m", "m", {"answer_id": "x", "metadata": {}})


def test_a_text_beside_turns_is_kept(tmp_path: Path) -> None:
    row = only(written(tmp_path / "q.jsonl", {"question_id": 1, "turns": ["Q?"], "text": "t"}), "fastchat_question")
    assert (row.turns[0].question, row.extra) == ("Q?", {"text": "t"})


def test_turns_of_arena_hard_are_objects_which_are_kept(tmp_path: Path) -> None:
    asked = {"question_id": "abc", "category": "hard", "turns": [{"content": "Q?"}]}
    said = [{"index": 0, "turns": [{"content": "A", "token_len": 5}]}]
    answer = {"question_id": "abc", "answer_id": "x", "model_id": "m", "choices": said}
    (row,) = read_together(written(tmp_path / "question.jsonl", asked), written(tmp_path / "m.jsonl", answer))
    assert isinstance(row, ItemRow)
    assert [(turn.question, turn.answer) for turn in row.turns] == [("Q?", "A")]
    assert row.extra == {"answer_id": "x", "choices": said, "turns": asked["turns"]}


@pytest.mark.parametrize("turn", [{"text": "Q?"}, {"content": ["Q?"]}, 1, None])
def test_a_turn_that_is_no_text_is_named(tmp_path: Path, turn: Any) -> None:
    (row,) = read_together(written(tmp_path / "question.jsonl", {"question_id": 1, "turns": [turn]}))
    assert isinstance(row, RowProblem)
    assert "is no list of texts" in row.message


@pytest.mark.parametrize("resps", [["It is 2"], [["It is 2"]], [["It is 2", "Two"]]])
@pytest.mark.parametrize("filtered", [["[invalid]"], [["[invalid]"]]])
def test_a_reply_in_which_a_filter_found_nothing_is_shown_as_it_was(tmp_path: Path, resps: Any, filtered: Any) -> None:
    sample = {"doc_id": 0, "doc": {"question": "1+1?"}, "target": "2", "resps": resps, "filtered_resps": filtered}
    row = only(written(tmp_path / "samples.jsonl", sample | {"exact_match": 0.0}), "lm_eval")
    assert row.turns[0].answer == "It is 2"


def test_a_comment_beside_a_person_s_own_grade_is_theirs(tmp_path: Path) -> None:
    part = {"pass": False, "score": 0, "assertion": {"type": "human"}, "comment": "No."}
    grade = {"pass": False, "score": 0, "componentResults": [part]}
    result = {"prompt": {"raw": "Q?"}, "vars": {}, "response": {"output": "A"}, "success": False, "score": 0}
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"results": {"version": 3, "results": [result | {"gradingResult": grade}]}}))
    person = only(path, "promptfoo").person
    assert person is not None
    assert person.comment == "No."


@pytest.mark.parametrize("name", ["data", "examples", "rows"])
def test_rows_in_one_object_are_named_by_their_list(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "file.json", {"version": "v2", name: [{"question": "Q?", "answer": "A"}]})
    with pytest.raises(FileRefused, match=f"The rows stand in the list '{name}' of one object"):
        detect_format(path)
