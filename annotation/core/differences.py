"""What somebody changed in a text, as a reader wants to see it: runs of words that stayed, went and came."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME = "same"
GONE = "gone"
NEW = "new"
LONGEST = 3000

# A word with the space behind it, or one character where a script has no spaces.
PIECE = re.compile(r"\s+|[A-Za-z0-9_\u00c0-\u024f]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text: `same`, `gone` (only in the old one) or `new`."""

    kind: str
    text: str


def differences(old: str, new: str) -> tuple[Part, ...]:
    """The old text and the new one as one sequence of parts. Long texts are compared by lines, to be quick."""
    if old == new:
        return (Part(SAME, old),) if old else ()
    cut = str.splitlines if len(old) + len(new) > LONGEST else PIECE.findall
    before, after = (cut(text, True) if cut is str.splitlines else cut(text) for text in (old, new))
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    found = []
    for _tag, start, end, place, last in matcher.get_opcodes():
        found += parts(before[start:end], after[place:last])
    return tuple(found)


def parts(before: Sequence[str], after: Sequence[str]) -> list[Part]:
    """What one stretch comes to."""
    gone, came = "".join(before), "".join(after)
    if gone == came:
        return [Part(SAME, gone)]
    return [part for part in (Part(GONE, gone), Part(NEW, came)) if part.text]
