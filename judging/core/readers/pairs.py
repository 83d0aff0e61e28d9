"""Two answers to one question as JSON: `output_1` and `output_2`, `response1` and `response2`, `answer_a` ...

What people or judges said of them under names of their own stays in `extra`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.fields import MAX_NAME, BadField, qa_row, text_of
from judging.core.readers.json_records import Record
from judging.core.readers.records import objects_or_rows
from judging.core.verdicts import Reason

_STEMS = ("output", "response", "answer", "completion")
_ENDS = (("_1", "_2"), ("1", "2"), ("_a", "_b"), ("_A", "_B"))
_MODELS = (("model_a", "model_b"), ("model_1", "model_2"), ("model1", "model2"), ("generator_1", "generator_2"))
_MIDDLE = 1.5
"""AlpacaEval's preference goes from 1 (the first answer) to 2 (the second)."""
NAMES = tuple((f"{stem}{first}", f"{stem}{second}") for stem in _STEMS for first, second in _ENDS)


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object has two answers."""
    return _names(entry, NAMES) is not None


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One pair per object."""
    for record in objects_or_rows(path):
        yield record if isinstance(record, RowProblem) else pair_row(record)


def _names(entry: Mapping[str, Any], wanted: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    return next((names for names in wanted if names[0] in entry and names[1] in entry), None)


def pair_row(record: Record) -> ItemRow | RowProblem:
    """The pair of one object."""
    data = record.value
    names, models = _names(data, NAMES), _names(data, _MODELS)
    if names is None:
        return RowProblem(record.number, "There are no two answers. Write them as output_1 and output_2.")
    used = {*names, *(models or ())}
    row = qa_row(record.number, {name: value for name, value in data.items() if name not in used})
    if isinstance(row, RowProblem):
        return row
    try:
        first, second = (_answer(name, data[name]) for name in names)
        judgments = _judgments(data)
        model, model_b = (text_of(name, data[name])[:MAX_NAME] for name in models) if models else ("", "")
    except BadField as error:
        return RowProblem(record.number, str(error))
    asked = row.turns[0]
    return replace(
        row,
        turns=(Turn(asked.question, first, asked.reference),),
        turns_b=(Turn(asked.question, second, asked.reference),),
        model=model,
        model_b=model_b,
        # Converters made true and false of answers that were these words.
        extra={**row.extra, **{name: data[name] for name in names if isinstance(data[name], bool)}},
        has_answer=all(data[name] is not None for name in names),
        judgments=judgments,
    )


def _judgments(data: Mapping[str, Any]) -> tuple[ImportedJudgment, ...]:
    """The word of AlpacaEval's annotator, which is a model; a preference that could not be read is none."""
    if "preference" not in data or not isinstance(data.get("annotator"), str):
        return ()
    said = data["preference"]
    if said is not None and (isinstance(said, bool) or not isinstance(said, (int, float)) or not 0 <= said <= 2):
        raise BadField(f"'preference' is {said!r:.40}; write a number from 1 (the first answer) to 2 (the second).")
    value = "" if said is None else "tie" if said in (0, _MIDDLE) else "A" if said < _MIDDLE else "B"
    reason = None if value else Reason.NO_VERDICT
    judge = data["annotator"]
    return (ImportedJudgment(verdict=None, value=value, reason=reason, judge=judge, detail={"preference": said}),)


def _answer(name: str, value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else text_of(name, value)
