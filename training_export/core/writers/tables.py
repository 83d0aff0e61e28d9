"""CSV and XLSX files whose cells no spreadsheet runs, the same bytes for the same rows."""

import csv
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import file_digest
from io import StringIO
from pathlib import Path
from shutil import copyfileobj
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook as OpenpyxlWorkbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from training_export.core.sheets import harmless
from training_export.core.writers.base import OutputFile, WrittenFile

Cell = str | int | float | None
# What a sheet can hold.
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
HALVES = re.compile("[\ud800-\udfff]")
STAMP = "%Y-%m-%d-%H-%M-%S"
MOMENT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


class CsvTable:
    """A CSV file with a header; cells that would run get an apostrophe, and are counted."""

    def __init__(self, path: Path, columns: Sequence[str], *, bom: bool = False) -> None:
        self._file = OutputFile(path)
        self._line = StringIO(newline="")
        self._writer = csv.writer(self._line, lineterminator="\n")
        self.defused = 0
        self._file.put(("\ufeff" if bom else "") + self._text(columns))

    def add(self, cells: Sequence[Cell]) -> None:
        """Add a row; None is an empty cell."""
        safe = [harmless(cell) if isinstance(cell, str) else cell for cell in cells]
        self.defused += sum(1 for before, after in zip(cells, safe, strict=True) if before is not after)
        self._file.put_row(self._text(safe))

    def close(self) -> WrittenFile:
        """Finish the file."""
        return self._file.close()

    def _text(self, cells: Sequence[Cell]) -> str:
        self._line.seek(0)
        self._line.truncate()
        self._writer.writerow(cells)
        return self._line.getvalue()


class Workbook:
    """An XLSX file. Text is stored as text, so no cell runs; a sheet that is full is followed by another.

    Characters that XLSX forbids become replacement marks, longer cells than it allows are cut, and both are counted.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, stamp: str) -> None:
        self._path = path
        self._columns = columns
        self._moment = datetime.strptime(stamp, STAMP)
        self._book = OpenpyxlWorkbook(write_only=True)
        self._sheet = self._book.create_sheet()
        self._sheet.append(columns)
        self._room = MOST_ROWS - 1
        self.rows = 0
        self.changed = 0

    def add(self, cells: Sequence[Cell]) -> None:
        """Add a row."""
        if not self._room:
            self._sheet = self._book.create_sheet()
            self._sheet.append(self._columns)
            self._room = MOST_ROWS - 1
        self._sheet.append([self._cell(cell) if isinstance(cell, str) else cell for cell in cells])
        self._room -= 1
        self.rows += 1

    def close(self) -> WrittenFile:
        """Finish the file."""
        draft = self._path.with_name(f".{self._path.name}")
        self._book.save(draft)
        self._copy(draft)
        draft.unlink()
        with self._path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        return WrittenFile(name=self._path.name, rows=self.rows, bytes=self._path.stat().st_size, sha256=digest)

    def _cell(self, text: str) -> WriteOnlyCell:
        allowed = HALVES.sub("\ufffd", ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))[:MOST_CHARACTERS]
        self.changed += allowed != text
        cell = WriteOnlyCell(self._sheet, value=allowed)
        # openpyxl takes a text that begins with "=" for a formula.
        cell.data_type = "s"
        return cell

    def _copy(self, draft: Path) -> None:
        """The archive with the export's moment in place of the clock's, so that it can be built again."""
        moment = self._moment.isoformat().encode() + b"Z"
        with ZipFile(draft) as old, ZipFile(self._path, "x", ZIP_DEFLATED) as new:
            for name in old.namelist():
                entry = ZipInfo(name, self._moment.timetuple()[:6])
                entry.compress_type = ZIP_DEFLATED
                with old.open(name) as source, new.open(entry, "w") as target:
                    if name == "docProps/core.xml":
                        target.write(MOMENT.sub(rb"\g<1>" + moment, source.read()))
                    else:
                        copyfileobj(source, target)
