"""One line per item with everything it came with, in three files by verdict."""

from pathlib import Path
from typing import Any

from training_export.core.records import Record
from training_export.core.writers.base import VerdictFiles, Writer, WriterOptions

OPTIONAL = ("context", "criteria", "category", "model")


def qa_jsonl_writer(folder: Path, options: WriterOptions) -> Writer:
    """Three verdict files."""
    return VerdictFiles(folder, options, qa_row)


def qa_row(record: Record) -> dict[str, Any]:
    """The item's fields where it has them, then the keys of its file that evalsite does not know, as they came."""
    turn = record.corrected_turns[0]
    row: dict[str, Any] = {"id": record.key, "question": turn.question, "answer": turn.answer}
    if turn.reference:
        row["reference"] = turn.reference
    for name in OPTIONAL:
        if text := getattr(record, name):
            row[name] = text
    return row | {key: value for key, value in record.extra.items() if key not in row} if record.extra else row
