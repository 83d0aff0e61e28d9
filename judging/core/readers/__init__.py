"""One reader per input format: a new format is a module here and a line in READERS."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import (
    argilla,
    chat,
    choices,
    csv_table,
    elyza,
    fastchat,
    inspect_log,
    judge_bench,
    label_studio,
    lm_eval,
    mdk_converter_log,
    mdk_gold,
    mdk_gold_table,
    mdk_judge_log,
    mdk_manual_log,
    oasst,
    openai_evals,
    pairs,
    preference,
    promptfoo,
    promptfoo_db,
    promptfoo_table,
    qa_jsonl,
    rated_answers,
    taxonomy,
    texts,
)
from judging.core.readers.detection import detect_format
from judging.core.readers.fields import Columns
from judging.core.readers.files import FileRefused

Reader = Callable[[Path], Iterator[ItemRow | RowProblem]]
MappedReader = Callable[[Path, Columns], Iterator[ItemRow | RowProblem]]

MAPPED: dict[str, MappedReader] = {
    "qa_jsonl": qa_jsonl.read,
    "parquet": qa_jsonl.read,
    "csv": csv_table.read,
    "xlsx": csv_table.read,
}
"""Formats in which a person may say what the columns are."""

READERS: dict[str, Reader] = {
    "qa_jsonl": qa_jsonl.read,
    "csv": csv_table.read,
    "xlsx": csv_table.read,
    "parquet": qa_jsonl.read,
    "elyza": elyza.read,
    "chat": chat.read,
    "choices": choices.read_json,
    "mmlu": choices.read_table,
    "lm_eval": lm_eval.read,
    "inspect_log": inspect_log.read,
    "openai_evals": openai_evals.read,
    "pairs": pairs.read,
    "preference": preference.read,
    "rated_answers": rated_answers.read,
    "oasst": oasst.read,
    "judge_bench": judge_bench.read,
    "label_studio": label_studio.read,
    "argilla": argilla.read,
    "taxonomy": taxonomy.read,
    "promptfoo": promptfoo.read,
    "promptfoo_db": promptfoo_db.read,
    "promptfoo_table": promptfoo_table.read,
    fastchat.QUESTION: fastchat.read_questions,
    fastchat.ANSWER: fastchat.read_part,
    fastchat.REFERENCE: fastchat.read_part,
    fastchat.JUDGMENT: fastchat.read_part,
    fastchat.VOTES: fastchat.read_votes,
    "texts": texts.read,
    "mdk_converter_log": mdk_converter_log.read,
    "mdk_judge_log": mdk_judge_log.read,
    "mdk_manual_log": mdk_manual_log.read,
    "mdk_gold": mdk_gold.read,
    "mdk_gold_table": mdk_gold_table.read,
}

__all__ = [
    "JOINED",
    "MAPPED",
    "READERS",
    "Columns",
    "FileRefused",
    "FileToRead",
    "Reader",
    "detect_format",
    "read_files",
    "read_rows",
]


JOINED = frozenset(fastchat.FORMATS)
"""Formats whose files are joined with one another over one import."""


def read_rows(path: Path, format_name: str, columns: Columns = ()) -> Iterator[ItemRow | RowProblem]:
    """The rows of a file, one after another. FileRefused where the file as a whole cannot be read."""
    _check_format(format_name)
    if not columns:
        return READERS[format_name](path)
    if format_name not in MAPPED:
        raise FileRefused(
            0, f"The columns of {format_name} have their meaning. Name columns in {', '.join(MAPPED)} only."
        )
    return MAPPED[format_name](path, columns)


class FileToRead(NamedTuple):
    """A file, what it is, and what its columns are where a person said so."""

    format: str
    path: Path
    columns: Columns = ()


def read_files(files: Sequence[FileToRead]) -> Iterator[tuple[Path, ItemRow | RowProblem]]:
    """The rows of several files. Files of one tree are joined; FileRefused as in `read_rows`."""
    for file in files:
        _check_format(file.format)
        if file.format not in JOINED:
            yield from ((file.path, row) for row in read_rows(file.path, file.format, file.columns))
    tree = [(file.format, file.path) for file in files if file.format in JOINED]
    if tree:
        yield from fastchat.read_together(tree)


def _check_format(name: str) -> None:
    if name not in READERS:
        raise FileRefused(0, f"There is no format {name!r}. Use one of: {', '.join(READERS)}.")
