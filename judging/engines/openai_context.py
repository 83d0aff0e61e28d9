"""Prompts that a server's model certainly cannot take, found before they are sent.

vLLM names its model's length in /models and counts tokens at /tokenize. A server that has neither is asked anyway, and
its refusal says the same later.
"""

import asyncio
from typing import Any

import httpx

from judging.core.prompts import Prompt
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineOptions

CERTAINLY_SHORT = 1000
"""Bytes of a prompt that no model is too short for. No tokenizer makes more tokens than bytes, but for its template."""

SECONDS = 10.0


class ContextLength:
    """The length of one server's model, asked for by the first prompt that may be too long."""

    def __init__(self, options: EngineOptions) -> None:
        self._model = options.model
        self._root = options.base_url.rstrip("/").removesuffix("/v1")
        self._lock = asyncio.Lock()
        self._asked = False
        self._longest: int | None = None

    async def refusal(self, client: httpx.AsyncClient, prompt: Prompt) -> Unscored | None:
        """PROMPT_TOO_LONG where not a single token of a reply would fit; None where it fits, or nobody knows."""
        size = len(prompt.text.encode()) + sum(len(content.encode()) for _, content in prompt.messages)
        if size <= CERTAINLY_SHORT:
            return None
        longest = await self._known(client)
        if longest is None or size < longest // 2:
            return None
        count = await self._count(client, prompt)
        if count is None or count < longest:
            return None
        return Unscored(Reason.PROMPT_TOO_LONG, f"The prompt has {count} tokens; the model takes {longest}.")

    async def _known(self, client: httpx.AsyncClient) -> int | None:
        async with self._lock:
            if not self._asked:
                self._longest = await self._ask(client)
                self._asked = True
        return self._longest

    async def _ask(self, client: httpx.AsyncClient) -> int | None:
        found = await said(client, "GET", "/models")
        models = found.get("data")
        for model in models if isinstance(models, list) else []:
            if isinstance(model, dict) and model.get("id") == self._model:
                return whole(model.get("max_model_len"))
        return None

    async def _count(self, client: httpx.AsyncClient, prompt: Prompt) -> int | None:
        messages = [{"role": role, "content": content} for role, content in prompt.messages]
        asked: dict[str, Any] = {"messages": messages} if messages else {"prompt": prompt.text}
        if messages and messages[-1]["role"] == "assistant":
            asked |= {"continue_final_message": True, "add_generation_prompt": False}
        found = await said(client, "POST", f"{self._root}/tokenize", {"model": self._model, **asked})
        return whole(found.get("count"))


async def said(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The object that a server answers with; an empty one for any other answer, or none."""
    try:
        response = await client.request(method, path, json=body, timeout=SECONDS)
        data = response.json() if response.status_code == httpx.codes.OK else {}
    except (httpx.HTTPError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def whole(value: object) -> int | None:
    """A whole number above zero, or nothing."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
