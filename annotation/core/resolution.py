"""Whose word counts for an item: the gold label where there is one, else the majority of its labels."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from annotation.core.intervals import IntArray


class HumanVerdict(StrEnum):
    """What people's labels on an item come to. All but clean and wrong stand in the column `unknown`."""

    CLEAN = "clean"
    WRONG = "wrong"
    UNDEFINED = "undefined"
    TIE = "tie"
    UNREVIEWED = "unreviewed"

    @property
    def column(self) -> str:
        """Column of the confusion matrix."""
        return self.value if self in {HumanVerdict.CLEAN, HumanVerdict.WRONG} else "unknown"


def majority(verdicts: Sequence[str]) -> str | None:
    """The verdict with more labels than any other; None at a tie, and where there is no label.

    `undefined` is a word like the others: clean against undefined is a tie, not clean.
    """
    ranked = Counter(verdicts).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def resolve(verdicts: Sequence[str], gold: str | None = None) -> HumanVerdict:
    """What people say of one item."""
    if gold:
        return HumanVerdict(gold)
    if not verdicts:
        return HumanVerdict.UNREVIEWED
    word = majority(verdicts)
    return HumanVerdict(word) if word else HumanVerdict.TIE


VERDICTS = tuple(HumanVerdict)
CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}


def resolve_counts(counts: IntArray) -> IntArray:
    """`resolve` for many items at once: rows of (clean, wrong, undefined) labels to codes of `VERDICTS`."""
    most = counts.max(axis=1, initial=0)
    tied = (counts == most[:, None]).sum(axis=1) > 1
    codes = np.where(tied, CODES[HumanVerdict.TIE], counts.argmax(axis=1))
    return np.where(most == 0, CODES[HumanVerdict.UNREVIEWED], codes)
