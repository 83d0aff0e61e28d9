"""Verdicts in JSON: whole objects where JSON was asked for."""

import re
from collections.abc import Iterator, Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any

from judging.core.extraction.labels import JSON_KEYS, OVERALL_KEYS
from judging.core.extraction.marks import Mark
from judging.core.extraction.payloads import read_payload, scored
from judging.core.extraction.shown import fold
from judging.core.scales import Criterion
from judging.core.verdicts import Reading, Reason, Unscored

DECODER = JSONDecoder(strict=False, parse_int=float, parse_constant=lambda name: None)
DEEPEST = 5
"""How deep inside an object a verdict is looked for."""

WASTE = 200_000
"""Characters that may be read in vain before only the last braces are tried: junk must not take seconds."""

FAILURE, DEEP_FAILURE = 50, 10_000
"""What one failure costs, in characters, beside those that it read; nesting without end costs the more."""

LAST_BRACES = 50
OPENING = re.compile(r"\{(?=\s{0,20}[\"}])")


def find_json(text: str, criterion: Criterion) -> Mark | None:
    """The verdict of the last JSON object that has one."""
    found = None
    for start, end, data in objects(text):
        reading = _reading(data, criterion)
        if reading is not None:
            found = Mark(start=start, end=end, kind="json", reading=reading)
    return found


def objects(text: str, *, waste: int = WASTE) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every JSON object that stands in the text, fenced or not; raw control characters in strings are forgiven."""
    opening = OPENING.search(text)
    while opening:
        start = opening.start()
        try:
            data, end = DECODER.raw_decode(text, start)
        except RecursionError:
            end, waste = start + 1, waste - DEEP_FAILURE
        except JSONDecodeError as error:
            end, waste = start + 1, waste - FAILURE - (error.pos - start)
        else:
            yield start, end, data
        if waste < 0:
            waste, end = len(text), max(end, _late_brace(text))
        opening = OPENING.search(text, end)


def _late_brace(text: str) -> int:
    """Where the last few braces begin."""
    at = len(text)
    for _ in range(LAST_BRACES):
        at = max(0, text.rfind("{", 0, at))
    return at


def _reading(data: Mapping[str, Any], criterion: Criterion, depth: int = 0) -> Reading | None:
    """The verdict of an object: its own keys first, then those of the objects inside it where they agree."""
    keys = {fold(criterion.name)} if criterion.name else JSON_KEYS
    named = [(fold(key).strip(), value) for key, value in data.items()]
    for wanted in (keys & OVERALL_KEYS, keys):
        own = [_value(value, criterion, depth) for key, value in named if key in wanted]
        if read := [reading for reading in own if reading is not None]:
            return read[-1]
    if depth >= DEEPEST:
        return None
    inner = [_reading(value, criterion, depth + 1) for _, value in named if isinstance(value, dict)]
    return _shared([reading for reading in inner if reading is not None])


def _shared(readings: list[Reading]) -> Reading | None:
    if not readings:
        return None
    if any(reading != readings[0] for reading in readings):
        return Unscored(Reason.AMBIGUOUS, "Several values inside one JSON object.")
    return readings[0]


def _value(value: object, criterion: Criterion, depth: int) -> Reading | None:
    if isinstance(value, list) and len(value) > 1:
        return Unscored(Reason.AMBIGUOUS, "Several values in one JSON list.")
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict) and depth < DEEPEST:
        inner = _reading(value, Criterion("", criterion.scale), depth + 1)
        return inner or _value(value.get("value"), criterion, depth + 1)
    if isinstance(value, float):
        return scored(value, criterion.scale) if criterion.scale.is_numeric else None
    return read_payload(fold(value), criterion.scale) if isinstance(value, str) else None
