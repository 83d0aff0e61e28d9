"""ELYZA-tasks-100 and files of its shape: a task, an answer, and what to look at when grading it (`eval_aspect`).

The published table has `input`, `output`, `eval_aspect`: the output is the answer that is judged. A file that also
has a `model_output` gives that as the answer and its `sample_output` (or `output`) as the reference; the model is named
by the file, and a `score` becomes the judgment of a judge that ran elsewhere, without a verdict: the file says no
threshold.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.fields import BadField, finished_row, missing_question, text_of
from judging.core.readers.json_records import Record
from judging.core.readers.records import objects_or_rows

COLUMNS = {"input", "output", "sample_output", "model_output", "eval_aspect", "score", "id", "category"}


def recognises(names: set[str]) -> bool:
    """Whether an object or a table with these names has the shape."""
    return {"input", "eval_aspect"} <= names


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per task."""
    for record in objects_or_rows(path):
        yield record if isinstance(record, RowProblem) else _row(record, path.stem)


def _row(record: Record, stem: str) -> ItemRow | RowProblem:
    data = record.value
    try:
        if "input" not in data:
            raise BadField(missing_question(data))
        turn, has_answer = _turn(data)
        return finished_row(
            ItemRow(
                line=record.number,
                turns=(turn,),
                key=text_of("id", data.get("id")),
                model=stem if "model_output" in data else "",
                category=text_of("category", data.get("category")),
                criteria=text_of("eval_aspect", data.get("eval_aspect")),
                has_answer=has_answer,
                extra={name: value for name, value in data.items() if name not in COLUMNS},
                judgments=_judgments(data),
            )
        )
    except BadField as error:
        return RowProblem(record.number, str(error))


def _turn(data: Mapping[str, Any]) -> tuple[Turn, bool]:
    question = text_of("input", data["input"])
    if "model_output" in data:
        sample = "sample_output" if "sample_output" in data else "output"
        answer, reference = text_of("model_output", data["model_output"]), text_of(sample, data.get(sample))
    else:
        answer, reference = text_of("output", data.get("output")), text_of("sample_output", data.get("sample_output"))
    return Turn(question, answer, reference), bool(answer)


def _judgments(data: Mapping[str, Any]) -> tuple[ImportedJudgment, ...]:
    """The grade that the file gives an answer; a file without grades brings no judgment."""
    score = data.get("score")
    if score in (None, ""):
        return ()
    try:
        number = float(score)
    except (TypeError, ValueError):
        raise BadField(f"'score' is {score!r}; write a number from 1 to 5, or nothing.") from None
    if isinstance(score, bool) or not 1 <= number <= 5:
        raise BadField(f"'score' is {score!r}; write a number from 1 to 5, or nothing.")
    return (ImportedJudgment(verdict=None, score=number, detail={"score": score}),)
