"""Where keys were seen first: a million of them in 34 MB, a third of what a dict of numbers takes."""

from array import array

_SLOTS = 1 << 12
"""At first; a power of two, so that the lower bits of a hash are a slot."""


class KeysSeen:
    """Keys with the place of their first row. Of a key only its hash is held.

    Two arrays of numbers, a slot for each key: the one that its hash names, or the next that is free.
    """

    def __init__(self) -> None:
        self._resize(_SLOTS)

    def first_place(self, key: str, place: int) -> int:
        """Where the key was seen before; 0 where it is new and now has this place, which must not be 0."""
        short = hash(key)
        slot = self._slot_of(short)
        known = self._places[slot]
        if not known:
            self._hashes[slot], self._places[slot] = short, place
            self._free -= 1
            if not self._free:
                self._grow()
        return known

    def _slot_of(self, short: int) -> int:
        """The slot with this hash, or the free one where it belongs."""
        places, hashes, last = self._places, self._hashes, self._last
        slot = short & last
        while places[slot] and hashes[slot] != short:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        hashes, places = self._hashes, self._places
        self._resize(2 * len(places))
        for short, place in zip(hashes, places, strict=True):
            if place:
                slot = self._slot_of(short)
                self._hashes[slot], self._places[slot] = short, place
                self._free -= 1

    def _resize(self, slots: int) -> None:
        """Free slots only, of which a third stays free: in a fuller table the next free slot is far."""
        self._hashes, self._places = array("q", bytes(8 * slots)), array("q", bytes(8 * slots))
        self._last, self._free = slots - 1, slots * 2 // 3
