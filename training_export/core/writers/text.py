"""Rows for plain language modelling: {"text"} of the clean items, the question before its answer."""

from pathlib import Path

from judging.core.verdicts import Verdict
from training_export.core.records import Record
from training_export.core.writers.base import Writer, WriterOptions
from training_export.core.writers.training import Example, ExampleWriter, TrainingFiles, source_of


def text_writer(folder: Path, options: WriterOptions) -> Writer:
    """Clean items."""
    return ExampleWriter(TrainingFiles(folder, options, ("text",)), example_of, [Verdict.CLEAN])


def example_of(record: Record, verdict: Verdict) -> Example:
    """Question, empty line, answer; the answer alone where nobody asked; nothing where nobody answered."""
    turn = record.corrected_turns[0]
    text = f"{turn.question}\n\n{turn.answer}" if turn.question and turn.answer.strip() else turn.answer
    return Example(
        {"text": text}, (text,), turn.question or turn.answer, source_of(record, verdict), (record.position,)
    )
