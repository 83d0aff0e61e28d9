"""Conversations: `messages` with roles, or ShareGPT's `conversations`: a user's and the assistant's word are a turn.

Tools speak between the two and are nobody's turn. Where the turns do not say all that the messages said, the list
itself is kept in `extra`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.fields import CATEGORY, KEY, MODEL, REFERENCE, BadField, find, finished_row, reference_of
from judging.core.readers.fields import text_of as text
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.records import objects_or_rows

MESSAGES = ("messages", "conversations", "conversation")
"""Names under which conversations are kept."""
ASKING = {"user", "human"}
ANSWERING = {"assistant", "gpt", "model", "chatgpt", "bot", "bing", "bard"}
SYSTEM = {"system", "developer"}
TOOLS = {"tool", "function", "function_call", "function_response", "observation", "ipython"}
_CALLS = ("tool_calls", "function_call")
_PLAIN = {"human": "user", "gpt": "assistant", "bing": "assistant", "bard": "assistant"}


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a conversation."""
    return messages_name(entry) is not None


def messages_name(entry: Mapping[str, Any]) -> str | None:
    """The key under which an object has its messages; None where it has none."""
    return next((name for name in MESSAGES if isinstance(entry.get(name), list)), None)


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per conversation."""
    for record in objects_or_rows(path):
        yield record if isinstance(record, RowProblem) else chat_row(record)


def chat_row(record: Record) -> ItemRow | RowProblem:
    """The item of one conversation."""
    try:
        return finished_row(_row(record.number, record.value))
    except BadField as error:
        return RowProblem(record.number, str(error))


def _row(number: int, data: Mapping[str, Any]) -> ItemRow:
    name = messages_name(data) or MESSAGES[0]
    system, turns, answered = conversation(data.get(name), name)
    names = {field: find(data, wanted) for field, wanted in (("key", KEY), ("model", MODEL), ("cat", CATEGORY))}
    reference = find(data, REFERENCE)
    if reference is not None:
        last = Turn(turns[-1].question, turns[-1].answer, reference_of(reference, data[reference]))
        turns = [*turns[:-1], last]
    used = {name, reference, *names.values()}
    extra = {key: value for key, value in data.items() if key not in used}
    own = "system" in extra
    if system and not own:
        extra["system"] = system
    if (system and own) or not says_all(data[name], system, turns):
        extra[name] = data[name]
    values = {field: text(key, data[key]) if key else "" for field, key in names.items()}
    return ItemRow(
        line=number,
        turns=tuple(turns),
        key=values["key"],
        model=values["model"],
        category=values["cat"],
        has_answer=answered,
        extra=extra,
    )


def conversation(messages: Any, name: str = MESSAGES[0]) -> tuple[str, list[Turn], bool]:
    """The system's text, the turns, and whether the last question was answered. `name` is the key of the messages."""
    if not isinstance(messages, list) or not messages:
        raise BadField(f'\'{name}\' is no list of {{"role", "content"}}. Write the conversation as one.')
    said = [_message(number, message) for number, message in enumerate(messages, 1)]
    system = "\n\n".join(content for role, content in said if role in SYSTEM)
    turns: list[Turn] = []
    answered = True
    for role, content in said:
        if role in ASKING:
            turns, answered = _asked(turns, content, answered), False
        # A greeting before the first question answers nothing.
        elif role in ANSWERING and turns:
            turns, answered = _answered(turns, content, answered), True
    if not turns:
        raise BadField("Nobody asks anything: there is no message with the role user. Add it.")
    return system, turns, answered


def _asked(turns: Sequence[Turn], content: str, answered: bool) -> list[Turn]:
    """With a further question; two in a row are one."""
    if answered:
        return [*turns, Turn(content)]
    return [*turns[:-1], Turn(f"{turns[-1].question}\n\n{content}")]


def _answered(turns: Sequence[Turn], content: str, answered: bool) -> list[Turn]:
    """With an answer to the last question; two in a row are one."""
    last = turns[-1]
    return [*turns[:-1], Turn(last.question, f"{last.answer}\n\n{content}" if answered else content)]


def says_all(messages: Sequence[Any], system: str, turns: Sequence[Turn]) -> bool:
    """Whether these messages can be written again from the system's text and the turns."""
    said = [as_role(message) for message in messages]
    again = plain_messages(system, turns)
    return said in (again, again[:-1] if turns and not turns[-1].answer else again)


def plain_messages(system: str, turns: Sequence[Turn]) -> list[dict[str, str]]:
    """The turns as messages, behind the system's text."""
    first = [{"role": "system", "content": system}] if system else []
    said = [(role, word) for turn in turns for role, word in (("user", turn.question), ("assistant", turn.answer))]
    return [*first, *({"role": role, "content": word} for role, word in said)]


def as_role(message: Any) -> Any:
    """A message; one of ShareGPT as others write it."""
    if not isinstance(message, dict) or "from" not in message:
        return message
    others = {name: value for name, value in message.items() if name not in {"from", "value"}}
    return {"role": _PLAIN.get(message["from"], message["from"]), "content": message.get("value"), **others}


def _role(message: Any) -> Any:
    return message.get("role", message.get("from")) if isinstance(message, dict) else None


def _message(number: int, message: Any) -> tuple[str, str]:
    role = _role(message)
    if not isinstance(role, str) or role not in ASKING | ANSWERING | SYSTEM | TOOLS:
        raise BadField(f"Message {number} has the role {role!r:.40}; it is system, user, assistant or tool.")
    if role in TOOLS:
        return role, ""
    content = message.get("content", message.get("value"))
    if not content and any(message.get(name) for name in _CALLS):
        return "tool", ""
    if content is None and isinstance(message.get("refusal"), str):
        content = message["refusal"]
    return role, content_of(f"The content of message {number}", content)


def content_of(what: str, content: Any) -> str:
    """A text, or parts of which each is a text; BadField for anything else."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise BadField(f"{what} is {kind_of(content)}; write it as text.")
    return "\n".join(_part(what, part) for part in content)


def _part(what: str, part: Any) -> str:
    if isinstance(part, str):
        return part
    said = part.get("text") if isinstance(part, dict) else None
    if not isinstance(said, str):
        kind = part.get("type") if isinstance(part, dict) else kind_of(part)
        raise BadField(f"{what} is a list with a part that is no text ({kind!r:.40}). Only texts can be judged.")
    return said
