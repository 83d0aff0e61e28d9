"""Printed tables that only count labels: how many raters gave each value to an item (as Fleiss 1971), or how often two
raters said each two values (as Cohen 1960). The labels behind them come out, whoever gave them."""

from collections.abc import Iterator, Sequence

from annotation.core.label_rows import JUDGE, LabelRows, Said, TableOptions, value_text
from annotation.core.table_shapes import is_total
from annotation.core.tables import FileRefused, Row, Table
from judging.core.items import RowProblem

MOST_LABELS = 5_000_000
_READ_OTHERWISE = "Where the columns are raters and the numbers what they said, say so with --shape wide."


def read_counts(table: Table, options: TableOptions, rows: LabelRows) -> None:
    """A row per item and a column per value; a number says how many raters gave it."""
    item, values = _columns(table, options)
    rows.hints.append(f"Read as counts: a number says how many raters gave the value of its column. {_READ_OTHERWISE}")
    seen: dict[str, int] = {}
    for row, name, counts in _counted(table, item, values, rows):
        if not any(counts):
            continue
        if name in seen:
            rows.refuse(row.line, f"The item {name!r} stands in line {seen[name]} already. Give each its own row.")
            continue
        seen[name] = row.line
        given = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
        for place, value in enumerate(given, 1):
            _add(row.line, name, f"rater {place}", value, options, rows)
    rows.positional = True
    _declare(values, options, rows)


def read_square(table: Table, options: TableOptions, rows: LabelRows) -> None:
    """A row per value of one rater, a column per value of the other; a number says of how many items they said so."""
    corner, values = _columns(table, options)
    if not corner:
        raise FileRefused(1, "The first column of a table of two raters names the values of its rows.")
    names = _two_raters(corner)
    rows.hints.append(
        "Read as the table of two raters: a number says of how many items the one said the value of its row and the "
        f"other that of its column. {_READ_OTHERWISE}"
    )
    item = 0
    for row, said, counts in _counted(table, corner, values, rows):
        for value, count in zip(values, counts, strict=True):
            for _ in range(count):
                item += 1
                for rater, label in zip(names, (said, value), strict=True):
                    _add(row.line, str(item), rater, label, options, rows)
    _declare(values, options, rows)


def _declare(values: Sequence[str], options: TableOptions, rows: LabelRows) -> None:
    """The columns are the scale: coefficients that count values (AC1, Brennan-Prediger) count those nobody gave too."""
    rows.declared[options.criterion] = tuple(dict.fromkeys(map(value_text, values)))


def _columns(table: Table, options: TableOptions) -> tuple[str, tuple[str, ...]]:
    """The first column, '' where it is one of the values', and those."""
    values = options.columns or tuple(name for name in table.header[1:] if not is_total(name))
    if len(values) < 2:
        raise FileRefused(1, "A table of counts names its rows in the first column and has a column per value.")
    return "" if table.header[0] in values else table.header[0], values


def _counted(table: Table, first: str, values: Sequence[str], rows: LabelRows) -> Iterator[tuple[Row, str, list[int]]]:
    """Rows that can be read, with their names, else their numbers, and what they count; sums are left out."""
    labels = 0
    for number, row in enumerate(table.rows, 1):
        if isinstance(row, RowProblem):
            rows.refuse(row.line, row.message)
            continue
        name = row.cells[first] if first else str(number)
        cells = [row.cells[name] or "0" for name in values]
        wrong = next((cell for cell in cells if not _is_count(cell)), None)
        if is_total(name):
            continue
        if wrong is not None:
            rows.refuse(row.line, f"{wrong!r} is no number of labels. Write a whole number.")
            continue
        counts = [int(float(cell)) for cell in cells]
        labels += sum(counts)
        if labels > MOST_LABELS:
            raise FileRefused(row.line, f"The numbers add up to more than {MOST_LABELS:,} labels. They are no counts.")
        yield row, name, counts


def _is_count(cell: str) -> bool:
    return cell.removesuffix(".0").isdecimal()


def _two_raters(corner: str) -> tuple[str, str]:
    r"""Names of the two as the corner has them (A\B, A/B, A vs B), else what they are of the table."""
    for mark in ("\\", "/", " vs ", " by ", " x "):
        first, found, second = (part.strip() for part in corner.partition(mark))
        if found and first and second and first != second:
            return first, second
    return "rater in rows", "rater in columns"


def _add(line: int, item: str, rater: str, value: str, options: TableOptions, rows: LabelRows) -> None:
    if options.rater_type == JUDGE:
        rater = options.rater or "judge"
    rows.add(Said(line, item, "", rater, options.rater_type, options.criterion, value_text(value)))
