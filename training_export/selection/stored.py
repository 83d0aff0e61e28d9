"""Texts of items as the database stores them: parts of JSON that leave as they are need no reading and no writing.

A text is taken over only where it is, character by character, what the writers would make of it. What was stored with
its characters escaped is read and written anew.
"""

import re
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Func, TextField

from judging.core.items import Turn
from training_export.core.records import Json
from training_export.selection.columns import DECODE

ESCAPE, ESCAPED = "\\", "\\u"
NEXT_TURN = '"}, {"'


class Quoted(Func):
    """A text as JSON."""

    function = "JSON_QUOTE"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same of PostgreSQL."""
        return self.as_sql(
            compiler, connection, function="TO_JSON", template="CAST(%(function)s(%(expressions)s) AS text)", **context
        )


class Layout(NamedTuple):
    """How the texts of one turn stand in a stored list of turns: what is before the first, between them, at the end."""

    begin: str
    second: str
    third: str
    end: str
    answer_first: bool


# As it was written, and as PostgreSQL orders keys.
WRITTEN = Layout('[{"question": "', '", "answer": "', '", "reference": "', '"}]', answer_first=False)
BY_LENGTH = Layout('[{"answer": "', '", "question": "', '", "reference": "', '"}]', answer_first=True)


def layout() -> Layout:
    """Of this database."""
    return BY_LENGTH if connection.vendor == "postgresql" else WRITTEN


def turn_json(text: str, layout: Layout) -> tuple[str, str, str] | None:
    """Question, answer and reference of the only turn as JSON; None where they have to be decoded to be known.

    Quotes within a text are escaped, so that what stands between two texts is found nowhere else.
    """
    begin, second, third, end, answer_first = layout
    if not (text.startswith(begin) and text.endswith(end)) or ESCAPED in text or NEXT_TURN in text:
        return None
    first_end = text.find(second)
    second_end = text.find(third, first_end)
    if first_end < 0 or second_end < 0:
        return None
    one = text[len(begin) - 1 : first_end + 1]
    two = text[first_end + len(second) - 1 : second_end + 1]
    reference = text[second_end + len(third) - 1 : -2]
    return (two, one, reference) if answer_first else (one, two, reference)


def plain(quoted: str) -> str:
    """The text that this JSON is."""
    return DECODE(quoted)[0] if ESCAPE in quoted else quoted[1:-1]


def turns_of(text: str, found: tuple[str, str, str] | None) -> tuple[Turn, ...]:
    """The turns of a JSON column; `found`: what `turn_json` made of it."""
    if found is not None and ESCAPE not in text:
        return (Turn(found[0][1:-1], found[1][1:-1], found[2][1:-1]),)
    return tuple([Turn(turn["question"], turn["answer"], turn["reference"]) for turn in DECODE(text)[0]])


class StoredJson:
    """Makes the JSON of records, for formats whose lines are made of it."""

    def __init__(self, names: frozenset[str]) -> None:
        """`names`: keys that may not be in `extra` where it is to be taken as it is."""
        self._taken = re.compile("|".join(re.escape(f'"{name}": ') for name in sorted(names)))
        # Numbers leave PostgreSQL as it writes them.
        self._keeps_extra = connection.vendor != "postgresql"

    def of(self, turn: tuple[str, str, str] | None, context: str, extra: str) -> Json | None:
        """The JSON of an item, where none of it has to be decoded."""
        if turn is None:
            return None
        if extra == "{}":
            return Json(*turn, context, "")
        if not self._keeps_extra or ESCAPED in extra or self._taken.search(extra):
            return None
        return Json(*turn, context, extra[1:-1])
