"""Choices asked of servers that have no /tokenize, that misbehave, and that say other things than they should."""

from collections.abc import Callable
from typing import Any

import pytest

from judging.core.prompts import Prompt
from judging.engines import ENGINES
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineOptions
from tests.judging.engines.server import Behave, Handler, serving

LETTERS = (" A", " B", " C", " D")
NUMBERS = {" A": -1.5, " B": -0.4, " C": -3.0, " D": -2.5, " the": -0.1}


def request(prompt: Prompt | None = None) -> ChoiceRequest:
    return ChoiceRequest(id=(1, "", 0), prompts=(prompt or Prompt(text="2 + 2?\nAnswer:"),), texts=LETTERS)


def asked(behave: Behave, prompt: Prompt | None = None) -> tuple[ChoiceReply, dict[str, str], list[str]]:
    with serving(behave) as server:
        options = EngineOptions(
            model="m", base_url=server.url, timeout_seconds=5.0, backoff_seconds=0.001, attempts=3, concurrency=4
        )
        engine: Any = ENGINES["openai_api"](options)
        try:
            (reply,) = engine.choices([request(prompt)])
            return reply, engine.versions(), [path for path, _, _ in server.seen]
        finally:
            engine.close()


def plain(found: dict[str, float]) -> Behave:
    """A server without /tokenize."""

    def behave(handler: Handler, number: int, body: dict[str, Any]) -> None:
        if handler.path.endswith("/tokenize"):
            handler.answer(404, {"error": "no such path"})
        else:
            handler.answer(200, {"choices": [{"text": " B", "logprobs": {"top_logprobs": [found]}}]})

    return behave


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_without_tokens_the_likeliest_ones_tell() -> None:
    reply, versions, paths = asked(plain(NUMBERS))
    assert reply.loglikelihoods == (-1.5, -0.4, -3.0, -2.5)
    assert "likeliest" in versions["choices"]
    assert paths == ["/tokenize", "/v1/completions"]


def test_the_likelier_of_two_ways_to_write_a_letter_counts() -> None:
    reply, _, _ = asked(plain(NUMBERS | {"B": -0.2}))
    assert reply.loglikelihoods[1] == -0.2


def test_a_letter_that_is_not_among_them_leaves_no_answer() -> None:
    reply, _, _ = asked(plain({" A": -1.0, " the": -0.1}))
    assert reply.failure is not None
    assert reply.failure.reason == "no_verdict"
    assert "'B' is not among the 20 likeliest" in reply.failure.detail


def test_a_chat_needs_a_server_that_writes_it_as_text() -> None:
    reply, _, _ = asked(plain(NUMBERS), Prompt(messages=(("user", "2 + 2?"),)))
    assert reply.failure is not None
    assert "use a recipe without a chat" in reply.failure.detail


@pytest.mark.parametrize(
    "body", [{"choices": []}, {"choices": [{"logprobs": None}]}, {"choices": [{"logprobs": {"top_logprobs": ["x"]}}]}]
)
def test_a_server_that_says_no_likelihoods_leaves_no_answer(body: dict[str, Any]) -> None:
    def behave(handler: Handler, number: int, asked: dict[str, Any]) -> None:
        handler.answer(404 if handler.path.endswith("/tokenize") else 200, body)

    reply, _, _ = asked(behave)
    assert reply.failure is not None
    assert reply.failure.reason == "broken_reply"


def words(text: str) -> list[int]:
    return [len(word) * 7 + sum(map(ord, word)) % 5 for word in text.replace("\n", " ").split(" ")]


def served(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Behave:
    """A server that makes tokens, and is busy every third time."""

    def behave(handler: Handler, number: int, body: dict[str, Any]) -> None:
        if number % 3 == 2:
            handler.answer(503, {"error": "busy"})
        elif handler.path == "/tokenize":
            handler.answer(200, {"tokens": words(body["prompt"])})
        else:
            handler.answer(200, answer(body))

    return behave


def test_the_texts_own_tokens_are_asked_for_and_a_busy_server_is_asked_again() -> None:
    def answer(body: dict[str, Any]) -> dict[str, Any]:
        found = {f"token_id:{token}": -token / 10 for token in body["logprob_token_ids"]}
        return {"choices": [{"logprobs": {"top_logprobs": [found]}}]}

    reply, versions, _ = asked(served(answer))
    assert reply.failure is None
    assert reply.loglikelihoods == tuple(-words(text)[-1] / 10 for text in LETTERS)
    assert "/tokenize" in versions["choices"]


def test_a_likelihood_that_is_not_said_is_not_made_up() -> None:
    reply, _, _ = asked(served(lambda body: {"choices": [{"logprobs": {"top_logprobs": [{"token_id:1": -1.0}]}}]}))
    assert reply.failure is not None
    assert reply.failure.reason == "broken_reply"
