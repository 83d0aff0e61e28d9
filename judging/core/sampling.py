"""What a judge asks of an engine beside the prompt: temperature, length, and more, by the names of the OpenAI API."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

NUMBERS: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "repetition_penalty": (0, 10),
}
"""Closed intervals."""

COUNTS = {"max_tokens": 1, "max_completion_tokens": 1, "min_tokens": 0, "top_k": -1, "top_logprobs": 0}
"""Whole numbers and the least that each may be."""

OTHERS = {
    "stop", "logprobs", "choice", "json_schema", "regex", "grammar", "response_format", "structured_outputs", "rules",
    "chat_template_kwargs", "logit_bias", "bad_words", "ignore_eos", "reasoning_effort", "logprob_token_ids",
}  # fmt: skip
OURS = {"model", "messages", "prompt", "seed", "n", "stream"}
"""What every call says by itself."""

SILENT = "guided_"
"""Older names of structured outputs: servers take them and ignore them."""


def check_sampling(sampling: Mapping[str, Any]) -> list[str]:
    """What is wrong with a judge's sampling, as sentences. A name that nobody knows is left to its server."""
    return [problem for name, value in sampling.items() if (problem := _problem(name, value))]


def _problem(name: str, value: Any) -> str:
    if name in NUMBERS:
        low, high = NUMBERS[name]
        return "" if _is_number(value) and low <= value <= high else f"{name} is a number from {low} to {high}."
    if name in COUNTS:
        whole = _is_number(value) and value == int(value) and value >= COUNTS[name]
        return "" if whole else f"{name} is a whole number from {COUNTS[name]} on."
    if name == "stop":
        return "" if _is_stop(value) else "stop is a text, or a list of texts, at which the reply ends."
    return _problem_of_name(name)


def _problem_of_name(name: str) -> str:
    if name in OURS:
        return f"{name} is not sampling: every call sets it by itself."
    if name.startswith(SILENT):
        return f"{name} is ignored by today's servers without a word; write structured_outputs."
    known = {*NUMBERS, *COUNTS, *OTHERS}
    near = [] if name in known else get_close_matches(name, known, n=1, cutoff=0.8)
    return f"There is no sampling {name}; is {near[0]} meant?" if near else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_stop(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(text, str) for text in value))
