"""The OpenAI-compatible engine against a real vLLM server on the loopback interface."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt
from judging.engines import ENGINES
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineOptions, EngineReply, Request
from tests.tiny_model import CONTEXT, CPU_ENVIRONMENT

pytestmark = [pytest.mark.slow, pytest.mark.vllm]
START_SECONDS = 600
KEY = "key-of-this-test"
ITEM = ItemText(turns=(Turn("What is 2 + 2?", "4"),))
CHAT = Prompt(messages=(("user", "評価してください"),))


@dataclass
class VllmServer:
    url: str
    process: subprocess.Popen[bytes]

    def answers(self) -> bool:
        try:
            return httpx.get(self.url.replace("/v1", "/health"), trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
def server(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    arguments = ["--model", str(tiny_model), "--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--enforce-eager", "--dtype", "float32", "--api-key", KEY]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "vllm.entrypoints.openai.api_server", *arguments],
            env=os.environ | CPU_ENVIRONMENT | {"VLLM_ENABLE_V1_MULTIPROCESSING": "1"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = VllmServer(f"http://127.0.0.1:{port}/v1", process)
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.5)
    yield server
    process.send_signal(signal.SIGTERM)
    process.wait(60)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def ask(server: VllmServer, *prompts: Prompt, **sampling: Any) -> list[EngineReply]:
    options = EngineOptions(
        model="tiny", base_url=server.url, sampling={"temperature": 0, "max_tokens": 12} | sampling, attempts=2
    )
    engine = ENGINES["openai_api"](options)
    try:
        requests = [Request(id=(n, "", 0), prompt=prompt, item=ITEM, seed=n) for n, prompt in enumerate(prompts)]
        return sorted(engine.replies(requests), key=lambda reply: reply.id)
    finally:
        engine.close()


def test_chats_begun_replies_and_raw_text_are_answered(server: VllmServer) -> None:
    begun = Prompt(messages=(("user", "hello"), ("assistant", "評価: ")))
    raw = Prompt(text="<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n評価: ")
    replies = ask(server, CHAT, begun, raw)
    assert [(reply.failure, reply.finish, reply.tokens) for reply in replies] == [(None, "length", 12)] * 3
    assert replies[1].text == replies[2].text, "the begun reply is gone on with"


def test_a_prompt_that_is_too_long_is_an_outcome_with_its_reason(server: VllmServer) -> None:
    long, short = ask(server, Prompt(messages=(("user", "so " * CONTEXT),)), CHAT)
    assert long.failure is not None
    assert long.failure.reason == "prompt_too_long"
    assert short.failure is None


def test_a_choice_is_obeyed(server: VllmServer) -> None:
    prompts = [Prompt(messages=(("user", f"number {n}"),)) for n in range(20)]
    replies = ask(server, *prompts, structured_outputs={"choice": ["A", "B"]}, temperature=1.0, logprobs=True)
    assert {reply.text for reply in replies} == {"A", "B"}
    assert all(reply.logprobs["content"][0]["token"] for reply in replies)


def test_a_wrong_key_is_rejected_and_not_repeated(server: VllmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another-key")
    (reply,) = ask(server, CHAT)
    assert reply.failure is not None
    assert reply.failure.reason == "rejected"
    assert "another-key" not in reply.failure.detail


def test_many_calls_at_once_bring_one_outcome_each(server: VllmServer) -> None:
    prompts = [Prompt(messages=(("user", f"number {n}"),)) for n in range(100)]
    replies = ask(server, *prompts)
    assert [reply.id[0] for reply in replies] == list(range(100))
    assert not any(reply.failure for reply in replies)


def choice(number: int, texts: tuple[str, ...] = (" A", " B", " C", " D"), **options: Any) -> ChoiceRequest:
    text = "Questions about 大阪.\n\n" + "def f(x): return x\n" * 20 + f"Question {number}?\nAnswer:"
    return ChoiceRequest(id=(number, "", 0), prompts=(Prompt(text=text),), texts=texts, group="all", **options)


def chosen(server: VllmServer, requests: list[ChoiceRequest]) -> tuple[dict[int, ChoiceReply], dict[str, str]]:
    engine: Any = ENGINES["openai_api"](EngineOptions(model="tiny", base_url=server.url))
    try:
        return {reply.id[0]: reply for reply in engine.choices(iter(requests))}, engine.versions()
    finally:
        engine.close()


def test_choices_are_as_likely_as_in_a_model_of_our_own(server: VllmServer, tiny_model: Path) -> None:
    chat = Prompt(messages=(("system", "Choose."), ("user", "2 + 2?\nA. 3\nB. 4\nAnswer:")))
    requests = [
        *(choice(number) for number in range(12)),
        choice(20, (" in the north of it", " in the south", " nowhere")),
        choice(21, longest=60),
        ChoiceRequest(id=(22, "", 0), prompts=(chat,), texts=("A", "B")),
    ]
    found, versions = chosen(server, requests)
    own: Any = ENGINES["transformers_local"](EngineOptions(model=str(tiny_model), arguments={"dtype": "float32"}))
    expected = {reply.id[0]: reply for reply in own.choices(iter(requests))}
    own.close()
    for number, reply in expected.items():
        assert found[number].loglikelihoods == pytest.approx(reply.loglikelihoods, abs=1e-3), found[number]
        assert (found[number].tokens, found[number].cut) == (reply.tokens, reply.cut)
    assert "/tokenize" in versions["choices"]


def test_a_choice_that_must_not_be_cut_fails_with_a_reason(server: VllmServer) -> None:
    found, _ = chosen(server, [choice(1, longest=60, cut_left=False)])
    assert found[1].failure is not None
    assert found[1].failure.reason == "prompt_too_long"
