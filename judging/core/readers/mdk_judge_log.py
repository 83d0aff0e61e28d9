"""mdk's judge log: one QA per entry with the judge's replies, scores and verdict.

`previous_num_error` is the verdict that the judged entry carried, a person's where a manual log was judged again.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.fields import BadField
from judging.core.readers.mdk import Entry, entries, error_count, judged, number_of, person_word, single_row


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One judged item per entry."""
    for entry in entries(path, "judge_log"):
        yield entry if isinstance(entry, RowProblem) else _row(entry)


def _row(entry: Entry) -> ItemRow | RowProblem:
    try:
        count, previous = error_count(entry.data, "num_error"), error_count(entry.data, "previous_num_error")
        row = judged(single_row(entry), entry.data, count, number_of(entry.data, "score"))
    except BadField as error:
        return RowProblem(entry.number, str(error))
    return row if previous is None else replace(row, person=person_word(previous))
