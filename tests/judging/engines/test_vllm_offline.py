"""vLLM's own engine with a tiny model, for real: exactly one outcome per request, whatever happened before."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judging.core.interrupts import INTERRUPTS
from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt
from judging.engines import ENGINES
from judging.engines.base import EngineError, EngineOptions, EngineReply, Request
from judging.engines.warm import WARM
from tests.tiny_model import CONTEXT, CPU_ARGUMENTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.vllm,
    pytest.mark.usefixtures("cpu_engine"),
    pytest.mark.filterwarnings("default"),
]
ITEM = ItemText(turns=(Turn("What is 2 + 2?", "4"),))
GREEDY: dict[str, Any] = {"temperature": 0, "max_tokens": 12}
SCORE = {
    "type": "object",
    "properties": {"score": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["score"],
    "additionalProperties": False,
}


def chat(text: str, *begun: str) -> Prompt:
    return Prompt(messages=(("user", text), *(("assistant", each) for each in begun)))


def request(number: int, prompt: Prompt | None = None, seed: int | None = None) -> Request:
    prompt = prompt or chat(f"評価 {number}: {'so ' * (number % 11)}")
    return Request(id=(number, "", 0), prompt=prompt, item=ITEM, seed=seed)


def requests(count: int) -> Iterator[Request]:
    return (request(number, seed=number) for number in range(count))


def engine(model: Path, name: str = "vllm_offline", **sampling: Any) -> Any:
    arguments = CPU_ARGUMENTS if name == "vllm_offline" else {"dtype": "float32"}
    return ENGINES[name](EngineOptions(model=str(model), sampling=sampling or GREEDY, arguments=arguments))


def texts(replies: Iterator[EngineReply] | list[EngineReply]) -> dict[int, str]:
    found = [(reply.id[0], reply.text) for reply in replies]
    assert len(found) == len(dict(found)), "an outcome came twice"
    return dict(found)


def test_brings_one_outcome_for_every_request(tiny_model: Path) -> None:
    replies = list(engine(tiny_model).replies(requests(100)))
    assert sorted(reply.id[0] for reply in replies) == list(range(100))
    assert {(reply.failure, reply.finish, reply.tokens) for reply in replies} == {(None, "length", 12)}
    assert all(reply.ms is not None and reply.text for reply in replies)


def test_a_reply_does_not_depend_on_what_else_is_in_the_engine(tiny_model: Path) -> None:
    together = texts(engine(tiny_model).replies(requests(20)))
    alone = {number: texts(engine(tiny_model).replies(iter([request(number)])))[number] for number in range(20)}
    assert together == alone


def test_pulls_requests_only_as_there_is_room(tiny_model: Path) -> None:
    pulled = []
    running = engine(tiny_model).replies(pulled.append(each.id) or each for each in requests(200))
    next(running)
    assert len(pulled) <= 2 * CPU_ARGUMENTS["max_num_seqs"]
    running.close()


def test_failures_are_outcomes_among_the_replies(tiny_model: Path) -> None:
    asked = [
        request(0),
        request(1, Prompt(text="so " * CONTEXT)),
        request(2, chat("begun", "評価:")),
        request(3, Prompt()),
        request(4, Prompt(text="raw")),
        request(5, chat("so " * CONTEXT)),
    ]
    replies = {reply.id[0]: reply for reply in engine(tiny_model).replies(asked)}
    reasons = {number: reply.failure.reason if reply.failure else "" for number, reply in replies.items()}
    assert reasons == {0: "", 1: "prompt_too_long", 2: "", 3: "rejected", 4: "", 5: "prompt_too_long"}
    assert "takes 1,024 with the reply" in replies[1].failure.detail


def test_a_request_that_vllm_refuses_is_rejected_alone(tiny_model: Path) -> None:
    replies = list(engine(tiny_model, max_tokens=2, json_schema={"type": "nonsense"}).replies(requests(2)))
    assert {reply.failure.reason for reply in replies} == {"rejected"}
    assert len(texts(engine(tiny_model).replies(requests(3)))) == 3


def test_a_begun_reply_is_gone_on_with(tiny_model: Path) -> None:
    (begun,) = engine(tiny_model).replies([request(0, chat("hello", "評価: "))])
    (raw,) = engine(tiny_model).replies(
        [request(0, Prompt(text="<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n評価: "))]
    )
    assert begun.text == raw.text


def test_a_choice_is_obeyed_and_comes_with_its_probabilities(tiny_model: Path) -> None:
    choices = ["A", "B", "引き分け"]
    replies = list(engine(tiny_model, temperature=1.0, choice=choices, max_tokens=16).replies(requests(60)))
    assert {reply.text for reply in replies} == set(choices)
    first = next(reply for reply in replies if reply.text == "A").logprobs["content"][0]
    assert first["token"] == "A"
    assert {"A", "B"} <= {entry["token"] for entry in first["top_logprobs"]}
    assert all(entry["logprob"] <= 0 for entry in first["top_logprobs"])


@pytest.mark.parametrize(
    "sampling",
    [
        {"json_schema": SCORE},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "score", "schema": SCORE}}},
        {"structured_outputs": {"json": SCORE}},
    ],
    ids=["json_schema", "response_format", "structured_outputs"],
)
def test_a_schema_is_obeyed(tiny_model: Path, sampling: dict[str, Any]) -> None:
    replies = list(engine(tiny_model, temperature=1.0, max_tokens=40, **sampling).replies(requests(30)))
    assert {json.loads(reply.text)["score"] for reply in replies} <= {1, 2, 3, 4, 5}


def test_the_seed_decides_what_is_drawn(tiny_model: Path) -> None:
    drawing = engine(tiny_model, temperature=1.0, max_tokens=8)
    first, again = texts(drawing.replies(requests(10))), texts(drawing.replies(requests(10)))
    other = texts(drawing.replies(request(number, seed=number + 100) for number in range(10)))
    assert first == again
    assert all(first[number] != other[number] for number in range(10))


def test_what_was_left_in_flight_does_not_reach_the_next_work(tiny_model: Path) -> None:
    expected = texts(engine(tiny_model).replies(requests(40)))
    for _ in range(3):
        running = engine(tiny_model, temperature=0, max_tokens=200).replies(requests(100))
        next(running)
        running.close()
        assert texts(engine(tiny_model).replies(requests(40))) == expected


def test_told_to_stop_it_ends_without_what_is_still_due(tiny_model: Path) -> None:
    judged = engine(tiny_model, temperature=0, max_tokens=200)
    brought = []
    for reply in judged.replies(requests(100)):
        brought.append(reply)
        judged.stop()
    assert 0 < len(brought) <= CPU_ARGUMENTS["max_num_seqs"]
    assert judged._loaded.empty() == 0
    assert len(texts(engine(tiny_model).replies(requests(5)))) == 5


def test_an_end_that_is_asked_for_waits_for_the_step(tiny_model: Path) -> None:
    class Ended(BaseException):
        pass

    judged = engine(tiny_model)
    expected = texts(judged.replies(requests(10)))
    step = judged._loaded.engine.step

    def ending() -> Any:
        INTERRUPTS.arrive(Ended())
        return step()

    judged._loaded.engine.step = ending
    with INTERRUPTS.listening(), pytest.raises(Ended):
        list(judged.replies(requests(40)))
    judged._loaded.engine.step = step
    again = engine(tiny_model)
    assert again._loaded is judged._loaded, "the engine was between two steps and is kept"
    assert texts(again.replies(requests(10))) == expected


def test_an_engine_that_was_cut_in_a_step_is_not_used_again(tiny_model: Path) -> None:
    judged = engine(tiny_model)
    expected = texts(judged.replies(requests(10)))

    def cut() -> Any:
        raise KeyboardInterrupt

    judged._loaded.engine.step = cut
    with pytest.raises(KeyboardInterrupt):
        list(judged.replies(requests(40)))
    again = engine(tiny_model)
    assert again._loaded is not judged._loaded
    assert texts(again.replies(requests(10))) == expected


def test_an_engine_that_breaks_says_so_and_is_loaded_anew(tiny_model: Path) -> None:
    judged = engine(tiny_model)

    def broken() -> Any:
        raise RuntimeError("CUDA error")

    judged._loaded.engine.step = broken
    with pytest.raises(EngineError, match="vLLM stopped working: RuntimeError: CUDA error"):
        list(judged.replies(requests(4)))
    assert len(texts(engine(tiny_model).replies(requests(4)))) == 4


def test_an_outcome_for_another_prompt_is_never_taken(tiny_model: Path) -> None:
    judged = engine(tiny_model)
    step = judged._loaded.engine.step

    def mixed_up() -> Any:
        outputs = step()
        for output in outputs:
            output.prompt_token_ids = [*output.prompt_token_ids, 7]
        return outputs

    judged._loaded.engine.step = mixed_up
    with pytest.raises(EngineError, match="for another prompt"):
        list(judged.replies(requests(4)))
    WARM.unload()


def test_work_with_another_model_frees_the_first(tiny_model: Path, other_model: Path) -> None:
    first = engine(tiny_model)
    here = texts(first.replies(requests(5)))
    there = texts(engine(other_model).replies(requests(5)))
    assert not hasattr(first._loaded, "llm")
    assert all(here[number] != there[number] for number in here)
    assert texts(engine(tiny_model).replies(requests(5))) == here


def test_says_what_decided_the_outcome(tiny_model: Path) -> None:
    versions = engine(tiny_model).versions()
    assert versions["vllm"].startswith("0.")
    assert (versions["dtype"], versions["max_model_len"]) == ("float32", "1024")


def test_agrees_with_transformers_token_by_token(tiny_model: Path) -> None:
    vllm = texts(engine(tiny_model).replies(requests(60)))
    transformers = texts(engine(tiny_model, "transformers_local").replies(requests(60)))
    for number, text in transformers.items():
        said = vllm[number]
        # A character that was cut off at the end, and what hangs on it, vLLM does not say.
        assert text == said or (text.startswith(said) and text.endswith("\ufffd") and len(said) > len(text) - 8)


@pytest.mark.parametrize(
    ("model", "sampling", "sentence"),
    [
        ("", {}, "needs a model"),
        ("/nowhere", {}, "vLLM cannot load '/nowhere'"),
        ("tiny", {"temperature": -1}, "vLLM refuses the judge's sampling"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    tiny_model: Path, model: str, sampling: dict[str, Any], sentence: str
) -> None:
    model = str(tiny_model) if model == "tiny" else model
    with pytest.raises(EngineError, match=sentence):
        ENGINES["vllm_offline"](EngineOptions(model=model, sampling=sampling, arguments=CPU_ARGUMENTS))
