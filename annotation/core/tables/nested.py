"""JSON whose labels lie deeper than in the cells of rows: columns as lists, labels of an item in a list or by rater."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.core.column_names import ITEM, ITEM_BESIDE, RATER, RATER_BESIDE, VALUE, VALUE_BESIDE, plain
from judging.core.items import RowProblem
from judging.core.readers.json_records import Record

Found = Record | RowProblem
_BESIDE = {*ITEM, *ITEM_BESIDE, "criterion", "model"}


def columns_alone(found: Sequence[Found]) -> list[Found]:
    """The rows of a file that holds one object with a list per column, as pandas writes it; nothing for any other."""
    if len(found) != 1 or not isinstance(found[0], Record):
        return []
    columns = {name: _cells_of(cells) for name, cells in found[0].value.items()}
    sizes = {len(cells) for cells in columns.values() if cells is not None}
    if len(columns) < 2 or None in columns.values() or len(sizes) != 1 or sizes == {0}:
        return []
    rows = zip(*(cells or [] for cells in columns.values()), strict=True)
    return [Record(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, 1)]


def labels_inside(found: Sequence[Found]) -> str:
    """The key under which every object keeps its labels, '' where it has more than those and the name of the item."""
    records = [one.value for one in found if isinstance(one, Record)]
    keys = dict.fromkeys(key for record in records for key in record)
    nested = [key for key in keys if any(_is_nested(record.get(key)) for record in records)]
    plainly = [key for key in keys if key not in nested]
    if len(nested) != 1 or (len(plainly) > 1 and not {plain(key) for key in plainly} <= _BESIDE):
        return ""
    key = nested[0]
    return key if all(_labels(record.get(key)) is not None for record in records) else ""


def opened(found: Found, key: str) -> Found:
    """The object with its labels beside the others, by rater."""
    if isinstance(found, RowProblem):
        return found
    others = {name: value for name, value in found.value.items() if name != key}
    return found._replace(value=others | (_labels(found.value.get(key)) or {}))


def _is_nested(value: Any) -> bool:
    return isinstance(value, (dict, list))


def _cells_of(column: Any) -> list[Any] | None:
    """The cells of a column, a list or numbered; None where it is neither."""
    cells = list(column.values()) if isinstance(column, dict) else column
    return cells if isinstance(cells, list) and not any(map(_is_nested, cells)) else None


def _labels(value: Any) -> dict[str, Any] | None:
    """Labels by rater; None where they are none."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value if not any(map(_is_nested, value.values())) else None
    if not isinstance(value, list):
        return None
    if not any(map(_is_nested, value)):
        return {f"rater {place}": label for place, label in enumerate(value, 1)}
    said = [_said(one) for one in value]
    return dict(one for one in said if one) if all(said) else None


def _said(one: Any) -> tuple[str, Any] | None:
    """Rater and label of an object that holds the two."""
    if not isinstance(one, Mapping):
        return None
    rater = next((key for key in one if plain(key) in {*RATER, *RATER_BESIDE}), None)
    value = next((key for key in one if key != rater and plain(key) in {*VALUE, *VALUE_BESIDE}), None)
    if rater is None or value is None or _is_nested(one[value]):
        return None
    return str(one[rater]), one[value]
