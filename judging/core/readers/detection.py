"""Which format a file has, from its content; its name decides only between two logs that look the same."""

from collections.abc import Callable
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Any

from judging.core.items import RowProblem
from judging.core.readers import (
    argilla,
    chat,
    choices,
    elyza,
    fastchat,
    inspect_log,
    label_studio,
    lm_eval,
    mdk_gold_table,
    oasst,
    openai_evals,
    pairs,
    preference,
    promptfoo,
    promptfoo_db,
    promptfoo_table,
    rated_answers,
    taxonomy,
    texts,
)
from judging.core.readers.csv_table import header_of, why_not_a_table
from judging.core.readers.documents import document_format
from judging.core.readers.fields import QUESTION, Columns, find, missing_question
from judging.core.readers.files import FileRefused
from judging.core.readers.json_records import first_character
from judging.core.readers.parquet_file import column_names, is_parquet
from judging.core.readers.records import objects
from judging.core.readers.workbook import is_workbook

LOOKED_AT = 200
"""Entries that may be broken before a good one shows what the file is."""

_OF_A_JUDGE = {"raw_score", "score", "evaluate_template", "previous_num_error"}
_MANUAL_NAMES = ("experiment_log_manual*", "experiment_log_autosave*")
_GOLD_NAME = "dataset*_checked*.json"


def detect_format(path: Path, columns: Columns = ()) -> str:
    """The name of the format; FileRefused with what was found where it is none of ours.

    Where a person said what the columns are, it is a plain table or list of objects that has them.
    """
    return _mapped_format(path, columns) if columns else _found_format(path)


def _mapped_format(path: Path, columns: Columns) -> str:
    if is_parquet(path):
        name, header = "parquet", column_names(path)
    elif is_workbook(path):
        name, header = "xlsx", header_of(path)
    elif first_character(path) in {"[", "{"}:
        name, header = "qa_jsonl", list(dict.fromkeys(key for entry in _first_objects(path) for key in entry))
    else:
        name, header = "csv", header_of(path)
    why = why_not_a_table(header, columns)
    if why:
        raise FileRefused(1, why)
    return name


def _found_format(path: Path) -> str:
    if is_parquet(path):
        return _object_format(path, "parquet")
    if promptfoo_db.is_database(path):
        return "promptfoo_db"
    if is_workbook(path):
        return _table_format(path, "xlsx")
    if inspect_log.is_archive(path):
        return "inspect_log"
    first = first_character(path)
    if first == "{" and (name := document_format(path)):
        return name
    if first in {"[", "{"}:
        return _object_format(path, "qa_jsonl")
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        raise FileRefused(1, "The file is not JSON. Write one JSON object per line, or an array of objects.")
    if promptfoo_table.recognises(path):
        return "promptfoo_table"
    if promptfoo.is_yaml(path):
        return "promptfoo"
    return "taxonomy" if taxonomy.recognises(path) else _table_format(path, "csv")


def _table_format(path: Path, plain: str) -> str:
    if choices.is_table(path):
        return "mmlu"
    header = header_of(path)
    if elyza.recognises(set(header)):
        return "elyza"
    if mdk_gold_table.recognises(set(header)):
        return "mdk_gold_table"
    row = dict.fromkeys(header)
    if label_studio.recognises(row):
        return "label_studio"
    if preference.recognises(row):
        return "preference"
    if pairs.recognises(row):
        return "pairs"
    if find(header, QUESTION) is None:
        if any(name in header for name in chat.MESSAGES):
            return "chat"
        raise FileRefused(1, missing_question(header))
    return plain


def _object_format(path: Path, plain: str) -> str:
    entries = _first_objects(path)
    if "qa" in entries[0]:
        return _mdk_format(entries, path.name)
    if isinstance(entries[0].get("dpo"), list):
        raise FileRefused(1, "This is the log of how preferences were made. Import the dataset.jsonl beside it.")
    if elyza.recognises(set(entries[0])):
        return "elyza"
    if name := fastchat.format_of(entries[0], path):
        return name
    for name, recognises in _OBJECT_FORMATS.items():
        if recognises(entries[0]):
            return name
    if any(rated_answers.recognises(entry) for entry in entries):
        return "rated_answers"
    if find(entries[0], QUESTION) is None:
        raise FileRefused(1, (_wrapped(entries[0]) if len(entries) == 1 else "") or missing_question(entries[0]))
    return plain


def _wrapped(entry: dict[str, Any]) -> str:
    """What to do with a file that is one object around its rows; '' for any other."""
    lists = (name for name, value in entry.items() if isinstance(value, list) and value and isinstance(value[0], dict))
    name = next((name for name in lists if _asks(entry[name][0])), None)
    if name is None:
        return ""
    return f"The rows stand in the list {name[:40]!r} of one object. Write that list alone, or one row per line."


def _asks(entry: dict[str, Any]) -> bool:
    """Whether an object is a row that could stand alone."""
    return find(entry, QUESTION) is not None or chat.recognises(entry)


def _is_chat(entry: dict[str, Any]) -> bool:
    """Whether an object is a conversation. Messages beside a question and its answer are what came with these, as in
    our own exports."""
    return chat.recognises(entry) and not all(isinstance(entry.get(name), str) for name in ("question", "answer"))


_OBJECT_FORMATS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "lm_eval": lm_eval.recognises,
    "oasst": oasst.recognises,
    "openai_evals": openai_evals.recognises,
    "promptfoo": promptfoo.recognises,
    "preference": preference.recognises,
    "label_studio": label_studio.recognises,
    "argilla": argilla.recognises,
    "pairs": pairs.recognises,
    "chat": _is_chat,
    "choices": choices.has_choices,
    "texts": texts.recognises,
}


def _first_objects(path: Path) -> list[dict[str, Any]]:
    """The first entries that can be read; where none can, the problem of the first refuses the file."""
    found = list(islice(objects(path), LOOKED_AT))
    good = [record.value for record in found if not isinstance(record, RowProblem)]
    if good:
        return good
    problem = next((record for record in found if isinstance(record, RowProblem)), None)
    raise FileRefused(
        problem.line if problem else 1, problem.message if problem else "The file holds no entries. Add some."
    )


def _mdk_format(entries: list[dict[str, Any]], name: str) -> str:
    first = entries[0]
    if any(fnmatch(name, pattern) for pattern in _MANUAL_NAMES) or any(_was_displayed(entry) for entry in entries):
        return "mdk_manual_log"
    if first.keys() & _OF_A_JUDGE:
        return "mdk_judge_log"
    if "num_error" not in first:
        blind = first.get("prompt") == "" and "convert_template" not in first
        return "mdk_gold" if blind else "mdk_converter_log"
    return "mdk_gold" if fnmatch(name, _GOLD_NAME) else "mdk_manual_log"


def _was_displayed(entry: dict[str, Any]) -> bool:
    """Only going through a log prints its replies into a text, and only this platform names the judge's word so."""
    return isinstance(entry.get("output"), str) or "judge_num_error" in entry
