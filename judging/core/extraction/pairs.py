"""Which of two texts is better: as a word in a mark, and as a sentence in prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from judging.core.extraction.labels import CONCLUDING, SIDES, TIES
from judging.core.scales import Scale
from judging.core.verdicts import Reading, Reason, Scored, Unscored

A, B, TIE = "a", "b", "tie"
NUMBERED = {"1": A, "2": B, "one": A, "two": B, "first": A, "second": B}
SIDE = rf"(?:{'|'.join(SIDES)})"
NAMED = rf"{SIDE}[ \t_]*[\"'(\[]*(?P<side>[ab12])(?![a-z0-9])[\"')\]]*(?:'s?(?:[ \t]+\w+){{0,3}}?)?"
NTH = rf"(?P<nth>first|second)[ \t]+{SIDE}"
HEAD = rf"(?:{NAMED}|{NTH}|(?<![\w'])(?P<bare>[ab])(?![\w')]))"
TAIL = rf"(?:the[ \t]+)?(?:{NAMED}|{NTH}|(?P<bare>[ab])(?=[ \t]*(?:[.,;:!)\n]|$)))"
FILL = r"(?:(?!not\b|no\b|never\b|neither\b)[\w-]+[ \t]+){0,3}?"
DOES = (
    r"(?:is|was|seems|appears|provides|provided|gives|gave|offers|offered|has|would be|performs|performed|does|did"
    r"|be|as)"
)
GOOD = r"(?:better|superior|best|stronger|preferable|preferred)"
STOP = rf"(?=[ \t]*(?:[.,;:!)\n]|$)|[ \t]+(?:than|choice|one|overall|because|as|since|of|and|here|due|{SIDE})(?![a-z]))"
EQUAL = r"(?:good|helpful|strong|valid|well|matched)"
SAYING = [
    re.compile(rf"{HEAD}[ \t]+{DOES}[ \t]+{FILL}{GOOD}{STOP}"),
    re.compile(rf"{HEAD}[ \t]+(?:outperforms|outperformed|(?:did|does)[ \t]+a[ \t]+(?:\w+[ \t]+)?better[ \t]+job)\b"),
    re.compile(rf"{HEAD}[ \t]+(?:wins\b|won\b|is[ \t]+(?:\w+[ \t]+)?(?:the[ \t]+)?winner)"),
    re.compile(
        rf"\b(?:better|superior|best|preferred|stronger|winning)[ \t]+(?:{SIDE}|one|choice|option)[ \t]*"
        rf"(?:is|was|comes|:)[ \t]*(?:from[ \t]+|that[ \t]+of[ \t]+)?{TAIL}",
    ),
    re.compile(rf"\b(?:winner|choice|preference)[ \t]*(?:is|:|would be)[ \t]*{TAIL}"),
    re.compile(rf"\b(?:i|we)[ \t]+(?:would[ \t]+)?(?:prefer|choose|chose|select|pick|favou?r)[ \t]+{TAIL}"),
    re.compile(
        rf"{SIDE}[ \t]*(?P<side>[ab12])(?![a-z0-9])[^。、,\n]{{0,8}}(?:が|は|の方|のほう)[^。、,\n]{{0,14}}?"
        r"(?:優れ|勝って|勝ち|良い|よい|優位|上回)(?!とは言え|とはいえ|ていない|ていません)",
    ),
    re.compile(
        rf"{SIDE}[ \t]*(?P<side>[ab12])(?![a-z0-9])[^。,,\n]{{0,8}}?"
        "(?:更好|更优|更佳|较好|较优|胜出|更胜一筹|优于|更加出色)"
    ),
    re.compile(rf"{SIDE}[ \t]*(?P<side>[ab12])(?![a-z0-9])[^.,\n]{{0,10}}?(?:더|가장)[ \t]*(?:낫|나은|좋|우수|뛰어)"),
    re.compile(
        rf"(?P<tie>\b(?:it|result|verdict|outcome|this)(?:'s|[ \t]+is)[ \t]+(?:therefore[ \t]+)?an?[ \t]+(?:tie|draw)\b"
        r"|\ban?[ \t]+(?:tie|draw)[ \t]+(?:is|would be)\b(?![ \t]+not)|\b(?:declare|call it|conclude(?: with)?)"
        r"[ \t]+an?[ \t]+(?:tie|draw)\b"
        rf"|\b(?:are|were)[ \t]+(?:equally[ \t]+{EQUAL}|of[ \t]+equal[ \t]+quality|tied)\b{STOP}"
        r"|引き分け|平局|不分(?:上下|伯仲)|무승부|동점)"
    ),
]
DENIED = re.compile(r"(?:\b(?:neither|nor|if|whether|unless|not that|don't think)\b|もし|如果|만약)[^.。\n]{0,20}$")
CONCLUDES = re.compile("|".join(CONCLUDING))
SENTENCE_ENDS = ".。!?\n"
SENTENCE = 300
"""How far back the beginning of a sentence is looked for."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One sentence's word on the pair: where its sentence begins, whether it concludes, and which it says."""

    sentence: int
    concludes: bool
    said: str


def is_pair(scale: Scale) -> bool:
    """Whether the values are the sides of a pair: A and B, with or without a tie."""
    named = {value.casefold() for value in scale.values}
    return {A, B} <= named <= {A, B, TIE}


def side_reading(said: str, scale: Scale) -> Reading | None:
    """The side that the words of a mark name: "Assistant B", "(a)", "C" for a tie, "A>>B", "the first answer"."""
    side = _side_of(said.strip(" \t\n\"'.。,!「」()[]").casefold())
    return None if side is None else _value(side, scale)


ARENA = re.compile(r"a[ \t]*(?P<sign>>{1,2}|<{1,2}|=|≈)[ \t]*b|b[ \t]*(?P<turned>>{1,2}|<{1,2}|=|≈)[ \t]*a")
WHOLE = re.compile(
    rf"(?:the[ \t]+)?(?:{SIDE}[ \t_]*[\"'(\[]*)?(?P<side>[ab])[\"')\]]*(?:'s[ \t]+\w+)?"
    r"(?:[ \t]+(?:is[ \t]+(?:the[ \t]+)?(?:better|winner|best)|wins))?"
    rf"|{SIDE}[ \t]*[\"'(\[]*(?P<number>1|2|one|two)[\"')\]]*|(?:the[ \t]+)?(?P<nth>first|second)(?:[ \t]+{SIDE})?"
)


def _side_of(said: str) -> str | None:
    if said == "c" or said in TIES:
        return TIE
    if arena := ARENA.fullmatch(said):
        sign, a_first = arena["sign"] or arena["turned"], arena["sign"] is not None
        return TIE if sign in "=≈" else A if (">" in sign) == a_first else B
    if match := WHOLE.fullmatch(said):
        return match["side"] or NUMBERED[match["number"] or match["nth"]]
    return None


def _value(side: str, scale: Scale) -> Reading:
    named = {value.casefold(): value for value in scale.values}
    return Scored(named[side]) if side in named else Unscored(Reason.OFF_SCALE, "A tie, where there is none.")


def pair_candidates(text: str, scale: Scale) -> list[Reading]:
    """What the sentences say: those of the last conclusion, else all of them."""
    found = sorted(_comparisons(text), key=lambda each: each.sentence)
    concluded = [each for each in found if each.concludes]
    chosen = [each for each in concluded if each.sentence == concluded[-1].sentence] or found
    return [_value(each.said, scale) for each in chosen]


def _comparisons(text: str) -> Iterator[Comparison]:
    for pattern in SAYING:
        for match in pattern.finditer(text):
            start = _sentence_start(text, match.start())
            before = text[start : match.start()]
            if not DENIED.search(before):
                yield Comparison(start, bool(CONCLUDES.search(text, start, match.end())), _said(match))


def _said(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups.get("tie"):
        return TIE
    name = groups.get("side") or groups.get("bare") or groups.get("nth") or ""
    return NUMBERED.get(name, name)


def _sentence_start(text: str, at: int) -> int:
    since = max(0, at - SENTENCE)
    return max(since, *(text.rfind(end, since, at) + 1 for end in SENTENCE_ENDS))
