"""What is special about files of MMLU-Branch (`mmlubench_<task>.jsonl`, by instructlab-sdg).

Their `answer` is a number, and the answer as the teacher wrote it ("B) south") stands beside it. Where the letters of a
file were numbered from those that occur in it, every number is shifted: the text tells.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from judging.core.items import ItemRow
from judging.core.readers.fields import MAX_NAME, BadField

PREFIX = "mmlubench_"
AS_WRITTEN = ("mmlubench_answer", "targets")
"""Where such files keep the answer as it was written."""

_WRITTEN = re.compile(r"\s*([A-Z])\)[ \t]*(.*)")


def in_task(path: Path, row: ItemRow) -> ItemRow:
    """The row under the name of the task that its file is called after; its own subject stays in `extra`."""
    if not path.stem.startswith(PREFIX) or path.stem == PREFIX:
        return row
    own = {"subject": row.category} if row.category else {}
    return replace(row, category=path.stem.removeprefix(PREFIX)[:MAX_NAME], extra={**row.extra, **own})


def refuse_other_answer(data: Mapping[str, Any], choices: Sequence[str], gold: str) -> None:
    """Raise BadField where the answer as it was written is another choice than the right one."""
    name = next((name for name in AS_WRITTEN if isinstance(data.get(name), str)), "")
    written = _WRITTEN.match(data[name]) if name else None
    if written is None or not gold:
        return
    meant = meant_by(written[1], written[2], choices)
    if gold not in meant:
        shown, text = sorted(meant)[0], choices[ascii_uppercase.index(gold)]
        raise BadField(
            f"The right choice is {gold} ({text[:60]!r}) and '{name}' says {data[name][:60]!r}, which is {shown}. "
            f"Write {ascii_uppercase.index(shown)} as the answer, and look at the others: where a file lacks a letter, "
            "instructlab-sdg numbers those that are left from 0."
        )


def meant_by(letter: str, text: str, choices: Sequence[str]) -> set[str]:
    """The letters that a written answer may mean: of all choices with its text, else its own."""
    same = {ascii_uppercase[place] for place, choice in enumerate(choices) if bare(choice) == bare(text)}
    return same if text.strip() and same else {letter}


def bare(text: str) -> str:
    """A text without what is no word of it."""
    return " ".join(text.split()).casefold().rstrip(".")
