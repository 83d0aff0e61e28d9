"""The part of a reply that is meant to be read: thinking taken out, full-width signs folded."""

import re

THINKING = r"(?:think|thinking|thought|reasoning|reflection)"
THOUGHT = re.compile(rf"<({THINKING})>.*?</\1>", re.DOTALL | re.IGNORECASE)
OPENED = re.compile(rf"\s*<{THINKING}>", re.IGNORECASE)
CLOSED = re.compile(rf"</{THINKING}>", re.IGNORECASE)
EMPHASIS = re.compile(r"\*\*|__|`")
FULL_WIDTH = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-"}
CAPITALS = {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
FOLDED = FULL_WIDTH | CAPITALS


def shown_text(text: str) -> str | None:
    """The reply after its thinking, or None where the thinking never ends.

    A closing tag without its opening one ends thinking that the prompt has opened.
    """
    spoken = THOUGHT.sub("", text)
    if CLOSED.search(spoken):
        spoken = CLOSED.split(spoken)[-1]
    return None if OPENED.match(spoken) else spoken


def fold(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, small letters, without the signs of bold and code.

    Not NFKC: that makes a 1 of a circled list number, which then runs into the score behind it.
    """
    return EMPHASIS.sub("", text.translate(FOLDED))
