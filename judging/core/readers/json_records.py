"""JSON objects of a file one by one: one object per line, or one array of any size, never held in memory whole."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from judging.core.items import RowProblem
from judging.core.readers.files import CHUNK, MAX_RECORD, FileRefused, open_text, text_chunks, text_lines

MAX_DEPTH = 100
"""Lists and objects inside one another; databases refuse far deeper ones."""

MAX_DIGITS = 300
"""Digits of a whole number: what has more is beyond every other kind of number."""

MAX_DOCUMENT = 200_000_000
"""Bytes of a file that is one JSON object and is held in memory."""

_SPACE = " \t\n\r"
_END_OF_VALUE = re.compile(r"[ \t\n\r]*[,\]]")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"it is read as the number {number}")
    return number


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"it has {len(text)} digits")
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TwiceNamed(f"The key {twice[:80]!r} stands twice in one object. Remove one of the two.")
    return found


class TwiceNamed(ValueError):
    """Two values under one key: taking the last one would lose the other without a word."""


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_whole, object_pairs_hook=_once)


class Record(NamedTuple):
    """One object with its line or entry number."""

    number: int
    value: dict[str, Any]


class BrokenArray(ValueError):
    """The array stops being JSON; what came before was read. `entry` is the number of the broken entry."""

    def __init__(self, entry: int, message: str) -> None:
        super().__init__(message)
        self.entry = entry
        self.message = message


def json_objects(path: Path) -> Iterator[Record | RowProblem]:
    """The objects of a file in either form; whatever is not an object is a problem with its number."""
    return _array_objects(path) if first_character(path) == "[" else _line_objects(path)


def first_character(path: Path) -> str:
    """The first character that is not white space; '' only where none is near."""
    with open_text(path) as file:
        return file.read(CHUNK).decode(errors="replace").strip()[:1]


def _line_objects(path: Path) -> Iterator[Record | RowProblem]:
    for line in text_lines(path):
        if isinstance(line, RowProblem):
            yield line
        elif not line[1].isspace():
            yield _line_object(*line)


SHORT_LINE = 80


def _line_object(number: int, line: str) -> Record | RowProblem:
    if len(line) < SHORT_LINE and line.strip() in {"{", "["}:
        return RowProblem(number, "An object is spread over several lines. Write one object per line, or an array.")
    try:
        value = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        cut = "The line ends in the middle of its JSON" if error.pos >= len(line.rstrip()) else "The line is not JSON"
        return RowProblem(number, f"{cut} ({error.msg}, column {error.colno}). Write one JSON object per line.")
    except RecursionError:
        return RowProblem(number, _too_deep())
    except TwiceNamed as error:
        return RowProblem(number, str(error))
    except ValueError as error:
        return RowProblem(number, f"The line has a number that cannot be read: {error}. Write it as text.")
    return _record(number, line, value)


def _array_objects(path: Path) -> Iterator[Record | RowProblem]:
    try:
        for number, raw, value in read_array(text_chunks(path)):
            yield _record(number, raw, value)
    except BrokenArray as error:
        yield RowProblem(error.entry, error.message)


def _record(number: int, raw: str, value: Any) -> Record | RowProblem:
    if not isinstance(value, dict):
        return RowProblem(number, f"Expected a JSON object, found {kind_of(value)}. Write it as {{...}} with keys.")
    why = why_not_storable(raw, value)
    return RowProblem(number, why) if why else Record(number, value)


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    kinds = {type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return kinds.get(type(value), "an object")


def why_not_storable(raw: str, value: Any) -> str:
    """Why no database takes this value, or ''. `raw` is its source, searched first because most values are fine."""
    if "\\u" in raw or "NaN" in raw or "Infinity" in raw or raw.count("{") + raw.count("[") > MAX_DEPTH:
        return _walk(value)
    return ""


def _walk(value: Any) -> str:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return _too_deep()
        for found in level:
            why = _why_not_scalar(found)
            if why:
                return why
        dicts = [found for found in level if isinstance(found, dict)]
        lists = [found for found in level if isinstance(found, list)]
        level = [inner for found in dicts for pair in found.items() for inner in pair]
        level += [inner for found in lists for inner in found]
    return ""


def _why_not_scalar(value: Any) -> str:
    if isinstance(value, float) and value - value != 0:
        return f"The number {value} has no JSON form. Write null, or the number as text."
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return f"A number has more than {MAX_DIGITS} digits. Write it as text."
    return why_not_text(value) if isinstance(value, str) else ""


def why_not_text(text: str) -> str:
    """Why a text cannot be stored, or ''."""
    if "\0" in text:
        return "A text has the character NUL (\\u0000), which no database stores. Remove it."
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "A text has half of a character pair (a lone \\uD8xx). Write the whole character."
    return ""


def _too_deep() -> str:
    return f"Lists and objects lie more than {MAX_DEPTH} levels inside one another. Write the entry flatter."


def json_document(path: Path) -> dict[str, Any]:
    """A file that is one object as a whole; FileRefused where it is not, or longer than MAX_DOCUMENT."""
    if path.stat().st_size > MAX_DOCUMENT:
        raise FileRefused(0, f"The file is one object longer than {MAX_DOCUMENT:,} bytes. Split it.")
    raw = "".join(text_chunks(path))
    try:
        document = _DECODER.decode(raw)
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(raw.rstrip()) or error.msg.startswith("Unterminated")
        cut = "The file ends in the middle of its JSON" if at_end else "The file is not JSON"
        raise FileRefused(error.lineno, f"{cut} ({error.msg}). Write it again.") from None
    except RecursionError:
        raise FileRefused(1, _too_deep()) from None
    except TwiceNamed as error:
        raise FileRefused(1, str(error)) from None
    except ValueError as error:
        raise FileRefused(1, f"The file has a number that cannot be read: {error}. Write it as text.") from None
    if not isinstance(document, dict):
        raise FileRefused(1, f"The file holds {kind_of(document)}; an object with keys was expected. Write it again.")
    return document


def read_array(chunks: Iterable[str]) -> Iterator[tuple[int, str, Any]]:
    """Entries of one top-level array: number from 1, source text, value. BrokenArray where it is not JSON."""
    source = _Buffer(iter(chunks))
    if not source.skip_mark("["):
        raise FileRefused(1, "The file is not a JSON array. Write it as [ {...}, {...} ] or one object per line.")
    number, closed = 0, source.skip_mark("]")
    while not closed:
        number += 1
        yield number, *source.take_value(number)
        closed = source.skip_mark("]")
        if not closed and not source.skip_mark(","):
            what = "A comma or ] is missing here" if source.peek() else "The file ends before its array does"
            raise BrokenArray(number + 1, source.broken(what))
    if source.peek():
        raise BrokenArray(number, source.broken("There is text after the end of the array"))


class _Buffer:
    """A window on the text that grows only as far as one entry needs."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._text = ""
        self._at = 0
        self._line = 1

    def peek(self) -> str:
        """The next character that is not white space; '' at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._grow(1):
                return ""

    def skip_mark(self, mark: str) -> bool:
        """Step over this character if it is the next one."""
        found = self.peek() == mark
        self._at += found
        return found

    def take_value(self, number: int) -> tuple[str, Any]:
        """Source and value of the entry that starts here."""
        if not self.peek():
            raise BrokenArray(number, self.broken("The file ends before its array does"))
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._grow_or_break(number, error)
            except RecursionError:
                raise BrokenArray(number, self.broken(_too_deep())) from None
            except TwiceNamed as error:
                raise BrokenArray(number, self.broken(str(error).removesuffix("."))) from None
            except ValueError as error:
                what = f"The entry has a number that cannot be read: {error}"
                raise BrokenArray(number, self.broken(what)) from None
            else:
                # A number may go on in the next chunk: only what follows proves that a value has ended.
                if _END_OF_VALUE.match(self._text, end) or not self._grow(CHUNK):
                    raw = self._text[self._at : end]
                    self._at = end
                    return raw, value

    def _grow_or_break(self, number: int, error: json.JSONDecodeError) -> None:
        """What cannot be decoded may only be cut off: read on, up to the limit of an entry and the end of the file."""
        if len(self._text) - self._at > MAX_RECORD:
            what = f"The entry is not JSON, or longer than {MAX_RECORD:,} characters"
            raise BrokenArray(number, self.broken(what))
        at_end = error.pos >= len(self._text.rstrip()) or error.msg.startswith("Unterminated")
        if not self._grow(len(self._text) - self._at):
            what = "The file ends in the middle of this entry" if at_end else f"The entry is not JSON ({error.msg})"
            raise BrokenArray(number, self.broken(what))

    def broken(self, what: str) -> str:
        """The sentence for what was found here."""
        line = self._line + self._text.count("\n", 0, self._at)
        return f"{what} (line {line}); what follows was not read. Mend the JSON or write the file again."

    def _grow(self, wanted: int) -> bool:
        """Append at least `wanted` characters: doubling keeps a long entry from being decoded per chunk."""
        self._line += self._text.count("\n", 0, self._at)
        pieces = [self._text[self._at :]]
        self._at, gained = 0, 0
        while gained < max(wanted, 1):
            piece = next(self._chunks, None)
            if piece is None:
                break
            pieces.append(piece)
            gained += len(piece)
        self._text = "".join(pieces)
        return gained > 0
