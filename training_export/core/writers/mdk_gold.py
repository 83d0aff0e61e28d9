"""mdk's merged gold set: the items people decided, as CSV, XLSX and JSON, and once more without their verdicts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from judging.core.verdicts import Verdict
from training_export.core.records import Destination, Record
from training_export.core.writers.base import JsonArray, Writer, WriterOptions, WrittenFile
from training_export.core.writers.mdk import listed, mdk_of, num_error, page_of, trainer_row
from training_export.core.writers.tables import CsvTable, Workbook

COLUMNS = ("page", "question", "answer", "num_error", "reason", "checked")
REASON = "['手動アノテーション済']"
CHECKED = 1
DECIDED = {Verdict.CLEAN, Verdict.WRONG}


def mdk_gold_writer(folder: Path, options: WriterOptions) -> Writer:
    """The four files of a merge without a name of its own."""
    return GoldWriter(folder, options)


class GoldWriter:
    """Clean and wrong items; what people left undefined has no place in a gold set."""

    def __init__(self, folder: Path, options: WriterOptions, *, basename: str = "") -> None:
        name = f"dataset_{basename}" if basename else "dataset"
        self._csv = CsvTable(folder / f"{name}_checked.csv", COLUMNS, bom=True)
        self._xlsx = Workbook(folder / f"{name}_checked.xlsx", COLUMNS, stamp=options.stamp)
        self._checked = JsonArray(folder / f"{name}_checked.json")
        self._blind = JsonArray(folder / f"{name}.json")

    def write(self, record: Record, destination: Destination) -> None:
        """Add a decided item to each file."""
        if destination not in DECIDED:
            return
        entry = gold_entry(record)
        cells = (repr(entry["page"]), *entry["qa"][0].values(), entry["num_error"], REASON, CHECKED)
        self._csv.add(cells)
        self._xlsx.add(cells)
        self._checked.add(entry)
        self._blind.add(blind(entry))

    def checks(self) -> Mapping[str, Any]:
        """What became of cells that the tables could not hold as they were."""
        return {"csv_cells_defused": self._csv.defused, "xlsx_cells_changed": self._xlsx.changed}

    def close(self) -> list[WrittenFile]:
        """Finish the files."""
        return [file.close() for file in (self._csv, self._xlsx, self._checked, self._blind)]


def gold_entry(record: Record) -> dict[str, Any]:
    """mdk's four keys; `output` is always a list here."""
    kept = mdk_of(record)
    output = kept.get("output", list(record.replies))
    return {
        "qa": [trainer_row(record)],
        "page": page_of(record, kept.get("page", {"page": record.context})),
        "num_error": num_error(record),
        "output": listed(output) if isinstance(output, str) else output,
    }


def blind(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry as a judge gets it: no verdict, and an empty prompt."""
    return {key: value for key, value in entry.items() if key != "num_error"} | {"prompt": ""}
