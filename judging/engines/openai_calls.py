"""One call to a server of the OpenAI API: what is sent, what comes back, and what each failure means.

CallFailed          `outcome` says why, for the reply that is stored
  MayPass           worth another attempt: busy or failing server, lost connection, no answer in time, broken body
  Refused           the same call would be refused again
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineOptions, Request

DETAIL_LENGTH = 400
TOO_LONG = re.compile(
    r"maximum context length|context_length_exceeded|context (?:length|window|size)|max_model_len|prompt is too long"
    r"|longer than the maximum|exceeds? the (?:available )?context",
    re.IGNORECASE,
)
STRUCTURED = ("choice", "regex", "grammar")
KEY_SHAPED = re.compile(r"\bsk-[\w*.-]{4,}")


class CallFailed(Exception):
    """A call that brought no reply."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.outcome = Unscored(reason, detail[:DETAIL_LENGTH])


class MayPass(CallFailed):
    """A failure that another attempt may not meet; `retry_after` is the wait in seconds that the server asked for."""

    def __init__(self, reason: Reason, detail: str, retry_after: float | None = None) -> None:
        super().__init__(reason, detail)
        self.retry_after = retry_after


class Refused(CallFailed):
    """A failure that every attempt would meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said."""

    text: str
    finish: str
    tokens: int | None
    logprobs: Any


def call_of(request: Request, options: EngineOptions) -> tuple[str, dict[str, Any]]:
    """Path and JSON body of a call. A model and a seed that were not given are left out."""
    prompt = request.prompt
    given = {"model": options.model or None, "seed": request.seed}
    body = written_out({**options.sampling, **request.sampling}) | {
        name: value for name, value in given.items() if value is not None
    }
    if not prompt.messages:
        return "/completions", body | {"prompt": prompt.text}
    if prompt.messages[-1][0] == "assistant":
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return "/chat/completions", body | {
        "messages": [{"role": role, "content": content} for role, content in prompt.messages]
    }


def written_out(sampling: Mapping[str, Any]) -> dict[str, Any]:
    """The sampling with our short forms as servers know them: a schema by OpenAI's name, the rest by vLLM's."""
    body = {name: value for name, value in sampling.items() if name not in {*STRUCTURED, "json_schema"}}
    structured = {name: sampling[name] for name in STRUCTURED if name in sampling}
    if structured:
        body["structured_outputs"] = structured
    if "json_schema" in sampling:
        schema = {"name": "reply", "schema": sampling["json_schema"]}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


async def ask(client: httpx.AsyncClient, path: str, body: Mapping[str, Any], *, seconds: float, key: str) -> Answer:
    """Make the call once, within so many seconds; raises CallFailed. `key` is kept out of what is raised."""
    return _answer(await received(client, path, body, seconds=seconds, key=key), key)


async def received(client: httpx.AsyncClient, path: str, body: Mapping[str, Any], *, seconds: float, key: str) -> bytes:
    """As `ask`, for the body of the answer as it came."""
    try:
        async with asyncio.timeout(seconds):
            response, content = await _exchange(client, path, body)
    except TimeoutError as error:
        raise MayPass(Reason.TIMEOUT, f"The server did not answer within {seconds:g} seconds.") from error
    if response.status_code != httpx.codes.OK:
        raise _failure(response, content, key)
    return content


async def _exchange(client: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> tuple[httpx.Response, bytes]:
    with _named_failures(Reason.CONNECTION, "The server cannot be reached or closed the connection"):
        async with client.stream("POST", path, json=body) as response:
            with _named_failures(Reason.BROKEN_REPLY, "The connection was lost inside the reply"):
                return response, await response.aread()


@contextmanager
def _named_failures(reason: Reason, sentence: str) -> Iterator[None]:
    """Errors of the connection as failures of the call; their own text is left out, it can hold the key."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise MayPass(Reason.TIMEOUT, f"The server did not answer in time ({type(error).__name__}).") from error
    except (httpx.RequestError, UnicodeEncodeError) as error:
        raise MayPass(reason, f"{sentence} ({type(error).__name__}).") from error


def _failure(response: httpx.Response, received: bytes, key: str) -> CallFailed:
    """What a status other than 200 means."""
    status, wait = response.status_code, retry_after(response, now=datetime.now(UTC))
    said = _sentence(received, key)
    detail = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return MayPass(Reason.RATE_LIMITED, detail, wait)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        return MayPass(Reason.SERVER_ERROR, detail, wait)
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE or (status == httpx.codes.BAD_REQUEST and TOO_LONG.search(said)):
        return Refused(Reason.PROMPT_TOO_LONG, detail)
    return Refused(Reason.REJECTED, detail)


def retry_after(response: httpx.Response, *, now: datetime) -> float | None:
    """Seconds that Retry-After asks for, as a number or as a date; None where it is absent or neither."""
    said = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _sentence(received: bytes, key: str) -> str:
    """What the server said of a failure, on one line and without anything that looks like a key."""
    text = received.decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict):
        inner = data.get("error", data)
        text = str((inner.get("message") or inner.get("detail") or inner) if isinstance(inner, dict) else inner)
    said = " ".join(storable(text).split())
    return KEY_SHAPED.sub("***", said.replace(key, "***") if key else said)


def _answer(received: bytes, key: str) -> Answer:
    """The reply in a body; BROKEN_REPLY where it has another shape than the API promises."""
    try:
        data = json.loads(received)
        choice = data["choices"][0]
        message = choice["message"] if "message" in choice else {"content": choice["text"]}
        content, refusal = message.get("content"), message.get("refusal")
        usage = data.get("usage") or {}
        answer = Answer(
            text=storable(content or ""),
            finish=str(choice.get("finish_reason") or "")[:20],
            tokens=usage.get("completion_tokens"),
            logprobs=choice.get("logprobs"),
        )
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise MayPass(Reason.BROKEN_REPLY, f"Not a reply of this API: {_sentence(received, key)[:100]}") from error
    if refusal and not answer.text:
        raise Refused(Reason.REFUSED, storable(str(refusal)))
    return answer


def storable(text: str) -> str:
    """The text without what no database column takes: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
