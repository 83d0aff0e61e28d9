"""The signs that structure a prompt, made harmless in the text of items.

A closing tag, a heading, a marker, a role or a verdict mark of our own prompt that stands in an item's text could end
its section or speak for the judge. It is found in the template itself, so that a template that people write is guarded
too, and its sign is replaced by a look-alike: the text stays readable, and nothing reads the look-alike as the sign.
Signs that the template does not use are left as they are: in an answer they are just text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from judging.core.extraction.labels import OVERALL, PLAIN
from judging.core.extraction.protocols import protocol_of
from judging.core.extraction.shown import fold

TAG = re.compile(r"</?([A-Za-z][\w-]*)>")
HEADING = re.compile(r"^[ \t]*(?:\{%[^%]*%\})?#+[ \t]*([^\s{#][^\n{]*?)[ \t]*$", re.MULTILINE)
KEY = re.compile(r'"([A-Za-z][\w -]{0,30})"[ \t]*:')
LABEL = re.compile(rf"(?P<label>{'|'.join(sorted(map(re.escape, (*OVERALL, *PLAIN)), key=len, reverse=True))})[ \t]*:")
MARKER = re.compile(r"\[/?([A-Z][A-Z0-9_]*)\]")
ROLE = re.compile(r"\b([A-Z]{3,}):")
SPECIAL_TOKEN = re.compile(r"<(?=\|[\w./-]{1,40}\|>|/?s>|</?SYS>|(?:start|end)_of_turn>)|\[(?=/?INST\])", re.IGNORECASE)
"""Signs by which chat templates of common models separate the speakers."""

MARK = re.compile(r"\[\[(?=[^\[\]\n]{1,40}\]\])")
"""A whole mark, as a reply would have it; the first brackets of a list in code are none."""

LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›", "#": "♯", ":": "∶", "：": "∶", "[": "⟦", '"': "”"})


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What to look for in item text: one pattern for each kind of sign that the template uses."""

    patterns: tuple[re.Pattern[str], ...]

    def neutralised(self, text: str) -> str:
        """The text with every sign of ours replaced by its look-alike."""
        for pattern in self.patterns:
            text = pattern.sub(lambda match: match[0].translate(LOOK_ALIKES), text)
        return text


@lru_cache(maxsize=256)
def delimiters_of(template: str, names: frozenset[str]) -> Delimiters:
    """The signs of a template: all roles of all prompts, joined; `names` are the criteria's own."""
    protocol = protocol_of(template, names)
    labels = {match["label"] for match in LABEL.finditer(fold(template))} | {fold(name) for name in names}
    found = [
        SPECIAL_TOKEN,
        _sign(r"</?[ \t]*(?:{})\b[^<>\n]{{0,40}}>", TAG.findall(template)),
        _sign(r"^[ \t>]*#+(?=[ \t]*(?:{}))", HEADING.findall(template)),
        _sign(r"\[(?=[ \t]*/?[ \t]*(?:{})[ \t]*\])", MARKER.findall(template)),
        _sign(r"\b(?:{})[ \t]*:", ROLE.findall(template)),
        _sign(r"(?:{})[ \t]*[:：]", labels),
        _sign(r'"[ \t]*(?:{})[ \t]*"(?=[ \t]*:)', KEY.findall(template)),
        MARK if "double_bracket" in protocol.kinds else None,
    ]
    return Delimiters(tuple(pattern for pattern in found if pattern))


def _sign(shape: str, words: Iterable[str]) -> re.Pattern[str] | None:
    """The shape around any of the words, or None where the template has none of them."""
    longest_first = sorted(set(words), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(shape.format("|".join(map(re.escape, longest_first))), re.IGNORECASE | re.MULTILINE)
