"""The OpenAI-compatible engine against a server that misbehaves."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import httpx
import pytest

from judging.core.builtin import RUBRICS
from judging.core.extraction import read_reply
from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt, render_prompt
from judging.core.verdicts import Reason, Scored, Unscored
from judging.engines import ENGINES
from judging.engines.base import EngineError, EngineOptions, EngineReply, Request
from judging.engines.openai_calls import retry_after
from tests.judging.engines import server as fake
from tests.judging.engines.server import Behave, FakeServer, Handler, serving

ITEM = ItemText(turns=(Turn("What is 2 + 2?", "4"),))
PROMPT = render_prompt(RUBRICS["verdict"], ITEM)


def requests(count: int, prompt: Prompt = PROMPT) -> Iterator[Request]:
    return (Request(id=(number, "", 0), prompt=prompt, item=ITEM, seed=number) for number in range(count))


def options(server: FakeServer, **fields: Any) -> EngineOptions:
    quick = {"timeout_seconds": 5.0, "backoff_seconds": 0.001, "attempts": 4, "concurrency": 8, "model": "m"}
    return EngineOptions(base_url=server.url, **quick | fields)


def ask(server: FakeServer, count: int = 1, prompt: Prompt = PROMPT, **fields: Any) -> list[EngineReply]:
    engine = ENGINES["openai_api"](options(server, **fields))
    try:
        return list(engine.replies(requests(count, prompt)))
    finally:
        engine.close()


def failure(reply: EngineReply) -> Unscored:
    assert reply.failure is not None
    return reply.failure


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_brings_the_reply_with_its_finish_and_tokens() -> None:
    with serving(fake.good) as server:
        (reply,) = ask(server)
    assert reply.id == (0, "", 0)
    assert reply.text == '{"reason": "Nothing is untrue.", "verdict": "clean"}'
    assert (reply.finish, reply.tokens, reply.failure) == ("stop", len(reply.text), None)
    assert reply.ms is not None


def test_sends_a_chat_with_model_sampling_and_seed() -> None:
    with serving(fake.good) as server:
        ask(server, sampling={"temperature": 0.1, "max_tokens": 7})
    path, body, headers = server.seen[0]
    assert path == "/v1/chat/completions"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert {name: body[name] for name in ("model", "seed", "temperature", "max_tokens")} == {
        "model": "m",
        "seed": 0,
        "temperature": 0.1,
        "max_tokens": 7,
    }
    assert "Authorization" not in headers
    assert "continue_final_message" not in body


def test_continues_a_begun_reply() -> None:
    with serving(fake.good) as server:
        ask(server, prompt=Prompt(messages=(("user", "Grade."), ("assistant", "採点結果"))))
    _, body, _ = server.seen[0]
    assert body["continue_final_message"] is True
    assert body["add_generation_prompt"] is False


def test_sends_raw_text_as_a_completion() -> None:
    def complete(handler: Handler, number: int, body: dict[str, Any]) -> None:
        handler.answer(200, {"choices": [{"text": ": 4点", "finish_reason": "stop"}]})

    with serving(complete) as server:
        (reply,) = ask(server, prompt=Prompt(text="USER: ... ASSISTANT: 採点結果"))
    path, body, _ = server.seen[0]
    assert (path, body["prompt"]) == ("/v1/completions", "USER: ... ASSISTANT: 採点結果")
    assert (reply.text, reply.tokens) == (": 4点", None)


TENTHS: list[Behave] = [fake.busy, fake.failing, fake.half, fake.silent, fake.closing, fake.cut] + [fake.good] * 4
OUTCOMES = [
    Reason.RATE_LIMITED,
    Reason.SERVER_ERROR,
    Reason.BROKEN_REPLY,
    Reason.TIMEOUT,
    Reason.CONNECTION,
    Reason.CUT_OFF,
    "clean",
    "clean",
    "clean",
    "clean",
]


def outcome(reply: EngineReply) -> str:
    reading = reply.failure or read_reply(reply.text, RUBRICS["verdict"], finish=reply.finish)[""]
    return reading.value if isinstance(reading, Scored) else reading.reason


def test_every_request_that_always_meets_the_same_failure_has_its_reason() -> None:
    def by_request(handler: Handler, number: int, body: dict[str, Any]) -> None:
        TENTHS[body["seed"] % 10](handler, number, body)

    with serving(by_request) as server:
        replies = ask(server, 100, timeout_seconds=2.0, attempts=2, concurrency=16)
    assert len(replies) == 100
    assert {reply.id[0]: outcome(reply) for reply in replies} == {
        number: OUTCOMES[number % 10] for number in range(100)
    }


def test_no_request_is_lost_where_every_tenth_call_fails_in_another_way() -> None:
    def by_call(handler: Handler, number: int, body: dict[str, Any]) -> None:
        TENTHS[number % 10](handler, number, body)

    with serving(by_call) as server:
        replies = ask(server, 100, timeout_seconds=1.0, concurrency=16)
        assert len(server.seen) > 100
    assert sorted(reply.id for reply in replies) == [(number, "", 0) for number in range(100)]
    counts = Counter(outcome(reply) for reply in replies)
    assert counts.keys() <= set(OUTCOMES)
    assert counts["clean"] > 40


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (fake.busy, Reason.RATE_LIMITED),
        (fake.failing, Reason.SERVER_ERROR),
        (fake.half, Reason.BROKEN_REPLY),
        (fake.closing, Reason.CONNECTION),
        (lambda handler, number, body: handler.answer(200, b"<html>"), Reason.BROKEN_REPLY),
        (lambda handler, number, body: handler.answer(200, {"choices": []}), Reason.BROKEN_REPLY),
        (lambda handler, number, body: handler.answer(200, []), Reason.BROKEN_REPLY),
    ],
)
def test_gives_up_with_its_own_reason(behave: Behave, reason: Reason) -> None:
    with serving(behave) as server:
        (reply,) = ask(server, attempts=3)
        assert len(server.seen) == 3
    assert failure(reply).reason == reason


def test_gives_up_on_a_server_that_never_answers() -> None:
    with serving(fake.silent) as server:
        (reply,) = ask(server, attempts=2, timeout_seconds=0.05)
        assert len(server.seen) == 2
    assert failure(reply) == Unscored(Reason.TIMEOUT, "The server did not answer within 0.05 seconds.")


def test_says_that_no_server_is_there() -> None:
    with serving(fake.good) as server:
        pass
    (reply,) = ask(server, attempts=2)
    assert failure(reply).reason == Reason.CONNECTION


def test_tries_again_until_it_works() -> None:
    def second_time(handler: Handler, number: int, body: dict[str, Any]) -> None:
        (fake.good if number else fake.busy)(handler, number, body)

    with serving(second_time) as server:
        (reply,) = ask(server)
    assert reply.failure is None


def test_waits_as_long_as_the_server_says() -> None:
    def second_time(handler: Handler, number: int, body: dict[str, Any]) -> None:
        (fake.good if number else fake.busy)(handler, number, body)

    started = monotonic()
    with serving(second_time) as server:
        ask(server, backoff_seconds=1_000_000)
    assert monotonic() - started < 5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("", None),
        ("soon", None),
        ("Sat, 21 Nov 2026 00:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 00:00:00 -0000", 0),
    ],
)
def test_reads_how_long_to_wait(header: str, seconds: float | None) -> None:
    response = httpx.Response(429, headers={"Retry-After": header})
    assert retry_after(response, now=datetime(2026, 11, 22, tzinfo=UTC)) == seconds


def test_reads_until_when_to_wait() -> None:
    response = httpx.Response(429, headers={"Retry-After": "Sun, 22 Nov 2026 00:00:09 GMT"})
    assert retry_after(response, now=datetime(2026, 11, 22, tzinfo=UTC)) == 9


@pytest.mark.parametrize(
    ("status", "sentence", "reason"),
    [
        (400, "This model's maximum context length is 1024 tokens.", Reason.PROMPT_TOO_LONG),
        (413, "Too large.", Reason.PROMPT_TOO_LONG),
        (400, "temperature must be non-negative", Reason.REJECTED),
        (404, "The model `m` does not exist.", Reason.REJECTED),
        (307, "Elsewhere.", Reason.REJECTED),
    ],
)
def test_does_not_ask_again_what_was_refused(status: int, sentence: str, reason: Reason) -> None:
    with serving(lambda handler, number, body: handler.answer(status, {"error": {"message": sentence}})) as server:
        (reply,) = ask(server)
        assert len(server.seen) == 1
    assert failure(reply) == Unscored(reason, f"HTTP {status}: {sentence}")


def test_a_wrong_key_is_refused_once_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-key")

    def wrong_key(handler: Handler, number: int, body: dict[str, Any]) -> None:
        said = f"Incorrect API key provided: {handler.headers['Authorization']} or sk-abcdefgh"
        handler.answer(401, {"error": {"message": said}})

    with serving(wrong_key) as server:
        (reply,) = ask(server)
        assert len(server.seen) == 1
    assert failure(reply).detail == "HTTP 401: Incorrect API key provided: Bearer *** or ***"


def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret\nkey")
    with pytest.raises(EngineError, match="OPENAI_API_KEY holds") as caught:
        ENGINES["openai_api"](EngineOptions(base_url="http://127.0.0.1:1/v1"))
    assert "secret" not in str(caught.value)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(EngineError, match="needs the address of a server"):
        ENGINES["openai_api"](EngineOptions(base_url=""))


def test_a_rubric_without_a_prompt_is_an_outcome() -> None:
    with serving(fake.good) as server:
        (reply,) = ask(server, prompt=Prompt())
        assert server.seen == []
    assert failure(reply).reason == Reason.REJECTED


def test_a_refusal_is_its_own_reason() -> None:
    said = {"choices": [{"message": {"content": None, "refusal": "I cannot."}, "finish_reason": "stop"}]}
    with serving(lambda handler, number, body: handler.answer(200, said)) as server:
        (reply,) = ask(server)
    assert failure(reply) == Unscored(Reason.REFUSED, "I cannot.")


def test_text_that_no_column_takes_is_mended() -> None:
    body = b'{"choices": [{"message": {"content": "a\\u0000b\\ud800c"}, "finish_reason": "stop"}]}'
    with serving(lambda handler, number, asked: handler.answer(200, body)) as server:
        (reply,) = ask(server)
    assert reply.text == "a\ufffdb?c"


def test_a_slow_reply_holds_up_nothing_but_its_own_place() -> None:
    def slow_first(handler: Handler, number: int, body: dict[str, Any]) -> None:
        if body["seed"] == 0:
            handler.server.released.wait()
        fake.good(handler, number, body)

    with serving(slow_first) as server:
        engine = ENGINES["openai_api"](options(server, concurrency=3))
        replies = engine.replies(requests(40))
        quick = [next(replies).id[0] for _ in range(39)]
        server.released.set()
        assert next(replies).id[0] == 0
        assert list(replies) == []
        engine.close()
        assert server.most_at_once <= 3
    assert sorted(quick) == list(range(1, 40))


def test_pulls_no_request_before_it_has_room() -> None:
    pulled: list[int] = []

    def watched() -> Iterator[Request]:
        for request in requests(20):
            pulled.append(request.id[0])
            yield request

    with serving(fake.good) as server:
        engine = ENGINES["openai_api"](options(server, concurrency=4))
        replies = engine.replies(watched())
        next(replies)
        assert len(pulled) <= 4
        rest = list(replies)
        engine.close()
    assert len(rest) == 19


def test_closing_cancels_what_is_in_flight_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with serving(lambda handler, number, body: (fake.silent if number else fake.good)(handler, number, body)) as server:
        engine = ENGINES["openai_api"](options(server, concurrency=4, timeout_seconds=60.0))
        replies = engine.replies(requests(10))
        next(replies)
        engine.close()
        engine.close()
        assert "engine-loop" not in {thread.name for thread in threading.enumerate()}
        replies.close()
    assert set(threading.enumerate()) <= before


def test_an_error_of_the_caller_cancels_what_is_in_flight() -> None:
    def broken() -> Iterator[Request]:
        yield from requests(2)
        raise LookupError("the database went away")

    with serving(fake.silent) as server:
        engine = ENGINES["openai_api"](options(server, timeout_seconds=60.0))
        with pytest.raises(LookupError):
            list(engine.replies(broken()))
        engine.close()


def test_writes_out_the_short_forms_of_structured_outputs() -> None:
    with serving(fake.good) as server:
        ask(server, sampling={"choice": ["A", "B"], "json_schema": {"type": "object"}})
    _, body, _ = server.seen[0]
    assert body["structured_outputs"] == {"choice": ["A", "B"]}
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert not {"choice", "json_schema"} & set(body)
