"""Numbers of items as people write them: 3, 7-12, 40."""

from collections.abc import Iterable
from itertools import groupby

MOST = 100_000
"""Numbers that are picked by hand at most."""

DIGITS = 9
"""Of a number at most: a database has no larger one."""


class NoPositions(ValueError):
    """A text that is none; `word` is the part that cannot be read, '' where it means too many."""

    def __init__(self, word: str = "") -> None:
        super().__init__(word)
        self.word = word


def positions_in(text: str) -> list[int]:
    """The numbers of a text, in order and each once; NoPositions where it is none."""
    found: set[int] = set()
    for word in text.replace(",", " ").split():
        first, dash, last = word.partition("-")
        ends = (first, last) if dash else (first, first)
        if not all(end.isascii() and end.isdecimal() and len(end) <= DIGITS for end in ends):
            raise NoPositions(word[:20])
        low, high = (int(end) for end in ends)
        if low > high:
            raise NoPositions(word[:20])
        if high - low >= MOST or len(found) + high - low >= MOST:
            raise NoPositions
        found.update(range(low, high + 1))
    return sorted(found)


def text_of(positions: Iterable[int]) -> str:
    """The same as a text, runs of three and more as first and last."""
    words = []
    for _, run in groupby(enumerate(sorted(positions)), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        words += [f"{numbers[0]}-{numbers[-1]}"] if len(numbers) > 2 else [str(number) for number in numbers]
    return ", ".join(words)
