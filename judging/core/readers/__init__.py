"""One reader per input format: a new format is a module here and a line in READERS."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import (
    argilla,
    chat,
    choices,
    csv_table,
    elyza,
    fastchat,
    label_studio,
    lm_eval,
    mdk_converter_log,
    mdk_gold,
    mdk_gold_table,
    mdk_judge_log,
    mdk_manual_log,
    pairs,
    promptfoo,
    promptfoo_db,
    qa_jsonl,
    taxonomy,
    texts,
)
from judging.core.readers.detection import detect_format
from judging.core.readers.files import FileRefused

Reader = Callable[[Path], Iterator[ItemRow | RowProblem]]

READERS: dict[str, Reader] = {
    "qa_jsonl": qa_jsonl.read,
    "csv": csv_table.read,
    "xlsx": csv_table.read,
    "elyza": elyza.read,
    "chat": chat.read,
    "choices": choices.read_json,
    "mmlu": choices.read_table,
    "lm_eval": lm_eval.read,
    "pairs": pairs.read,
    "label_studio": label_studio.read,
    "argilla": argilla.read,
    "taxonomy": taxonomy.read,
    "promptfoo": promptfoo.read,
    "promptfoo_db": promptfoo_db.read,
    fastchat.QUESTION: fastchat.read_questions,
    fastchat.ANSWER: fastchat.read_part,
    fastchat.REFERENCE: fastchat.read_part,
    fastchat.JUDGMENT: fastchat.read_part,
    "texts": texts.read,
    "mdk_converter_log": mdk_converter_log.read,
    "mdk_judge_log": mdk_judge_log.read,
    "mdk_manual_log": mdk_manual_log.read,
    "mdk_gold": mdk_gold.read,
    "mdk_gold_table": mdk_gold_table.read,
}

__all__ = ["JOINED", "READERS", "FileRefused", "Reader", "detect_format", "read_files", "read_rows"]


JOINED = frozenset(fastchat.FORMATS)
"""Formats whose files are joined with one another over one import."""


def read_rows(path: Path, format_name: str) -> Iterator[ItemRow | RowProblem]:
    """The rows of a file, one after another. FileRefused where the file as a whole cannot be read."""
    _check_format(format_name)
    return READERS[format_name](path)


def read_files(files: Sequence[tuple[str, Path]]) -> Iterator[tuple[Path, ItemRow | RowProblem]]:
    """The rows of several files, each (format, path). Files of one tree are joined; FileRefused as in `read_rows`."""
    for form, path in files:
        _check_format(form)
        if form not in JOINED:
            yield from ((path, row) for row in READERS[form](path))
    tree = [(form, path) for form, path in files if form in JOINED]
    if tree:
        yield from fastchat.read_together(tree)


def _check_format(name: str) -> None:
    if name not in READERS:
        raise FileRefused(0, f"There is no format {name!r}. Use one of: {', '.join(READERS)}.")
