"""On which side of a split an example lies, and which texts are the same."""

import re
from collections.abc import Sequence
from hashlib import sha256
from unicodedata import normalize

BUCKETS = 1 << 32
SIDES = {1: ("train",), 2: ("train", "test"), 3: ("train", "validation", "test")}
SPACE = re.compile(r"\s+")
NO_WORD = re.compile(r"[\W_]+")


def parse_split(text: str) -> tuple[int, ...]:
    """'90/5/5' as numbers: train/validation/test, or train/test; ValueError with a sentence where it is neither."""
    parts = text.split("/")
    if len(parts) not in {2, 3} or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{text!r} is no split: write the percentages of train/validation/test, such as 90/5/5.")
    shares = tuple(int(part) for part in parts)
    if sum(shares) != 100 or 0 in shares:
        raise ValueError(f"The parts of the split {text} come to {sum(shares)}: they must be over 0 and come to 100.")
    return shares


def side_of(question: str, shares: Sequence[int], *, place: int | None = None) -> str:
    """The name of a question's side. It depends on nothing but the question's letters and digits, or on its group."""
    names = SIDES[len(shares) or 1]
    if len(names) == 1:
        return names[0]
    place = 100 * (place_of(question) if place is None else place)
    for name, share in zip(names, shares, strict=True):
        place -= share * BUCKETS
        if place < 0:
            return name
    raise AssertionError("the shares come to 100")


def place_of(question: str) -> int:
    """32 bits that are the same for questions with the same letters and digits."""
    return int.from_bytes(sha256(letters(question).encode(errors="replace")).digest()[:4])


def letters(text: str) -> str:
    """What near-copies of a question share: its letters and digits, whatever their width and case."""
    return NO_WORD.sub("", normalize("NFKC", text).casefold()) or text


def plain(text: str) -> str:
    """A text without differences that teach a model nothing: width, case and white space."""
    return SPACE.sub(" ", normalize("NFKC", text).casefold()).strip()
