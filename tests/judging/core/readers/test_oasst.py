"""OpenAssistant's messages: an item per answer, with what was said before it."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import detect_format, read_rows


def message(name: str, parent: str | None, role: str, text: str, **more: Any) -> dict[str, Any]:
    return {"message_id": name, "parent_id": parent, "role": role, "text": text, **more}


ROWS = [
    message("1", None, "prompter", "Q?", lang="en"),
    message("2", "1", "assistant", "A", rank=0),
    message("3", "1", "assistant", "B", rank=1),
    message("4", "2", "prompter", "R?"),
    message("5", "4", "assistant", "C"),
    message("6", "5", "prompter", "And?"),
]


def read(folder: Path, *rows: Any) -> list[ItemRow | RowProblem]:
    path = folder / "messages.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert detect_format(path) == "oasst"
    return list(read_rows(path, "oasst"))


def turns(found: list[ItemRow | RowProblem]) -> list[tuple[str, tuple[Turn, ...], bool]]:
    assert all(isinstance(row, ItemRow) for row in found), found
    return [(row.key, row.turns, row.has_answer) for row in found if isinstance(row, ItemRow)]


EXPECTED = [
    ("2", (Turn("Q?", "A"),), True),
    ("3", (Turn("Q?", "B"),), True),
    ("5", (Turn("Q?", "A"), Turn("R?", "C")), True),
    ("6", (Turn("Q?", "A"), Turn("R?", "C"), Turn("And?")), False),
]


def test_every_answer_is_an_item_with_what_was_said_before(tmp_path: Path) -> None:
    found = read(tmp_path, *ROWS)
    assert turns(found) == EXPECTED
    assert isinstance(found[1], ItemRow)
    assert found[1].extra == {"parent_id": "1", "rank": 1}


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    assert sorted(turns(read(tmp_path, *ROWS[::-1]))) == EXPECTED


def test_trees_are_the_same_messages(tmp_path: Path) -> None:
    first, *others = [{**row, "replies": []} for row in ROWS]
    by_name = {row["message_id"]: row for row in (first, *others)}
    for row in others:
        by_name[row["parent_id"]]["replies"].append(row)
    tree = {"message_tree_id": "1", "tree_state": "ready", "prompt": first}
    assert sorted(turns(read(tmp_path, tree))) == EXPECTED


def test_a_prompt_in_a_ring_is_named_and_not_lost(tmp_path: Path) -> None:
    ring = [message("7", "8", "prompter", "Q?"), message("8", "7", "prompter", "R?")]
    found = [row for row in read(tmp_path, *ROWS, *ring) if isinstance(row, RowProblem)]
    assert [problem.line for problem in found] == [7, 8]
    assert "Messages answer one another in a ring" in found[0].message


def test_of_two_messages_with_one_id_the_second_is_named(tmp_path: Path) -> None:
    rows = read(tmp_path, *ROWS, message("1", None, "prompter", "Another?"))
    problems = [row for row in rows if isinstance(row, RowProblem)]
    assert [(problem.line, "'1' stands twice" in problem.message) for problem in problems] == [(7, True)]
    assert turns([row for row in rows if isinstance(row, ItemRow)]) == EXPECTED


def test_numbers_may_be_ids(tmp_path: Path) -> None:
    rows = [row | {"message_id": int(row["message_id"]) - 1} for row in ROWS]
    rows = [row | {"parent_id": row["parent_id"] and int(row["parent_id"]) - 1} for row in rows]
    assert [found[1] for found in turns(read(tmp_path, *rows))] == [found[1] for found in EXPECTED]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (message("9", "8", "assistant", "A"), "There is no message '8'"),
        (message("9", "9", "assistant", "A"), "Messages answer one another in a ring, or more than 100"),
        (message("9", None, "assistant", "A"), "an assistant's, which answers nobody. Mend parent_id"),
        (message("9", "1", "system", "A"), "A message has 'message_id', 'text' and a 'role'"),
        (message("9", "1", "assistant", "A") | {"text": None}, "'text' is null"),
        (message("9", "1", "assistant", "A") | {"message_id": ["9"]}, "'message_id' is a list"),
        ({"message_tree_id": "1", "prompt": {"replies": []}}, "A message has 'message_id'"),
        ({"message_tree_id": "1", "prompt": ROWS[0] | {"replies": "x"}}, "'replies' is text"),
        ({"message_tree_id": "1", "prompt": ROWS[0] | {"replies": ["x"]}}, "A message of the tree is text"),
    ],
)
def test_broken_messages_are_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    problems = [found for found in read(tmp_path, *ROWS, row) if isinstance(found, RowProblem)]
    assert [problem.line for problem in problems] == [7]
    assert message in problems[0].message
