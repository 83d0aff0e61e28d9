"""One line per item with everything it came with, in three files by verdict."""

from pathlib import Path
from typing import Any

from training_export.core.records import Record
from training_export.core.writers.base import VerdictFiles, Writer, WriterOptions


def qa_jsonl_writer(folder: Path, options: WriterOptions) -> Writer:
    """Three verdict files."""
    return VerdictFiles(folder, options, qa_row)


def qa_row(record: Record) -> dict[str, Any]:
    """The item's fields where it has them, then the keys of its file that evalsite does not know, as they came."""
    turn = record.corrected_turns[0]
    optional = {
        "reference": turn.reference,
        "context": record.context,
        "criteria": record.criteria,
        "category": record.category,
        "model": record.model,
    }
    known = {"id": record.key, "question": turn.question, "answer": turn.answer}
    known |= {name: text for name, text in optional.items() if text}
    return known | {key: value for key, value in record.extra.items() if key not in known}
