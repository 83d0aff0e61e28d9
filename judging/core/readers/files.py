"""Bytes of a file -> text, with the line where it stops being text.

Only UTF-8 is read (with or without a byte order mark): a file in another encoding is refused with the name of the
encoding it looks like, because a wrong guess would store other people's words garbled. Where a person names it, a copy
in UTF-8 is read instead (`encodings`).
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from judging.core.items import RowProblem
from judging.core.readers.encodings import MEND, why_not

MAX_RECORD = 8_000_000
"""Bytes of one line, characters of one array entry: more is a broken file, not an item."""
MAX_UNDECODABLE = 20
"""Lines that may be outside UTF-8 before the whole file is refused."""
CHUNK = 65_536

# That of UTF-32 begins with that of UTF-16.
_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_PICTURE = "The file is a picture. Import the questions and answers themselves, as JSON lines or CSV."
_UNPACK = "Unpack it, or save the table as CSV (UTF-8)."
_KINDS = {
    b"PK\x03\x04": f"The file is an archive (ZIP, or a damaged XLSX). {_UNPACK}",
    b"\x1f\x8b": f"The file is packed with gzip. {_UNPACK}",
    b"\x28\xb5\x2f\xfd": f"The file is packed with Zstandard. {_UNPACK}",
    b"BZh": f"The file is packed with bzip2. {_UNPACK}",
    b"\xfd7zXZ": f"The file is packed with xz. {_UNPACK}",
    b"7z\xbc\xaf": f"The file is a 7-Zip archive. {_UNPACK}",
    b"\xd0\xcf\x11\xe0": "The file is an old Excel file (.xls). Save it as XLSX, or the table as CSV (UTF-8).",
    b"%PDF": "The file is a PDF. Import the questions and answers themselves, as JSON lines or CSV.",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"ARROW1": "The file is an Arrow file. Save the dataset as Parquet or as JSON lines.",
    b"\x80\x04": "The file is pickled Python, which is never run. Save the rows as JSON lines.",
}


class FileRefused(ValueError):
    """The file as a whole cannot be read; `line` is where that showed (0: before any line)."""

    def __init__(self, line: int, message: str, path: Path | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.path = path


def open_text(path: Path) -> BinaryIO:
    """Open a file of UTF-8 text behind its byte order mark; FileRefused says what else it is."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(
            0, f"The file cannot be opened: {error.strerror}. Check the path and its permissions."
        ) from None
    head = file.read(4096)
    refusal = _refusal_of_head(head)
    if refusal:
        file.close()
        raise FileRefused(1, refusal)
    file.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
    return file


def _refusal_of_head(head: bytes) -> str:
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            return f"The file is {name}. {MEND}"
    kind = next((what for start, what in _KINDS.items() if head.startswith(start)), "")
    if kind:
        return kind
    if head.count(0) * 5 > len(head):
        return f"The file is full of NUL bytes: it looks like UTF-16 or a binary file. {MEND}"
    if not head.removeprefix(codecs.BOM_UTF8).strip() and len(head) < 4096:
        return "The file is empty. Import a file with at least one row."
    return ""


def text_lines(path: Path) -> Iterator[tuple[int, str] | RowProblem]:
    """Numbered lines with their line ends. A line outside UTF-8 is a problem of its own; many refuse the file."""
    undecodable = 0
    with open_text(path) as file:
        for number, raw in _bounded_lines(file):
            if b"\0" in raw:
                yield RowProblem(number, "The line has NUL bytes: it is damaged. Remove them or the line.")
                continue
            try:
                yield number, raw.decode()
            except UnicodeDecodeError as error:
                undecodable += 1
                if undecodable > MAX_UNDECODABLE:
                    raise FileRefused(number, _not_utf8(error)) from None
                yield RowProblem(number, _not_utf8(error))


def strict_lines(path: Path) -> Iterator[str]:
    """Lines of a format whose records cross lines: the first bad line refuses the file."""
    for line in text_lines(path):
        if isinstance(line, RowProblem):
            raise FileRefused(line.line, line.message)
        yield line[1]


def _bounded_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while raw := file.readline(MAX_RECORD + 1):
        number += 1
        if len(raw) > MAX_RECORD:
            raise FileRefused(number, f"The line is longer than {MAX_RECORD:,} bytes. Split the file into rows.")
        yield number, raw


def text_chunks(path: Path) -> Iterator[str]:
    """The text in pieces of bounded size, for formats without lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with open_text(path) as file:
        while raw := file.read(CHUNK):
            if b"\0" in raw:
                bad_line = line + raw[: raw.index(b"\0")].count(b"\n")
                raise FileRefused(bad_line, "The file has NUL bytes: it is damaged. Remove them and import it again.")
            yield _decoded(decoder, raw, line)
            line += raw.count(b"\n")
        yield _decoded(decoder, b"", line, final=True)


def _decoded(decoder: codecs.IncrementalDecoder, raw: bytes, line: int, *, final: bool = False) -> str:
    try:
        return decoder.decode(raw, final)
    except UnicodeDecodeError as error:
        bad_line = line + error.object[: error.start].count(b"\n")
        raise FileRefused(bad_line, _not_utf8(error)) from None


def _not_utf8(error: UnicodeDecodeError) -> str:
    return why_not("UTF-8", "utf-8", error)
