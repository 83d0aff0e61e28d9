"""Cells of tables that a spreadsheet may open: none of them may run."""

import re

RUNS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def harmless(text: str) -> str:
    """The text for a CSV cell: one that a spreadsheet would run as a formula has an apostrophe before it."""
    if text.startswith(RUNS) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
