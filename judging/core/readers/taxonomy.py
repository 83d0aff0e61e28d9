"""InstructLab's taxonomy: `qna.yaml` of the versions 1 to 3, skills and knowledge, checked as its parser checks it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.fields import finished_row
from judging.core.readers.files import CHUNK, FileRefused, open_text, text_chunks
from judging.core.readers.json_records import why_not_storable

MAX_FILE = 4_000_000
VERSIONS = (1, 2, 3)
FIRST_KNOWLEDGE_VERSION = 3
FEWEST_EXAMPLES, FEWEST_QUESTIONS = 5, 3
_SIGN = re.compile(r"^(seed_examples|task_description|created_by)\s*:", re.MULTILINE)
_KINDS = {"compositional_skills", "foundational_skills", "knowledge"}
_OF_A_SKILL = {"created_by", "task_description", "seed_examples", "version"}
_OF_KNOWLEDGE = {"created_by", "domain", "seed_examples", "document", "document_outline", "version"}


def recognises(path: Path) -> bool:
    """Whether a file that is no JSON looks like a leaf of the taxonomy."""
    with open_text(path) as file:
        return _SIGN.search(file.read(CHUNK).decode(errors="replace")) is not None


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What the file holds, and on which line each part of it begins."""

    data: Mapping[str, Any]
    lines: Mapping[tuple[str | int, ...], int]
    is_knowledge: bool

    def line(self, *place: str | int) -> int:
        """The line of a part, or of the nearest one around it that is there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per question; what its schema refuses refuses the file."""
    leaf = _leaf(path)
    if leaf is None:
        return
    problems = list(_problems(leaf))
    yield from problems or _rows(leaf, path)


def problems_of(text: str, path: Path) -> list[RowProblem]:
    """What the official parser refuses of a leaf's text, with its lines; `path` says whether it is knowledge."""
    try:
        leaf = _parsed(text, path)
    except FileRefused as refusal:
        return [RowProblem(refusal.line, refusal.message)]
    return list(_problems(leaf)) if leaf else []


def _leaf(path: Path) -> _Leaf | None:
    """The parsed file; None where it holds nothing."""
    if path.stat().st_size > MAX_FILE:
        raise FileRefused(0, f"The file is longer than {MAX_FILE:,} bytes. Split it into several leaves.")
    return _parsed("".join(text_chunks(path)), path)


def _parsed(text: str, path: Path) -> _Leaf | None:
    try:
        aliased = any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader))
        # An alias inside an alias inside an alias would become a text of any length.
        node = None if aliased else yaml.compose(text, yaml.SafeLoader)
        data = None if aliased else yaml.load(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileRefused(line, f"The file is not YAML ({error.problem}). Mend it here or shortly before.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FileRefused(1, f"The file is not YAML ({str(error)[:200]}). Mend it.") from None
    if aliased:
        raise FileRefused(1, "The file has YAML aliases (*name), which are not read. Write the text out.")
    if node is None or data is None:
        return None
    if not isinstance(data, dict):
        raise FileRefused(1, "The file holds no keys. Write created_by, task_description or domain, and seed_examples.")
    why = why_not_storable("NaN", data)
    if why:
        raise FileRefused(1, why)
    hinted = bool(data.keys() & {"domain", "document", "document_outline"})
    parts = set(path.parts) & _KINDS
    return _Leaf(data, dict(_lines(node, ())), "knowledge" in parts if parts else hinted)


def _lines(node: yaml.Node, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*place, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*place, number))


def _problems(leaf: _Leaf) -> Iterator[RowProblem]:
    version = leaf.data.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version not in VERSIONS:
        yield RowProblem(leaf.line("version"), f"The version is {version!r}; it is 1, 2 or 3.")
    elif leaf.is_knowledge and version < FIRST_KNOWLEDGE_VERSION:
        yield RowProblem(leaf.line("version"), f"Knowledge of version {version} has the old layout. Write version 3.")
    elif leaf.is_knowledge:
        yield from _of_knowledge(leaf)
    else:
        yield from _of_a_skill(leaf, version)


def _of_a_skill(leaf: _Leaf, version: int) -> Iterator[RowProblem]:
    yield from _keys(leaf, (), leaf.data, _OF_A_SKILL, _OF_A_SKILL - {"version"})
    yield from _text(leaf, ("created_by",), leaf.data)
    yield from _text(leaf, ("task_description",), leaf.data, may_be_empty=version == 1)
    fewest = 1 if version == 1 else FEWEST_EXAMPLES
    for place, example in _listed(leaf, ("seed_examples",), leaf.data, fewest, version > 1):
        yield from _keys(leaf, place, example, {"question", "answer", "context"}, {"question", "answer"})
        for name in ("context", "question", "answer"):
            yield from _text(leaf, (*place, name), example)
    yield from _list_problems(leaf, ("seed_examples",), leaf.data, fewest, version > 1)


def _of_knowledge(leaf: _Leaf) -> Iterator[RowProblem]:
    yield from _keys(leaf, (), leaf.data, _OF_KNOWLEDGE, _OF_KNOWLEDGE)
    for name in ("created_by", "domain", "document_outline"):
        yield from _text(leaf, (name,), leaf.data)
    yield from _list_problems(leaf, ("seed_examples",), leaf.data, FEWEST_EXAMPLES, True)
    for place, example in _listed(leaf, ("seed_examples",), leaf.data, FEWEST_EXAMPLES, True):
        names = {"context", "questions_and_answers"}
        yield from _keys(leaf, place, example, names, names)
        yield from _text(leaf, (*place, "context"), example)
        inner = (*place, "questions_and_answers")
        yield from _list_problems(leaf, inner, example, FEWEST_QUESTIONS, True)
        for deeper, pair in _listed(leaf, inner, example, FEWEST_QUESTIONS, True):
            allowed = pair if isinstance(pair, dict) else ()
            yield from _keys(leaf, deeper, pair, allowed, {"question", "answer"})
            for name in ("question", "answer"):
                yield from _text(leaf, (*deeper, name), pair)
    yield from _document(leaf)


def _document(leaf: _Leaf) -> Iterator[RowProblem]:
    document = leaf.data.get("document")
    if "document" not in leaf.data:
        return
    if not isinstance(document, dict):
        yield RowProblem(leaf.line("document"), "'document' has no keys. Write repo, commit and patterns.")
        return
    names = {"repo", "commit", "patterns"}
    yield from _keys(leaf, ("document",), document, names, names)
    for name in ("repo", "commit"):
        yield from _text(leaf, ("document", name), document)
    patterns = document.get("patterns", [""])
    if not isinstance(patterns, list) or not patterns or not all(isinstance(one, str) for one in patterns):
        yield RowProblem(leaf.line("document", "patterns"), "'patterns' is no list of texts. Write at least one.")


Place = tuple[str | int, ...]


def _keys(leaf: _Leaf, place: Place, found: Any, allowed: Iterable[str], needed: Iterable[str]) -> Iterator[RowProblem]:
    if not isinstance(found, dict):
        yield RowProblem(leaf.line(*place), f"{_shown(place)} has no keys. Write {', '.join(sorted(needed))}.")
        return
    missing = sorted(set(needed) - found.keys())
    if missing:
        yield RowProblem(leaf.line(*place), f"{_shown(place)} has no {', '.join(missing)}. Add it.")
    unknown = sorted(str(name) for name in found.keys() - set(allowed))
    if unknown:
        yield RowProblem(
            leaf.line(*place, unknown[0]), f"{_shown(place)} may not have {', '.join(unknown)}. Remove it."
        )


def _text(leaf: _Leaf, place: Place, found: Any, *, may_be_empty: bool = False) -> Iterator[RowProblem]:
    name = place[-1]
    if not isinstance(found, dict) or name not in found:
        return
    value = found[name]
    if value is not None and not isinstance(value, str):
        yield RowProblem(leaf.line(*place), f"{_shown(place)} is {value!r:.60} and no text. Put it in quotes.")
    elif value is None or (not value and not may_be_empty):
        yield RowProblem(leaf.line(*place), f"{_shown(place)} is empty. Write it, or remove an empty context.")


def _list_problems(leaf: _Leaf, place: Place, found: Any, fewest: int, unique: bool) -> Iterator[RowProblem]:
    name = place[-1]
    if not isinstance(found, dict) or name not in found:
        return
    entries = found[name]
    if not isinstance(entries, list):
        yield RowProblem(leaf.line(*place), f"{_shown(place)} is no list. Write its entries with dashes.")
    elif len(entries) < fewest:
        yield RowProblem(leaf.line(*place), f"{_shown(place)} has {len(entries)} entries and needs {fewest}. Add some.")
    elif unique and any(entry in entries[:number] for number, entry in enumerate(entries)):
        yield RowProblem(leaf.line(*place), f"{_shown(place)} has the same entry twice. Remove one.")


def _listed(leaf: _Leaf, place: Place, found: Any, fewest: int, unique: bool) -> Iterator[tuple[Place, Any]]:
    entries = found.get(place[-1]) if isinstance(found, dict) else None
    if isinstance(entries, list) and not any(_list_problems(leaf, place, found, fewest, unique)):
        yield from (((*place, number), entry) for number, entry in enumerate(entries))


def _shown(place: Place) -> str:
    return ".".join(str(part) for part in place) or "The file"


def _rows(leaf: _Leaf, path: Path) -> Iterator[ItemRow | RowProblem]:
    kept = {name: value for name, value in leaf.data.items() if name != "seed_examples"}
    category = str(leaf.data.get("domain") or path.parent.name)[:200]
    for number, example in enumerate(leaf.data["seed_examples"]):
        pairs = example["questions_and_answers"] if leaf.is_knowledge else [example]
        for place, pair in enumerate(pairs):
            deeper = ("questions_and_answers", place) if leaf.is_knowledge else ()
            more = {name: value for name, value in pair.items() if name not in {"question", "answer", "context"}}
            yield finished_row(
                ItemRow(
                    line=leaf.line("seed_examples", number, *deeper),
                    turns=(Turn(pair["question"], pair["answer"]),),
                    category=category,
                    context=example.get("context", ""),
                    extra={**more, "taxonomy": kept},
                )
            )
