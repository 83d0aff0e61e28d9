"""Replies read as FastChat and instructlab-eval read them, defects included, so that their numbers can be had again.

The first `[[number]]` anywhere counts, else the first `[number]`; nothing checks the scale, a citation is taken for a
score, and a pair that holds both marks goes to A. One thing is different: what makes them crash ("[[05]]") has no value
here. Use it to compare; `strict` and `lenient` read better.
"""

import ast
import re
from collections.abc import Callable, Mapping

from judging.core.scales import Criterion
from judging.core.verdicts import Reading, Reason, Scored, Unscored

FASTCHAT = "fastchat"
FASTCHAT_RATINGS = "fastchat_ratings"
FASTCHAT_MODES = (FASTCHAT, FASTCHAT_RATINGS)
"""How a judge may have its replies read besides strict and lenient; `..._ratings`: a pair by its two ratings."""

ONE = (re.compile(r"\[\[(\d+\.?\d*)\]\]"), re.compile(r"\[(\d+\.?\d*)\]"))
TWO = (re.compile(r"\[\[(\d+\.?\d*),\s?(\d+\.?\d*)\]\]"), re.compile(r"\[(\d+\.?\d*),\s?(\d+\.?\d*)\]"))
SIDES: Mapping[str, str] = {"[[A]]": "A", "[[B]]": "B", "[[C]]": "tie"}
TIE_DELTA = 0.1


def read_fastchat(text: str, criterion: Criterion, *, mode: str = FASTCHAT, finish: str = "") -> Reading:
    """What FastChat reads from a reply: a rating, or which of two answers is better."""
    if criterion.scale.is_numeric:
        found = _rating(text)
    else:
        found = WINNERS[mode](text)
    if found is not None:
        return found
    if not text.strip():
        return Unscored(Reason.EMPTY)
    return Unscored(Reason.CUT_OFF if finish == "length" else Reason.NO_VERDICT)


def _rating(text: str) -> Scored | None:
    match = _first(ONE, text)
    score = _number(match[1]) if match else None
    return None if score is None else Scored(f"{score:g}", score)


def _side(text: str) -> Scored | None:
    return next((Scored(side) for mark, side in SIDES.items() if mark in text), None)


def _ratings(text: str) -> Scored | None:
    match = _first(TWO, text)
    first, second = (_number(match[1]), _number(match[2])) if match else (None, None)
    if first is None or second is None:
        return None
    if abs(first - second) <= TIE_DELTA:
        return Scored("tie")
    return Scored("A" if first > second else "B")


WINNERS: Mapping[str, Callable[[str], Scored | None]] = {FASTCHAT: _side, FASTCHAT_RATINGS: _ratings}


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.search(text))), None)


def _number(digits: str) -> float | None:
    """A number as Python writes it: "05" is none."""
    try:
        return float(ast.literal_eval(digits))
    except (SyntaxError, ValueError, OverflowError):
        return None
