"""One reader per input format: a new format is a module here and a line in READERS."""

from collections.abc import Callable, Iterator
from pathlib import Path

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import (
    chat,
    choices,
    csv_table,
    elyza,
    lm_eval,
    mdk_converter_log,
    mdk_gold,
    mdk_judge_log,
    mdk_manual_log,
    qa_jsonl,
    texts,
)
from judging.core.readers.detection import detect_format
from judging.core.readers.files import FileRefused

Reader = Callable[[Path], Iterator[ItemRow | RowProblem]]

READERS: dict[str, Reader] = {
    "qa_jsonl": qa_jsonl.read,
    "csv": csv_table.read,
    "elyza": elyza.read,
    "chat": chat.read,
    "choices": choices.read_json,
    "mmlu": choices.read_table,
    "lm_eval": lm_eval.read,
    "texts": texts.read,
    "mdk_converter_log": mdk_converter_log.read,
    "mdk_judge_log": mdk_judge_log.read,
    "mdk_manual_log": mdk_manual_log.read,
    "mdk_gold": mdk_gold.read,
}

__all__ = ["READERS", "FileRefused", "Reader", "detect_format", "read_rows"]


def read_rows(path: Path, format_name: str) -> Iterator[ItemRow | RowProblem]:
    """The rows of a file, one after another. FileRefused where the file as a whole cannot be read."""
    if format_name not in READERS:
        raise FileRefused(0, f"There is no format {format_name!r}. Use one of: {', '.join(READERS)}.")
    return READERS[format_name](path)
