"""What a prompt asks for: the marks that a strict reading accepts."""

import re
from dataclasses import dataclass
from functools import lru_cache

from judging.core.extraction.labels import JSON_KEYS, OVERALL, PLAIN
from judging.core.extraction.shown import fold

KEY = re.compile(r'"([^"\n]{1,30})"[ \t]*:')
TAG = re.compile(r"<([^\W\d][\w-]{1,20})>")
LABEL = re.compile(rf"(?P<label>{'|'.join(sorted((*OVERALL, *PLAIN), key=len, reverse=True))})[ \t]*:(?![ \t]*\[\[)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The kinds of marks that were asked for, and the labels among them."""

    kinds: frozenset[str]
    labels: frozenset[str]

    @property
    def json(self) -> bool:
        """Whether the reply was to be JSON."""
        return "json" in self.kinds


@lru_cache(maxsize=256)
def protocol_of(prompt: str, names: frozenset[str]) -> Protocol:
    """The protocol that a prompt asks for; `names` are the criteria's own."""
    folded = fold(prompt)
    names = frozenset(fold(name) for name in names)
    keys = JSON_KEYS | names
    labels = frozenset(match["label"] for match in LABEL.finditer(folded)) | names
    signs = {
        "double_bracket": "[[" in folded,
        "json": any(match[1] in keys for match in KEY.finditer(folded)),
        "tag": any(match[1] in keys for match in TAG.finditer(folded)),
        "result": "[result]" in folded,
        "label": bool(labels),
    }
    return Protocol(kinds=frozenset(kind for kind, shown in signs.items() if shown), labels=labels)
