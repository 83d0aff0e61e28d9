"""Replies of judges in a file: JSON objects with "id" and "reply", and what else each use needs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from judging.core.items import RowProblem
from judging.core.readers.json_records import Record, json_objects, kind_of

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLine:
    """One reply of a file. `id` is whatever the file calls it; `part`, `sample` and `finish` where it says so."""

    line: int
    id: Any
    reply: str
    part: str = ""
    sample: int = 0
    finish: str = ""
    protocol: str = ""


class BadLine(ValueError):
    """A line is not what it should be; the message says what to write."""


def reply_lines(path: Path) -> Iterator[ReplyLine | RowProblem]:
    """The replies of a file one by one. FileRefused where the file as a whole cannot be read."""
    for record in json_objects(path):
        yield record if isinstance(record, RowProblem) else _made(record, reply_line)


def _made(record: Record, make: Callable[[int, Mapping[str, Any]], Made]) -> Made | RowProblem:
    try:
        return make(record.number, record.value)
    except BadLine as error:
        return RowProblem(record.number, str(error))


def reply_line(line: int, data: Mapping[str, Any]) -> ReplyLine:
    """A reply from its JSON object; BadLine says what is wrong with it."""
    if "id" not in data or not isinstance(data["id"], (str, int)):
        raise BadLine('The line has no "id". Write {"id": ..., "reply": "..."}.')
    if "reply" not in data or not isinstance(data["reply"], (str, type(None))):
        found = kind_of(data["reply"]) if "reply" in data else "none"
        raise BadLine(f'The "reply" is text, and here is {found}. Write {{"id": ..., "reply": "..."}}.')
    sample = data.get("sample", 0)
    if not isinstance(sample, int) or sample < 0:
        raise BadLine(f'The "sample" is a whole number from 0, not {sample!r}.')
    return ReplyLine(
        line=line,
        id=data["id"],
        reply=data["reply"] or "",
        part=_text(data, "part"),
        sample=sample,
        finish=_text(data, "finish"),
        protocol=_text(data, "protocol"),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, (str, type(None))):
        raise BadLine(f'The "{key}" is text, and here is {kind_of(value)}.')
    return value or ""
