"""Names under which other tools keep a question, an answer and the rest; raw values -> the fields of an ItemRow."""

from collections.abc import Iterable, Mapping
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.json_records import kind_of

MAX_NAME = 200
"""Characters of an id, a model's name or a category."""

QUESTION = ("question", "prompt", "instruction", "input")
ANSWER = ("answer", "output", "response", "completion")
REFERENCE = ("reference", "target", "expected", "ideal")
NAMES = {"key": ("id",), "model": ("model", "generator"), "category": ("category",)}
TEXTS = {"context": ("context",), "criteria": ("criteria",)}


class BadField(ValueError):
    """A value that cannot be what its name says, as a sentence."""


def find(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    """The name in a file, as it is spelled there, of the first wanted one that it has."""
    spelled = {name.strip().lower(): name for name in names}
    return next((spelled[name] for name in wanted if name in spelled), None)


def text_of(name: str, value: Any) -> str:
    """A value as text; numbers as they are written. BadField where it is a list or an object."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise BadField(f"'{name}' is {kind_of(value)}; write it as text.")


def question_of(name: str, value: Any) -> str:
    """A question as text; chat messages are joined in their order."""
    if isinstance(value, list) and value and all(_is_message(message) for message in value):
        return "\n\n".join(message["content"] for message in value)
    return text_of(name, value)


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("content"), str) and isinstance(value.get("role"), str)


def reference_of(name: str, value: Any) -> str:
    """A reference as text; several accepted ones, one per line."""
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return "\n".join(value)
    return text_of(name, value)


def qa_row(number: int, data: Mapping[str, Any]) -> ItemRow | RowProblem:
    """The item of one object or table row with the usual names."""
    try:
        return _qa_row(number, data)
    except BadField as error:
        return RowProblem(number, str(error))


def _qa_row(number: int, data: Mapping[str, Any]) -> ItemRow | RowProblem:
    question, answer = find(data, QUESTION), find(data, ANSWER)
    if question is None:
        raise BadField(missing_question(data))
    reference = find(data, REFERENCE)
    used = {name for name in (question, answer, reference) if name is not None}
    values: dict[str, str] = {}
    for field, wanted in (NAMES | TEXTS).items():
        name = find(data, wanted)
        if name is not None:
            used.add(name)
            values[field] = text_of(name, data[name])
    # Alpaca's pair: `instruction` asks, `input` is what it is asked about.
    given = find(data, ("input",))
    if question.strip().lower() == "instruction" and given is not None and "context" not in values:
        used.add(given)
        values["context"] = text_of(given, data[given])
    turn = Turn(
        question=question_of(question, data[question]),
        answer=text_of(answer, data[answer]) if answer else "",
        reference=reference_of(reference, data[reference]) if reference else "",
    )
    # A list that was joined into text is kept as it was, too.
    joined = {name for name in (question, reference) if name is not None and isinstance(data[name], list)}
    return finished_row(
        ItemRow(
            line=number,
            turns=(turn,),
            has_answer=answer is not None and data[answer] is not None,
            extra={name: value for name, value in data.items() if name not in used - joined},
            key=values.get("key", ""),
            model=values.get("model", ""),
            category=values.get("category", ""),
            context=values.get("context", ""),
            criteria=values.get("criteria", ""),
        )
    )


def finished_row(row: ItemRow) -> ItemRow | RowProblem:
    """The row, or what every format asks of a row and this one has not."""
    if not row.turns[0].question.strip():
        return RowProblem(row.line, "The question is empty. Write one, or remove the row.")
    for name in ("key", "model", "category"):
        if len(getattr(row, name)) > MAX_NAME:
            shown = "id" if name == "key" else name
            return RowProblem(row.line, f"The {shown} is longer than {MAX_NAME} characters. Shorten it.")
    return row


def missing_question(names: Iterable[str]) -> str:
    """The sentence for a row or table without a question, naming what was found."""
    found = ", ".join(repr(str(name)[:40]) for name in list(names)[:20]) or "nothing"
    return f"There is no question: expected one of {', '.join(QUESTION)}; found {found}. Rename the one that holds it."
