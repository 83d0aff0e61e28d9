"""Cells of tables that hold messages as JSON, or as Python prints them."""

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any

from judging.core.readers.json_records import why_not_storable

_JSON, _PRINTED = '[{"', "[{'"
_ROLES = {"role", "from"}
MAX_PRINTED = 4_000_000


def with_messages(cells: dict[str, str], names: Iterable[str | None]) -> dict[str, Any]:
    """A row in which these cells are messages where they hold them; the row itself where none does."""
    held = {name: messages for name in names if name and (messages := messages_of(cells[name])) is not None}
    return cells if not held else cells | held


def messages_of(cell: str) -> list[Any] | None:
    """The messages that a cell holds; None for any other cell."""
    if not cell.startswith((_JSON, _PRINTED)) or len(cell) > MAX_PRINTED:
        return None
    try:
        found = json.loads(cell) if cell.startswith(_JSON) else ast.literal_eval(cell)
        why = why_not_storable(json.dumps(found, allow_nan=False), found)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    are_messages = all(isinstance(one, Mapping) and one.keys() & _ROLES for one in found)
    return found if isinstance(found, list) and are_messages and not why else None
