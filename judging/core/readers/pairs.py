"""Two answers to one question as JSON: `output_1` and `output_2`, `response1` and `response2`, `answer_a` ...

`winner` is a person's vote; what else people or judges said of them under names of their own stays in `extra`. Where
question and answers are lists as JSON, as lists of battles have them, every text is a turn.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, NamedWord, RowProblem, Turn
from judging.core.readers.fastchat_votes import is_model
from judging.core.readers.fields import QUESTION, BadField, checked_names, find, qa_row, text_of
from judging.core.readers.json_records import Record, why_not_text
from judging.core.readers.records import objects_or_rows
from judging.core.verdicts import Reason

_STEMS = ("output", "response", "answer", "completion")
_ENDS = (("_1", "_2"), ("_0", "_1"), ("1", "2"), ("_a", "_b"), ("_A", "_B"))
_MODELS = (("model_a", "model_b"), ("model_1", "model_2"), ("model1", "model2"), ("generator_1", "generator_2"))
_MIDDLE = 1.5
"""AlpacaEval's preference goes from 1 (the first answer) to 2 (the second)."""
_OUTCOMES = ("winner_model_a", "winner_model_b", "winner_tie")
_WINNERS = {"model_a": "A", "model_b": "B", "model_1": "A", "model_2": "B", "a": "A", "b": "B", "1": "A", "2": "B"}
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
    asked, turns = _turns(data, names)
    rest = {name: value for name, value in data.items() if name not in used}
    row = qa_row(record.number, {**rest, asked: turns[0][0].question} if turns else rest)
    if isinstance(row, RowProblem):
        return row
    try:
        if not turns:
            question, reference = row.turns[0].question, row.turns[0].reference
            turns = [(Turn(question, _answer(name, data[name]), reference),) for name in names]
        judgments = _judgments(data)
        model, model_b = (text_of(name, data[name]) for name in models) if models else ("", "")
    except BadField as error:
        return RowProblem(record.number, str(error))
    row = replace(
        row,
        turns=turns[0],
        turns_b=turns[1],
        model=model,
        model_b=model_b,
        # Converters made true and false of answers that were these words.
        extra={**row.extra, **{name: data[name] for name in names if isinstance(data[name], bool)}},
        has_answer=all(data[name] is not None for name in names),
        judgments=judgments,
        words=_votes(data),
    )
    return checked_names(row)


def _turns(data: Mapping[str, Any], names: tuple[str, str]) -> tuple[str, list[tuple[Turn, ...]]]:
    """The name of the question, and both conversations where question and answers are lists of as many texts."""
    asked = find(data, QUESTION) or ""
    questions, *answers = (_texts(data.get(name)) for name in (asked, *names))
    if not questions or any(len(texts) != len(questions) for texts in answers):
        return asked, []
    return asked, [tuple(map(Turn, questions, texts)) for texts in answers]


def _texts(value: Any) -> list[str]:
    """The texts of a list, also of one that is JSON in a cell; nothing for anything else."""
    if isinstance(value, str) and value.startswith('["') and not why_not_text(value):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    if not isinstance(value, list) or not value or not all(isinstance(text, str | None) for text in value):
        return []
    texts = [text or "" for text in value]
    return [] if any(map(why_not_text, texts)) else texts


def _votes(data: Mapping[str, Any]) -> tuple[NamedWord, ...]:
    """Which answer a person preferred: `winner`, or a column for each outcome of which one is 1."""
    said = data.get("winner")
    if said is None:
        outcomes = [name for name in _OUTCOMES if str(data.get(name)).strip() in {"1", "1.0", "True", "true"}]
        said = outcomes[0].removeprefix("winner_") if len(outcomes) == 1 else None
    side = said.strip().lower() if isinstance(said, str) else ""
    value = "tie" if side.startswith("tie") else _WINNERS.get(side)
    voter = data.get("judge")
    named = voter.strip() if isinstance(voter, str) else ""
    return (NamedWord(value=value, by=named),) if value and not is_model(voter) else ()


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
