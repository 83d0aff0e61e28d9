"""Tables that only count labels, as they are printed: which columns are values, which row names are, what only adds up.

A table of counts has a row per item and says how many raters gave the value of each column (Fleiss 1971); a square one
says how often two raters said each two values (Cohen 1960).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotation.core.column_names import ITEM, ONE_PERSON, PERSON, plain
from annotation.core.tables import Row

_SUMS = {
    "total", "totals", "sum", "sums", "σ", "∑", "row_total", "row_totals", "column_total", "column_totals", "col_total",
    "grand_total", "合計", "総計", "計", "总计", "合计", "p_j", "pj",
}  # fmt: skip
_MAY_BE_SUMS = {"n", "all", "raters", "n_raters", "ratings", "margin", "margins", "marginal"}
_SHARES = {"p_i", "pi", "p", "share", "proportion", "agreement", "extent_of_agreement"}
_LEAST_COUNTED = 6
"""Rows whose numbers add up to the same, from which on it cannot be by chance."""
_LEAST_SHORT = 10
"""The same where columns have names that raters have too: r1, r2."""
_LARGE = 10
"""As large a number is a count, where labels may be meant as well."""
_SHORT = re.compile(r"[a-z]{1,2}[ _.#-]*\d+", re.IGNORECASE)
_OF_RATERS = re.compile(rf"{PERSON}|[\\/]|\bvs\b|row", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Printed:
    """The columns of a printed table. `first`: the one that names the rows, '' where none does."""

    first: str
    values: tuple[str, ...]

    def counts(self, row: Row) -> list[int] | None:
        """The numbers of a row, a blank being none; None where something else stands there."""
        return _numbers(row, self.values)

    def name(self, row: Row) -> str:
        """What the row is called."""
        return row.cells[self.first] if self.first else ""


def counts_of_items(header: Sequence[str], start: Sequence[Row]) -> Printed | None:
    """The columns of a table of counts, where it is one: every row adds up to the same, or to what a column says.

    Labels do so by chance only in the smallest tables; there a number that is no value has to stand beside values
    that are numbers.
    """
    for found in _readings(header, start):
        counts = _without_lines(found, start)
        if counts and _may_be_values(found.values, len(counts)) and _add_up(found, header, counts):
            return found
    return None


def printed_counts(header: Sequence[str], start: Sequence[Row]) -> Printed:
    """How a table of counts is to be read."""
    if found := counts_of_items(header, start):
        return found
    first, names = header[0], [row.cells[header[0]] for row in start]
    has_names = plain(first) in {*ITEM, "", "column_1"} or len(set(names)) == len(names)
    values = _without_sums(header[1:] if has_names else header, start)
    return Printed(first if has_names else "", tuple(values))


def square_of_raters(header: Sequence[str], start: Sequence[Row]) -> Printed | None:
    """The columns of the table of two raters, where it is one: rows and columns have the same names."""
    found = Printed(header[0], tuple(_without_sums(header[1:], start)))
    if len(found.values) > 1 and plain(header[0]) not in ITEM and _has_names_of_columns(found, start):
        return found
    return _unnamed_square(header, start)


def printed_square(header: Sequence[str], start: Sequence[Row]) -> Printed:
    """How a table of two raters is to be read."""
    if found := square_of_raters(header, start):
        return found
    if len(start) == len(header) and all(_numbers(row, header) for row in start):
        return Printed("", tuple(header))
    return Printed(header[0], tuple(_without_sums(header[1:], start)))


def sum_lines(found: Printed, start: Sequence[Row]) -> set[int]:
    """The lines of rows that add up the others."""
    return {row.line for row in start if _adds_up(found, row, start)}


def value_named(name: str, values: Sequence[str]) -> str:
    """The value that a row is called by, as its column writes it."""
    return {_key(value): value for value in values}.get(_key(name), name)


def _numbers(row: Row, names: Sequence[str]) -> list[int] | None:
    cells = [row.cells[name].removesuffix(".0") or "0" for name in names]
    return [int(cell) for cell in cells] if all(cell.isdecimal() for cell in cells) else None


def _readings(header: Sequence[str], start: Sequence[Row]) -> Iterable[Printed]:
    """With the first column as names of rows, and without such."""
    yield Printed(header[0], tuple(_without_sums(header[1:], start)))
    if plain(header[0]) not in ITEM:
        yield Printed("", tuple(_without_sums(header, start)))


def _without_sums(names: Sequence[str], start: Sequence[Row]) -> list[str]:
    """The columns that neither add up others nor say what share they are."""
    kept = [name for name in names if plain(name) not in _SUMS and not _holds_shares(name, start)]
    for name in [name for name in kept if plain(name) in _MAY_BE_SUMS]:
        others = [other for other in kept if other != name]
        if _is_sum_of(name, others, start):
            kept = others
    return kept


def _holds_shares(name: str, start: Sequence[Row]) -> bool:
    cells = [row.cells[name] for row in start if row.cells[name]]
    return plain(name) in _SHARES and all("." in cell or cell in {"0", "1"} for cell in cells)


def _is_sum_of(name: str, others: Sequence[str], start: Sequence[Row]) -> bool:
    rows = [(_numbers(row, [name]), _numbers(row, others)) for row in start]
    return bool(rows) and all(total and counts and total[0] == sum(counts) for total, counts in rows)


def _adds_up(found: Printed, row: Row, start: Sequence[Row]) -> bool:
    """Whether a row is called a sum; where a value may be called so, it has to be one."""
    name = plain(found.name(row) or next(iter(row.cells.values())))
    if name not in _MAY_BE_SUMS:
        return name in _SUMS
    others = [found.counts(other) or [] for other in start if other is not row]
    return all(others) and found.counts(row) == [sum(column) for column in zip(*others, strict=True)]


def _without_lines(found: Printed, start: Sequence[Row]) -> list[list[int]]:
    """The numbers of all rows but sums; nothing where there is anything else."""
    sums = sum_lines(found, start)
    rows = [found.counts(row) for row in start if row.line not in sums]
    return [row for row in rows if row] if all(rows) else []


def _may_be_values(names: Sequence[str], rows: int) -> bool:
    if len(names) < 2 or any(ONE_PERSON.fullmatch(name.strip()) for name in names):
        return False
    return rows >= _LEAST_SHORT or not any(_SHORT.fullmatch(name.strip()) for name in names)


def _add_up(found: Printed, header: Sequence[str], rows: Sequence[list[int]]) -> bool:
    sums = {sum(row) for row in rows}
    if max(sums) < 2 or len({tuple(row) for row in rows}) < 2 or all(map(all, rows)):
        return False
    if len(sums) > 1:
        # Different numbers of raters: only a column that says how many tells that they are counted.
        return any(plain(name) in _MAY_BE_SUMS and name not in found.values for name in header[1:])
    are_numbers = all(name.isdecimal() for name in found.values)
    no_value = are_numbers and any(count and str(count) not in found.values for row in rows for count in row)
    return no_value or len(rows) >= _LEAST_COUNTED


def _has_names_of_columns(found: Printed, start: Sequence[Row]) -> bool:
    sums = sum_lines(found, start)
    rows = [row for row in start if row.line not in sums]
    names, columns = [_key(found.name(row)) for row in rows], [_key(name) for name in found.values]
    counts = [found.counts(row) or [] for row in rows]
    if not counts or not all(counts) or not any(map(any, counts)) or len(set(names)) < len(names):
        return False
    if names == columns:
        says_so = bool(_OF_RATERS.search(found.first)) or not all(name.isdecimal() for name in found.values)
        return says_so or max(map(max, counts)) > max(map(int, found.values))
    # Programs leave out a value that one of the two never gave.
    common = set(names) & set(columns)
    some_left_out = common in (set(names), set(columns)) and len(common) > 1
    return some_left_out and not any(name.isdecimal() for name in (*names, *columns))


def _unnamed_square(header: Sequence[str], start: Sequence[Row]) -> Printed | None:
    """As many rows as columns, no names of rows, and numbers larger than labels are."""
    rows = [_numbers(row, header) or [] for row in start]
    if len(header) < 2 or len(rows) != len(header) or not all(rows) or plain(header[0]) in ITEM:
        return None
    if any(ONE_PERSON.fullmatch(name.strip()) or _SHORT.fullmatch(name.strip()) for name in header):
        return None
    return Printed("", tuple(header)) if max(map(max, rows)) >= _LARGE else None


def _key(name: str) -> str:
    """One name, however it is written."""
    return " ".join(name.casefold().split())
