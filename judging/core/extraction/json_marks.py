"""Verdicts in JSON: whole objects where JSON was asked for."""

import json
from collections.abc import Iterator
from typing import Any

from judging.core.extraction.labels import JSON_KEYS
from judging.core.extraction.marks import Mark
from judging.core.extraction.payloads import read_payload, scored
from judging.core.extraction.shown import fold
from judging.core.scales import Criterion
from judging.core.verdicts import Reading, Reason, Unscored

DECODER = json.JSONDecoder(strict=False, parse_int=float, parse_constant=lambda name: None)


def find_json(text: str, criterion: Criterion) -> Mark | None:
    """The verdict of the last JSON object that has one."""
    found = None
    for start, end, data in objects(text):
        reading = _reading(data, criterion)
        if reading is not None:
            found = Mark(start=start, end=end, kind="json", reading=reading)
    return found


def objects(text: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every JSON object that stands in the text, fenced or not; raw control characters in strings are forgiven."""
    start = text.find("{")
    while start >= 0:
        try:
            data, end = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield start, end, data
        start = text.find("{", end)


def _reading(data: dict[str, Any], criterion: Criterion) -> Reading | None:
    keys = {fold(criterion.name)} if criterion.name else JSON_KEYS
    readings = [_value(value, criterion) for key, value in data.items() if key.strip() in keys]
    return next((reading for reading in reversed(readings) if reading is not None), None)


def _value(value: object, criterion: Criterion) -> Reading | None:
    if isinstance(value, list) and len(value) > 1:
        return Unscored(Reason.AMBIGUOUS, "Several values in one JSON list.")
    if isinstance(value, float):
        return scored(value, criterion.scale) if criterion.scale.is_numeric else None
    return read_payload(value, criterion.scale) if isinstance(value, str) else None
