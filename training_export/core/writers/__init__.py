"""The formats that can leave: one file each, and one line here."""

from training_export.core.records import Need
from training_export.core.writers.base import Format, Writer, WriterOptions, WrittenFile
from training_export.core.writers.mdk import mdk_writer
from training_export.core.writers.qa_jsonl import qa_jsonl_writer

WRITERS: dict[str, Format] = {
    "mdk": Format(mdk_writer, frozenset(Need)),
    "qa_jsonl": Format(qa_jsonl_writer, frozenset({Need.CONTEXT, Need.EXTRA})),
}

__all__ = ["WRITERS", "Format", "Writer", "WriterOptions", "WrittenFile"]
