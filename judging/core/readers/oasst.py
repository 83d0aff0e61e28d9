"""OpenAssistant's messages, as rows that name what they answer or as trees: an item per answer, with what was said
before it. A prompt that nobody answered is an item without an answer.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.chat import conversation
from judging.core.readers.fields import BadField, finished_row, text_of
from judging.core.readers.json_records import MAX_DEPTH, Record, kind_of
from judging.core.readers.records import objects

_OF_A_MESSAGE = {"message_id", "text", "role"}
_ROLES = {"prompter": "user", "assistant": "assistant"}
_TAKEN = {"message_id", "text", "role", "replies"}
_OF_A_TREE = {"prompt", "parent_id", *_TAKEN}
_ASKS, _ANSWERS = "prompter", "assistant"
_RING = f"Messages answer one another in a ring, or more than {MAX_DEPTH} in a row. Mend parent_id."


class _Said(NamedTuple):
    """A message as others need it, and which of the file's it is."""

    place: int
    line: int
    parent: str
    role: str
    text: str


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a message, or a tree of them."""
    return _is_message(entry) or _is_tree(entry)


def _is_message(entry: Mapping[str, Any]) -> bool:
    return entry.keys() >= _OF_A_MESSAGE and isinstance(entry["role"], str) and entry["role"] in _ROLES


def _is_tree(entry: Mapping[str, Any]) -> bool:
    return isinstance(entry.get("prompt"), dict) and "message_tree_id" in entry


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per answer. The texts of all messages are held: a row says only the id of what it answers."""
    said: dict[str, _Said] = {}
    answered: set[str] = set()
    reached: set[str] = set()
    for place, record in enumerate(_messages(path)):
        if isinstance(record, Record):
            message = _said(place, record)
            said.setdefault(str(record.value["message_id"]), message)
            answered.add(message.parent)
    for place, record in enumerate(_messages(path)):
        if isinstance(record, RowProblem):
            yield record
            continue
        name = str(record.value["message_id"])
        if said[name].place != place:
            reached.add(name)
            yield RowProblem(
                record.number, f"The message {name[:80]!r} stands twice in the file. Remove one of the two."
            )
        elif record.value["role"] == _ANSWERS or name not in answered:
            yield _row(record, _path(name, said, reached), said)
    # Messages that answer one another in a ring lead to no answer.
    yield from (RowProblem(message.line, _RING) for name, message in said.items() if name not in reached)


def _said(place: int, record: Record) -> _Said:
    parent = record.value.get("parent_id")
    return _Said(
        place, record.number, "" if parent is None else str(parent), record.value["role"], record.value["text"]
    )


def _messages(path: Path) -> Iterator[Record | RowProblem]:
    """The messages of rows and of trees, one by one."""
    for record in objects(path):
        if isinstance(record, RowProblem):
            yield record
            continue
        try:
            yield from list(_of_tree(record)) if _is_tree(record.value) else [_checked(record)]
        except BadField as error:
            yield RowProblem(record.number, str(error))


def _of_tree(record: Record) -> Iterator[Record]:
    rest = {name: value for name, value in record.value.items() if name not in _OF_A_TREE}
    waiting: list[tuple[str, Any]] = [("", record.value["prompt"])]
    while waiting:
        parent, message = waiting.pop()
        if not isinstance(message, dict):
            raise BadField(f"A message of the tree is {kind_of(message)}; write it as an object.")
        yield _checked(Record(record.number, {**rest, "parent_id": parent or None, **message}))
        replies = message.get("replies") or []
        if not isinstance(replies, list):
            raise BadField(f"'replies' is {kind_of(replies)}; write the list of messages.")
        waiting += [(str(message["message_id"]), reply) for reply in reversed(replies)]


def _checked(record: Record) -> Record:
    if not _is_message(record.value):
        raise BadField("A message has 'message_id', 'text' and a 'role' (prompter or assistant). Write them.")
    if not text_of("message_id", record.value["message_id"]).strip():
        raise BadField("'message_id' is empty. Write the id of the message.")
    if not isinstance(record.value["text"], str):
        raise BadField(f"'text' is {kind_of(record.value['text'])}; write it as text.")
    return record


def _row(record: Record, path: list[str], said: Mapping[str, _Said]) -> ItemRow | RowProblem:
    try:
        _, turns, answered = conversation(_messages_of(path, said))
    except BadField as error:
        return RowProblem(record.number, str(error))
    extra = {name: value for name, value in record.value.items() if name not in _TAKEN}
    return finished_row(ItemRow(line=record.number, turns=tuple(turns), key=path[-1], has_answer=answered, extra=extra))


def _path(name: str, said: Mapping[str, _Said], reached: set[str]) -> list[str]:
    """The ids from the first message to this one, as far as the file has them."""
    found = [name]
    while (parent := said[found[-1]].parent) in said and len(found) <= MAX_DEPTH:
        found.append(parent)
    reached.update(found)
    return found[::-1]


def _messages_of(path: list[str], said: Mapping[str, _Said]) -> list[dict[str, str]]:
    """What was said along a path."""
    first = said[path[0]]
    if len(path) > MAX_DEPTH:
        raise BadField(_RING)
    if first.parent:
        raise BadField(
            f"There is no message {first.parent[:80]!r} in the file, which this conversation begins with. "
            "Import whole trees."
        )
    if first.role != _ASKS:
        raise BadField("The first message of the conversation is an assistant's, which answers nobody. Mend parent_id.")
    return [{"role": _ROLES[said[name].role], "content": said[name].text} for name in path]
