"""Texts that nobody asked for, as JSON: pages, summaries, translations. The text is what is judged."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.fields import NAMES, QUESTION, REFERENCE, TEXTS, BadField, checked_names, find, text_of
from judging.core.readers.json_records import Record
from judging.core.readers.records import objects

TEXT = ("text",)


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a text without a question."""
    return find(entry, TEXT) is not None and find(entry, QUESTION) is None


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per object; keys without a column of their own stay in `extra`."""
    for record in objects(path):
        yield record if isinstance(record, RowProblem) else text_row(record)


def text_row(record: Record) -> ItemRow | RowProblem:
    """The item of one object."""
    data = record.value
    names = {field: find(data, wanted) for field, wanted in (NAMES | TEXTS | {"reference": REFERENCE}).items()}
    text = find(data, TEXT)
    try:
        said = text_of(text, data[text]) if text else ""
        values = {field: text_of(name, data[name]) if name else "" for field, name in names.items()}
    except BadField as error:
        return RowProblem(record.number, str(error))
    if not said.strip():
        return RowProblem(record.number, "There is no text: 'text' is absent or empty. Write one, or remove the row.")
    turn = Turn("", said, values.pop("reference"))
    extra = {name: value for name, value in data.items() if name not in {text, *names.values()}}
    return checked_names(
        ItemRow(
            line=record.number,
            turns=(turn,),
            key=values["key"],
            model=values["model"],
            category=values["category"],
            context=values["context"],
            criteria=values["criteria"],
            extra=extra,
        )
    )
