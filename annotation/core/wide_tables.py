"""Wide tables of labels: a row per item and a column per rater, the item's name in a column of its own or nowhere."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotation.core.column_names import ITEM, MARKS, MISSING, columns_of, first_of, plain
from annotation.core.label_rows import JUDGE, LabelRows, Said, TableOptions, value_text
from annotation.core.table_shapes import are_all_raters
from annotation.core.tables import FileRefused, Row, Table, is_number
from judging.core.items import RowProblem

_REPEATS = re.compile(r"(?:run|repeat|sample)[ _.#-]*\d+", re.IGNORECASE)
_UNNAMED = "column 1"
_CRITERION, _MODEL = "criterion", "model"
_SUMS = {"total", "sum", "mean", "average", "avg"}
_MANY = 6


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a wide table are; '' where there is no such column. `raters`: whose words `said` holds.

    `may_repeat`: the rows themselves may be the items, and the item's column only the first.
    """

    item: str
    said: tuple[str, ...]
    raters: tuple[str, ...]
    criterion: str = ""
    model: str = ""
    may_repeat: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A row's place, what it is about, and its cells."""

    line: int
    item: str
    model: str
    criterion: str
    values: tuple[str, ...]


def read_wide(table: Table, start: Sequence[Row], options: TableOptions, rows: LabelRows) -> None:
    """Every cell of a rater's column is a label; `start` are the first rows, which say what the columns are."""
    columns = _columns(table.header, start, options, rows)
    read = list(_lines(table, columns, rows))
    names = {(found.item, found.model, found.criterion) for found in read}
    by_number = not columns.item or (columns.may_repeat and len(names) < len(read))
    missing = MISSING | set(map(value_text, options.missing)) | {mark.lower() for mark in options.missing}
    for number, found in enumerate(read, 1):
        item = str(number) if by_number else found.item
        for rater, text in zip(columns.raters, found.values, strict=True):
            value = value_text(text)
            if value.lower() not in missing:
                criterion = found.criterion or options.criterion
                rows.add(Said(found.line, item, found.model, rater, options.rater_type, criterion, value))


def _lines(table: Table, columns: Columns, rows: LabelRows) -> Iterator[_Line]:
    """Rows with something in them; one whose item stood before is a problem."""
    lines: dict[tuple[str, str, str], int] = {}
    for row in table.rows:
        if isinstance(row, RowProblem):
            rows.refuse(row.line, row.message)
            continue
        key = (
            row.cells[columns.item] if columns.item else "",
            row.cells[columns.model] if columns.model else "",
            row.cells[columns.criterion] if columns.criterion else "",
        )
        values = tuple(row.cells[column] for column in columns.said)
        if columns.item and not key[0] and not any(values):
            continue
        if columns.item and key in lines and not columns.may_repeat:
            rows.refuse(row.line, _twice(key[0], lines[key], columns))
            continue
        lines.setdefault(key, row.line)
        yield _Line(row.line, *key, values)


def _twice(name: str, line: int, columns: Columns) -> str:
    return (
        f"The item {name!r} stands in line {line} already. Give each its own row, or name the raters' columns "
        f"(--columns {','.join([columns.item, *columns.said][:3])},...) where no column names the items; in a table "
        "with a row per label name the columns item_id, rater and value."
    )


def _columns(header: Sequence[str], start: Sequence[Row], options: TableOptions, rows: LabelRows) -> Columns:
    """Which column names the items, which hold labels, and whose."""
    item = _item_column(header, start, options, rows)
    if options.columns:
        said, criterion, model = options.columns, "", ""
    else:
        others = [name for name in header if name != item]
        criterion = next((name for name in others if plain(name) == _CRITERION), "")
        model = next((name for name in others if plain(name) == _MODEL and _is_all_words(name, start)), "")
        said = _without_sums([name for name in others if name not in {criterion, model}], start, rows)
        _check_kinds(said, start)
        _say_how_else(said, start, rows)
    if not said:
        raise FileRefused(1, f"A wide table has a column per rater. Columns: {', '.join(header[:20])}.")
    may_repeat = bool(options.columns) and plain(item) not in ITEM
    return Columns(item, said, _raters(said, options), criterion, model, may_repeat)


def _without_sums(names: Sequence[str], start: Sequence[Row], rows: LabelRows) -> tuple[str, ...]:
    """The columns but those that add up the others, or are their mean."""
    for name in names:
        others = [other for other in names if other != name]
        if plain(name) in _SUMS and len(others) > 1 and all(_is_made_of(row, name, others) for row in start):
            rows.hints.append(f"The column {name!r} is made of the others, and was left out.")
            return tuple(others)
    return tuple(names)


def _is_made_of(row: Row, name: str, others: Sequence[str]) -> bool:
    """Whether a cell is the sum or the mean of the others, as far as it is written."""
    cells = [float(row.cells[other]) for other in others if is_number(row.cells[other])]
    text = row.cells[name]
    if not cells or not is_number(text):
        return not text
    half = 0.5001 * 10.0 ** -len(text.partition(".")[2])
    return any(abs(float(text) - made) <= half for made in (sum(cells), sum(cells) / len(cells)))


def _say_how_else(said: Sequence[str], start: Sequence[Row], rows: LabelRows) -> None:
    """How the table may be meant otherwise, where something speaks for it."""
    if 1 < len(start) < len(said) and len(said) > 2:
        rows.hints.append(
            f"Read as {len(start)} items of {len(said)} raters. Where a row is a rater, say so with --shape turned."
        )
        return
    cells = [row.cells[name] for row in start for name in said]
    if len(said) < 3 or len(start) < _MANY or not all(cell.isdecimal() for cell in cells if cell):
        return
    sums = [sum(int(row.cells[name] or 0) for name in said) for row in start]
    many_zeros = 2 * sum(cell in {"", "0"} for cell in cells) >= len(cells)
    if many_zeros and max(sums) > 2 and 2 * sum(found == max(sums) for found in sums) > len(sums):
        rows.hints.append("Where a number says how many raters gave the value of its column, say --shape counts.")


def _item_column(header: Sequence[str], start: Sequence[Row], options: TableOptions, rows: LabelRows) -> str:
    """The column that names the items; '' where every column is a rater's, and a row's number names its item."""
    known = {short: name for short, name in columns_of(header).items() if name not in options.columns}
    if named := first_of(known, ITEM):
        return named
    first = header[0]
    if options.columns or first == _UNNAMED:
        return "" if first in options.columns else first
    if are_all_raters(header):
        return ""
    cells = [row.cells[first] for row in start]
    others = {row.cells[name] for row in start for name in header[1:]}
    if len(set(cells)) < len(cells):
        # Names of items do not come again, and are not what raters say.
        if not set(cells) - {""} <= others:
            return first
        rows.hints.append(f"No column names the items: every row was read as one, and {first!r} as a rater's.")
        return ""
    if set(cells) <= others:
        rows.hints.append(
            f"The column {first!r} was read as the names of the items. Where it is a rater's, "
            f"name all raters' columns: --columns {','.join(header)}."
        )
    return first


def _check_kinds(said: Sequence[str], start: Sequence[Row]) -> None:
    """Where some columns hold words only and others numbers, not all of them are raters'."""
    words = [name for name in said if _is_all_words(name, start)]
    numbers = [name for name in said if name not in words and any(row.cells[name] for row in start)]
    if words and numbers and all(_are_numbers(name, start) for name in numbers):
        raise FileRefused(
            1,
            f"The column {words[0]!r} holds words and {numbers[0]!r} numbers; raters say the same kind of thing. "
            f"Name the raters' columns: --columns {','.join(numbers)}.",
        )


def _said_in(name: str, start: Sequence[Row]) -> set[str]:
    """What a column holds, without marks of missing labels."""
    return {row.cells[name] for row in start if row.cells[name].lower() not in MISSING | MARKS}


def _is_all_words(name: str, start: Sequence[Row]) -> bool:
    found = _said_in(name, start)
    return bool(found) and not any(is_number(cell) for cell in found)


def _are_numbers(name: str, start: Sequence[Row]) -> bool:
    return all(is_number(cell) for cell in _said_in(name, start))


def _raters(columns: Sequence[str], options: TableOptions) -> tuple[str, ...]:
    """Whose words the columns hold. Runs of a judge in several columns are one judge's."""
    if len(columns) == 1 or options.rater_type == JUDGE:
        one = options.rater or ("judge" if all(_REPEATS.fullmatch(name.strip()) for name in columns) else "")
        if one and (options.rater or len(columns) > 1):
            return (one,) * len(columns)
    return tuple(name.strip() for name in columns)
