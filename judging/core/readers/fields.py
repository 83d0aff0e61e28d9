"""Names under which other tools keep a question, an answer and the rest; raw values -> the fields of an ItemRow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.json_records import kind_of

MAX_NAME = 200
"""Characters of an id, a model's name or a category."""

QUESTION = (
    *("question", "prompt", "instruction", "input", "query", "user_input"),
    *("質問", "設問", "問題", "问题", "題目", "질문"),
)
ANSWER = ("answer", "output", "response", "completion", "actual_output", "回答", "解答", "答案", "답변")
REFERENCE = (
    *("reference", "target", "expected", "ideal", "ground_truth", "expected_output", "expected_answer"),
    *("reference_answer", "reference answer", "correct_answer", "correct answer", "best_answer", "best answer"),
    *("gold_answer", "ground_truths", "模範解答", "模範回答", "正解", "参考答案", "标准答案", "標準答案", "정답"),
)
KEY, MODEL, CATEGORY = ("id",), ("model", "generator", "model_name", "response_model_name"), ("category",)
NAMES = {"key": KEY, "model": MODEL, "category": CATEGORY}
TEXTS = {
    "context": ("context", "contexts", "retrieved_contexts", "retrieval_context", "passage"),
    "criteria": ("criteria",),
}


FIELDS = ("question", "answer", "reference", *("id" if field == "key" else field for field in (*NAMES, *TEXTS)))
"""What a column of a file may be said to be."""

Columns = tuple[tuple[str, str], ...]
"""What a person said a file's columns are: (field, name of the column), '' where the file has none such."""

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_TEXTS: Mapping[str, str] = MappingProxyType({})


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
    """A question or an answer as text; chat messages are joined in their order, and so are the texts of their parts."""
    if isinstance(value, list) and value and all(_is_message(message) for message in value):
        return "\n\n".join(_content(name, message["content"]) for message in value)
    return text_of(name, value)


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("content"), (str, list)) and isinstance(value.get("role"), str)
    )


def _content(name: str, content: str | list[Any]) -> str:
    if isinstance(content, str):
        return content
    if not all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content):
        raise BadField(f"'{name}' has a message with a part that is no text. Only texts can be judged: leave it out.")
    return "\n".join(part["text"] for part in content)


def answer_of(name: str, value: Any) -> str:
    """An answer as text, also true and false; a list of texts is refused, because it says what would be accepted."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and value and all(isinstance(entry, str) for entry in value):
        raise BadField(
            f"'{name}' is a list of texts. Write one as text; where they are what would be accepted, they are the "
            f"reference: --column reference={name}."
        )
    return question_of(name, value)


def reference_of(name: str, value: Any) -> str:
    """A reference as text, also true and false; several accepted ones, one per line."""
    if isinstance(value, bool):
        return str(value).lower()
    return lines_of(name, value, "\n")


def lines_of(name: str, value: Any, between: str) -> str:
    """A text, or several, joined by what stands between them."""
    if isinstance(value, list) and all(type(entry) in {str, int, float} for entry in value):
        return between.join(str(entry) for entry in value)
    return text_of(name, value)


def _field(field: str, name: str, value: Any) -> str:
    """The text of a field that has a name of its own; of several passages, one behind the other."""
    return lines_of(name, value, "\n\n") if field == "context" else text_of(name, value)


def columns_of(said: Mapping[str, str]) -> Columns:
    """A checked map of fields to columns; BadField where it names what is no field, or one column twice."""
    unknown = next((field for field in said if field not in FIELDS), None)
    if unknown is not None:
        raise BadField(f"{unknown!r} is no field of an item. Use one of: {', '.join(FIELDS)}.")
    names = [name for name in said.values() if name]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadField(f"The column {twice!r} is given to two fields. Give it to one.")
    return tuple(sorted(said.items()))


def without_columns(names: Iterable[str], columns: Columns) -> str:
    """Why a file with these names cannot have the columns it is said to have, or ''."""
    found = list(names)
    missing = next((name for _, name in columns if name and name not in found), None)
    if missing is None:
        return ""
    shown = ", ".join(repr(str(name)[:40]) for name in found[:20]) or "nothing"
    return f"There is no column {missing!r}; found {shown}. Name one of these with --column."


def qa_row(number: int, data: Mapping[str, Any], columns: Columns = ()) -> ItemRow | RowProblem:
    """The item of one object or table row with the usual names, or where a person said that they are."""
    try:
        return _qa_row(number, data, columns)
    except BadField as error:
        return RowProblem(number, str(error))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the fields of an item are among the names of an object; None where they are not."""

    question: str
    answer: str | None
    reference: str | None
    others: tuple[tuple[str, str], ...]
    context: str | None
    used: frozenset[str]


@lru_cache(maxsize=1000)
def _places(names: tuple[str, ...], columns: Columns) -> _Places:
    """Found once for all objects with the same names, which are most of a file."""
    said = dict(columns)
    free = [name for name in names if name not in said.values()]

    def place(field: str, wanted: tuple[str, ...]) -> str | None:
        if field in said:
            return said[field] if said[field] in names else None
        return find(free, wanted)

    question, answer, reference = place("question", QUESTION), place("answer", ANSWER), place("reference", REFERENCE)
    if question is None:
        raise BadField(without_columns(names, columns) or missing_question(names))
    others = {field: place("id" if field == "key" else field, wanted) for field, wanted in (NAMES | TEXTS).items()}
    # Alpaca's pair: `instruction` asks, `input` is what it is asked about.
    if question.strip().lower() == "instruction" and others["context"] is None:
        others["context"] = place("context", ("input",))
    found = tuple((field, name) for field, name in others.items() if name is not None)
    used = frozenset(name for name in (question, answer, reference, *others.values()) if name is not None)
    return _Places(question, answer, reference, found, others["context"], used)


def _qa_row(number: int, data: Mapping[str, Any], columns: Columns) -> ItemRow | RowProblem:
    places = _places(tuple(data), columns)
    question, answer, reference = places.question, places.answer, places.reference
    asked = question_of(question, data[question])
    # Alpaca's rows without an instruction ask with their input alone.
    if not asked.strip() and ("context", "input") in places.others:
        return _qa_row(number, {name: value for name, value in data.items() if name != question}, columns)
    turn = Turn(
        asked,
        answer_of(answer, data[answer]) if answer else "",
        reference_of(reference, data[reference]) if reference else "",
    )
    texts = {field: _field(field, name, data[name]) for field, name in places.others} if places.others else NO_TEXTS
    return finished_row(
        ItemRow(
            line=number,
            turns=(turn,),
            key=texts.get("key", ""),
            model=texts.get("model", ""),
            category=texts.get("category", ""),
            context=texts.get("context", ""),
            criteria=texts.get("criteria", ""),
            has_answer=answer is not None and data[answer] is not None,
            extra=_extra(places, data) if len(data) > len(places.used) or _was_no_text(places, data) else NOTHING,
        )
    )


_NO_TEXTS = frozenset({list, bool})
"""What is made a text, and kept as it was."""


def _was_no_text(places: _Places, data: Mapping[str, Any]) -> bool:
    # Asked of every row: written out, it takes a quarter of the time.
    answer, reference, context = places.answer, places.reference, places.context
    return (
        type(data[places.question]) is list
        or (answer is not None and type(data[answer]) in _NO_TEXTS)
        or (reference is not None and type(data[reference]) in _NO_TEXTS)
        or (context is not None and type(data[context]) is list)
    )


def _extra(places: _Places, data: Mapping[str, Any]) -> dict[str, Any]:
    """What has no field of its own. A list that was joined into text is kept as it was, too."""
    listable = (places.question, places.answer, places.reference, places.context)
    joined = {name for name in listable if name and type(data[name]) in _NO_TEXTS}
    return {name: value for name, value in data.items() if name not in places.used - joined}


def finished_row(row: ItemRow) -> ItemRow | RowProblem:
    """The row, or what every format asks of a row and this one has not."""
    if not row.turns[0].question.strip():
        return RowProblem(row.line, "The question is empty. Write one, or remove the row.")
    return checked_names(row)


def checked_names(row: ItemRow) -> ItemRow | RowProblem:
    """The row, or why a name in it is none."""
    # Asked of every row: written out, it takes half the time.
    if (
        len(row.key) > MAX_NAME
        or len(row.model) > MAX_NAME
        or len(row.category) > MAX_NAME
        or len(row.model_b) > MAX_NAME
    ):
        shown = "id" if len(row.key) > MAX_NAME else "category" if len(row.category) > MAX_NAME else "model"
        return RowProblem(row.line, f"The {shown} is longer than {MAX_NAME} characters. Shorten it.")
    return row


def missing_question(names: Iterable[str]) -> str:
    """The sentence for a row or table without a question, naming what was found."""
    found = ", ".join(repr(str(name)[:40]) for name in list(names)[:20]) or "nothing"
    return f"There is no question: expected one of {', '.join(QUESTION)}; found {found}. Rename the one that holds it."
