"""XLSX: the first sheet of a workbook as a table of texts. Nothing in it is run or followed, and bombs are refused."""

import re
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, is_zipfile
from zlib import error as ZlibError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from judging.core.readers.files import MAX_RECORD, FileRefused
from judging.core.readers.json_records import why_not_text

MAX_UNPACKED = 400_000_000
MAX_RATIO = 200
"""Unpacked bytes per packed one: text packs to a tenth, bombs to a thousandth."""
MAX_COLUMNS = 1000

NO_ARCHIVE = (BadZipFile, OSError, NotImplementedError, ValueError, EOFError, RuntimeError)
"""What opening an archive raises where it is none, or one of another time."""

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>]")
_CONTENT = "xl/workbook.xml"
_BROKEN = (
    BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    ParseError,
    EOFError,
    OSError,
    IndexError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    ZlibError,
)


def is_workbook(path: Path) -> bool:
    """Whether the file is a workbook; other archives are refused where text is expected."""
    try:
        if not path.is_file() or not is_zipfile(path):
            return False
        with ZipFile(path) as archive:
            return _CONTENT in archive.namelist()
    except NO_ARCHIVE:
        return False


def sheet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that has any, with their numbers; rows without a text are left out."""
    _check_size(path)
    try:
        with _opened(path, values=True) as sheet:
            formulas = _formulas(path) if _has_formulas(path) else repeat(())
            for number, (cells, asked) in enumerate(zip(sheet, formulas, strict=False), 1):
                _check_values(number, cells, asked)
                yield from _row(number, cells)
    except FileRefused:
        raise
    except _BROKEN as error:
        raise FileRefused(0, f"The workbook is damaged ({type(error).__name__}). Save it again as XLSX.") from None


def _has_formulas(path: Path) -> bool:
    """Whether any sheet has a cell with a formula: most have none, and need be read only once."""
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_mentions(archive, name) for name in sheets)


def _mentions(archive: ZipFile, name: str) -> bool:
    before = b""
    with archive.open(name) as sheet:
        while piece := sheet.read(1 << 20):
            if _FORMULA.search(before + piece):
                return True
            before = piece[-8:]
    return False


def _formulas(path: Path) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet with formulas in place of what they came to."""
    with _opened(path, values=False) as sheet:
        yield from sheet


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows of the first sheet. The file is opened here: a path would be judged by its ending."""
    with path.open("rb") as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(file, read_only=True, data_only=values)
        with closing(workbook):
            yield workbook.worksheets[0].iter_rows(values_only=True) if workbook.worksheets else iter(())


def _check_values(number: int, values: tuple[Any, ...], asked: tuple[Any, ...]) -> None:
    """A formula that was never computed has no value, and would be taken for an empty cell."""
    for value, formula in zip(values, asked, strict=False):
        if value is None and isinstance(formula, str) and formula.startswith("="):
            raise FileRefused(
                number,
                f"A cell is the formula {formula[:40]!r} without a value. Open the workbook and save it, or write the "
                "value itself.",
            )


def _check_size(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except NO_ARCHIVE:
        raise FileRefused(0, "The workbook is damaged. Save it again as XLSX.") from None
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > MAX_UNPACKED or (unpacked > 1_000_000 and unpacked > MAX_RATIO * packed):
        raise FileRefused(0, f"The workbook unpacks to {unpacked:,} bytes. Save the table as CSV (UTF-8), or split it.")


def _row(number: int, cells: tuple[Any, ...]) -> Iterator[tuple[int, list[str]]]:
    if len(cells) > MAX_COLUMNS:
        raise FileRefused(number, f"The row has more than {MAX_COLUMNS} columns. Remove the empty ones.")
    texts = [_text(cell) for cell in cells]
    if not any(texts):
        return
    if sum(len(text) for text in texts) > MAX_RECORD:
        raise FileRefused(number, f"The row is longer than {MAX_RECORD:,} characters. Split it.")
    why = next((why for text in texts if (why := why_not_text(text))), "")
    if why:
        raise FileRefused(number, why)
    yield number, texts


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO has them, nothing as ''."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return str(cell)
