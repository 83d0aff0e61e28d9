"""Explicit marks: the places of a reply that say "this is the verdict"."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from judging.core.extraction.labels import JSON_KEYS, OVERALL, PLAIN, QUALIFIERS, QUALIFIERS_JA, WITH_UNIT
from judging.core.extraction.payloads import PAYLOAD, read_numbers, read_payload
from judging.core.scales import Criterion
from judging.core.verdicts import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a mark stands and what it says. `open_ended`: more could have followed had the reply not ended there."""

    start: int
    end: int
    kind: str
    reading: Reading
    open_ended: bool = False


DOUBLE_BRACKET = re.compile(r"\[\[([^\[\]\n]{1,40})\]\]")
RESULT = re.compile(rf"\[RESULT\]\)?[ \t]*:?[ \t]*\(?({PAYLOAD}|[A-Za-z]+\b)", re.IGNORECASE)
TAG = re.compile(r"<([^\W\d][\w-]{1,20})>\s*([^<>]{1,40}?)\s*</\1>")
OR = r"[\"'」]?[ \t]*(?:\bor\b|または|\||/)"
KEY = re.compile(r'(?<!\\)"([^"\\\n]{1,30})"[ \t]*:[ \t]*(?:"([^"\\\n]{1,40})"|([-+]?\d++(?:\.\d++)?+))(?!' + OR + ")")
OPENERS = r"[\"'「『【\[(<]*[ \t]*"
CLOSERS = r"[\"'」』】\])>]*"
ASIDE = r"(?:[ \t]*\([^()\n]{1,20}\))?"
LINK = r"[ \t]*(?:[:=]|→|は|が|\bis\b|是|为|[-–—](?=[ \t]))[ \t]*(?:an?\b[ \t]*)?"
BELOW = r"[ \t]*:?[ \t]*\n\s*"
LINE_END = r"[ \t.。]*$"


def _any_of(words: Collection[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    spelled = [re.escape(word).replace(r"\ ", r"[\s_-]+") for word in longest_first]
    return "|".join(rf"(?<![A-Za-z]){word}(?![A-Za-z])" if word[0].isascii() else word for word in spelled)


def whole_reply(text: str, criterion: Criterion) -> Mark | None:
    """A reply that is nothing but the value: unmistakable under every protocol."""
    said = text.strip().strip("\"'「」.。 \t")
    if criterion.scale.is_numeric and not re.fullmatch(PAYLOAD, said):
        return None
    reading = read_payload(said, criterion.scale)
    if reading is None:
        return None
    return Mark(start=0, end=len(text.rstrip()), kind="whole", reading=reading, open_ended=True)


def _double_brackets(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in DOUBLE_BRACKET.finditer(text):
        if reading := read_payload(match[1], criterion.scale):
            yield Mark(start=match.start(), end=match.end(), kind="double_bracket", reading=reading)


def _results(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in RESULT.finditer(text):
        if reading := read_payload(match[1], criterion.scale):
            yield Mark(start=match.start(), end=match.end(), kind="result", reading=reading, open_ended=True)


def _named(criterion: Criterion, word: str) -> bool:
    return word.strip().casefold() in ({criterion.name.casefold()} if criterion.name else JSON_KEYS)


def _tags(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in TAG.finditer(text):
        if _named(criterion, match[1]) and (reading := read_payload(match[2], criterion.scale)):
            yield Mark(start=match.start(), end=match.end(), kind="tag", reading=reading)


def _keys(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match in KEY.finditer(text):
        if _named(criterion, match[1]) and (reading := read_payload(match[2] or match[3], criterion.scale)):
            yield Mark(
                start=match.start(), end=match.end(), kind="json", reading=reading, open_ended=match[3] is not None
            )


def _labels(text: str, criterion: Criterion, labels: Collection[str] | None) -> Iterator[Mark]:
    for match, reading in labelled(text, criterion, labels):
        if not _is_plain(match["label"]) or criterion.name or not _is_qualified(text[: match.start("label")]):
            yield Mark(
                start=match.start(), end=match.end("said"), kind="label", reading=reading, open_ended=not match["unit"]
            )


def labelled(
    text: str, criterion: Criterion, labels: Collection[str] | None = None
) -> Iterator[tuple[re.Match[str], Reading]]:
    """Every label with the value behind it, also the labels that speak of a part of the answer only."""
    for pattern in _label_patterns(criterion, labels):
        for match in pattern.finditer(text):
            if match["label"] in WITH_UNIT and not match["unit"]:
                continue
            said = match["said"]
            reading = read_numbers(said, criterion.scale) if criterion.scale.is_numeric else None
            reading = reading or read_payload(said, criterion.scale)
            if reading:
                yield match, reading


def _label_patterns(criterion: Criterion, labels: Collection[str] | None) -> Iterator[re.Pattern[str]]:
    words = labels if labels is not None else (*OVERALL, *PLAIN, *WITH_UNIT)
    words = (criterion.name,) if criterion.name else words
    if not words:
        return
    said = rf"(?P<said>{_said(criterion)})(?P<unit>(?<=[点分])|(?<=points)|(?<=point)|(?=[ \t]*\n)|)"
    overall = [word for word in words if not _is_plain(word)]
    for group, link in ((overall, rf"(?:{LINK}|[ \t]+|(?=[\d\[]))"), (words, LINK)):
        if group:
            head = rf"(?P<label>{_any_of(group)}){CLOSERS}{ASIDE}"
            yield re.compile(rf"{head}{link}{OPENERS}{said}", re.IGNORECASE)
    yield re.compile(
        rf"(?P<label>{_any_of(words)}){CLOSERS}{ASIDE}{BELOW}{OPENERS}{said}{CLOSERS}{LINE_END}",
        re.IGNORECASE | re.MULTILINE,
    )


def _said(criterion: Criterion) -> str:
    if criterion.scale.is_numeric:
        return PAYLOAD
    value = "|".join(re.escape(value) for value in sorted(criterion.scale.values, key=len, reverse=True))
    return rf"(?:{value})(?:[ \t]*(?:/|,|、|or|か|または)[ \t]*(?:{value}))*(?!\w|{OR})"


def _is_plain(label: str) -> bool:
    return label.casefold() in PLAIN


BEFORE = re.compile(
    rf"(?:^|[^\w\s']|\n|(?<![\w'])(?:{'|'.join(QUALIFIERS)})|{'|'.join(QUALIFIERS_JA)})[ \t]*$", re.IGNORECASE
)


def _is_qualified(before: str) -> bool:
    """Whether another word stands before a label and makes it speak of something smaller than the answer."""
    return not BEFORE.search(before[-30:] if len(before) > 30 else before)


Finder = Callable[[str, Criterion, Collection[str] | None], Iterator[Mark]]

FINDERS: dict[str, Finder] = {
    "double_bracket": _double_brackets,
    "json": _keys,
    "tag": _tags,
    "result": _results,
    "label": _labels,
}


def find_marks(
    text: str, criterion: Criterion, *, kinds: Collection[str] | None = None, labels: Collection[str] | None = None
) -> list[Mark]:
    """Every mark of these kinds (None: of all kinds) with these labels (None: all that are known)."""
    wanted = FINDERS if kinds is None else [kind for kind in FINDERS if kind in kinds]
    return [mark for kind in wanted for mark in FINDERS[kind](text, criterion, labels)]
