"""What people write above a table: a title, a date, a note. The header stands below it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from judging.core.readers.fields import QUESTION, find

LOOKED_AT = 20
"""Rows among which the header is."""


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the header, counted from 0.

    The first, if it names a question. Else the first one behind it with more cells than any above that names one, or,
    where none does, the first that has more than one text in its first cell.
    """
    if not rows or find(rows[0], QUESTION) is not None:
        return 0
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for place in range(1, len(rows)):
        if filled[place] > max(filled[:place]) and find(rows[place], QUESTION) is not None:
            return place
    return next((place for place, cells in enumerate(filled) if cells > 1), 0)


def first_records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The first records of a text, each with the number of lines above it; nothing behind one that is broken."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield start, cells
        start = reader.line_num


def below_titles(lines: Sequence[str], delimiters: Iterable[str]) -> tuple[int, str, list[str]] | None:
    """Lines above the header, delimiter and names, where titles stand above it; None where none do."""
    found = []
    for mark in delimiters:
        records = list(islice(first_records(lines, mark), LOOKED_AT))
        place = header_place([cells for _, cells in records])
        if place:
            above, cells = records[place]
            found.append((find(cells, QUESTION) is not None, len(cells), (above, mark, cells)))
    return max(found)[2] if found else None
