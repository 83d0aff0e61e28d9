"""The engine without a model, for demonstrations and tests."""

from collections import Counter

import pytest

from judging.core.builtin import RUBRICS
from judging.core.extraction import read_reply
from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt
from judging.core.verdicts import Reason, Scored, Unscored
from judging.engines import ENGINES, QUEUES
from judging.engines.base import EngineError, EngineOptions, EngineReply, Request
from judging.engines.scripted import Script, ScriptedEngine


def request(number: int = 1, answer: str = "a", reference: str = "", part: str = "", sample: int = 0) -> Request:
    item = ItemText(turns=(Turn(f"q{number}", answer, reference),))
    return Request(id=(number, part, sample), prompt=Prompt(), item=item)


FAILED = EngineReply(id=(2, "", 0), failure=Unscored(Reason.TIMEOUT))


@pytest.mark.parametrize(
    "script",
    [
        ["[[1]]", FAILED],
        {(1, "", 0): "[[1]]", (2, "", 0): FAILED},
        lambda asked: FAILED if asked.id[0] == 2 else "[[1]]",
    ],
)
def test_answers_from_a_list_a_mapping_or_a_function(script: Script) -> None:
    first, second = ScriptedEngine(script).replies([request(1), request(2)])
    assert (first.id, first.text, first.finish) == ((1, "", 0), "[[1]]", "stop")
    assert second == FAILED


def test_a_list_goes_round() -> None:
    replies = ScriptedEngine(["[[1]]", "[[2]]"]).replies(request(number) for number in range(5))
    assert [reply.text for reply in replies] == ["[[1]]", "[[2]]", "[[1]]", "[[2]]", "[[1]]"]


def test_pulls_one_request_at_a_time() -> None:
    requests = iter([request(1), request(2)])
    next(ScriptedEngine(["[[1]]"]).replies(requests))
    assert next(requests).id[0] == 2


def test_its_own_rules_depend_on_the_text_alone() -> None:
    asked = [
        request(number, answer="the reference" if number % 3 else "no", reference="reference") for number in range(80)
    ]
    once, again = (
        [reply.text for reply in ENGINES["scripted"](EngineOptions()).replies(each)] for each in (asked, asked[::-1])
    )
    assert once == again[::-1]


@pytest.mark.parametrize(("rubric", "values"), [("verdict", {"clean", "wrong"}), ("ja_1_5", {"1", "2", "3", "4", "5"})])
def test_its_own_rules_can_be_read_by_every_rubric(rubric: str, values: set[str]) -> None:
    replies = ENGINES["scripted"](EngineOptions()).replies(request(number) for number in range(100))
    readings = [read_reply(reply.text, RUBRICS[rubric])[""] for reply in replies]
    assert {reading.value for reading in readings if isinstance(reading, Scored)} == values
    assert not any(isinstance(reading, Unscored) for reading in readings)


def test_its_own_rules_mostly_follow_the_reference() -> None:
    replies = ENGINES["scripted"](EngineOptions()).replies(
        request(number, answer="It is blue.", reference="blue") for number in range(200)
    )
    counts = Counter('"clean"' in reply.text for reply in replies)
    assert counts[True] > 150
    assert counts[False] > 5


def test_rules_of_the_judge_come_first() -> None:
    rules = [{"contains": "cut", "reply": "The answer"}, {"contains": "q2", "reply": "[[2]]"}]
    engine = ENGINES["scripted"](EngineOptions(sampling={"rules": rules}))
    texts = [reply.text for reply in engine.replies([request(2), request(2, answer="cut"), request(3)])]
    assert texts[:2] == ["[[2]]", "The answer"]
    assert texts[2].startswith('{"reason"')


@pytest.mark.parametrize("rules", ["clean", ["clean"], [{"contains": "x"}], [{"reply": 4}]])
def test_rules_of_another_shape_are_refused(rules: object) -> None:
    with pytest.raises(EngineError, match=r"rules of the engine scripted"):
        ENGINES["scripted"](EngineOptions(sampling={"rules": rules}))


def test_every_engine_has_a_queue() -> None:
    assert QUEUES.keys() == ENGINES.keys()
