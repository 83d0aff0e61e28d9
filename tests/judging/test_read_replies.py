"""manage.py read_replies, which stores nothing and so needs no database."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: Any) -> Path:
        path = tmp_path / "replies.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        path.write_text("\n".join(texts), encoding="utf-8")
        return path

    return write


def read(path: Path, scale: str, capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    call_command("read_replies", str(path), "--scale", scale, "--json", *options)
    return json.loads(capsys.readouterr().out)


def test_prints_the_score_of_every_reply(file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file({"id": "a", "reply": "Rating: [[8]]"}, {"id": 2, "reply": "得点: 8.5点"}, {"id": "c", "reply": "Good."})
    assert read(path, "1-10", capsys) == [
        {"id": "a", "score": 8, "reason": None},
        {"id": 2, "score": 8.5, "reason": None},
        {"id": "c", "score": None, "reason": "no_verdict"},
    ]


@pytest.mark.parametrize(("scale", "score"), [("0-10", 0), ("1-10", None), ("1-5", None)])
def test_a_scale_is_a_closed_interval(
    file: Callable[..., Path], capsys: pytest.CaptureFixture[str], scale: str, score: object
) -> None:
    assert read(file({"id": "a", "reply": "[[0]]"}), scale, capsys)[0]["score"] == score


def test_pairs_are_a_b_or_tie(file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file({"id": 1, "reply": "[[C]]"}, {"id": 2, "reply": "Output (b) is better."})
    assert [row["score"] for row in read(path, "A/B/tie", capsys)] == ["tie", "B"]


def test_strict_reads_under_the_protocol_alone(file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file({"id": 1, "reply": "[[4]]"}, {"id": 2, "reply": "Score: 4"}, {"id": 3, "reply": "I rate it a 4."})
    asked = ("--mode", "strict", "--protocol", "mt_bench")
    assert [row["score"] for row in read(path, "1-5", capsys, *asked)] == [4, None, None]
    assert [row["score"] for row in read(path, "1-5", capsys, "--mode", "strict")] == [4, 4, None]
    assert [row["score"] for row in read(path, "1-5", capsys)] == [4, 4, 4]


def test_a_line_may_name_its_own_protocol(file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file(
        {"id": 1, "reply": "[[4]]", "protocol": "FINAL SCORE: n"},
        {"id": 2, "reply": "[[4]]", "protocol": "as you like"},
    )
    assert [row["score"] for row in read(path, "1-5", capsys, "--mode", "strict")] == [None, 4]


def test_a_reply_that_was_cut_off_has_no_verdict(file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file({"id": 1, "reply": "FINAL SCORE: 1", "finish": "length"})
    assert read(path, "1-10", capsys)[0]["reason"] == "cut_off"


def test_for_people_it_prints_a_line_each_and_the_counts(
    file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("read_replies", str(file({"id": "a", "reply": "[[4]]"}, {"id": "b", "reply": "?"})), "--scale", "1-5")
    assert capsys.readouterr().out.splitlines() == [
        "a\t4",
        "b\tunscored: no_verdict",
        "2 replies, mode lenient: 1 scored, 1 no_verdict",
    ]


def test_names_the_line_that_is_bad_and_reads_the_others(
    file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file({"id": 1, "reply": "[[4]]"}, "{broken", {"reply": "4"}, {"id": 4, "reply": 4}, {"id": 5, "reply": "4"})
    with pytest.raises(CommandError, match="3 problems"):
        call_command("read_replies", str(path), "--scale", "1-5", "--json")
    printed = capsys.readouterr()
    assert [row["id"] for row in json.loads(printed.out)] == [1, 5]
    assert f"{path}, line 2: The line is not JSON" in printed.err
    assert 'line 3: The line has no "id"' in printed.err
    assert 'line 4: The "reply" is text, and here is a number' in printed.err


@pytest.mark.parametrize("scale", ["5", "10-1", "A", "a//b"])
def test_a_scale_that_is_none_is_refused(file: Callable[..., Path], scale: str) -> None:
    with pytest.raises(CommandError, match="scale"):
        call_command("read_replies", str(file({"id": 1, "reply": "4"})), "--scale", scale)


def test_a_protocol_that_is_none_is_refused(file: Callable[..., Path]) -> None:
    with pytest.raises(CommandError, match="There is no protocol 'mine'"):
        call_command("read_replies", str(file({"id": 1, "reply": "4"})), "--scale", "1-5", "--protocol", "mine")


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="1 problem in"):
        call_command("read_replies", str(tmp_path / "none.jsonl"), "--scale", "1-5")
    assert "cannot be opened" in capsys.readouterr().err
