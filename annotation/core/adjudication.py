"""A lead's decision on an item."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotation.core.words import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One answer per criterion, the texts that were corrected, and why.

    The answers are about the text as the lead leaves it. `revision` is the text that was on the page, `known` the
    newest decision it knew of (0 without one), so that two leads do not decide past each other.
    """

    answers: tuple[Answer, ...]
    revision: int
    known: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
