"""TRL's prompt-completion rows: {"prompt", "completion"} of the clean items."""

from pathlib import Path

from judging.core.verdicts import Verdict
from training_export.core.records import Record
from training_export.core.writers.base import Writer, WriterOptions
from training_export.core.writers.training import Example, ExampleWriter, TrainingFiles, source_of


def trl_prompt_completion_writer(folder: Path, options: WriterOptions) -> Writer:
    """Clean items."""
    return ExampleWriter(TrainingFiles(folder, options, ("prompt", "completion")), example_of, [Verdict.CLEAN])


def example_of(record: Record, verdict: Verdict) -> Example:
    """Question and answer as people left them."""
    turn = record.corrected_turns[0]
    row = {"prompt": turn.question, "completion": turn.answer}
    return Example(row, (turn.question, turn.answer), turn.question, source_of(record, verdict), (record.position,))
