"""Scores in prose, for replies without a mark. They count only where they all say the same."""

import re
from collections.abc import Iterator

from judging.core.extraction.labelled import labelled
from judging.core.extraction.pairs import is_pair, pair_candidates
from judging.core.extraction.payloads import NUMBER, PAYLOAD, read_numbers, read_word
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Reading

GRADED_KO = r"을[ \t]*(?:부여|주|드|매)|입니다|이다|으로[ \t]*(?:평가|채점)|[ \t]*(?:[.)\]]|$)"
OF = r"(?:[ \t]*(?:/|out of)[ \t]*\d+)?"
MORE = rf"(?:[ \t]*(?:-|–|or|to|and)[ \t]*(?:an?[ \t]+)?{NUMBER}{OF}|(?![ \t]+(?:and|or)[ \t]+\d))"
OBJECT = r"(?:it|this|them|the (?:answer|response|reply)|(?:this|the assistant's) (?:answer|response|reply))"
GRADED_JA = (
    r"(?=(?:だ)?と(?:評価|採点|判定|判断|し|な|考え|思)|が(?:妥当|適切|相当)|を(?:付|つけ|与え)|に(?:相当|値|評価)"
    r"|(?:です|だ)?[ \t]*(?:[。」)\]]|$))"
)
DENIED = re.compile(r"(?:\bnot|n't|\bcannot|\bnever|\bneither|\bnor|\bif|\bwhether)\b[ \t\w]{0,20}$")
DENIED_WITHIN = 40
PROSE = [
    re.compile(rf"(?P<said>(?<![\d.]){NUMBER}[ \t]?点){GRADED_JA}", re.MULTILINE),
    re.compile(rf"(?:给|打|评为|得到)[^\d。\n]{{0,12}}(?P<said>{NUMBER}[ \t]?分)(?!钟)"),
    re.compile(
        rf"\b(?:rate|rates|rated|score|scores|scored|grade|grades|graded)[ \t]+(?:{OBJECT}[ \t]+)?"
        rf"(?:(?:as|at|with)[ \t]+)?(?:an?[ \t]+)?(?P<said>{NUMBER}{OF}{MORE})(?![\w%]|\.\d)",
    ),
    re.compile(
        rf"\b(?:give|gives|gave|assign|assigned|award|awarded|deserves|earns)[ \t]+(?:{OBJECT}[ \t]+)?"
        rf"(?:an?[ \t]+|the[ \t]+)?(?:(?:score|rating|grade|mark)[ \t]+)?(?:of[ \t]+)?(?P<said>{NUMBER}{OF}{MORE})"
        r"(?![\w%]|\.\d|[ \t]+(?!points?\b|because\b|since\b|for\b|overall\b)[a-z])",
    ),
    re.compile(
        rf"\b(?:rate|rated|score|scored|grade|give|somewhere|falls|lies|rating)[ \t]+(?:{OBJECT}[ \t]+)?(?:is[ \t]+)?"
        rf"between[ \t]+(?:an?[ \t]+)?(?P<said>{NUMBER}[ \t]+and[ \t]+(?:an?[ \t]+)?{NUMBER})",
    ),
    re.compile(rf"(?P<said>(?<![\d.]){NUMBER}[ \t]?점)(?={GRADED_KO})", re.MULTILINE),
    re.compile(rf"\ban?[ \t]+(?P<said>{NUMBER})[ \t]+(?:in|on)[ \t]+(?:the|this|a)[ \t]+(?:\w+[ \t]+)?scale"),
    re.compile(rf"(?<![\w.$^/]){'(?P<said>' + NUMBER + ' out of [0-9]+)'}(?![\w.])"),
]


def find_candidates(text: str, criterion: Criterion) -> list[Reading]:
    """What the prose says, in no order; labels that speak of a part of the answer are among it."""
    found = [each.reading for each in labelled(text, criterion)]
    found += _last_line(text, criterion.scale)
    if is_pair(criterion.scale):
        found += pair_candidates(text, criterion.scale)
    if criterion.scale.is_numeric and not criterion.name:
        found += _prose(text, criterion.scale)
    return found


def _prose(text: str, scale: Scale) -> Iterator[Reading]:
    for pattern in PROSE:
        for match in pattern.finditer(text):
            denied = DENIED.search(text, max(0, match.start() - DENIED_WITHIN), match.start())
            if not denied and (reading := read_numbers(match["said"], scale)):
                yield reading


def _last_line(text: str, scale: Scale) -> Iterator[Reading]:
    """A last line that is nothing but the value."""
    line = text.strip().splitlines()[-1].strip(" \t\"'.。[]()「」")
    if not scale.is_numeric:
        reading = read_word(line, scale)
    else:
        reading = read_numbers(line, scale) if re.fullmatch(PAYLOAD, line) else None
    if reading:
        yield reading
