"""Sampling as judges write it -> what vLLM takes, and vLLM's log-probabilities as the OpenAI API writes them.

Keys are those of the OpenAI API and of vLLM's server: temperature, top_p, max_tokens, stop, ..., `logprobs`,
`top_logprobs`, `response_format`, `structured_outputs`, `chat_template_kwargs`. Two short forms: `choice`, a list of
texts of which the reply is one, and `json_schema`, which the reply obeys.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

PLAIN = {
    "temperature", "top_p", "top_k", "min_p", "max_tokens", "min_tokens", "stop", "presence_penalty",
    "frequency_penalty", "repetition_penalty", "logit_bias", "bad_words", "ignore_eos", "logprob_token_ids",
}  # fmt: skip
STRUCTURED = {"choice": "choice", "json_schema": "json", "regex": "regex", "grammar": "grammar"}
OTHER = {
    "max_completion_tokens", "logprobs", "top_logprobs", "response_format", "structured_outputs",
    "chat_template_kwargs",
}  # fmt: skip
MOST_LOGPROBS = 20
"""As many as vLLM returns for a token unless it is told otherwise."""


def refuse_unknown(sampling: Mapping[str, Any]) -> None:
    """ValueError for a key that would otherwise have no effect, without a word."""
    known = PLAIN | OTHER | set(STRUCTURED)
    if unknown := sorted(set(sampling) - known):
        raise ValueError(
            f"The engine vllm_offline does not know the sampling {unknown[0]!r}. It knows {', '.join(sorted(known))}."
        )


def parameters(sampling: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of vllm.SamplingParams, but for seed and structure."""
    found = {name: value for name, value in sampling.items() if name in PLAIN}
    if "max_completion_tokens" in sampling:
        found["max_tokens"] = sampling["max_completion_tokens"]
    if (count := logprobs_wanted(sampling)) is not None:
        found["logprobs"] = count
    return found


def logprobs_wanted(sampling: Mapping[str, Any]) -> int | None:
    """How many alternatives per token to return: as asked, else enough to weigh the choices where there are any."""
    asked = sampling.get("logprobs")
    if asked is True:
        return int(sampling.get("top_logprobs") or 0)
    if asked is not None and asked is not False:
        return int(asked)
    choices = structure(sampling).get("choice", ())
    return min(MOST_LOGPROBS, 2 * len(choices)) if choices and asked is None else None


def structure(sampling: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of vllm's StructuredOutputsParams; {} where the reply is free."""
    found = dict(sampling.get("structured_outputs") or {})
    found |= {theirs: sampling[ours] for ours, theirs in STRUCTURED.items() if sampling.get(ours)}
    wanted = sampling.get("response_format") or {}
    if wanted.get("type") == "json_object":
        found["json_object"] = True
    if wanted.get("type") == "json_schema":
        found["json"] = wanted["json_schema"]["schema"]
    return found


def logprobs_as_json(tokens: Sequence[Mapping[int, Any]] | None, chosen: Sequence[int]) -> dict[str, Any] | None:
    """Per token of the reply what was chosen and what else could have been, as /chat/completions returns it."""
    if not tokens:
        return None
    return {"content": [_token(row, token) for row, token in zip(tokens, chosen, strict=True)]}


def _token(row: Mapping[int, Any], chosen: int) -> dict[str, Any]:
    # What the structure forbids has minus infinity, which JSON cannot say.
    possible = sorted((entry for entry in row.values() if isfinite(entry.logprob)), key=lambda entry: -entry.logprob)
    return {**_entry(row[chosen]), "top_logprobs": [_entry(entry) for entry in possible]}


def _entry(entry: Any) -> dict[str, Any]:
    return {"token": entry.decoded_token or "", "logprob": round(entry.logprob, 6)}
