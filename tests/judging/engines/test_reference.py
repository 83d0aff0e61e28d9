"""The engine that compares the answer with the reference."""

import pytest

from judging.core.builtin import JUDGES, RUBRICS
from judging.core.extraction import read_reply
from judging.core.items import ItemText, Turn
from judging.core.prompts import render_prompt
from judging.core.verdicts import Reason, Scored
from judging.engines import ENGINES
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.engines.reference import compare


def judge(*turns: Turn, part: str = "") -> EngineReply:
    item = ItemText(turns=turns)
    request = Request(id=(1, part, 0), prompt=render_prompt(RUBRICS["reference_match"], item), item=item)
    (reply,) = ENGINES["reference"](EngineOptions()).replies([request])
    return reply


def test_its_reply_is_read_like_any_other() -> None:
    reply = judge(Turn("2 + 2?", "4", "4"))
    assert read_reply(reply.text, JUDGES["reference"].rubric)[""] == Scored("clean")


@pytest.mark.parametrize(
    ("answer", "reference", "verdict", "test"),
    [
        ("H2O", "h2o", "clean", "exact"),
        ("ＤＮＡ です。", "DNAです", "clean", "exact"),
        ("２５×１６＝４００", "400", "clean", "numeric"),
        ("So it is 1,200 yen.", "1200", "clean", "numeric"),
        ("160 円", "160円です", "clean", "numeric"),
        ("It is 0.5", "0.50", "clean", "numeric"),
        ("It is -3", "3", "wrong", "numeric"),
        ("It is four", "4", "wrong", "numeric"),
        ("It was in 1603.", "It was in 1600.", "wrong", "numeric"),
        (
            "植物は二酸化炭素を吸い込み、酸素を出します。",
            "植物は二酸化炭素を取り込み、酸素を出します。",
            "clean",
            "chrF",
        ),
        ("岐阜県です。", "琵琶湖は滋賀県にあります。", "wrong", "chrF"),
    ],
)
def test_compares_text_numbers_and_characters(answer: str, reference: str, verdict: str, test: str) -> None:
    found, reason = compare(answer, reference)
    assert (found, reason.partition(":")[0]) == (verdict, test)


def test_an_equal_last_number_does_not_save_another_text() -> None:
    assert compare("I have 12 cats.", "The ticket costs 12 euros at the counter of the museum.")[0] == "wrong"


@pytest.mark.parametrize("reference", ["", "  "])
def test_an_item_without_reference_is_unscored(reference: str) -> None:
    failure = judge(Turn("q", "a", reference)).failure
    assert failure is not None
    assert failure.reason == Reason.NO_REFERENCE


def test_an_absent_turn_is_unscored() -> None:
    failure = judge(Turn("q", "a", "a"), part="turn_2").failure
    assert failure is not None
    assert failure.reason == Reason.NO_ANSWER


def test_names_the_library_that_counts() -> None:
    engine = ENGINES["reference"](EngineOptions())
    assert engine.versions().keys() == {"sacrebleu"}
    engine.close()
