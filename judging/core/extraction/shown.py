"""The part of a reply that is meant to be read: thinking taken out, full-width signs folded."""

import re

THINKING = "think|thinking|thought|thoughts|reasoning|reflection|seed:think"
TAG = re.compile(
    rf"<(?P<xml_end>/?)(?P<xml>{THINKING})>|\[(?P<square_end>/?)think\]|◁(?P<arrow_end>/?)think▷"
    r"|<\|(?P<bar>begin|end)_of_thought\|>",
    re.IGNORECASE,
)
FINAL_CHANNEL = re.compile(r"<\|channel\|>[ \t]*final\b[^<\n]*(?:<\|constrain\|>\w*)?<\|message\|>")
CHANNEL = "<|channel|>"
CHANNEL_END = re.compile(r"<\|(?:end|return|call)\|>")
BARE_CHANNELS = re.compile(r"\s*analysis(?![a-z])")
BARE_FINAL = "assistantfinal"
EMPHASIS = re.compile(r"\*\*|__|`")
FULL_WIDTH = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-"}
LETTERS = (*range(ord("A"), ord("Z") + 1), *range(0xC0, 0x530))
CAPITALS = {code: chr(code).lower() for code in LETTERS if len(chr(code).lower()) == 1}
FOLDED = FULL_WIDTH | CAPITALS


def shown_text(text: str) -> str | None:
    """The reply after its thinking, or None where the thinking never ends.

    A closing tag without its opening one ends thinking that the prompt has opened. A tag in the middle of a line that
    is never closed is a word of the text.
    """
    spoken = _last_channel(text)
    return None if spoken is None else _without_thinking(spoken)


def _last_channel(text: str) -> str | None:
    """What a model that writes in channels says in its final one; None where it has not come to it."""
    if CHANNEL in text:
        starts = [match.end() for match in FINAL_CHANNEL.finditer(text)]
        return CHANNEL_END.split(text[starts[-1] :])[0] if starts else None
    if BARE_CHANNELS.match(text) and BARE_FINAL in text:
        return text[text.rindex(BARE_FINAL) + len(BARE_FINAL) :]
    return text


def _without_thinking(text: str) -> str | None:
    """One pass over the tags, so that ten thousand of them take no longer than their number."""
    kept: list[str] = []
    since, opened, kind = 0, None, ""
    for tag in TAG.finditer(text):
        closing, name = _side_and_name(tag)
        if opened is None and not closing:
            kept.append(text[since : tag.start()])
            opened, kind = tag, name
        elif closing and opened is None:
            kept, since = [], tag.end()
        elif closing and name == kind:
            since, opened = tag.end(), None
    if opened is None:
        return "".join([*kept, text[since:]])
    if text[: opened.start()].rpartition("\n")[2].strip():
        return "".join([*kept, text[opened.start() :]])
    return "".join(kept) if "".join(kept).strip() else None


def _side_and_name(tag: re.Match[str]) -> tuple[bool, str]:
    """Whether a tag closes, and what it is called."""
    if tag["xml"]:
        return bool(tag["xml_end"]), tag["xml"].lower()
    if tag["bar"]:
        return tag["bar"].lower() == "end", "bar"
    if tag["arrow_end"] is not None:
        return bool(tag["arrow_end"]), "arrow"
    return bool(tag["square_end"]), "square"


def fold(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, small letters, without the signs of bold and code.

    Not NFKC: that makes a 1 of a circled list number, which then runs into the score behind it.
    """
    return EMPHASIS.sub("", text.translate(FOLDED))
