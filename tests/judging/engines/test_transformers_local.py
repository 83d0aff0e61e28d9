"""transformers with a tiny model, for real."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt
from judging.engines import ENGINES
from judging.engines.base import EngineError, EngineOptions, Request
from tests.tiny_model import CONTEXT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.vllm,
    pytest.mark.usefixtures("cpu_engine"),
    pytest.mark.filterwarnings("default"),
]
ITEM = ItemText(turns=(Turn("What is 2 + 2?", "4"),))


def request(number: int, prompt: Prompt | None = None) -> Request:
    prompt = prompt or Prompt(messages=(("user", f"評価 {number}: {'so ' * (number % 11)}"),))
    return Request(id=(number, "", 0), prompt=prompt, item=ITEM, seed=number)


def engine(model: Path, *, batch_size: int = 8, **sampling: Any) -> Any:
    arguments = {"dtype": "float32", "batch_size": batch_size}
    sampling = sampling or {"temperature": 0, "max_tokens": 12}
    return ENGINES["transformers_local"](EngineOptions(model=str(model), sampling=sampling, arguments=arguments))


def texts(running: Any, requests: Iterator[Request]) -> dict[int, str]:
    found = [(reply.id[0], reply.text) for reply in running.replies(requests)]
    assert len(found) == len(dict(found)), "an outcome came twice"
    return dict(found)


def test_brings_one_outcome_for_every_request(tiny_model: Path) -> None:
    replies = list(engine(tiny_model).replies(request(number) for number in range(100)))
    assert sorted(reply.id[0] for reply in replies) == list(range(100))
    assert {(reply.failure, reply.finish, reply.tokens) for reply in replies} == {(None, "length", 12)}


def test_failures_are_outcomes_among_the_replies(tiny_model: Path) -> None:
    asked = [
        request(0),
        request(1, Prompt(text="so " * CONTEXT)),
        request(2, Prompt(messages=(("user", "begun"), ("assistant", "評価:")))),
        request(3, Prompt()),
        request(4, Prompt(text="raw")),
    ]
    replies = {reply.id[0]: reply for reply in engine(tiny_model).replies(asked)}
    reasons = {number: reply.failure.reason if reply.failure else "" for number, reply in replies.items()}
    assert reasons == {0: "", 1: "prompt_too_long", 2: "", 3: "rejected", 4: ""}


@pytest.mark.parametrize("sampling", [{"temperature": 0}, {"temperature": 0.7, "top_p": 0.9, "top_k": 50}])
def test_a_reply_does_not_depend_on_its_batch(tiny_model: Path, sampling: dict[str, Any]) -> None:
    batched = texts(engine(tiny_model, max_tokens=8, **sampling), (request(number) for number in range(20)))
    alone = engine(tiny_model, batch_size=1, max_tokens=8, **sampling)
    assert texts(alone, (request(number) for number in reversed(range(20)))) == batched


def test_draws_as_often_as_the_model_says(tiny_model: Path) -> None:
    # The same prompt with 400 seeds: the most likely token comes about as often as its probability.
    import torch

    running = engine(tiny_model, batch_size=50, temperature=1.0, max_tokens=1)
    prompt = Prompt(text="評価: ")
    drawn = [reply.text for reply in running.replies(request(number, prompt) for number in range(400))]
    loaded = running._loaded
    tokens = torch.tensor([running._prompts.of(prompt)])
    chances = loaded.model(tokens).logits[0, -1].softmax(-1).detach()
    token = int(chances.argmax())
    expected, seen = 400 * float(chances[token]), drawn.count(loaded.tokenizer.decode([token]))
    # Four standard deviations, and the seeds are fixed.
    assert abs(seen - expected) <= 4 * (expected * (1 - float(chances[token]))) ** 0.5 + 1


def test_stops_at_a_stop_text_and_leaves_it_out(tiny_model: Path) -> None:
    (whole,) = engine(tiny_model, temperature=0, max_tokens=30).replies([request(3)])
    stop = whole.text[10:14]
    (stopped,) = engine(tiny_model, temperature=0, max_tokens=30, stop=[stop]).replies([request(3)])
    assert stopped.finish == "stop"
    assert stopped.text == whole.text[: whole.text.index(stop)]


@pytest.mark.parametrize(
    ("model", "sampling", "sentence"),
    [
        ("", {"temperature": 0}, "needs a model"),
        ("/nowhere", {"temperature": 0}, "transformers cannot load '/nowhere'"),
        ("tiny", {"choice": ["A"]}, "does not know the sampling 'choice'"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    tiny_model: Path, model: str, sampling: dict[str, Any], sentence: str
) -> None:
    model = str(tiny_model) if model == "tiny" else model
    with pytest.raises(EngineError, match=sentence):
        ENGINES["transformers_local"](EngineOptions(model=model, sampling=sampling))
