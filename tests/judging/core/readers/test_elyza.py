"""Tasks in the shape of ELYZA-tasks-100."""

import json
from pathlib import Path

import pytest

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers import detect_format, read_rows


def read(path: Path) -> list[ItemRow | RowProblem]:
    assert detect_format(path) == "elyza"
    return list(read_rows(path, "elyza"))


def test_output_is_the_answer_and_the_aspect_the_criteria(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text('input,output,eval_aspect,note\n課題,"回答\n二行",- 1点減点,メモ\n')
    assert read(path) == [
        ItemRow(line=2, turns=(Turn("課題", "回答\n二行"),), criteria="- 1点減点", extra={"note": "メモ"})
    ]


def test_file_of_tasks_alone_has_no_answers(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text("input,eval_aspect\n課題,観点\n")
    (row,) = read(path)
    assert isinstance(row, ItemRow)
    assert not row.has_answer


def test_model_output_is_judged_against_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "gpt-4o.json"
    entry = {"input": "課題", "sample_output": "例", "model_output": "答", "eval_aspect": "観点", "score": 4}
    path.write_text(json.dumps([entry]))
    (row,) = read(path)
    assert isinstance(row, ItemRow)
    assert (row.turns[0], row.model) == (Turn("課題", "答", "例"), "gpt-4o")
    assert row.judgment == ImportedJudgment(verdict=None, score=4.0, detail={"score": 4})


@pytest.mark.parametrize("score", [0, 6, "x", True, [3], -1])
def test_score_off_the_scale_is_a_problem(tmp_path: Path, score: object) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps([{"input": "Q", "model_output": "A", "eval_aspect": "", "score": score}]))
    (row,) = read(path)
    assert isinstance(row, RowProblem)
    assert "from 1 to 5" in row.message


def test_reads_the_published_table(shared_data: Path) -> None:
    rows = read(shared_data / "elyza_tasks_100" / "elyza_tasks_100.csv")
    assert len(rows) == 100
    assert all(isinstance(row, ItemRow) and row.has_answer and row.criteria for row in rows)


@pytest.mark.parametrize("name", ["gpt-4o", "gemma-2-9b-it-Q8_0"])
def test_reads_graded_answers(shared_data: Path, name: str) -> None:
    rows = read(shared_data / "elyza_tasks_100" / "bench_elyza" / f"{name}.json")
    assert len(rows) == 100
    assert all(isinstance(row, ItemRow) and row.model == name and row.judgment for row in rows)
