"""promptfoo's tests as CSV: the question, and `__expected` = "grade:" and the clean answer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from judging.core.verdicts import Verdict
from training_export.core.records import Destination, Record
from training_export.core.writers.base import Writer, WriterOptions, WrittenFile
from training_export.core.writers.tables import CsvTable

COLUMNS = ("question", "__expected")


def promptfoo_csv_writer(folder: Path, _options: WriterOptions) -> Writer:
    """Clean items."""
    return PromptfooTests(folder / "tests.csv")


class PromptfooTests:
    """One test per clean item that was asked something and answered."""

    def __init__(self, path: Path) -> None:
        self._table = CsvTable(path, COLUMNS)
        self._empty = 0

    def write(self, record: Record, destination: Destination) -> None:
        """Add a clean item."""
        if destination != Verdict.CLEAN:
            return
        turn = record.corrected_turns[0]
        if not turn.question.strip() or not turn.answer.strip():
            self._empty += 1
            return
        self._table.add((turn.question, f"grade:{turn.answer}"))

    def checks(self) -> Mapping[str, Any]:
        """Rows that are missing, and cells that were changed."""
        dropped = {"dropped": {"empty": self._empty}} if self._empty else {}
        return dropped | {"csv_cells_defused": self._table.defused}

    def close(self) -> list[WrittenFile]:
        """Finish the file."""
        return [self._table.close()]
