"""What a model's folder holds, as one number: two folders of the same name are two models, a moved one is the same.

Hashing every byte of many checkpoints would take longer than examining them, so of a big file its size and blocks
spread evenly over it are read: training changes every tensor, and with it these blocks.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path, PurePath

WHOLE = 64 << 20
"""Files up to this size are read whole."""

BLOCK = 1 << 20
BLOCKS = 64
MODEL_FILE = "config.json"
"""What a folder has that holds a model."""


def is_model(folder: Path) -> bool:
    """Whether a folder holds a model."""
    return (folder / MODEL_FILE).is_file()


def checkpoints(folder: Path) -> list[Path]:
    """The folders with a model in a folder, in the order in which people count: step-9 before step-10."""
    found = (inner for inner in folder.iterdir() if inner.is_dir() and is_model(inner))
    return sorted(found, key=lambda inner: counted(inner.name))


def counted(name: str) -> tuple[tuple[int, str], ...]:
    """A name as what it is sorted by: its numbers as numbers."""
    pieces = re.split(r"(\d+)", name)
    return tuple((int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces)


def fingerprint(folder: Path) -> str:
    """SHA-256 of the names, sizes and contents (see above) of the files of a model."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\x00{size}\x00".encode())
        for piece in pieces_of(path, size):
            digest.update(piece)
    return digest.hexdigest()


def pieces_of(path: Path, size: int) -> Iterator[bytes]:
    """What is read of a file: all of it, or blocks from its beginning to its end."""
    with path.open("rb") as file:
        if size <= WHOLE:
            while piece := file.read(BLOCK):
                yield piece
            return
        for number in range(BLOCKS):
            file.seek((size - BLOCK) * number // (BLOCKS - 1))
            yield file.read(BLOCK)


def short_names(names: Sequence[str]) -> list[str]:
    """Of paths that are shown beside each other, as many of the last parts as tell them apart."""
    parts = [PurePath(name).parts or (name,) for name in names]
    longest = max((len(each) for each in parts), default=1)
    for count in range(1, longest + 1):
        shown = ["/".join(part for part in each[-count:] if part != "/") for each in parts]
        if len(set(shown)) == len(set(names)):
            return shown
    return list(names)
