"""Tables of labels and judgments made elsewhere: long (a row per label), wide (a row per item, a column per rater), or
printed as counts.

A column of numbered raters may be nobody: see `_are_places`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from annotation.core.column_names import (
    MISSING,
    columns_of,
    is_long,
    item_column,
    rater_column,
    value_column,
)
from annotation.core.count_tables import read_counts, read_square
from annotation.core.label_rows import HUMAN, JUDGE, LabelRows, Said, TableOptions, value_text
from annotation.core.label_values import UNSCORED, settle_values
from annotation.core.table_shapes import (
    Shape,
    are_all_raters,
    begun,
    is_turned,
    roles_of_three,
    shape_of,
    turned,
)
from annotation.core.tables import FileRefused, Row, Table, is_number, open_table
from annotation.core.wide_tables import read_wide
from judging.core.items import RowProblem

LEAST_ROWS = 5

_ORDERS = {"": "", "ab": "ab", "ba": "ba", "0": "ab", "1": "ba", "original": "ab", "swapped": "ba"}
_NUMBERED = re.compile(r"(?:[a-z]+[ _.#-]*)?(\d+)", re.IGNORECASE)


def read_labels(path: Path, options: TableOptions) -> LabelRows:
    """Every label of a file. FileRefused where it is no table of labels at all."""
    table = open_table(path)
    _check_header(table.header, options)
    table, start = begun(table)
    rows = LabelRows()
    _READ[_shape(table, start, options)](table, start, options, rows)
    settle_values(rows, options)
    if not rows.problems and not len(rows):
        raise FileRefused(1, "The table holds no label. Fill in at least one cell; lists and objects are no labels.")
    return rows


def looks_like_labels(path: Path) -> bool:
    """Whether a table tells by itself that it is one of labels: a row per label, counts, raters in rows or columns."""
    table, start = begun(open_table(path))
    named = shape_of(table.header, start) is not Shape.WIDE
    return named or are_all_raters(table.header) or are_all_raters(table.header[1:])


def _check_header(header: Sequence[str], options: TableOptions) -> None:
    missing = [name for name in options.columns if name not in header]
    if missing:
        raise FileRefused(1, f"There is no column {missing[0]!r}. Columns: {_listed(header)}.")
    if not header:
        raise FileRefused(1, "The first line is empty. It names the columns.")
    if len(header) > 1 and all(is_number(name) for name in header) and not are_all_raters(header):
        raise FileRefused(1, "The first line holds numbers only. Put a line with the names of the columns above it.")


def _shape(table: Table, start: Sequence[Row], options: TableOptions) -> Shape:
    if options.shape:
        return Shape(options.shape)
    return Shape.WIDE if options.columns else shape_of(table.header, start)


def _wide(table: Table, start: Sequence[Row], options: TableOptions, rows: LabelRows) -> None:
    read_wide(table, start, options, rows)
    rows.positional = options.rater_type == HUMAN and (options.positional or _are_places(rows))


def _turned(table: Table, start: Sequence[Row], options: TableOptions, rows: LabelRows) -> None:
    if not options.shape and not is_turned(table.header, start):
        rows.hints.append(
            "Read with a rater per row and an item per column. Where a row is an item, say so with --shape wide."
        )
    table, start = begun(turned(table))
    _wide(table, start, options, rows)


def _long(table: Table, start: Sequence[Row], options: TableOptions, rows: LabelRows) -> None:
    known = columns_of(table.header)
    item, value = item_column(known), value_column(known)
    if not is_long(known) and (roles := roles_of_three(table.header, start)):
        rows.hints.append(
            f"Read with a label per row: {roles['value']!r} is what {roles['rater']!r} says of {roles['item_id']!r}."
        )
        _read_long(table, {**known, **roles}, options, rows)
        return
    if not item or not value:
        named = "items in a column item_id" if not item else "labels in a column value"
        raise FileRefused(1, f"A long table names its {named}. Columns: {_listed(table.header)}.")
    _read_long(table, {**known, "value": value, "item_id": item}, options, rows)


def _read_long(table: Table, known: Mapping[str, str], options: TableOptions, rows: LabelRows) -> None:
    rater = rater_column({short: name for short, name in known.items() if name != known["item_id"]})
    others = {name: known.get(name, "") for name in ("rater_type", "criterion", "model", "turn", "order", "status")}
    others |= {"value": known["value"], "time": known.get("time", known.get("created_at", ""))}
    others["seconds"] = known.get("seconds", "")
    places, nameless = Counter[tuple[str, ...]](), False
    missing = MISSING | set(map(value_text, options.missing)) | {mark.lower() for mark in options.missing}
    for row in _good(table.rows, rows):
        cells = {name: row.cells.get(column, "") for name, column in others.items()}
        value = value_text(cells["value"])
        cells["value"] = "" if value.lower() in missing else value
        named = row.cells.get(rater, "") or options.rater
        said = _said_of(row.line, row.cells[known["item_id"]], named, cells, options, rows)
        if said is None:
            continue
        if not said.rater and said.rater_type == JUDGE:
            rows.refuse(row.line, "The row does not say which judge it is of. Fill in the column rater.")
            continue
        if not said.rater:
            nameless = True
            place = (said.item, said.model, said.criterion)
            places[place] += 1
            said = said._replace(rater=f"rater {places[place]}")
        rows.add(said)
    rows.positional = options.positional or nameless or _are_places(rows)


def _said_of(
    line: int, item: str, rater: str, cells: dict[str, str], options: TableOptions, rows: LabelRows
) -> Said | None:
    """The label of a row of a long table; None where there is none, or something is wrong with it."""
    rater_type = cells["rater_type"].lower() or options.rater_type
    status, order = cells["status"].lower(), _ORDERS.get(cells["order"].lower())
    wrong = ""
    if rater_type not in {HUMAN, JUDGE}:
        wrong = f"rater_type is {HUMAN} or {JUDGE}, not {cells['rater_type']!r}."
    elif order is None:
        wrong = f"order is ab or ba (which answer was shown first), not {cells['order']!r}."
    elif cells["turn"] and not cells["turn"].isdecimal():
        wrong = f"turn is a number, not {cells['turn']!r}."
    if wrong:
        rows.refuse(line, wrong)
        return None
    value = "" if status in UNSCORED else cells["value"]
    if not value and rater_type == HUMAN:
        return None
    return Said(
        line=line,
        item=item,
        model=cells["model"],
        rater=rater,
        rater_type=rater_type,
        criterion=_criterion(cells["criterion"] or options.criterion, cells["turn"]),
        value=value,
        order=order or "",
        reason="" if value else status or "missing",
        time=cells["time"],
        seconds=cells["seconds"],
    )


def _criterion(name: str, turn: str) -> str:
    if not turn:
        return name
    return f"{name}_turn_{int(turn)}" if name else f"turn_{int(turn)}"


_READ: Mapping[Shape, Callable[[Table, Sequence[Row], TableOptions, LabelRows], None]] = {
    Shape.LONG: _long,
    Shape.WIDE: _wide,
    Shape.TURNED: _turned,
    Shape.COUNTS: read_counts,
    Shape.SQUARE: read_square,
}


def _good(found: Iterator[Row | RowProblem], rows: LabelRows) -> Iterator[Row]:
    for row in found:
        if isinstance(row, RowProblem):
            rows.refuse(row.line, row.message)
        else:
            yield row


def _are_places(rows: LabelRows) -> bool:
    """Whether numbered columns hold places and not raters.

    Raters named by numbers only are people as long as nothing speaks against it. Two things do, of three or more:
    labels always fill the columns from the first one on, or the labels of every row stand in ascending order: both
    happen when somebody wrote down an item's labels one after another, whoever gave them.
    """
    raters = [name for name in rows.different("rater") if name]
    numbers = [found for found in (_NUMBERED.fullmatch(name) for name in raters) if found]
    if len(numbers) < len(raters) or sorted(int(found[1]) for found in numbers) != list(range(1, len(raters) + 1)):
        return False
    place = {found[0]: int(found[1]) for found in numbers}
    by_item: dict[tuple[str, str, str], dict[int, str]] = {}
    for said in rows:
        if said.rater_type == HUMAN:
            by_item.setdefault((said.item, said.model, said.criterion), {})[place[said.rater]] = said.value
    if len(by_item) < LEAST_ROWS or len(raters) < 3:
        return False
    filled = all(max(labels) == len(labels) for labels in by_item.values())
    if filled and any(len(labels) < len(raters) for labels in by_item.values()):
        return True
    return all(_ascends(labels) for labels in by_item.values())


def _ascends(labels: dict[int, str]) -> bool:
    values = [labels[at] for at in sorted(labels)]
    if all(is_number(value) for value in values):
        numbers = [float(value) for value in values]
        return numbers == sorted(numbers)
    return values == sorted(values)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20])
    return shown + (", ..." if len(names) > 20 else "")


__all__ = [
    "HUMAN",
    "JUDGE",
    "FileRefused",
    "LabelRows",
    "Said",
    "Shape",
    "TableOptions",
    "is_number",
    "looks_like_labels",
    "read_labels",
]
