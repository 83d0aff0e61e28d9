"""What a page hands to an action: a person's word on an item, the page view it comes from, the terms of a campaign."""

from collections.abc import Mapping
from dataclasses import dataclass

from judging.core.verdicts import PersonVerdict

CORRECTABLE = ("question", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person says of an item; `correction` holds only the texts that they changed."""

    verdict: PersonVerdict
    error_count: int | None = None
    comment: str = ""
    correction: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The page a press comes from: which showing of which item text, and the draft it knew of."""

    key: str
    known_rev: int
    item_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What annotators get to see: by default nobody else's word; and the guideline they label by."""

    blind_people: bool = True
    blind_judge: bool = True
    blind_model: bool = True
    guideline: str = ""
