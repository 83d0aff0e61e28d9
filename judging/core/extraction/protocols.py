"""What a prompt asks for, or a protocol by its name: the marks that a strict reading accepts."""

import re
from dataclasses import dataclass
from functools import lru_cache

from judging.core.extraction.labelled import KNOWN
from judging.core.extraction.labels import JSON_KEYS, OVERALL, OVERALL_JA, PLAIN, PLAIN_JA
from judging.core.extraction.marks import FINDERS
from judging.core.extraction.shown import fold

COMPARISON = "comparison"
"""Sentences that compare the two texts of a pair; the other kinds are those of `marks.FINDERS`."""

KEY = re.compile(r'"([^"\n]{1,30})"[ \t]*:')
TAG = re.compile(r"<([^\W\d][\w-]{1,20})>")
ANY_LABEL = "|".join(re.escape(label) for label in sorted((*OVERALL, *PLAIN), key=len, reverse=True))
LABEL = re.compile(rf"(?P<label>{ANY_LABEL})[ \t]*:(?![ \t]*\[\[)")
OVERALL_LABEL = re.compile("|".join(re.escape(label) for label in sorted(OVERALL, key=len, reverse=True)))
COMPARES = re.compile(r"\b(?:is|are)[ \t]+(?:the[ \t]+)?better\b|優れ|更好|더[ \t]*(?:나은|좋)")
BARE = re.compile(r"\bbare\b|\bonly (?:the|a|one) (?:number|digit|letter)|数字(?:だけ|のみ)|只(?:输出|回复)数字|숫자만")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The kinds of marks that were asked for, and the labels among them."""

    kinds: frozenset[str]
    labels: frozenset[str] = frozenset()

    @property
    def json(self) -> bool:
        """Whether the reply was to be JSON."""
        return "json" in self.kinds


def _kinds(*kinds: str) -> Protocol:
    return Protocol(kinds=frozenset(kinds))


def _labels(*labels: str) -> Protocol:
    return Protocol(kinds=frozenset({"label"}), labels=frozenset(labels))


EVERY_MARK = Protocol(kinds=frozenset(FINDERS), labels=frozenset(KNOWN))
"""What counts as asked for where nobody says: every explicit mark, no prose."""

PROTOCOLS = {
    "mt_bench": _kinds("double_bracket"),
    "mt_bench_pair": _kinds("double_bracket"),
    "double_bracket": _kinds("double_bracket"),
    "json": _kinds("json"),
    "final_score": _labels("final score"),
    "result": _kinds("result"),
    "prometheus": _kinds("result"),
    "tag": _kinds("tag"),
    "boxed": _kinds("boxed"),
    "bare": _kinds(),
    "comparison": _kinds(COMPARISON),
    "ja_marks": _labels(*OVERALL_JA, *PLAIN_JA, "回答", "解答"),
    "labels": _labels(*KNOWN),
    "any": EVERY_MARK,
}


class UnknownProtocol(ValueError):
    """A protocol has no such name, and its words describe no mark."""


def protocol_named(name: str) -> Protocol:
    """A protocol by name, or by a description that shows its marks ('single 1-10 [[n]]', '"FINAL SCORE: n"')."""
    plain = re.sub(r"[\s-]+", "_", name.strip().casefold())
    if plain in PROTOCOLS:
        return PROTOCOLS[plain]
    asked = protocol_of(name, frozenset())
    folded = fold(name)
    labels = asked.labels
    if "[[" not in folded or re.search(r"\bor\b|または|或", folded):
        labels = labels | frozenset(OVERALL_LABEL.findall(folded))
    kinds = asked.kinds | ({"label"} if labels else set())
    if not kinds and not BARE.search(folded):
        raise UnknownProtocol(
            f"There is no protocol {name!r}. Protocols: {', '.join(PROTOCOLS)}; or words that show the mark, "
            'such as "Rating: [[n]]".'
        )
    return Protocol(kinds=kinds, labels=labels)


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
        "boxed": "\\boxed" in folded,
        "label": bool(labels),
        COMPARISON: bool(COMPARES.search(folded)),
    }
    return Protocol(kinds=frozenset(kind for kind, shown in signs.items() if shown), labels=labels)
