"""JSON files that are one object as a whole: whose they are, found from their first keys without reading them whole."""

import json
import re
from pathlib import Path
from typing import Any

from judging.core.readers.files import CHUNK, open_text

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}\[\]]')


def document_format(path: Path) -> str:
    """`promptfoo`, `inspect_log` or `judge_bench` for a file that is one such object, '' for every other file."""
    with open_text(path) as file:
        head = file.read(CHUNK).decode(errors="replace").lstrip()
    first, _, rest = head.partition("\n")
    try:
        entry = json.loads(first)
    except (ValueError, RecursionError):
        return _format_of({key: {} for key in _top_keys(head)})
    # A whole object in the first line: an object per line, unless its values are those of a document.
    if isinstance(entry, dict) and "datasource_item" in entry:
        return ""
    return _format_of(entry) if isinstance(entry, dict) and not rest.strip() else ""


def _format_of(entry: dict[str, Any]) -> str:
    inner = {name for name, value in entry.items() if isinstance(value, (dict, list))}
    if inner >= {"annotations", "instances"}:
        return "judge_bench"
    if "samples" in inner or inner >= {"eval", "plan"} or (inner >= {"eval"} and "status" in entry):
        return "inspect_log"
    return "promptfoo" if "results" in inner or ("evalId" in entry and "results" not in entry) else ""


def _top_keys(text: str) -> list[str]:
    """The keys of the outermost object, as far as the text goes."""
    keys, depth = [], 0
    for token in _TOKEN.finditer(text):
        mark = token[0][0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth == 0:
                break
        elif token[1] and depth == 1:
            keys.append(token[0][1:].split('"')[0])
    return keys
