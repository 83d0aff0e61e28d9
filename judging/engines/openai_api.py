"""Any server that speaks the OpenAI API: /chat/completions for chats, /completions for raw text.

Calls wait in an event loop in a thread of its own. The caller's thread pulls the next request whenever one of
`concurrency` places is free, so that a slow reply holds up nothing but its own place. The key comes from
OPENAI_API_KEY and appears in no reply and in no message.
"""

import os
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from importlib.metadata import version
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeVar

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from judging.core.verdicts import Reason, Unscored
from judging.engines.background_loop import BackgroundLoop
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineError, EngineOptions, EngineReply, Request
from judging.engines.openai_calls import CallFailed, MayPass, ask, call_of
from judging.engines.openai_choices import ServedChoices
from judging.engines.openai_context import ContextLength

KEY_VARIABLE = "OPENAI_API_KEY"
LONGEST_WAIT = 60.0
CONNECT_SECONDS = 10.0
DIRECT = {f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")}
"""Addresses of this machine are never asked through a proxy."""

Asked = TypeVar("Asked")
Said = TypeVar("Said")


class OpenAIEngine:
    """One server and one model."""

    def __init__(self, options: EngineOptions) -> None:
        if not options.base_url.startswith(("http://", "https://")):
            raise EngineError(
                "The engine openai_api needs the address of a server, such as http://127.0.0.1:8000/v1, not "
                f"{options.base_url!r}: set OPENAI_BASE_URL or give --base-url."
            )
        self._options = options
        self._key = api_key()
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._context = ContextLength(options)
        self._served = ServedChoices(options, self._key, self._retrying)
        self._loop: BackgroundLoop | None = None
        self._client: httpx.AsyncClient | None = None

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """Exactly one outcome for every request, as they come; stopping early cancels what is in flight."""
        return self._outcomes(requests, self._reply)

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        """As `replies`. A vLLM server is asked with tokens; any other for the likeliest tokens of a text."""
        return self._outcomes(requests, self._choice)

    def _outcomes(
        self, requests: Iterable[Asked], outcome: Callable[[httpx.AsyncClient, Asked], Coroutine[Any, Any, Said]]
    ) -> Iterator[Said]:
        loop, client = self._opened()
        done: SimpleQueue[Future[Said] | None] = SimpleQueue()
        self._done = done
        in_flight: set[Future[Said]] = set()
        try:
            for request in requests:
                future = loop.start(outcome(client, request))
                in_flight.add(future)
                future.add_done_callback(done.put)
                while len(in_flight) >= self._options.concurrency or not done.empty():
                    if (ready := done.get()) is None:
                        return
                    in_flight.discard(ready)
                    yield ready.result()
            while in_flight and (ready := done.get()) is not None:
                in_flight.discard(ready)
                yield ready.result()
        finally:
            for future in in_flight:
                future.cancel()

    def stop(self) -> None:
        """Let `replies` end, whatever the server does."""
        self._done.put(None)

    def versions(self) -> dict[str, str]:
        """The HTTP client, and how choices were scored; the server does not say what it is."""
        return {"httpx": version("httpx")} | ({"choices": self._served.how} if self._served.how else {})

    def close(self) -> None:
        """Cancel what is in flight, close the connections, end the thread."""
        loop, client, self._loop, self._client = self._loop, self._client, None, None
        if loop is None or client is None:
            return
        loop.cancel_all()
        loop.start(client.aclose()).result()
        loop.close()

    def _opened(self) -> tuple[BackgroundLoop, httpx.AsyncClient]:
        """The loop and the connections, opened by the first use: a process may still fork before it."""
        self._loop = self._loop or BackgroundLoop()
        self._client = self._client or self._new_client()
        return self._loop, self._client

    def _new_client(self) -> httpx.AsyncClient:
        seconds, places = self._options.timeout_seconds, self._options.concurrency
        return httpx.AsyncClient(
            base_url=self._options.base_url,
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
            limits=httpx.Limits(max_connections=places, max_keepalive_connections=places),
            mounts=DIRECT,
        )

    async def _reply(self, client: httpx.AsyncClient, request: Request) -> EngineReply:
        """The outcome of one request, after as many attempts as it takes and may take."""
        if not request.prompt.messages and not request.prompt.text:
            return EngineReply(id=request.id, failure=Unscored(Reason.REJECTED, "The rubric has no prompt to send."))
        if too_long := await self._context.refusal(client, request.prompt):
            return EngineReply(id=request.id, failure=too_long)
        try:
            return await self._retrying()(self._attempt, client, request)
        except CallFailed as failed:
            return EngineReply(id=request.id, failure=failed.outcome)

    async def _choice(self, client: httpx.AsyncClient, request: ChoiceRequest) -> ChoiceReply:
        started = monotonic()
        try:
            found = await self._served.choice(client, request)
        except CallFailed as failed:
            found = ChoiceReply(id=request.id, failure=failed.outcome)
        return replace(found, ms=round((monotonic() - started) * 1000))

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(self._options.attempts),
            retry=retry_if_exception_type(MayPass),
            wait=self._wait,
            reraise=True,
        )

    async def _attempt(self, client: httpx.AsyncClient, request: Request) -> EngineReply:
        path, body = call_of(request, self._options)
        started = monotonic()
        answer = await ask(client, path, body, seconds=self._options.timeout_seconds, key=self._key)
        return EngineReply(
            id=request.id,
            text=answer.text,
            finish=answer.finish,
            tokens=answer.tokens,
            logprobs=answer.logprobs,
            ms=round((monotonic() - started) * 1000),
        )

    def _wait(self, state: RetryCallState) -> float:
        """As long as the server asked for, else a random time whose limit doubles with every attempt."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, MayPass) and error.retry_after is not None:
            return min(error.retry_after, LONGEST_WAIT)
        return wait_random_exponential(multiplier=self._options.backoff_seconds, max=LONGEST_WAIT)(state)


def api_key() -> str:
    """The key from the environment, '' where there is none; EngineError, without it, where no header can carry it."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and (key.isprintable() or not key)):
        raise EngineError(f"{KEY_VARIABLE} holds characters that no key has: set it again, without line breaks.")
    return key


def openai_api_engine(options: EngineOptions) -> OpenAIEngine:
    """The engine that runs name."""
    return OpenAIEngine(options)
