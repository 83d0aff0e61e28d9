"""What a trainer would stumble over, found while the rows are written."""

import re
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")
MOST_NAMED = 20
AT_ONCE = 1 << 16


def never() -> bool:
    """No row is a copy where nobody looks for copies."""
    return False


@dataclass(slots=True)
class Lengths:
    """Characters of one field."""

    rows: int = 0
    shortest: int = 0
    longest: int = 0
    total: int = 0

    def add(self, length: int) -> None:
        """Count a text of this length."""
        if length < self.shortest or not self.rows:
            self.shortest = length
        if length > self.longest:
            self.longest = length
        self.rows += 1
        self.total += length

    def as_json(self) -> dict[str, Any]:
        """The form in the manifest."""
        mean = round(self.total / self.rows, 1) if self.rows else None
        return {"shortest": self.shortest, "mean": mean, "longest": self.longest}


class TrainerChecks:
    """Refuses rows that teach nothing, and counts what a reader of the manifest should know."""

    def __init__(self, fields: Sequence[str], *, min_chars: int, max_chars: int | None) -> None:
        self._lengths = {field: Lengths() for field in fields}
        self._min = max(1, min_chars)
        self._max = max_chars or sys.maxsize
        self._dropped: Counter[str] = Counter()
        self._odd: Counter[str] = Counter()
        self._seen = array("q")

    def take(self, texts: Sequence[str], *, is_copy: Callable[[], bool] = never) -> bool:
        """Whether a row with these texts, one per field, is written. `is_copy` is asked of rows that would be."""
        least, most = self._min, self._max
        for text in texts:
            if len(text) < least or len(text) > most or text.isspace():
                self.drop(self._why_not(text))
                return False
        if is_copy is not never and is_copy():
            self.drop("near_copy")
            return False
        for (field, lengths), text in zip(self._lengths.items(), texts, strict=True):
            lengths.add(len(text))
            # Most texts are told from odd ones by a look that is ten times as quick as the search.
            if (not text.isprintable() or "\ufffd" in text) and ODD.search(text):
                self._odd[field] += 1
        self._seen.append(hash(tuple(texts)))
        return True

    def drop(self, why: str) -> None:
        """Count a row that is not written."""
        self._dropped[why] += 1

    def as_json(self) -> dict[str, Any]:
        """The form in the manifest."""
        twice = self._duplicates()
        return {
            "dropped": dict(sorted(self._dropped.items())),
            "characters": {field: lengths.as_json() for field, lengths in self._lengths.items()},
            "odd_characters": dict(self._odd),
            "duplicates": len(twice),
            "duplicate_rows": twice[:MOST_NAMED],
        }

    def _why_not(self, text: str) -> str:
        if not text or text.isspace():
            return "empty"
        return "too_short" if len(text) < self._min else "too_long"

    def _duplicates(self) -> list[int]:
        """Rows, counted from 1 in the order of provenance.jsonl, whose texts an earlier row has already."""
        if not self._seen:
            return []
        rows = np.frombuffer(self._seen, dtype=np.int64)
        order = np.argsort(rows, kind="stable")
        found: list[int] = []
        # Some at a time: a sorted copy of a million rows would be the largest thing in memory.
        for begin in range(0, len(rows) - 1, AT_ONCE):
            part = order[begin : begin + AT_ONCE + 1]
            found += part[1:][rows[part[1:]] == rows[part[:-1]]].tolist()
        return [row + 1 for row in sorted(found)]


def warnings_of(checks: Mapping[str, Any]) -> list[str]:
    """What of the checks a person should read before training, as sentences."""
    found = []
    if checks.get("dropped"):
        found.append("not written: " + ", ".join(f"{count} {why}" for why, count in checks["dropped"].items()))
    if checks.get("duplicates"):
        found.append(f"{checks['duplicates']} rows repeat an earlier one")
    if checks.get("near_copies"):
        found.append(f"{checks['near_copies']} rows are near copies of an earlier one")
    if checks.get("odd_characters"):
        rows = sum(checks["odd_characters"].values())
        found.append(f"{rows} texts hold control characters, replacement marks or halves of characters")
    return found
