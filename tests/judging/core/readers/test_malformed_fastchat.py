"""Damaged answers, references and judgments of FastChat: each is a sentence with its place in its own file."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import RowProblem
from judging.core.readers.fastchat import ANSWER, JUDGMENT, QUESTION, REFERENCE, read_together
from judging.core.readers.files import FileRefused

ASKED = {"question_id": 81, "category": "writing", "turns": ["一?", "二?"]}
ANSWERED = {"question_id": 81, "model_id": "m", "choices": [{"index": 0, "turns": ["答", "次"]}]}
JUDGED = {
    "question_id": 81,
    "model": "m",
    "judge": ["gpt-4", "single-v1"],
    "judgment": "[[9]]",
    "score": 9,
    "turn": 1,
}


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


WHOLE = line(ANSWERED)
# Damage of a second line that every one of the formats must name.
EVERYWHERE: dict[str, bytes] = {
    "no JSON": b"{",
    "cut off": WHOLE[:-5],
    "a list": b"[1]",
    "a text": b'"x"',
    "a number": b"7",
    "null": b"null",
    "no number of a question": line({"choices": [], "model_id": "m", "model": "m"}),
    "an empty number": line(ANSWERED | JUDGED | {"question_id": ""}),
    "a number that is null": line(ANSWERED | JUDGED | {"question_id": None}),
    "a number that is a list": line(ANSWERED | JUDGED | {"question_id": [81]}),
    "a number that is an object": line(ANSWERED | JUDGED | {"question_id": {"n": 81}}),
    "a number that is true": line(ANSWERED | JUDGED | {"question_id": True}),
    "a key twice": b'{"question_id": 81, "question_id": 82}',
    "NaN": b'{"question_id": NaN}',
    "half a character": WHOLE.replace("答".encode(), b"\xe7\xad"),
    "cp932": WHOLE.decode().encode("cp932"),
    "euc_jp": WHOLE.decode().encode("euc_jp"),
    "a NUL byte": WHOLE[:10] + b"\0" + WHOLE[10:],
    "nested without end": b'{"question_id": ' + b"[" * 5000,
    "a comma too many": WHOLE[:-1] + b",}",
    "single quotes": b"{'question_id': 81}",
    "two objects": WHOLE + WHOLE,
}
CHOICES: dict[str, bytes] = {
    "choices that are text": line(ANSWERED | {"choices": "x"}),
    "choices without one": line(ANSWERED | {"choices": []}),
    "a choice that is text": line(ANSWERED | {"choices": ["x"]}),
    "turns that are text": line(ANSWERED | {"choices": [{"turns": "x"}]}),
    "a turn that is a number": line(ANSWERED | {"choices": [{"turns": [1]}]}),
}
SCORES: dict[str, bytes] = {
    "a score in words": line(JUDGED | {"score": "high"}),
    "a turn that is text": line(JUDGED | {"turn": "x"}),
    "a question nobody asked": line(JUDGED | {"question_id": 99}),
}
CASES = [
    *((form, name, raw) for form in (ANSWER, REFERENCE, JUDGMENT) for name, raw in EVERYWHERE.items()),
    *((form, name, raw) for form in (ANSWER, REFERENCE) for name, raw in CHOICES.items()),
    *((JUDGMENT, name, raw) for name, raw in SCORES.items()),
]


@pytest.mark.parametrize(("form", "name", "raw"), CASES, ids=[f"{form}-{name}" for form, name, _ in CASES])
def test_damage_is_named_with_its_line(tmp_path: Path, form: str, name: str, raw: bytes) -> None:
    questions, path = tmp_path / "question.jsonl", tmp_path / "part.jsonl"
    questions.write_bytes(line(ASKED) + b"\n")
    path.write_bytes(line(JUDGED if form == JUDGMENT else ANSWERED) + b"\n" + raw + b"\n")
    try:
        found = [row for _, row in read_together([(QUESTION, questions), (form, path)])]
        problems = [(row.line, row.message) for row in found if isinstance(row, RowProblem)]
    except FileRefused as refusal:
        problems = [(refusal.line, refusal.message)]
    assert problems, "nothing was named"
    assert problems[0][0] == 2
    assert all(message.endswith(".") and message.isprintable() for _, message in problems)
