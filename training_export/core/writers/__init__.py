"""The formats that can leave: one file each, and one line here."""

from training_export.core.writers.base import MakeWriter, Writer, WriterOptions, WrittenFile
from training_export.core.writers.mdk import mdk_writer
from training_export.core.writers.qa_jsonl import qa_jsonl_writer

WRITERS: dict[str, MakeWriter] = {"mdk": mdk_writer, "qa_jsonl": qa_jsonl_writer}

# Formats that show the judge's raw replies beside people's verdict; the others are spared reading them.
FORMATS_WITH_REPLIES = frozenset({"mdk"})

__all__ = ["FORMATS_WITH_REPLIES", "WRITERS", "MakeWriter", "Writer", "WriterOptions", "WrittenFile"]
