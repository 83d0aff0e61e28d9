"""Prompts that are too long for a server that says how long its model is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt
from judging.core.verdicts import Reason
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.engines.openai_api import OpenAIEngine
from tests.judging.engines.server import FakeServer, Handler, chat, serving

LONGEST = 2000


def as_vllm(handler: Handler, number: int, body: dict[str, Any]) -> None:
    """A server that counts a token for every two characters."""
    if handler.path == "/tokenize":
        text = body.get("prompt") or "".join(message["content"] for message in body["messages"])
        handler.answer(200, {"count": len(text) // 2, "max_model_len": LONGEST})
    else:
        handler.answer(200, chat("[[4]]") if "messages" in body else {"choices": [{"text": "[[4]]"}]})


@contextmanager
def vllm(models: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    def get(handler: Handler) -> None:
        handler.answer(200, models)

    monkeypatch.setattr(Handler, "do_GET", get, raising=False)
    with serving(as_vllm) as server:
        yield server


def reply(server: FakeServer, prompt: Prompt) -> EngineReply:
    engine = OpenAIEngine(EngineOptions(model="m", base_url=server.url))
    request = Request(id=(1, "", 0), prompt=prompt, item=ItemText(turns=(Turn("q"),)))
    try:
        return next(engine.replies([request]))
    finally:
        engine.close()


def chat_of(length: int) -> Prompt:
    return Prompt(messages=(("user", "x" * length),))


NAMED = {"data": [{"id": "other", "max_model_len": 9}, {"id": "m", "max_model_len": LONGEST}]}


@pytest.mark.parametrize("prompt", [chat_of(5000), Prompt(text="x" * 5000)], ids=["chat", "raw"])
def test_a_prompt_that_leaves_no_room_is_not_sent(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    with vllm(NAMED, monkeypatch) as server:
        failure = reply(server, prompt).failure
        assert failure
        assert failure.reason == Reason.PROMPT_TOO_LONG
        assert failure.detail == "The prompt has 2500 tokens; the model takes 2000."
        assert [path for path, _, _ in server.seen] == ["/tokenize"]


@pytest.mark.parametrize(
    ("length", "paths"), [(3000, ["/tokenize", "/v1/chat/completions"]), (500, ["/v1/chat/completions"])]
)
def test_a_prompt_that_fits_is_sent(length: int, paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with vllm(NAMED, monkeypatch) as server:
        assert reply(server, chat_of(length)).text == "[[4]]"
        assert [path for path, _, _ in server.seen] == paths


@pytest.mark.parametrize(
    "models", [{}, [], {"data": [{"id": "m"}]}, {"data": [{"id": "m", "max_model_len": "long"}]}, "?"]
)
def test_a_server_that_does_not_say_is_asked_anyway(models: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with vllm(models, monkeypatch) as server:
        assert reply(server, chat_of(5000)).text == "[[4]]"
