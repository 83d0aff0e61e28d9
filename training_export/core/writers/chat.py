"""Chat messages of the clean items, several turns included: {"messages": [{"role", "content"}]}."""

from pathlib import Path

from judging.core.verdicts import Verdict
from training_export.core.records import Record
from training_export.core.writers.base import Writer, WriterOptions
from training_export.core.writers.parquet import MESSAGES
from training_export.core.writers.training import Example, ExampleWriter, TrainingFiles, source_of


def chat_writer(folder: Path, options: WriterOptions) -> Writer:
    """Clean items."""
    return ExampleWriter(
        TrainingFiles(folder, options, ("user", "assistant"), {"messages": MESSAGES}), example_of, [Verdict.CLEAN]
    )


def example_of(record: Record, verdict: Verdict) -> Example:
    """The conversation as people left it. An empty turn makes the whole one empty."""
    turns = record.corrected_turns
    messages = [
        {"role": role, "content": text}
        for turn in turns
        for role, text in (("user", turn.question), ("assistant", turn.answer))
    ]
    asked, answered = [turn.question for turn in turns], [turn.answer for turn in turns]
    texts = ("\n".join(asked) if all(asked) else "", "\n".join(answered) if all(answered) else "")
    return Example({"messages": messages}, texts, turns[0].question, source_of(record, verdict), (record.position,))
