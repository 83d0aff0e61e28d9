"""One line per item with everything it came with, in three files by verdict."""

from operator import attrgetter
from pathlib import Path

from training_export.core.records import Json, Record
from training_export.core.writers.base import COMPACT, VerdictFiles, Writer, WriterOptions, quoted

OPTIONAL = ("context", "criteria", "category", "model")
EMPTY = '""'
NAMES = frozenset({"id", "question", "answer", "reference", *OPTIONAL})
# The context as people left it.
optional_of = attrgetter("corrected_context", "criteria", "category", "model")


def qa_jsonl_writer(folder: Path, options: WriterOptions) -> Writer:
    """Three verdict files."""
    return VerdictFiles(folder, options, qa_line)


def qa_line(record: Record) -> str:
    """The item's fields where it has them, then the keys of its file that evalsite does not know, as they came."""
    return line_of_texts(record) if record.json is None else line_of_json(record, record.json)


def line_of_json(record: Record, json: Json) -> str:
    """The line, where its parts are JSON already."""
    question, answer, reference, context, extra = json
    # A text that nobody asked for has no question.
    line = f'{{"id": {quoted(record.key)}, "question": {question}, "answer": {answer}'
    if question == EMPTY:
        line = f'{{"id": {quoted(record.key)}, "text": {answer}'
    if reference != EMPTY:
        line = f'{line}, "reference": {reference}'
    if context != EMPTY:
        line = f'{line}, "context": {context}'
    if record.criteria:
        line = f'{line}, "criteria": {quoted(record.criteria)}'
    if record.category:
        line = f'{line}, "category": {quoted(record.category)}'
    if record.model:
        line = f'{line}, "model": {quoted(record.model)}'
    return f"{line}, {extra}}}\n" if extra else f"{line}}}\n"


def line_of_texts(record: Record) -> str:
    """The line, from the texts."""
    turn, extra = record.corrected_turns[0], record.extra
    line = f'{{"id": {quoted(record.key)}, "question": {quoted(turn.question)}, "answer": {quoted(turn.answer)}'
    if not turn.question:
        line = f'{{"id": {quoted(record.key)}, "text": {quoted(turn.answer)}'
    if turn.reference:
        line += f', "reference": {quoted(turn.reference)}'
    if context := record.corrected_context:
        line += f', "context": {quoted(context)}'
    if record.criteria:
        line += f', "criteria": {quoted(record.criteria)}'
    if record.category:
        line += f', "category": {quoted(record.category)}'
    if record.model:
        line += f', "model": {quoted(record.model)}'
    if not extra:
        return line + "}\n"
    if not NAMES.isdisjoint(extra):
        known = qa_texts(record)
        extra = {key: value for key, value in extra.items() if key not in known}
    return f"{line}, {COMPACT.encode(extra)[1:-1]}}}\n" if extra else line + "}\n"


def qa_texts(record: Record) -> dict[str, str]:
    """The item's fields where it has them."""
    turn = record.corrected_turns[0]
    texts = {"id": record.key, "question": turn.question, "answer": turn.answer}
    if turn.reference:
        texts["reference"] = turn.reference
    for name, text in zip(OPTIONAL, optional_of(record), strict=True):
        if text:
            texts[name] = text
    return texts
