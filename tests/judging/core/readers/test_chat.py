"""Conversations."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import detect_format, read_rows


def read(path: Path, *rows: Any) -> list[ItemRow | RowProblem]:
    path = path / "chat.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(read_rows(path, detect_format(path)))


def says(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def test_pairs_of_messages_are_turns_and_the_system_is_kept(tmp_path: Path) -> None:
    messages = [says("system", "S"), says("user", "Q1"), says("assistant", "A1"), says("user", "Q2")]
    messages.append(says("assistant", "A2"))
    assert read(tmp_path, {"id": "a", "messages": messages, "source": "本"}) == [
        ItemRow(line=1, turns=(Turn("Q1", "A1"), Turn("Q2", "A2")), key="a", extra={"source": "本", "system": "S"})
    ]


CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": {"name": "weather"}}]}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "sunny"}


@pytest.mark.parametrize(
    ("messages", "turns"),
    [
        ([says("user", "Q"), CALL, RESULT, says("assistant", "A")], [("Q", "A")]),
        (
            [says("user", "Q"), says("assistant", "I look."), CALL, RESULT, says("assistant", "A")],
            [("Q", "I look.\n\nA")],
        ),
        ([says("assistant", "Welcome."), says("user", "Q"), says("assistant", "A")], [("Q", "A")]),
        ([says("user", "Q"), says("assistant", "A"), says("assistant", "B")], [("Q", "A\n\nB")]),
        ([says("user", "Q"), {**says("assistant", "A"), "weight": 0, "reasoning_content": "hm"}], [("Q", "A")]),
        ([says("user", "Q"), says("assistant", "A"), says("system", "S"), says("user", "R")], [("Q", "A"), ("R", "")]),
        ([says("user", [{"type": "text", "text": "Q"}, {"type": "text", "text": "R"}])], [("Q\nR", "")]),
        ([says("user", "Q"), CALL, RESULT], [("Q", "")]),
    ],
)
def test_what_the_turns_do_not_say_is_kept(
    tmp_path: Path, messages: list[dict[str, Any]], turns: list[tuple[str, str]]
) -> None:
    (row,) = read(tmp_path, {"messages": messages})
    assert isinstance(row, ItemRow)
    assert [(turn.question, turn.answer) for turn in row.turns] == turns
    assert row.extra["messages"] == messages
    assert row.has_answer == bool(turns[-1][1])


@pytest.mark.parametrize("name", ["conversations", "conversation"])
def test_sharegpt_s_conversations_are_conversations(tmp_path: Path, name: str) -> None:
    said = [{"from": who, "value": text} for who, text in (("system", "S"), ("human", "Q"), ("gpt", "A"))]
    (row,) = read(tmp_path, {"id": "a", name: said})
    assert row == ItemRow(line=1, turns=(Turn("Q", "A"),), key="a", extra={"system": "S"})


def test_a_system_s_text_beside_one_among_the_messages_loses_neither(tmp_path: Path) -> None:
    messages = [says("system", "S"), says("user", "Q"), says("assistant", "A")]
    (row,) = read(tmp_path, {"system": "T", "messages": messages})
    assert isinstance(row, ItemRow)
    assert row.extra == {"system": "T", "messages": messages}


def test_open_question_has_no_answer(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {"messages": [says("user", "Q"), says("user", [{"type": "text", "text": "more"}])]})
    assert isinstance(row, ItemRow)
    assert (row.turns, row.has_answer) == ((Turn("Q\n\nmore"),), False)


def test_prompt_and_completion_may_be_messages(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {"prompt": [says("user", "Q")], "completion": [says("assistant", "A")]})
    assert isinstance(row, ItemRow)
    assert row.turns == (Turn("Q", "A"),)
    assert set(row.extra) == {"prompt", "completion"}


def test_openai_evals_lines_have_a_question_and_an_ideal(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {"input": [says("system", "S"), says("user", "Q")], "ideal": ["4", "four"]})
    assert isinstance(row, ItemRow)
    assert (row.turns, row.has_answer) == ((Turn("S\n\nQ", "", "4\nfour"),), False)


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([], "is no list"),
        ([says("assistant", "A")], "Nobody asks"),
        ([says("system", "S")], "Nobody asks"),
        ([says("tool", "x")], "Nobody asks"),
        ([says("narrator", "x")], "role 'narrator'"),
        ([says("user", "Q"), {"role": "assistant"}], "content of message 2 is null"),
        ([says("user", 3)], "content of message 1 is a number"),
        ([says("user", None)], "content of message 1 is null"),
        ([says("user", [{"type": "text", "text": "see"}, {"type": "image_url"}])], "no text ('image_url')"),
        (["user"], "role None"),
        ([says("user", " ")], "question is empty"),
    ],
)
def test_broken_conversations_are_problems(tmp_path: Path, messages: Any, message: str) -> None:
    good = {"messages": [says("user", "Q"), says("assistant", "A")]}
    found = read(tmp_path, good, {"messages": messages})
    assert isinstance(found[1], RowProblem)
    assert found[1].line == 2
    assert message in found[1].message
