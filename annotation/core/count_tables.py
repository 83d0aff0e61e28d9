"""Printed tables that only count labels: how many raters gave each value to an item (as Fleiss 1971), or how often two
raters said each two values (as Cohen 1960). The labels behind them come out, whoever gave them."""

from collections.abc import Iterator, Sequence

from annotation.core.column_names import MISSING
from annotation.core.label_rows import JUDGE, LabelRows, Said, TableOptions, value_text
from annotation.core.printed_tables import Printed, printed_counts, printed_square, sum_lines, value_named
from annotation.core.tables import FileRefused, Row, Table
from judging.core.items import RowProblem

MOST_LABELS = 5_000_000
_READ_OTHERWISE = "Where the columns are raters and the numbers what they said, say so with --shape wide."


def read_counts(table: Table, start: Sequence[Row], options: TableOptions, rows: LabelRows) -> None:
    """A row per item and a column per value; a number says how many raters gave it."""
    found = _chosen(table, options) or printed_counts(table.header, start)
    rows.hints.append(f"Read as counts: a number says how many raters gave the value of its column. {_READ_OTHERWISE}")
    seen: dict[str, int] = {}
    for row, name, counts in _counted(table, found, start, rows):
        if not any(counts):
            continue
        if name in seen:
            rows.refuse(row.line, f"The item {name!r} stands in line {seen[name]} already. Give each its own row.")
            continue
        seen[name] = row.line
        given = [value for value, count in zip(found.values, counts, strict=True) for _ in range(count)]
        for place, value in enumerate(given, 1):
            _add(row.line, name, f"rater {place}", value, options, rows)
    rows.positional = True
    _declare(found.values, options, rows)


def read_square(table: Table, start: Sequence[Row], options: TableOptions, rows: LabelRows) -> None:
    """A row per value of one rater, a column per value of the other; a number says of how many items they said so."""
    found = _chosen(table, options) or printed_square(table.header, start)
    names = _two_raters(found.first)
    rows.hints.append(
        "Read as the table of two raters: a number says of how many items the one said the value of its row and the "
        f"other that of its column. {_READ_OTHERWISE}"
    )
    item, scale = 0, list(found.values)
    for row, name, counts in _counted(table, found, start, rows):
        said = value_named(name, found.values) if found.first else found.values[int(name) - 1]
        scale.append(said)
        for value, count in zip(found.values, counts, strict=True):
            for _ in range(count):
                item += 1
                for rater, label in zip(names, (said, value), strict=True):
                    _add(row.line, str(item), rater, label, options, rows)
    _declare(scale, options, rows)


def _declare(values: Sequence[str], options: TableOptions, rows: LabelRows) -> None:
    """The columns are the scale: coefficients that count values (AC1, Brennan-Prediger) count those nobody gave too."""
    named = (value_text(value) for value in values if value.lower() not in MISSING)
    rows.declared[options.criterion] = tuple(dict.fromkeys(named))


def _chosen(table: Table, options: TableOptions) -> Printed | None:
    """The columns that somebody named as those of the values."""
    if not options.columns:
        return None
    return Printed("" if table.header[0] in options.columns else table.header[0], options.columns)


def _counted(
    table: Table, found: Printed, start: Sequence[Row], rows: LabelRows
) -> Iterator[tuple[Row, str, list[int]]]:
    """Rows that can be read, with their names, else their numbers, and what they count; sums are left out."""
    if len(found.values) < 2:
        raise FileRefused(1, "A table of counts names its rows in the first column and has a column per value.")
    labels, sums = 0, sum_lines(found, start)
    for number, row in enumerate(table.rows, 1):
        if isinstance(row, RowProblem):
            rows.refuse(row.line, row.message)
            continue
        if row.line in sums:
            continue
        counts = found.counts(row)
        if counts is None:
            rows.refuse(row.line, f"{_no_count(found, row)!r} is no number of labels. Write a whole number.")
            continue
        labels += sum(counts)
        if labels > MOST_LABELS:
            raise FileRefused(row.line, f"The numbers add up to more than {MOST_LABELS:,} labels. They are no counts.")
        yield row, found.name(row) if found.first else str(number), counts


def _no_count(found: Printed, row: Row) -> str:
    return next(row.cells[name] for name in found.values if Printed("", (name,)).counts(row) is None)


def _two_raters(corner: str) -> tuple[str, str]:
    r"""Names of the two as the corner has them (A\B, A/B, A vs B), else what they are of the table."""
    for mark in ("\\", "/", " vs ", " by ", " x "):
        first, found, second = (part.strip() for part in corner.partition(mark))
        if found and first and second and first != second:
            return first, second
    return "rater in rows", "rater in columns"


def _add(line: int, item: str, rater: str, value: str, options: TableOptions, rows: LabelRows) -> None:
    if value.lower() in MISSING:
        return
    if options.rater_type == JUDGE:
        rater = options.rater or "judge"
    rows.add(Said(line, item, "", rater, options.rater_type, options.criterion, value_text(value)))
