"""Trees and tables of columns: FastChat's folders and promptfoo's results byte for byte, Parquet cell by cell."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from judging.core.items import Turn
from tests.training_export.core.test_training import CLEAN, WRONG, answer, answers, write
from tests.training_export.core.test_writers import SAMPLES
from training_export.core.records import JudgedPart, LabelRow, Origin, PeopleWord, Record

READ = {"judge": ["gpt-4", "single-v1"], "user_prompt": "[Question]", "score": 9, "tstamp": 1700000100.5}


def judged(criterion: str = "", **fields: Any) -> JudgedPart:
    """A judgment that was scored, unless the fields say otherwise."""
    said = {"status": "scored", "value": "clean", "score": None, "detail": {}}
    return JudgedPart(criterion=criterion, **(said | fields))


def person(value: str, **fields: Any) -> LabelRow:
    """A label of a reviewer."""
    word = LabelRow(rater_type="human", rater="評価者", value=value, status="submitted", verdict=value)
    for name, given in fields.items():
        setattr(word, name, given)
    return word


def conversations() -> list[Record]:
    """Two models on one question of two turns, a question with a number as text, a pair with votes, a choice."""
    turns = (Turn("3と4の和は?", "7", "7"), Turn('Now "double" it.', "14\n", "14"))
    first = Record(
        key="111:m1",
        position=1,
        turns=turns,
        category="math",
        model="m1",
        extra={"answer_id": "Zz9yXw8vUt7sRq6pOn5mLk", "tstamp": 1700000001.25, "level": [1]},
        judged=(
            judged("turn_1", score=9.0, detail=READ, replies=(("turn_1", "Correct. [[9]]", "9"),)),
            judged("turn_2", status="unscored", value="", replies=(("turn_2", "No idea.", None),)),
        ),
    )
    second = Record(
        key="111:org/m2", position=2, turns=tuple(Turn(turn.question, "8", "") for turn in turns), model="org/m2"
    )
    branch = answer(
        3, "Rhyme with cat", "bat", CLEAN, model="m1", extra={"question_id": "68232024609890606917498822062"}
    )
    pair = Record(
        key="81:m1:base",
        position=4,
        turns=(Turn("Write.", "A text."),),
        turns_b=(Turn("Write.", "Another."),),
        model="m1",
        model_b="base",
        one_answer=False,
        judged=(judged(value="A", replies=(("ab", "[[A]]", "A"), ("ba", "[[B]]", "tie"))),),
        labels=(person("A"), person("tie", criterion="turn_2")),
    )
    choice = Record(key="c", position=5, turns=(Turn("Which?", ""),), one_answer=False)
    return [first, second, branch, pair, choice]


def results() -> list[Record]:
    """As promptfoo made it, corrected by a person with a part of a score, graded by nobody, failed, of two turns."""
    grade = {"pass": False, "score": 0, "reason": "違う", "assertion": {"type": "llm-rubric", "value": "12 V"}}
    kept = {
        "evalId": "eval-1",
        "version": 3,
        "provider": {"id": "openai:m1", "label": "M1"},
        "prompt": {"raw": "Answer: 電圧は?", "label": "Answer"},
        "vars": {"question": "電圧は?"},
        "response": {"output": "12 V", "tokenUsage": {"total": 7}},
        "testIdx": 0,
        "promptIdx": 0,
        "gradingResult": grade,
    }
    wrong = judged(value="wrong", score=0.0, detail={"pass": False, "score": 0.0, "reason": "違う"})
    as_made = answer(1, "電圧は?", "12 V", WRONG, model="openai:m1", extra={"promptfoo": kept}, judged=(wrong,))
    as_made.people = PeopleWord()
    corrected = answer(2, "電圧は?", "12 V", CLEAN, model="openai:m1", extra={"promptfoo": kept}, judged=(wrong,))
    corrected.labels = (person("clean", score=0.75, comment='"直流"なら正しい'), person("clean", score=1.0))
    fresh = answer(3, "Why?", "So.", CLEAN, model="m2", context="本文")
    failed = Record(
        key="f",
        position=4,
        turns=(Turn("Who?", ""),),
        model="m2",
        judged=(judged(status="unscored", value=""),),
        extra={"promptfoo": {"provider": "m2", "error": "429", "failureReason": 2}},
    )
    several = Record(key="t", position=5, turns=(Turn("a", "b"), Turn("c", "d")), one_answer=False)
    return [as_made, corrected, fresh, failed, several]


def lying(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("name", "given"), [("fastchat", conversations), ("promptfoo", results)])
def test_writes_the_sample_byte_for_byte(name: str, given: Any, tmp_path: Path) -> None:
    write(name, tmp_path, given(), **({"judge": "gpt-4"} if name == "fastchat" else {}))
    assert lying(tmp_path) == lying(SAMPLES / name)


def items() -> list[Record]:
    """The answers for trainers, one with everything, and one that a lead decided."""
    everything = Record(
        key="all",
        position=10,
        turns=(Turn("質問?", '答え\u2028 "quoted"', "参照"),),
        context="Plate: 24 V.",
        criteria="exact",
        category="pumps",
        model="m-1",
        extra={"tags": ["a", {"b": None}], "n": 1.5},
        people=PeopleWord(origin=Origin.GOLD, verdict=CLEAN, correction={"context": "Plate: 12 V."}),
    )
    return [*answers(), everything]


def table_of(path: Path) -> dict[str, Any]:
    """Schema and cells of a file, as JSON: its bytes are a matter of the library's version."""
    table = parquet.read_table(path)
    return {"schema": {field.name: str(field.type) for field in table.schema}, "rows": table.to_pylist()}


@pytest.mark.parametrize(
    ("name", "options"),
    [("parquet", {}), ("hf_dataset", {"split": (50, 25, 25), "title": "ポンプ"})],
)
def test_tables_have_the_columns_and_cells_of_the_sample(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    write(name, tmp_path, items(), **options)
    tables = {path: table_of(tmp_path / path) for path in lying(tmp_path) if path.endswith(".parquet")}
    assert tables == json.loads((SAMPLES / name / "tables.json").read_text(encoding="utf-8"))
    rest = {path: data for path, data in lying(tmp_path).items() if not path.endswith(".parquet")}
    assert rest == {path: data for path, data in lying(SAMPLES / name).items() if path != "tables.json"}
