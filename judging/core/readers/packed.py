"""Files packed with gzip: unpacked into a temporary folder, within limits, before they are read."""

import gzip
import zlib
from pathlib import Path

from judging.core.readers.files import FileRefused

MAGIC = b"\x1f\x8b"
MAX_UNPACKED = 8_000_000_000
MAX_RATIO = 200
"""Unpacked bytes per packed one: text packs to a tenth, bombs to a thousandth."""
FREE = 1_000_000
"""Bytes that may come of anything."""
PIECE = 1 << 20
_DAMAGED = (
    "The file is packed with gzip and damaged: it can be unpacked up to this line, and no further. Pack it again."
)


def is_packed(path: Path) -> bool:
    """Whether the file is packed; one that cannot be opened is not, and is refused by whoever reads it."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def unpacked(path: Path, folder: Path) -> Path:
    """The file under its own name without .gz and its own folders below `folder`; FileRefused where it is damaged, or
    a bomb."""
    copy = folder.joinpath(*path.resolve().parts[1:])
    copy = copy.with_suffix("") if copy.suffix.lower() == ".gz" else copy
    copy.parent.mkdir(parents=True, exist_ok=True)
    most = min(MAX_UNPACKED, max(FREE, MAX_RATIO * path.stat().st_size))
    line = 1
    try:
        with gzip.open(path) as packed, copy.open("wb") as out:
            # What was unpacked before the damage is given, and tells its line.
            while piece := packed.read1(PIECE):
                line += piece.count(b"\n")
                out.write(piece)
                if out.tell() > most:
                    raise FileRefused(line, f"The file unpacks to more than {most:,} bytes. Unpack and split it.")
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise FileRefused(line, _DAMAGED) from None
    return copy
