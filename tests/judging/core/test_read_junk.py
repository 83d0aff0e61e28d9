"""Replies that are junk are read in a time that grows with their length, counted where it can be counted."""

from collections.abc import Mapping
from json import JSONDecoder
from typing import Any

import pytest

from judging.core.extraction import json_marks, read_text
from judging.core.extraction.json_marks import find_json, objects
from judging.core.extraction.shown import TAG, shown_text
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Scored

NUMBER = Criterion("", Scale(1, 10))
PAIR = Criterion("", Scale(values=("A", "B", "tie")))

JUNK = {
    "braces": "{" * 50_000,
    "keys": '{"a":' * 20_000,
    "open strings": '{"' * 25_000,
    "objects": '{"a":1,' * 10_000,
    "thinking": "<think>" * 10_000,
    "tags": "<score>" * 20_000 + " " * 20_000,
    "brackets": "[[" * 30_000,
    "labels": "score: " * 20_000,
    "digits": "9" * 50_000,
    "commas": "score: " + "1," * 50_000,
    "lines": "score:" + "\n " * 50_000,
    "spaces": "score" + " " * 50_000,
    "sums": "score: " + "1+" * 30_000,
    "points": "8点は" * 20_000,
    "sentences": "assistant a is " * 10_000,
}


@pytest.mark.parametrize("criterion", [NUMBER, PAIR], ids=["number", "pair"])
@pytest.mark.parametrize("name", JUNK)
def test_junk_is_read_to_its_end(name: str, criterion: Criterion) -> None:
    assert not isinstance(read_text(JUNK[name], criterion), Scored)


@pytest.mark.parametrize("name", ["braces", "keys", "open strings", "objects"])
def test_decoding_is_tried_a_bounded_number_of_times(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    class Counted:
        def raw_decode(self, text: str, at: int) -> tuple[Mapping[str, Any], int]:
            tries.append(at)
            return JSONDecoder(strict=False).raw_decode(text, at)

    monkeypatch.setattr(json_marks, "DECODER", Counted())
    assert not list(objects(JUNK[name]))
    assert len(tries) <= json_marks.WASTE // json_marks.FAILURE + json_marks.LAST_BRACES + 1


def test_a_verdict_behind_junk_is_still_found() -> None:
    found = find_json('{"a":1,' * 20_000 + '\n{"score": 8}', NUMBER)
    assert found
    assert found.reading == Scored("8", 8.0)


def test_thinking_is_taken_out_in_one_pass() -> None:
    assert shown_text("<think>a</think>" * 10_000 + "8") == "8"
    assert len(TAG.findall("<think>" * 10_000)) == 10_000
    assert shown_text("<think>" * 10_000) is None
