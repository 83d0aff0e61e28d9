"""mdk's merged gold set: every verdict in it is a person's; the blind set has none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judging.core.items import ItemRow, PersonWord, RowProblem
from judging.core.readers.fields import BadField
from judging.core.readers.mdk import Entry, entries, error_count, item_rows, outputs_of, person_word, single_row
from judging.core.verdicts import PersonVerdict


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per entry with a verdict, one per QA of an entry without."""
    for entry in entries(path, "gold"):
        if isinstance(entry, RowProblem):
            yield entry
        elif "num_error" in entry.data:
            yield _row(entry)
        else:
            yield from item_rows(entry)


def _row(entry: Entry) -> ItemRow | RowProblem:
    try:
        outputs_of(entry.data)
        count = error_count(entry.data, "num_error")
        word = PersonWord(verdict=PersonVerdict.UNDEFINED) if count is None else person_word(count)
        return replace(single_row(entry), person=word)
    except BadField as error:
        return RowProblem(entry.number, str(error))
