"""OpenAssistant's messages, as rows that name what they answer or as trees: an item per answer, with what was said
before it. A prompt that nobody answered is an item without an answer.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.chat import conversation
from judging.core.readers.fields import BadField, checked_names, text_of
from judging.core.readers.json_records import MAX_DEPTH, Record, kind_of
from judging.core.readers.records import objects

_OF_A_MESSAGE = {"message_id", "text", "role"}
_ROLES = {"prompter": "user", "assistant": "assistant"}
_TAKEN = {"message_id", "text", "role", "replies"}
_ANSWERS = "assistant"


class _Said(NamedTuple):
    """A message as others need it."""

    parent: str
    role: str
    text: str


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a message, or a tree of them."""
    return _is_message(entry) or _is_tree(entry)


def _is_message(entry: Mapping[str, Any]) -> bool:
    return entry.keys() >= _OF_A_MESSAGE and entry["role"] in _ROLES


def _is_tree(entry: Mapping[str, Any]) -> bool:
    return isinstance(entry.get("prompt"), dict) and "message_tree_id" in entry


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per answer. The texts of all messages are held: a row says only the id of what it answers."""
    said: dict[str, _Said] = {}
    answered: set[str] = set()
    for record in _messages(path):
        if isinstance(record, Record):
            message = _said(record.value)
            said[str(record.value["message_id"])] = message
            answered.add(message.parent)
    for record in _messages(path):
        if isinstance(record, RowProblem):
            yield record
        elif record.value["role"] == _ANSWERS or str(record.value["message_id"]) not in answered:
            yield _row(record, said)


def _said(message: Mapping[str, Any]) -> _Said:
    text = message["text"]
    return _Said(str(message.get("parent_id") or ""), message["role"], text if isinstance(text, str) else "")


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
    rest = {name: value for name, value in record.value.items() if name != "prompt"}
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
    text_of("message_id", record.value["message_id"])
    if not isinstance(record.value["text"], str):
        raise BadField(f"'text' is {kind_of(record.value['text'])}; write it as text.")
    return record


def _row(record: Record, said: Mapping[str, _Said]) -> ItemRow | RowProblem:
    try:
        system, turns, answered = conversation(_path(text_of("message_id", record.value["message_id"]), said))
    except BadField as error:
        return RowProblem(record.number, str(error))
    extra = {name: value for name, value in record.value.items() if name not in _TAKEN}
    row = ItemRow(
        line=record.number,
        turns=tuple(turns),
        key=text_of("message_id", record.value["message_id"]),
        has_answer=answered,
        extra={**extra, **({"system": system} if system else {})},
    )
    return checked_names(row)


def _path(name: str, said: Mapping[str, _Said]) -> list[dict[str, str]]:
    """What was said from the first message to this one."""
    found: list[dict[str, str]] = []
    while name:
        if name not in said:
            raise BadField(
                f"There is no message {name[:80]!r} in the file, which this one answers. Import whole trees."
            )
        if len(found) == MAX_DEPTH:
            raise BadField(f"More than {MAX_DEPTH} messages answer one another. Mend parent_id.")
        message = said[name]
        found.append({"role": _ROLES[message.role], "content": message.text})
        name = message.parent
    return found[::-1]
