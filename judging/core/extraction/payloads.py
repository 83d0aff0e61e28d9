"""What stands inside a mark -> a reading on a criterion's scale."""

import re

from judging.core.extraction.pairs import is_pair, side_reading
from judging.core.scales import Scale
from judging.core.verdicts import Reading, Reason, Scored, Unscored

NUMBER = r"[-+]?\d+(?:\.\d+)?"
UNIT = r"[ \t]?(?:点|分|점|points?\b|pts?\b|punkten?\b|%)"
NOT_A_SCORE = (
    r"(?:満|满|滿|点|分|つ|個|件|番|回|人|段階|箇所|か所|カ所|年|月|日|種類|行|文|倍|割|位"
    r"|개|번|명|년|월|일|가지|단계|%)"
)
DEDUCTED = r"[ \t]*(?:を|の|ほど)?(?:減点|引|減ら|差し引|マイナス)"
TERM = rf"{NUMBER}(?:{UNIT}(?!満点|满分|滿分|{DEDUCTED})|(?![A-Za-z0-9]|\)[ \t]+\w|\.\d|[ \t]?{NOT_A_SCORE}))"
OUT_OF_WORDS = r"(?:out of|von|sur|sobre|de)"
JOIN = (
    rf"[ \t]*(?:,|、|~|〜|–|—|-|\+|×|\*|=|/|\b{OUT_OF_WORDS}\b|\bor\b(?:[ \t]+an?\b)?|\band\b(?:[ \t]+an?\b)?|\bto\b"
    r"|または|もしくは|から(?=\d)|到|至|或|에서(?=[ \t]*\d)|와(?=[ \t]*\d)|と(?=\d)|か(?=\d))[ \t]*"
)
FULL_MARKS = r"\d+[ \t]?[点分점][ \t]?(?:(?:満点|满分|滿分|만점)?(?:中的?|で|の|のうち|,|중|에서?)|만점)[ \t]*"
SUM = r"[\d.,+*/×÷()\- \t点分점]{1,60}[=≒≈][ \t]*"
PAYLOAD = rf"(?:{SUM})?(?:{FULL_MARKS})?{TERM}(?:{JOIN}{TERM}(?![ \t]*[A-Za-z]))*"
"""A number ("4点", "8/10", "10点満点中8点"), what a sum comes to ("(5 + 5 + 4) / 3 = 4.67"), or several ("5, 1, 3")."""

OUT_OF = re.compile(FULL_MARKS)
PARTS = re.compile(rf"(?P<over>(?:/|{OUT_OF_WORDS})[ \t]*)?(?P<number>{NUMBER})[ \t]?(?P<percent>%)?")


def scored(score: float, scale: Scale) -> Reading:
    """A number, if it is on the scale."""
    if not scale.allows(score):
        return Unscored(Reason.OFF_SCALE, f"{score:g} is not in {scale.low:g} to {scale.high:g}.")
    return Scored(f"{score:g}", score)


def read_numbers(payload: str, scale: Scale) -> Reading | None:
    """The number that a payload says, or None where it says none. Only what a sum comes to counts."""
    result = re.split("[=≒≈]", payload)[-1].strip()
    full = OUT_OF.match(result)
    parts = list(PARTS.finditer(result[full.end() :] if full else result))
    numbers = [float(part["number"]) for part in parts if not part["over"]]
    if not numbers:
        return None
    if len(numbers) > 1:
        return Unscored(Reason.AMBIGUOUS, f"Several numbers in one mark: {payload.strip()[:80]}.")
    limits = [float(part["number"]) for part in parts if part["over"]]
    limits += [100.0 for part in parts if part["percent"]]
    limits += [float(re.split(r"\D", full[0])[0])] if full else []
    if any(limit != scale.high for limit in limits):
        return Unscored(Reason.OFF_SCALE, f"{payload.strip()[:80]} is on another scale.")
    return scored(numbers[0], scale)


def read_word(payload: str, scale: Scale) -> Reading | None:
    """The named value that a payload is, or None where it is something else."""
    said = payload.strip(" \t\n\"'.。「」").casefold()
    named = {value.casefold(): value for value in scale.values}
    if said in named:
        return Scored(named[said])
    if is_pair(scale) and (side := side_reading(payload, scale)):
        return side
    words = {word for word in re.split(r"[\s,/|、]+|\bor\b|または|か", said) if word}
    if len(words) > 1 and words <= named.keys():
        return Unscored(Reason.AMBIGUOUS, f"Several values in one mark: {payload.strip()[:80]}.")
    return None


def read_payload(payload: str, scale: Scale) -> Reading | None:
    """What a delimited payload ([[...]], a tag, a JSON string) says."""
    if not scale.is_numeric:
        return read_word(payload, scale)
    if re.search(r"[^\W\d_]", re.sub(rf"{UNIT}|out of|満点|中|满分|滿分|만점|중|에|or|and|to", "", payload)):
        return None
    return read_numbers(payload, scale)
