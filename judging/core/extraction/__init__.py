"""A judge's reply -> what was read from it, per criterion.

The last explicit mark wins. A mark that holds several numbers, or no mark and two different scores in the prose, is
ambiguous; a number outside the scale is off the scale; a reply that ends before its verdict has none. `strict` reads
only the marks that the rubric's prompt asks for; `lenient` reads what a person would read.
"""

import re
from collections.abc import Collection

from judging.core.extraction.candidates import find_candidates
from judging.core.extraction.json_marks import find_json
from judging.core.extraction.marks import Mark, find_marks, whole_reply
from judging.core.extraction.pairs import is_pair, pair_candidates
from judging.core.extraction.protocols import COMPARISON, EVERY_MARK, Protocol, protocol_of
from judging.core.extraction.shown import fold, shown_text
from judging.core.scales import Criterion
from judging.core.specs import RubricSpec
from judging.core.verdicts import Reading, Reason, Scored, Unscored

__all__ = ["EVERY_MARK", "LENIENT", "MODES", "STRICT", "Protocol", "read_reply", "read_text"]

STRICT = "strict"
LENIENT = "lenient"
MODES = (STRICT, LENIENT)
OUT_OF_TOKENS = "length"
FILTERED = "content_filter"
JSON_ALONE = re.compile(r"(?:json|```(?:json)?)?\s*[\[{].*[\]}]\s*(?:```)?", re.DOTALL)
"""A reply that is nothing but JSON, whatever was asked for; the signs of a code block may be folded away."""


def read_reply(
    text: str, rubric: RubricSpec, *, finish: str = "", mode: str = LENIENT, part: str = ""
) -> dict[str, Reading]:
    """What the reply says for each criterion of the rubric, keyed by its name ('' for the only one).

    `finish` is why the engine stopped ("length": out of tokens); `part` says which prompt of the rubric was answered.
    """
    roles = rubric.prompts.get(part, {})
    protocol = protocol_of("\n".join(roles.values()), _names(rubric))
    begun = _begun(roles.get("assistant", ""))
    shown = _shown(text, begun, finish)
    return {criterion.name: _read(shown, criterion, protocol, finish, _known(mode)) for criterion in rubric.criteria}


def read_text(
    text: str, criterion: Criterion, *, protocol: Protocol = EVERY_MARK, finish: str = "", mode: str = LENIENT
) -> Reading:
    """What a reply says on one criterion, where its prompt is not known but its protocol may be."""
    return _read(_shown(text, "", finish), criterion, protocol, finish, _known(mode))


def _known(mode: str) -> str:
    if mode not in MODES:
        raise ValueError(f"A reply is read in mode {' or '.join(MODES)}, not {mode!r}.")
    return mode


def _names(rubric: RubricSpec) -> frozenset[str]:
    return frozenset(criterion.name for criterion in rubric.criteria if criterion.name)


def _begun(template: str) -> str:
    """The words with which the prompt begins the reply, where they are the same for every item."""
    return "" if "{{" in template or "{%" in template else template


def _shown(text: str, begun: str, finish: str) -> str | Unscored:
    """What there is to read, folded, or why there is nothing."""
    shown = shown_text(text)
    if shown is None or not fold(shown).strip():
        return _absent(text, finish)
    return fold(begun + shown)


def _absent(text: str, finish: str) -> Unscored:
    if finish == OUT_OF_TOKENS:
        return Unscored(Reason.CUT_OFF)
    if finish == FILTERED:
        return Unscored(Reason.REFUSED)
    return Unscored(Reason.NO_VERDICT, "Nothing but thinking.") if fold(text).strip() else Unscored(Reason.EMPTY)


def _read(shown: str | Unscored, criterion: Criterion, protocol: Protocol, finish: str, mode: str) -> Reading:
    if isinstance(shown, Unscored):
        return shown
    mark = _mark(shown, criterion, protocol, mode)
    if mark is None:
        return _without_mark(shown, criterion, protocol, finish, mode)
    if finish == OUT_OF_TOKENS and mark.open_ended and mark.end >= len(shown.rstrip()):
        return Unscored(Reason.CUT_OFF, "The reply was cut off inside its verdict.")
    return mark.reading


def _mark(shown: str, criterion: Criterion, protocol: Protocol, mode: str) -> Mark | None:
    """The mark that counts: JSON where it was asked for or is all there is, else the last that may be read."""
    whole_json = mode == LENIENT and JSON_ALONE.fullmatch(shown.strip())
    if (protocol.json or whole_json) and (found := find_json(shown, criterion)):
        return found
    if alone := whole_reply(shown, criterion):
        return alone
    asked = protocol.kinds if mode == STRICT else None
    labels = protocol.labels if mode == STRICT else None
    return _last(find_marks(shown, criterion, kinds=asked, labels=labels))


def _last(marks: Collection[Mark]) -> Mark | None:
    return max(marks, key=lambda mark: (mark.end, mark.start), default=None)


def _without_mark(shown: str, criterion: Criterion, protocol: Protocol, finish: str, mode: str) -> Reading:
    if finish == OUT_OF_TOKENS:
        return Unscored(Reason.CUT_OFF)
    if finish == FILTERED:
        return Unscored(Reason.REFUSED)
    if mode == LENIENT:
        return _agreed(find_candidates(shown, criterion))
    if COMPARISON in protocol.kinds and is_pair(criterion.scale):
        return _agreed(pair_candidates(shown, criterion.scale))
    return Unscored(Reason.NO_VERDICT)


def _agreed(candidates: list[Reading]) -> Reading:
    """The one reading that all candidates share, if they do."""
    if not candidates:
        return Unscored(Reason.NO_VERDICT)
    if any(candidate != candidates[0] for candidate in candidates):
        values = ", ".join(candidate.value for candidate in candidates if isinstance(candidate, Scored))
        return Unscored(Reason.AMBIGUOUS, f"No mark, and several scores: {values}.")
    return candidates[0]
