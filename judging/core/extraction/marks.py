"""Explicit marks: the places of a reply that say "this is the verdict"."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from judging.core.extraction.labelled import OR, labelled
from judging.core.extraction.labels import JSON_KEYS
from judging.core.extraction.payloads import PAYLOAD, read_payload
from judging.core.extraction.shown import fold
from judging.core.scales import Criterion
from judging.core.verdicts import Reading, Reason, Unscored


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a mark stands and what it says. `open_ended`: more could have followed had the reply not ended there."""

    start: int
    end: int
    kind: str
    reading: Reading
    open_ended: bool = False


DOUBLE_BRACKET = re.compile(r"\[\[([^\[\]\n]{1,40})\]\]")
RESULT = re.compile(rf"\[result\]\)?[ \t]*:?[ \t]*\(?({PAYLOAD}|[a-z]+\b)")
TAG = re.compile(r"<([^\W\d][\w-]{1,20})>([^<>]{1,60})</\1>")
BOXED = re.compile(r"\\boxed\{\s{0,5}(?:\\text(?:bf)?\{)?([^{}\n]{1,40})\}")
ALTERNATIVE = re.compile(r"[\s\"']{0,8}(?:or|/|\||または|もしくは|或|또는)[\s\"']{0,8}")
KEY = re.compile(r'(?<!\\)"([^"\\\n]{1,30})"[ \t]*:[ \t]*(?:"([^"\\\n]{1,40})"|([-+]?\d++(?:\.\d++)?+))(?!' + OR + ")")


LONGEST_VALUE = 100
"""A longer reply is more than a value."""


def whole_reply(text: str, criterion: Criterion) -> Mark | None:
    """A reply that is nothing but the value: unmistakable under every protocol."""
    said = text.strip().strip("\"'「」.。 \t")
    if len(said) > LONGEST_VALUE:
        return None
    if criterion.scale.is_numeric and not re.fullmatch(PAYLOAD, said):
        return None
    reading = read_payload(said, criterion.scale)
    if reading is None:
        return None
    return Mark(start=0, end=len(text.rstrip()), kind="whole", reading=reading, open_ended=True)


def _double_brackets(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    before: Mark | None = None
    for match in DOUBLE_BRACKET.finditer(text):
        if reading := read_payload(match[1], criterion.scale):
            if before and before.reading != reading and ALTERNATIVE.fullmatch(text, before.end, match.start()):
                reading = Unscored(Reason.AMBIGUOUS, "Two marks joined by or.")
            before = Mark(start=match.start(), end=match.end(), kind="double_bracket", reading=reading)
            yield before


def _results(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in RESULT.finditer(text):
        if reading := read_payload(match[1], criterion.scale):
            yield Mark(start=match.start(), end=match.end(), kind="result", reading=reading, open_ended=True)


def _boxes(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in BOXED.finditer(text):
        if reading := read_payload(match[1].strip(), criterion.scale):
            yield Mark(start=match.start(), end=match.end(), kind="boxed", reading=reading)


def _named(criterion: Criterion, word: str) -> bool:
    return word.strip() in ({fold(criterion.name)} if criterion.name else JSON_KEYS)


def _tags(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in TAG.finditer(text):
        if _named(criterion, match[1]) and (reading := read_payload(match[2].strip(), criterion.scale)):
            yield Mark(start=match.start(), end=match.end(), kind="tag", reading=reading)


def _keys(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in KEY.finditer(text):
        if _named(criterion, match[1]) and (reading := read_payload(match[2] or match[3], criterion.scale)):
            yield Mark(
                start=match.start(), end=match.end(), kind="json", reading=reading, open_ended=match[3] is not None
            )


def _labels(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for found in labelled(text, criterion, labels):
        if found.whole:
            yield Mark(
                start=found.start, end=found.end, kind="label", reading=found.reading, open_ended=not found.closed
            )


Finder = Callable[[str, Criterion, Collection[str] | None], Iterator[Mark]]

FINDERS: dict[str, Finder] = {
    "double_bracket": _double_brackets,
    "json": _keys,
    "tag": _tags,
    "result": _results,
    "boxed": _boxes,
    "label": _labels,
}


def find_marks(
    text: str, criterion: Criterion, *, kinds: Collection[str] | None = None, labels: Collection[str] | None = None
) -> list[Mark]:
    """Every mark of these kinds (None: of all kinds) with these labels (None: all that are known)."""
    wanted = FINDERS if kinds is None else [kind for kind in FINDERS if kind in kinds]
    return [mark for kind in wanted for mark in FINDERS[kind](text, criterion, labels)]
