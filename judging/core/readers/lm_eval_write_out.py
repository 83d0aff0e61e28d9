"""What lm-evaluation-harness 0.3 wrote with --write_out, as a sample of later versions.

`prompt_0`, `prompt_1` ... are what was sent, `logit_0` ... what came back: a text, or for each choice its likelihood.
"""

import re
from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any

from judging.core.readers.beginnings import shared_beginning

_MARK = re.compile(r"(?s).*\b(?:Answer|A)\s*[:：]|.*(?:回答|答え|答案)\s*[:：]")
_OF_A_CALL = ("prompt_", "logit_")


def as_sample(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The sample. Metrics were written as texts; the choices are what differs at the end of the prompts."""
    prompts, replies = (_numbered(entry, name) for name in _OF_A_CALL)
    others = {name: value for name, value in entry.items() if not name.startswith(_OF_A_CALL) and name != "truth"}
    sample = {name: _number(value) for name, value in others.items()} | {"doc_id": entry["doc_id"]}
    sample["target"] = entry.get("truth")
    if len(prompts) < 2 or not all(isinstance(prompt, str) for prompt in prompts):
        return sample | {"doc": {}, "arguments": [[prompts[0]]], "resps": [replies], "filtered_resps": replies}
    asked = _asked(shared_beginning(prompts))
    choices = [prompt.removeprefix(asked).strip() for prompt in prompts]
    doc = {"question": asked.strip(), "choices": choices}
    return sample | {"doc": doc, "resps": [replies], "filtered_resps": [[reply] for reply in replies]}


def _asked(shared: str) -> str:
    """What all prompts ask: up to the mark behind which the answer stands, else whole words."""
    mark = _MARK.match(shared)
    return mark[0] if mark else shared[: max(shared.rfind(" "), shared.rfind("\n")) + 1]


def _numbered(entry: Mapping[str, Any], name: str) -> list[Any]:
    return [entry[f"{name}{at}"] for at in takewhile(lambda at: f"{name}{at}" in entry, count())]


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) and value.strip() else value
    except ValueError:
        return value
