"""Which items are for tuning and which are locked away for one test: drawn by a seed, alike in every stratum.

Items with the same question stand on one side, whoever answered: else a judge would be tested on questions it was
tuned on. What is drawn depends on the seed and the question alone, so that items which come later get their side by
the same rule.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

DEV = "dev"
TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRule:
    """How a dataset is split: the share of its questions that is locked away, drawn by a seed."""

    seed: int = 0
    test_share: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.test_share < 1:
            raise ValueError(f"The share of the test part lies between 0 and 1, not {self.test_share:g}.")


def draw(rule: SplitRule, question: str) -> float:
    """Where a question falls between 0 and 1; the same for ever."""
    digest = sha256(f"{rule.seed}:{question}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def later_side(rule: SplitRule, question: str) -> str:
    """The side of a question that came after the split was locked."""
    return TEST if draw(rule, question) < rule.test_share else DEV


def sides(rule: SplitRule, strata: Mapping[str, str]) -> dict[str, str]:
    """The side of every question, given the stratum of each: in every stratum the share, over all of them too."""
    members: dict[str, list[str]] = defaultdict(list)
    for question, stratum in strata.items():
        members[stratum].append(question)
    found: dict[str, str] = {}
    seen = taken = 0
    for stratum in sorted(members):
        ordered = sorted(members[stratum], key=lambda question: (draw(rule, question), question))
        # What rounding leaves over in one stratum is made up for in the next.
        seen += len(ordered)
        wanted = round(seen * rule.test_share) - taken
        taken += wanted
        found |= {question: TEST if at < wanted else DEV for at, question in enumerate(ordered)}
    return found
