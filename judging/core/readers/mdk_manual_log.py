"""mdk's manual log and autosave: entries a person went through.

`output` printed into one text means that the entry was on the screen, so its `num_error` is a person's word (null:
undefined). Still a list, nobody looked at it, and its `num_error` is what a judge left there. Logs that this platform
wrote also say what the judge said: `judge_num_error` and `judge_score`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judging.core.items import ItemRow, PersonWord, RowProblem
from judging.core.readers.fields import BadField
from judging.core.readers.mdk import Entry, entries, error_count, judged, number_of, outputs_of, person_word, single_row
from judging.core.verdicts import PersonVerdict


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per entry, with the person's word where the entry was reviewed."""
    for entry in entries(path, "manual_log"):
        yield entry if isinstance(entry, RowProblem) else _row(entry)


def _row(entry: Entry) -> ItemRow | RowProblem:
    try:
        outputs_of(entry.data)
        row = replace(single_row(entry), person=_word(entry))
        return _judged(row, entry) if "judge_num_error" in entry.data else row
    except BadField as error:
        return RowProblem(entry.number, str(error))


def _word(entry: Entry) -> PersonWord | None:
    count = error_count(entry.data, "num_error")
    if not isinstance(entry.data.get("output"), str):
        return None
    return PersonWord(verdict=PersonVerdict.UNDEFINED) if count is None else person_word(count)


def _judged(row: ItemRow, entry: Entry) -> ItemRow:
    name = "judge_score" if "judge_score" in entry.data else "score"
    return judged(row, entry.data, error_count(entry.data, "judge_num_error"), number_of(entry.data, name))
