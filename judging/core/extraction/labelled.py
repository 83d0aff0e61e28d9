"""Labels with a value behind them: "総合評価: 4点", "the final score is 8/10", "Rating:" with the number below."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from judging.core.extraction.labels import (
    DECIMAL_COMMA,
    OVERALL,
    PLAIN,
    QUALIFIERS,
    QUALIFIERS_JA,
    SIDES,
    TIES,
    WITH_LIMIT,
    WITH_UNIT,
)
from judging.core.extraction.pairs import is_pair
from judging.core.extraction.payloads import PAYLOAD, UNIT, read_numbers, read_payload
from judging.core.extraction.shown import fold
from judging.core.scales import Criterion
from judging.core.verdicts import Reading

OPENERS = r"[\"'「『【\[(<*$]*[ \t]*"
CLOSERS = r"[\"'」』】\])>*$]*"
ASIDE = r"(?:[ \t]*\([^()\n]{1,20}\)|[ \t]+(?:of|for)[ \t]+(?:[\w']+[ \t]+){1,4}?(?=is\b))?"
LINK = (
    r"[ \t]*(?:[:=]|→|=>|->|は|が|는|은|\bis\b:?|\bwould be\b"
    r"|\bist\b|\best\b|\bes\b|是:?|为:?|[-–—](?=[ \t])|\|(?=[^|\n]*\|?[ \t]*$))"
    r"[ \t]*(?:an?\b[ \t]*)?(?:between[ \t]+)?"
)
NO_LINK = r"[ \t]{1,8}(?:of[ \t]+)?|(?=[\d\[])"
BELOW = r"[ \t]{0,8}:?[ \t]{0,8}\n\s{0,20}"
LINE_END = r"[ \t.。]*$"
OR = r"[\"'」]?[ \t]*(?:\bor\b|または|\||/)"
BEFORE = re.compile(rf"(?:^|[^\w\s']|\n|(?<![\w'])(?:{'|'.join(QUALIFIERS)})|{'|'.join(QUALIFIERS_JA)})[ \t]*$")
ENDS_IN_UNIT = re.compile(rf"{UNIT}$")
CONTEXT = 30
"""How far back a word that qualifies a label is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A label and what it announces. `whole`: it speaks of the whole answer; `closed`: a unit ends the number."""

    start: int
    end: int
    reading: Reading
    whole: bool
    closed: bool


def labelled(text: str, criterion: Criterion, labels: Collection[str] | None = None) -> Iterator[Labelled]:
    """Every label (None: of all that are known) with a value behind it, in a text that was folded."""
    words = (fold(criterion.name),) if criterion.name else tuple(labels if labels is not None else KNOWN)
    if not words:
        return
    for match in _word_pattern(words).finditer(text):
        if not match[0][0].isascii() or not text[match.start() - 1 : match.start()].isalpha():
            yield from _announced(text, match, criterion)


KNOWN = (*OVERALL, *PLAIN, *WITH_UNIT, *WITH_LIMIT)
SHY = frozenset((*PLAIN, *WITH_LIMIT))
OUT_OF_SOMETHING = re.compile(r"/|out of|von|sur|sobre|\bde\b")
COMMA = re.compile(r"(\d),(\d)")


def _announced(text: str, label: re.Match[str], criterion: Criterion) -> Iterator[Labelled]:
    """What follows a label, if it is a value."""
    plain = label[0] in SHY and not criterion.name
    said = _tail_pattern(criterion, label[0] not in SHY).match(text, label.end())
    payload = said and (said["inline"] or said["below"])
    if not said or not payload or not _may_announce(text, label[0], payload, said.end()):
        return
    if label[0] in DECIMAL_COMMA:
        payload = COMMA.sub(r"\1.\2", payload)
    reading = (read_numbers if criterion.scale.is_numeric else read_payload)(payload, criterion.scale)
    if reading:
        yield Labelled(
            start=label.start(),
            end=said.end(),
            reading=reading,
            whole=not plain or not is_qualified(text[max(0, label.start() - CONTEXT) : label.start()]),
            closed=bool(ENDS_IN_UNIT.search(payload)),
        )


def _may_announce(text: str, label: str, payload: str, end: int) -> bool:
    """Whether a word that has other uses announces a value here."""
    if label in WITH_UNIT:
        return bool(ENDS_IN_UNIT.search(payload))
    if label in WITH_LIMIT:
        return bool(OUT_OF_SOMETHING.search(payload) or ENDS_LINE.match(text, end))
    return True


ENDS_LINE = re.compile(rf"{CLOSERS}[ \t.。]*(?:\n|$)")


def is_qualified(before: str) -> bool:
    """Whether the words before a label make it speak of something smaller than the answer ("accuracy score")."""
    return not BEFORE.search(before)


@lru_cache(maxsize=256)
def _word_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the labels, the longest first; no lookbehind, so that the search can skip by first letters."""
    spelled = [re.escape(word).replace(r"\ ", r"[\s_-]+") for word in sorted(words, key=len, reverse=True)]
    return re.compile("|".join(f"{word}(?![a-z])" if word[0].isascii() else word for word in spelled))


@lru_cache(maxsize=256)
def _tail_pattern(criterion: Criterion, may_lack_link: bool) -> re.Pattern[str]:
    said = _said(criterion)
    link = rf"(?:{LINK}|{NO_LINK})" if may_lack_link else LINK
    inline = rf"{link}{OPENERS}(?P<inline>{said})"
    below = rf"{BELOW}{OPENERS}(?P<below>{said}){CLOSERS}{LINE_END}"
    return re.compile(rf"{CLOSERS}{ASIDE}(?:{inline}|{below})", re.MULTILINE)


def _said(criterion: Criterion) -> str:
    if criterion.scale.is_numeric:
        return PAYLOAD
    if is_pair(criterion.scale):
        return SIDE_SAID
    value = "|".join(re.escape(fold(value)) for value in sorted(criterion.scale.values, key=len, reverse=True))
    return rf"(?:{value})(?:[ \t]*(?:/|,|、|or|か|または)[ \t]*(?:{value}))*(?!\w|{OR})"


SIDE_SAID = (
    rf"(?:(?:the[ \t]+)?(?:{'|'.join(SIDES)})[ \t]*[\"'(\[]*[ab12](?![a-z0-9])[\"')\]]*"
    r"|(?:the[ \t]+)?(?:first|second)(?![a-z])"
    r"|\(?[abc]\)?(?=[\"'」』】\])>*]*[ \t]*(?:[.,;:!\n]|$|is\b|wins\b|or\b|\|))"
    rf"|(?:{'|'.join(sorted(TIES, key=len, reverse=True))})(?![a-z]))"
    r"(?:[ \t]*(?:/|または|\bor\b)[ \t]*(?:[abc](?![a-z0-9])|tie\b))?(?![ \t]*(?:\band\b|&|と|和|与|및))"
)
"""A side of a pair behind a label; a lone letter only where its clause ends, for "a" is a word too."""
