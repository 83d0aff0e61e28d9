"""Questions with choices: MMLU's table, its dialects, JSON, and samples of lm-evaluation-harness."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import detect_format, read_rows
from judging.core.verdicts import Verdict


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def read(path: Path, form: str) -> list[ItemRow | RowProblem]:
    assert detect_format(path) == form
    return list(read_rows(path, form))


def only(path: Path, form: str) -> ItemRow:
    (row,) = read(path, form)
    assert isinstance(row, ItemRow), row
    return row


def test_table_without_a_header_is_mmlu(tmp_path: Path) -> None:
    path = written(tmp_path / "anatomy_test.csv", '"骨は, どれ?",一,二,三,四,C\n')
    assert only(path, "mmlu") == ItemRow(
        line=1,
        turns=(Turn("骨は, どれ?"),),
        category="anatomy",
        has_answer=False,
        extra={"part": "test"},
        choices=("一", "二", "三", "四"),
        gold_choice="C",
    )


@pytest.mark.parametrize(
    ("table", "gold"),
    [
        ("question,A,B,C,D,answer\nQ,a,b,c,d,B\n", ["B"]),
        ("\ufeffquestion,A,B,C,D,answer\nQ,a,b,c,d,b\n", ["B"]),
        (",question,A,B,C,D,answer\n7,Q,a,b,c,d,B\n", ["B"]),
        ("question,choice0,choice1,choice2,choice3,answer\nQ,a,b,c,d,1\n", ["B"]),
        ("question,choice1,choice2,choice3,choice4,answer\nQ,a,b,c,d,1\n", ["A"]),
        ("question,option_a,option_b,option_c,option_d,answer\nQ,a,b,c,d,4\nQ,a,b,c,d,1\n", ["D", "A"]),
        ("question,option_a,option_b,option_c,option_d,answer\nQ,a,b,c,d,3\nQ,a,b,c,d,0\n", ["D", "A"]),
        ("question,A,B,answer\nQ,yes,no,no\n", ["B"]),
        ("question,subject,choices,answer\nQ,law,\"['a', 'b']\",1\n", ["B"]),
        ("id,question,A,B,C,D,answer\n1,Q,a,b,c,d,D\n", ["D"]),
        ("Q,0,0,1,2,B\nQ,a,b,c,d,A\n", ["B", "A"]),
        ("0,Q,a,b,c,d,B\n1,Q,a,b,c,d,A\n", ["B", "A"]),
    ],
)
def test_dialects_with_a_header(tmp_path: Path, table: str, gold: list[str]) -> None:
    rows = read(written(tmp_path / "x.csv", table), "mmlu")
    assert [row.gold_choice for row in rows if isinstance(row, ItemRow)] == gold


@pytest.mark.parametrize(
    ("table", "line", "says"),
    [
        ("Q,a,b,c,d,A\nQ,a,b,c,d,E\n", 2, "'answer' is 'E'"),
        ("Q,a,b,c,d,A\nQ,a,b,c,A\n", 2, "5 cells"),
        ("Q,a,b,c,d,A\n,a,b,c,d,A\n", 2, "question is empty"),
        ('Q,a,b,c,d,A\n"Q,a,b,c,d,A\n', 2, "breaks in the row"),
        ("question,choice0,choice1,answer\nQ,a,b,2\nQ,a,b,0\n", 2, "'answer' is '2'"),
        ("question,choices,answer\nQ,[a],0\n", 2, "cannot be decoded"),
        ("question,choices,answer\nQ,\"['a']\",0\n", 2, "1 choices"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, table: str, line: int, says: str) -> None:
    found = [row for row in read(written(tmp_path / "x.csv", table), "mmlu") if isinstance(row, RowProblem)]
    assert found[0].line == line
    assert says in found[0].message


def test_json_with_choices(tmp_path: Path) -> None:
    entry = {"question": "Q", "choices": ["x", "y", "z"], "answer": 2, "subject": "geo", "dataset_type": "mcq_qa"}
    row = only(written(tmp_path / "a.jsonl", json.dumps(entry) + "\n"), "choices")
    assert (row.choices, row.gold_choice, row.category) == (("x", "y", "z"), "C", "geo")
    assert row.extra == {"dataset_type": "mcq_qa"}


def test_inspect_sample_with_choices(tmp_path: Path) -> None:
    entry = {"input": "Q", "choices": ["x", "y"], "target": "B", "id": 4, "metadata": {"a": 1}}
    row = only(written(tmp_path / "a.jsonl", json.dumps(entry) + "\n"), "choices")
    assert (row.gold_choice, row.key, row.extra) == ("B", "4", {"metadata": {"a": 1}})


@pytest.mark.parametrize("answer", [3, -1, 1.5, True, ["A"], "Z", "\u00b2"])
def test_answer_that_is_no_choice_is_a_problem(tmp_path: Path, answer: Any) -> None:
    entry = {"question": "Q", "choices": ["x", "y", "z"], "answer": answer}
    (row,) = read(written(tmp_path / "a.jsonl", json.dumps(entry) + "\n"), "choices")
    assert isinstance(row, RowProblem)
    assert "'answer' is" in row.message


SAMPLE = {
    "doc_id": 3,
    "doc": {"question": "Q", "choices": ["x", "y"], "answer": 1},
    "target": "1",
    "arguments": [["Q A.", " x"], ["Q A.", " y"]],
    "resps": [[["-2.5", "False"]], [["-0.5", "True"]]],
    "filtered_resps": [["-2.5", "False"], ["-0.5", "True"]],
    "doc_hash": "h",
    "acc": 1.0,
}


def test_sample_of_a_choice_has_the_likeliest_as_its_answer(tmp_path: Path) -> None:
    row = only(written(tmp_path / "samples.jsonl", json.dumps(SAMPLE) + "\n"), "lm_eval")
    assert (row.key, row.choices, row.gold_choice, row.turns) == ("3", ("x", "y"), "B", (Turn("Q", "y"),))
    assert row.extra["doc_hash"] == "h"
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.score) == (Verdict.CLEAN, 1.0)


def test_sample_of_a_generation(tmp_path: Path) -> None:
    sample = {
        "doc_id": 0,
        "doc": {"prob": "1+1"},
        "target": "2",
        "arguments": {"gen_args_0": {"arg_0": "Q: 1+1\nA:", "arg_1": {"until": []}}},
        "filtered_resps": ["3"],
        "filter": "strict-match",
        "exact_match": 0.0,
    }
    row = only(written(tmp_path / "samples.jsonl", json.dumps(sample) + "\n"), "lm_eval")
    assert (row.key, row.turns[0]) == ("0:strict-match", Turn("Q: 1+1\nA:", "3", "2"))
    assert row.judgment is not None
    assert row.judgment.verdict == Verdict.WRONG


def test_sample_without_a_question_is_a_problem(tmp_path: Path) -> None:
    path = written(tmp_path / "samples.jsonl", json.dumps({"doc_id": 1, "doc": {}}) + "\n")
    (row,) = read(path, "lm_eval")
    assert isinstance(row, RowProblem)
    assert "neither a question" in row.message


def test_real_tables_come_in(shared_data: Path) -> None:
    tables = sorted((shared_data / "mmlu").rglob("*.csv"))
    assert len(tables) > 30
    for table in tables:
        rows = read(table, "mmlu")
        assert all(isinstance(row, ItemRow) and len(row.choices) == 4 and row.gold_choice for row in rows), table
