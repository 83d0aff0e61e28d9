"""Texts that are near copies of one another: what split and leakage checks keep together.

Two texts are near copies when they hold the same numbers in the same order and share at least ALIKE of their shingles,
runs of five letters or digits (Jaccard). Candidates come from MinHash; each is compared in full before it counts, so
nothing is joined by chance. Of copies that share just ALIKE of their shingles MinHash misses about one in two hundred,
of those that share nine tenths none in a hundred thousand. The numbers count because "pump 12" and "pump 13" are two
questions.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from unicodedata import normalize

import numpy as np
import scipy
from numpy.typing import NDArray

from training_export.core.sides import letters

ALIKE = 0.8
SHINGLE = 5
BANDS, ROWS = 10, 4
AT_ONCE = 2000
NUMBERS = re.compile(r"\d+")
# Odd multipliers and offsets of the permutations; fixed, so that the same texts are always found.
_CHANCE = np.random.default_rng(20260131)
_FACTORS = _CHANCE.integers(0, 1 << 31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
_OFFSETS = _CHANCE.integers(0, 1 << 32, BANDS * ROWS, dtype=np.uint32)
_POWERS = np.array([1_000_003**power % (1 << 32) for power in range(SHINGLE)], dtype=np.uint32)

TextsOf = Callable[[Sequence[int]], Mapping[int, str]]
Ints = NDArray[np.int32]


def alike(first: str, second: str) -> bool:
    """Whether two texts are near copies."""
    return numbers(first) == numbers(second) and similarity(first, second) >= ALIKE


def similarity(first: str, second: str) -> float:
    """Share of their shingles that two texts have in common: 1 for texts that differ in width, case and marks only."""
    left, right = shingles(first), shingles(second)
    return len(left & right) / len(left | right)


def shingles(text: str) -> set[str]:
    """Runs of five letters or digits; a shorter text is one."""
    plain = letters(text)
    return {plain[at : at + SHINGLE] for at in range(max(1, len(plain) - SHINGLE + 1))}


def numbers(text: str) -> list[str]:
    """The numbers of a text in their order, whatever their width."""
    return NUMBERS.findall(normalize("NFKC", text))


class NearCopies:
    """Takes texts one after another and finds which are near copies. Forty bytes a text are kept, no text."""

    def __init__(self) -> None:
        self._bands: list[NDArray[np.uint32]] = []
        self._keys: list[NDArray[np.uint64]] = []
        self._waiting: list[str] = []

    def add(self, texts: Iterable[str]) -> None:
        """Take more texts; they are numbered from 0 in the order of coming."""
        for text in texts:
            self._waiting.append(text)
            if len(self._waiting) == AT_ONCE:
                self._sign()

    def groups(self, texts_of: TextsOf, *, joined: Iterable[tuple[Ints, Ints]] = ()) -> Ints:
        """The number of each text's group. `texts_of` gives the texts of these numbers once more, to compare them;
        `joined` are pairs of numbers that belong together for another reason."""
        self._sign()
        if not self._bands:
            return np.empty(0, np.int32)
        edges = [self._equal(), *self._verified(texts_of), *joined]
        first = np.concatenate([edge[0] for edge in edges])
        second = np.concatenate([edge[1] for edge in edges])
        count = sum(map(len, self._keys))
        graph = scipy.sparse.coo_array((np.ones(len(first), np.int8), (first, second)), shape=(count, count))
        _count, found = scipy.sparse.csgraph.connected_components(graph, directed=False)
        return np.asarray(found, dtype=np.int32)

    def _sign(self) -> None:
        if not self._waiting:
            return
        texts, self._waiting = self._waiting, []
        plain = [letters(text) for text in texts]
        salt = np.array([hash32(" ".join(numbers(text))) for text in texts], dtype=np.uint32)
        self._bands.append(band_keys(plain, salt))
        self._keys.append(np.array([hash64(text) for text in plain], dtype=np.uint64))

    def _equal(self) -> tuple[Ints, Ints]:
        """Texts of the same letters: near copies without a look at their shingles."""
        return same_values(np.concatenate(self._keys))

    def _verified(self, texts_of: TextsOf) -> Iterable[tuple[Ints, Ints]]:
        keys = np.concatenate(self._keys)
        for band in range(BANDS):
            first, second = same_values(np.concatenate([chunk[:, band] for chunk in self._bands]))
            other = keys[first] != keys[second]
            yield verified(first[other], second[other], texts_of)


def band_keys(texts: Sequence[str], salt: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A row per text, a column per band: texts with the same key in a band are candidates."""
    lengths = np.array([max(1, len(text) - SHINGLE + 1) for text in texts])
    padded = "".join([text.ljust(SHINGLE, "\0") for text in texts])
    starts = np.concatenate([[0], np.cumsum([max(SHINGLE, len(text)) for text in texts])[:-1]])
    codes = np.frombuffer(padded.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    places = np.repeat(starts, lengths) + within
    hashes = np.zeros(len(places), dtype=np.uint32)
    for step in range(SHINGLE):
        hashes += codes[places + step] * _POWERS[step]
    hashes ^= hashes >> np.uint32(15)
    begins = np.cumsum(lengths) - lengths
    keys = np.empty((len(texts), BANDS), dtype=np.uint32)
    for band in range(BANDS):
        mixed = salt.copy()
        for row in range(band * ROWS, band * ROWS + ROWS):
            permuted = hashes * _FACTORS[row] + _OFFSETS[row]
            permuted ^= permuted >> np.uint32(16)
            least = np.minimum.reduceat(permuted * np.uint32(0x9E3779B1), begins)
            mixed = (mixed * np.uint32(16_777_619)) ^ least
        keys[:, band] = mixed
    return keys


def same_values(values: NDArray[np.unsignedinteger]) -> tuple[Ints, Ints]:
    """Pairs of places that hold the same value: each with the first of them, and with the one before."""
    order = np.argsort(values, kind="stable").astype(np.int32)
    ordered = values[order]
    new = np.append(True, ordered[1:] != ordered[:-1])
    if new.all():
        return np.empty(0, np.int32), np.empty(0, np.int32)
    begin = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0))
    again = np.flatnonzero(~new)
    far = again[begin[again] != again - 1]
    first = np.concatenate([order[again - 1], order[begin[far]]])
    return first, np.concatenate([order[again], order[far]])


def verified(first: Ints, second: Ints, texts_of: TextsOf) -> tuple[Ints, Ints]:
    """Those of the candidates that are near copies."""
    kept = np.zeros(len(first), dtype=bool)
    for begin in range(0, len(first), AT_ONCE):
        pairs = list(
            zip(first[begin : begin + AT_ONCE].tolist(), second[begin : begin + AT_ONCE].tolist(), strict=True)
        )
        texts = texts_of(sorted({number for pair in pairs for number in pair}))
        kept[begin : begin + len(pairs)] = [alike(texts[one], texts[two]) for one, two in pairs]
    return first[kept], second[kept]


def hash32(text: str) -> int:
    """32 bits of a text, the same in every process."""
    return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=4).digest())


def hash64(text: str) -> int:
    """64 bits of a text, the same in every process."""
    return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=8).digest())
