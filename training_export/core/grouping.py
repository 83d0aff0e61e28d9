"""Which items belong together: near-copies of a question, items about one document, and items that repeat others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Places = NDArray[np.uint32]


@dataclass(eq=False)
class Copies:
    """By position of an item. `places`: its group's place in the split, 32 bits; `rows`: which items are near copies
    with question and answer; `groups`: sizes worth telling. Empty where nobody asked."""

    places: Places = field(default_factory=lambda: np.empty(0, np.uint32))
    rows: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    drop: bool = False
    groups: Mapping[str, int] = field(default_factory=dict)
    _seen: set[tuple[int, ...]] = field(default_factory=set)
    _repeated: int = 0

    def place(self, positions: Sequence[int]) -> int | None:
        """The place in the split of the group of a row's items; None where there are no groups."""
        return int(self.places[positions[0]]) if len(self.places) else None

    def repeats(self, positions: Sequence[int]) -> bool:
        """Whether a row is a near copy of one that was taken before and is to be dropped for it."""
        if not len(self.rows):
            return False
        mark = tuple(int(self.rows[position]) for position in positions)
        if mark not in self._seen:
            self._seen.add(mark)
            return False
        self._repeated += 1
        return self.drop

    def as_json(self) -> dict[str, Any]:
        """What the manifest says."""
        found: dict[str, Any] = {"groups": dict(self.groups)} if self.groups else {}
        return found | ({"near_copies": self._repeated} if len(self.rows) else {})


NO_COPIES = Copies()


def places_of(own: Places, groups: NDArray[np.int32]) -> Places:
    """One place for all members of a group, whatever the order in which they came: their own where they agree, else
    one made from the least of theirs. The least itself would send large groups to the first side."""
    if not len(groups):
        return own
    count = int(groups.max()) + 1
    least, most = np.full(count, np.iinfo(np.uint32).max, dtype=np.uint32), np.zeros(count, dtype=np.uint32)
    np.minimum.at(least, groups, own)
    np.maximum.at(most, groups, own)
    return np.where(least == most, least, scattered(least))[groups]


def scattered(places: Places) -> Places:
    """Places anywhere in 32 bits, the same for the same."""
    mixed = places * np.uint32(0x9E3779B1)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x85EBCA6B)
    return mixed ^ (mixed >> np.uint32(13))
