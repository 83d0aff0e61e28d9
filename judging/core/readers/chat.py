"""Conversations: `messages` with roles, one per line. Each pair of a user's and the assistant's word is a turn."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.fields import CATEGORY, KEY, MODEL, REFERENCE, BadField, find, finished_row, reference_of
from judging.core.readers.fields import text_of as text
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.records import objects

ASKING = {"user", "human"}
ANSWERING = {"assistant", "gpt", "model"}
SYSTEM = {"system", "developer"}


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a conversation."""
    return isinstance(entry.get("messages"), list)


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per conversation."""
    for record in objects(path):
        yield record if isinstance(record, RowProblem) else _row(record)


def _row(record: Record) -> ItemRow | RowProblem:
    data = record.value
    try:
        system, turns, answered = conversation(data.get("messages"))
        names = {field: find(data, wanted) for field, wanted in (("key", KEY), ("model", MODEL), ("cat", CATEGORY))}
        reference = find(data, REFERENCE)
        if reference is not None:
            last = Turn(turns[-1].question, turns[-1].answer, reference_of(reference, data[reference]))
            turns = [*turns[:-1], last]
        used = {"messages", reference, *names.values()}
        extra = {name: value for name, value in data.items() if name not in used}
        if system:
            extra["system"] = system
        values = {field: text(name, data[name]) if name else "" for field, name in names.items()}
        return finished_row(
            ItemRow(
                line=record.number,
                turns=tuple(turns),
                key=values["key"],
                model=values["model"],
                category=values["cat"],
                has_answer=answered,
                extra=extra,
            )
        )
    except BadField as error:
        return RowProblem(record.number, str(error))


def conversation(messages: Any) -> tuple[str, list[Turn], bool]:
    """The system's text, the turns, and whether the last question was answered."""
    if not isinstance(messages, list) or not messages:
        raise BadField('\'messages\' is no list of {"role", "content"}. Write the conversation as one.')
    said = [_message(number, message) for number, message in enumerate(messages, 1)]
    system = "\n\n".join(content for role, content in said if role in SYSTEM)
    turns: list[Turn] = []
    answered = True
    for role, content in said:
        if role in ASKING:
            turns, answered = _asked(turns, content, answered), False
        elif role in ANSWERING:
            if answered:
                raise BadField("The assistant speaks where nobody asked. Begin with a message of the role user.")
            turns[-1] = Turn(turns[-1].question, content)
            answered = True
    if not turns:
        raise BadField("Nobody asks anything: there is no message with the role user. Add it.")
    return system, turns, answered


def _asked(turns: Sequence[Turn], content: str, answered: bool) -> list[Turn]:
    """With a further question; two in a row are one."""
    if answered:
        return [*turns, Turn(content)]
    return [*turns[:-1], Turn(f"{turns[-1].question}\n\n{content}")]


def _message(number: int, message: Any) -> tuple[str, str]:
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(role, str) or role not in ASKING | ANSWERING | SYSTEM:
        raise BadField(f"Message {number} has the role {role!r}; it is system, user or assistant.")
    return role, _content(number, message.get("content"))


def _content(number: int, content: Any) -> str:
    """A text, or parts of which each is a text."""
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "\n".join(text("text", part.get("text")) for part in content)
    if not isinstance(content, str):
        raise BadField(f"The content of message {number} is {kind_of(content)}; write it as text.")
    return content
