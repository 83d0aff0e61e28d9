"""TRL's unpaired preference rows: {"prompt", "completion", "label"}, true for clean and false for wrong.

A wrong answer that somebody corrected leaves as it was given: the corrected text is not wrong.
"""

from pathlib import Path

from judging.core.verdicts import Verdict
from training_export.core.records import Record
from training_export.core.writers.base import Writer, WriterOptions
from training_export.core.writers.parquet import FLAG, TEXT
from training_export.core.writers.training import Example, ExampleWriter, TrainingFiles, source_of

COLUMNS = {"prompt": TEXT, "completion": TEXT, "label": FLAG}


def trl_unpaired_writer(folder: Path, options: WriterOptions) -> Writer:
    """Clean and wrong items."""
    files = TrainingFiles(folder, options, ("prompt", "completion"), COLUMNS)
    return ExampleWriter(files, example_of, [Verdict.CLEAN, Verdict.WRONG])


def example_of(record: Record, verdict: Verdict) -> Example:
    """The answer with its verdict."""
    turn = record.corrected_turns[0] if verdict == Verdict.CLEAN else record.turns[0]
    row = {"prompt": turn.question, "completion": turn.answer, "label": verdict == Verdict.CLEAN}
    return Example(row, (turn.question, turn.answer), turn.question, source_of(record, verdict), (record.position,))
