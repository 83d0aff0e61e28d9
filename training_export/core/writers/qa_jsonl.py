"""One line per item with everything it came with, in three files by verdict."""

from operator import attrgetter
from pathlib import Path

from training_export.core.records import Record
from training_export.core.writers.base import COMPACT, VerdictFiles, Writer, WriterOptions, members

OPTIONAL = ("context", "criteria", "category", "model")
optional_of = attrgetter(*OPTIONAL)


def qa_jsonl_writer(folder: Path, options: WriterOptions) -> Writer:
    """Three verdict files."""
    return VerdictFiles(folder, options, qa_line)


def qa_line(record: Record) -> str:
    """The item's fields where it has them, then the keys of its file that evalsite does not know, as they came."""
    known = qa_texts(record)
    rest = {key: value for key, value in record.extra.items() if key not in known} if record.extra else {}
    more = f", {COMPACT.encode(rest)[1:-1]}" if rest else ""
    return f"{{{members(known.items())}{more}}}\n"


def qa_texts(record: Record) -> dict[str, str]:
    """The item's fields where it has them."""
    turn = record.corrected_turns[0] if record.people.correction else record.turns[0]
    texts = {"id": record.key, "question": turn.question, "answer": turn.answer}
    if turn.reference:
        texts["reference"] = turn.reference
    for name, text in zip(OPTIONAL, optional_of(record), strict=True):
        if text:
            texts[name] = text
    return texts
