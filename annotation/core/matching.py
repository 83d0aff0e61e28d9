"""Which item a row of a file is about, although a person may have changed its text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row of a file. `place` counts from 0 through the whole file."""

    place: int
    line: int
    key: str
    question: str
    answer: str
    context: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """An item of the dataset."""

    pk: int
    position: int
    revision: int
    key: str
    question: str
    answer: str
    context: str


Agree = Callable[[FileRow, KnownItem], bool]
Matches = dict[int, KnownItem]
"""Item by the place of its row."""


def match_rows(rows: Sequence[FileRow], items: Sequence[KnownItem], places: Sequence[KnownItem] = ()) -> Matches:
    """Each item at most once.

    `places`: the items that stand where the rows of this file stood, in their order, where that is known. There the
    item at the row's place comes first if the question is the same, and last if only answer or context is (an edited
    question). Between the two, and without places, the key decides.
    """
    matches = _in_place(rows, places, _same_question)
    taken = {item.pk for item in matches.values()}
    by_key = {item.key: item for item in items}
    for row in rows:
        item = by_key.get(row.key)
        if row.place not in matches and item is not None and item.pk not in taken:
            matches[row.place] = item
            taken.add(item.pk)
    for place, item in _in_place(rows, places, _same_answer_or_context).items():
        if place not in matches and item.pk not in taken:
            matches[place] = item
    return matches


def _in_place(rows: Sequence[FileRow], items: Sequence[KnownItem], agree: Agree) -> Matches:
    if len(rows) != len(items):
        return {}
    return {row.place: item for row, item in zip(rows, items, strict=True) if agree(row, item)}


def _same_question(row: FileRow, item: KnownItem) -> bool:
    return row.question == item.question


def _same_answer_or_context(row: FileRow, item: KnownItem) -> bool:
    return bool(row.answer and row.answer == item.answer) or bool(row.context and row.context == item.context)
