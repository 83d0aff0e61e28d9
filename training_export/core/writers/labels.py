"""The long table of labels: one line per item, rater and criterion, people's and the judge's, decided or not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training_export.core.records import Destination, LabelRow, Record
from training_export.core.writers.base import Writer, WriterOptions, WrittenFile
from training_export.core.writers.tables import CsvTable

COLUMNS = (
    *("item_id", "rater_type", "rater", "criterion", "value", "status"),
    *("guideline_version", "judge_version", "created_at", "seconds"),
)


def labels_writer(folder: Path, _options: WriterOptions) -> Writer:
    """Every label and judgment on the items' text as it is now."""
    return LabelTable(folder / "labels.csv")


class LabelTable:
    """One CSV file."""

    def __init__(self, path: Path) -> None:
        self._table = CsvTable(path, COLUMNS)

    def write(self, record: Record, destination: Destination) -> None:
        """Add the record's labels, wherever the record goes."""
        for label in record.labels:
            self._table.add((record.key, *cells_of(label)))

    def checks(self) -> Mapping[str, Any]:
        """Cells that were changed."""
        return {"csv_cells_defused": self._table.defused}

    def close(self) -> list[WrittenFile]:
        """Finish the file."""
        return [self._table.close()]


def cells_of(label: LabelRow) -> tuple[str | int | float | None, ...]:
    """The columns behind the item's."""
    said = (label.rater_type, label.rater, label.criterion, label.value, label.status)
    return (*said, label.guideline_version, label.judge_version, label.created_at, label.seconds)
