"""qna.yaml of InstructLab's taxonomy."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import FileRefused, detect_format, read_rows

SKILL: dict[str, Any] = {
    "version": 3,
    "task_description": "Teach rhymes",
    "created_by": "someone",
    "seed_examples": [{"question": f"問い{number}", "answer": f"答え{number}"} for number in range(5)],
}
KNOWLEDGE: dict[str, Any] = {
    "version": 3,
    "created_by": "someone",
    "domain": "geography",
    "document_outline": "about",
    "document": {"repo": "https://example.org/a.git", "commit": "abc", "patterns": ["*.md"]},
    "seed_examples": [
        {
            "context": f"C{number}",
            "questions_and_answers": [{"question": f"Q{number}{place}", "answer": "A"} for place in range(3)],
        }
        for number in range(5)
    ],
}


def read(folder: Path, document: Any) -> list[ItemRow | RowProblem]:
    path = folder / "qna.yaml"
    text = document if isinstance(document, str) else yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return list(read_rows(path, detect_format(path)))


def test_skill_gives_an_item_per_example(tmp_path: Path) -> None:
    rows = read(tmp_path, SKILL)
    kept = {name: SKILL[name] for name in ("version", "task_description", "created_by")}
    assert len(rows) == 5
    assert isinstance(rows[0], ItemRow)
    assert (rows[0].turns, rows[0].line, rows[0].extra) == ((Turn("問い0", "答え0"),), 5, {"taxonomy": kept})


def test_knowledge_gives_an_item_per_question_with_its_context(tmp_path: Path) -> None:
    rows = read(tmp_path, KNOWLEDGE)
    assert len(rows) == 15
    assert isinstance(rows[3], ItemRow)
    assert (rows[3].turns[0].question, rows[3].context, rows[3].category) == ("Q10", "C1", "geography")


def test_first_version_has_no_number_and_needs_one_example(tmp_path: Path) -> None:
    first = {name: SKILL[name] for name in ("task_description", "created_by")}
    assert len(read(tmp_path, first | {"task_description": "", "seed_examples": SKILL["seed_examples"][:1]})) == 1


def changed(document: dict[str, Any], /, *without: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in without} | more


def example(**more: Any) -> list[dict[str, Any]]:
    return [*SKILL["seed_examples"][:4], {"question": "Q", "answer": "A"} | more]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (changed(SKILL, "created_by"), "has no created_by"),
        (changed(SKILL, "seed_examples"), "has no seed_examples"),
        (changed(SKILL, attribution="x"), "may not have attribution"),
        (changed(SKILL, version=24), "version is 24"),
        (changed(SKILL, version="3"), "version is '3'"),
        (changed(SKILL, version=True), "version is True"),
        (changed(SKILL, task_description=""), "task_description is empty"),
        (changed(SKILL, created_by=3), "created_by is 3 and no text"),
        (changed(SKILL, seed_examples=None), "seed_examples is no list"),
        (changed(SKILL, seed_examples=SKILL["seed_examples"][:4]), "has 4 entries and needs 5"),
        (
            changed(SKILL, seed_examples=[*SKILL["seed_examples"], {"question": "問い0", "answer": "答え0"}]),
            "same entry twice",
        ),
        (changed(SKILL, seed_examples=example(answer=35.67)), "seed_examples.4.answer is 35.67"),
        (changed(SKILL, seed_examples=example(context="")), "seed_examples.4.context is empty"),
        (changed(SKILL, seed_examples=example(context=None)), "seed_examples.4.context is empty"),
        (changed(SKILL, seed_examples=example(note="x")), "may not have note"),
        (changed(SKILL, seed_examples=[*SKILL["seed_examples"], "x"]), "seed_examples.5 has no keys"),
        (changed(KNOWLEDGE, version=2), "old layout"),
        (changed(KNOWLEDGE, "version"), "old layout"),
        (changed(KNOWLEDGE, "document"), "has no document"),
        (changed(KNOWLEDGE, document="x"), "'document' has no keys"),
        (changed(KNOWLEDGE, document={"repo": "r", "commit": None, "patterns": ["*"]}), "document.commit is empty"),
        (changed(KNOWLEDGE, document={"repo": "r", "commit": "c"}), "document has no patterns"),
        (changed(KNOWLEDGE, document={"repo": "r", "commit": "c", "patterns": []}), "'patterns' is no list"),
        (changed(KNOWLEDGE, seed_examples=example()), "seed_examples.0 has no context, questions_and_answers"),
    ],
)
def test_what_the_schema_refuses_is_named_with_its_line(tmp_path: Path, document: Any, message: str) -> None:
    rows = read(tmp_path, document)
    assert rows
    assert all(isinstance(row, RowProblem) for row in rows)
    assert any(message in row.message for row in rows if isinstance(row, RowProblem)), rows


def test_problem_names_the_line_of_its_value(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, changed(SKILL, seed_examples=example(answer=1)))
    assert isinstance(problem, RowProblem)
    assert problem.line == 14


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("created_by: a\nseed_examples:\n  - question: 'x\n", "not YAML"),
        ("created_by: a\n b: c: d\n", "not YAML"),
        ("created_by: &a x\ntask_description: *a\n", "aliases"),
        ("created_by: !!python/object/apply:os.getcwd []\n", "not YAML"),
        ("created_by: " + "[" * 3000 + "\n", "not YAML"),
    ],
)
def test_broken_yaml_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        read(tmp_path, text)


def test_real_leaves_are_judged_as_their_parser_does(shared_data: Path) -> None:
    folder = shared_data / "instructlab"
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) > 30
    for line in lines:
        path = folder / "files" / line["id"] / line["path"]
        assert (line["valid"] == "1") == (not refusals(path)), path


def refusals(path: Path) -> list[str]:
    """Why a leaf is refused. An empty file is valid for its parser; there is nothing in it to import."""
    try:
        found = list(read_rows(path, "taxonomy"))
    except FileRefused as refusal:
        return [] if "file is empty" in refusal.message else [refusal.message]
    return [row.message for row in found if isinstance(row, RowProblem)]
