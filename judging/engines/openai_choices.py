"""How likely a server's model finds given texts.

vLLM's server makes tokens at /tokenize and says the log-probabilities of given tokens: the same question is asked as
of a vLLM in this process. Any other server is asked, by the prompt's text, for the 20 likeliest tokens behind it: that
serves letters, and a letter that is not among them leaves the question without an answer.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from tenacity import AsyncRetrying

from judging.core.continuations import Continuations, continuations
from judging.core.prompts import Prompt
from judging.core.verdicts import Reason
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineOptions
from judging.engines.openai_calls import CallFailed, MayPass, Refused, received

BY_TOKENS = "log-probabilities of the texts' own tokens (/tokenize, /completions with prompt tokens)"
BY_LIKELIEST = "the 20 likeliest tokens behind the prompt's text (/completions with logprobs=20)"
LIKELIEST = 20
NOT_THERE = {httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.NOT_IMPLEMENTED}


class ServedChoices:
    """One server; `how` it is asked is found out by the first request.

    A question is several calls. Each of them is made again by itself where it may pass (`retrying`).
    """

    def __init__(self, options: EngineOptions, key: str, retrying: Callable[[], AsyncRetrying]) -> None:
        self.how = ""
        self._options, self._key, self._retrying = options, key, retrying
        self._root = options.base_url.rstrip("/").removesuffix("/v1")
        self._longest: int | None = None
        self._lock = asyncio.Lock()

    async def choice(self, client: httpx.AsyncClient, request: ChoiceRequest) -> ChoiceReply:
        """The outcome of one request; CallFailed where there is none."""
        async with self._lock:
            if not self.how:
                self._longest = await self._length(client)
                self.how = BY_TOKENS if await self._makes_tokens(client) else BY_LIKELIEST
        if self.how == BY_LIKELIEST:
            return await self._by_likeliest(client, request)
        return await self._by_tokens(client, request)

    async def _by_tokens(self, client: httpx.AsyncClient, request: ChoiceRequest) -> ChoiceReply:
        place, tokens = await self._fitted(client, request)
        body = {"model": self._options.model, "temperature": 0, "max_tokens": 1, "return_tokens_as_token_ids": True}
        if tokens.single:
            wanted = sorted({tail[0] for tail in tokens.tails})
            asked = {"prompt": list(tokens.shared), "logprobs": 1, "logprob_token_ids": wanted}
            said = await self._post(client, "/completions", body | asked)
            found = by_id(said)
            values = [found.get(tail[0]) for tail in tokens.tails]
        else:
            prompts = [[*tokens.shared, *tail] for tail in tokens.tails]
            every = [body | {"prompt": prompt, "prompt_logprobs": 0} for prompt in prompts]
            said_of = await asyncio.gather(*(self._post(client, "/completions", each) for each in every))
            values = [summed(said, tail, len(tokens.shared)) for said, tail in zip(said_of, tokens.tails, strict=True)]
        if None in values:
            raise CallFailed(Reason.BROKEN_REPLY, "The server did not say how likely every text is.")
        return ChoiceReply(
            id=request.id,
            loglikelihoods=tuple(value for value in values if value is not None),
            prompt=place,
            tokens=tokens.longest,
            computed=tokens.longest,
            cut=tokens.cut,
            single=tokens.single,
        )

    async def _fitted(self, client: httpx.AsyncClient, request: ChoiceRequest) -> tuple[int, Continuations]:
        """The first prompt that fits, or the last one without its beginning."""
        room = min((self._longest or 1 << 30) - 1, request.longest or 1 << 30)
        for place, prompt in enumerate(request.prompts):
            try:
                made = await self._continuations(client, prompt, request)
            except ValueError as error:
                raise Refused(Reason.REJECTED, str(error)) from error
            if made.longest <= room:
                return place, made
        if not request.cut_left:
            raise Refused(Reason.PROMPT_TOO_LONG, f"The prompt has {made.longest:,} tokens; at most {room:,} are put.")
        try:
            return place, made.cut_to(room)
        except ValueError as error:
            raise Refused(Reason.PROMPT_TOO_LONG, str(error)) from error

    async def _continuations(self, client: httpx.AsyncClient, prompt: Prompt, request: ChoiceRequest) -> Continuations:
        # What the server's template has written begins with its own marks.
        bos = False if prompt.messages else request.bos
        context = await self._written(client, prompt)
        texts = sorted({context.rstrip(), *(context + text for text in request.texts)})
        rows = await asyncio.gather(*(self._tokens_of(client, text, bos) for text in texts))
        known = dict(zip(texts, rows, strict=True))
        return continuations(known.__getitem__, context, request.texts)

    async def _written(self, client: httpx.AsyncClient, prompt: Prompt) -> str:
        """The text of a prompt; a chat is written by the server's template."""
        if not prompt.messages:
            return prompt.text
        messages = [{"role": role, "content": content} for role, content in prompt.messages]
        said = await self._post(client, f"{self._root}/tokenize", {"model": self._options.model, "messages": messages})
        back = {"model": self._options.model, "tokens": numbers(said.get("tokens"))}
        return str((await self._post(client, f"{self._root}/detokenize", back)).get("prompt", ""))

    async def _tokens_of(self, client: httpx.AsyncClient, text: str, bos: bool | None) -> list[int]:
        asked: dict[str, Any] = {"model": self._options.model, "prompt": text}
        if bos is not None:
            asked["add_special_tokens"] = bos
        said = await self._post(client, f"{self._root}/tokenize", asked)
        return numbers(said.get("tokens"))

    async def _by_likeliest(self, client: httpx.AsyncClient, request: ChoiceRequest) -> ChoiceReply:
        prompt = request.prompts[0]
        if prompt.messages:
            raise Refused(Reason.REJECTED, "This server cannot write a chat as text: use a recipe without a chat.")
        asked = {"prompt": prompt.text, "temperature": 0, "max_tokens": 1, "logprobs": LIKELIEST}
        said = await self._post(client, "/completions", {"model": self._options.model} | asked)
        found = by_text(said)
        values = [found.get(text.strip()) for text in request.texts]
        if None in values:
            missing = request.texts[values.index(None)].strip()[:40]
            raise Refused(Reason.NO_VERDICT, f"{missing!r} is not among the {LIKELIEST} likeliest tokens.")
        return ChoiceReply(id=request.id, loglikelihoods=tuple(value for value in values if value is not None))

    async def _makes_tokens(self, client: httpx.AsyncClient) -> bool:
        """Whether the server has /tokenize; one that is only busy now is asked again."""
        try:
            said = await self._post(client, f"{self._root}/tokenize", {"model": self._options.model, "prompt": "A"})
        except Refused:
            return False
        return isinstance(said.get("tokens"), list)

    async def _length(self, client: httpx.AsyncClient) -> int | None:
        """The most tokens of prompt and reply, where the server says it."""
        try:
            response = await client.get("/models")
            models = response.json()["data"]
            return next((int(model["max_model_len"]) for model in models if model["id"] == self._options.model), None)
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return None

    async def _post(self, client: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = await self._retrying()(self._once, client, path, body)
        return said

    async def _once(self, client: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        content = await received(client, path, body, seconds=self._options.timeout_seconds, key=self._key)
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise MayPass(Reason.BROKEN_REPLY, "Not a reply of this API.") from error
        if not isinstance(data, dict):
            raise MayPass(Reason.BROKEN_REPLY, "Not a reply of this API.")
        return data


def numbers(value: object) -> list[int]:
    """Tokens as a server says them; CallFailed for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, int) for each in value):
        raise CallFailed(Reason.BROKEN_REPLY, "The server's tokens are no list of numbers.")
    return value


def likeliest(said: Mapping[str, Any]) -> Mapping[str, float]:
    """What could have come first, with its log-probability."""
    try:
        found = said["choices"][0]["logprobs"]["top_logprobs"][0]
        return {str(text): float(value) for text, value in found.items()}
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise CallFailed(Reason.BROKEN_REPLY, "The server returned no log-probabilities.") from error


def by_id(said: Mapping[str, Any]) -> dict[int, float]:
    """Log-probabilities by token, where tokens are written as `token_id:17`."""
    marked = likeliest(said).items()
    return {int(text.removeprefix("token_id:")): value for text, value in marked if text.startswith("token_id:")}


def by_text(said: Mapping[str, Any]) -> dict[str, float]:
    """Log-probabilities by text without the space around it; the likelier of two that differ in nothing else."""
    found: dict[str, float] = {}
    for text, value in likeliest(said).items():
        found[text.strip()] = max(value, found.get(text.strip(), value))
    return found


def summed(said: Mapping[str, Any], tail: Sequence[int], begun: int) -> float | None:
    """The log-likelihood of the last tokens of a prompt."""
    try:
        rows = said["choices"][0]["prompt_logprobs"][begun:]
        return sum(float(row[str(token)]["logprob"]) for row, token in zip(rows, tail, strict=True))
    except (LookupError, TypeError, ValueError):
        return None
