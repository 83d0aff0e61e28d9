"""The filters of an export as they are typed on the command line: the same in every language."""

from collections.abc import Mapping
from typing import Any

SPLIT = "split"
SET_ALONE = {"judge_gate", "include_metadata"}


def flags_of(filters: Mapping[str, Any]) -> list[str]:
    """One flag per filter that was asked for."""
    found = []
    for name, value in filters.items():
        flag = f"--{name.replace('_', '-')}"
        if name in SET_ALONE:
            found.append(flag)
        else:
            shown = "/".join(map(str, value)) if name == SPLIT else value
            found.append(f"{flag} {shown}")
    return found
