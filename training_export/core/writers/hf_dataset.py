"""A folder that `datasets.load_dataset` opens: every item with a verdict in Parquet, and a dataset card."""

from dataclasses import replace
from pathlib import Path

from judging.core.verdicts import Verdict
from training_export.core.records import Record
from training_export.core.writers.base import HUB, Writer, WriterOptions
from training_export.core.writers.parquet import FLAG, ITEM, NUMBER, TEXT, item_row
from training_export.core.writers.training import Example, ExampleWriter, TrainingFiles, source_of, word_of

COLUMNS = {
    **ITEM,
    "verdict": TEXT,
    "verdict_from": TEXT,
    "agreement": NUMBER,
    "corrected": FLAG,
    "original_question": TEXT,
    "original_answer": TEXT,
    "original_context": TEXT,
}


def hf_dataset_writer(folder: Path, options: WriterOptions) -> Writer:
    """Clean, wrong and invalid items, in one table."""
    files = TrainingFiles(folder, replace(options, files=HUB), ("text",), COLUMNS)
    return ExampleWriter(files, example_of, Verdict)


def example_of(record: Record, verdict: Verdict) -> Example:
    """The item as people left it, whose word its verdict is, and of a correction what it replaced."""
    before, people = record.turns[0], record.people
    word = word_of(verdict, people.origin, people.agreement, bool(people.correction))
    row = item_row(record) | {"agreement": None} | word
    row["original_question"] = before.question if row["question"] != before.question else None
    row["original_answer"] = before.answer if row["answer"] != before.answer else None
    row["original_context"] = record.context if record.corrected_context != record.context else None
    text = f"{before.question} {before.answer}"
    source = source_of(record, verdict)
    return Example(row, (text,), before.question or before.answer, source, (record.position,))
