"""What judges write as sampling, as vLLM takes it; needs no vLLM."""

from dataclasses import dataclass
from typing import Any

import pytest

from judging.engines.vllm_sampling import logprobs_as_json, parameters, refuse_unknown, structure


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        ({"temperature": 0.1, "max_tokens": 7}, {"temperature": 0.1, "max_tokens": 7}),
        ({"max_completion_tokens": 9}, {"max_tokens": 9}),
        ({"logprobs": True, "top_logprobs": 3}, {"logprobs": 3}),
        ({"logprobs": True}, {"logprobs": 0}),
        ({"logprobs": 5}, {"logprobs": 5}),
        ({"logprobs": False}, {}),
        ({"choice": ["A", "B"]}, {"logprobs": 4}),
        ({"choice": ["A", "B"], "logprobs": False}, {}),
        ({"choice": [str(number) for number in range(30)]}, {"logprobs": 20}),
        ({"chat_template_kwargs": {"enable_thinking": False}}, {}),
    ],
)
def test_sampling_becomes_parameters(sampling: dict[str, Any], expected: dict[str, Any]) -> None:
    assert parameters(sampling) == expected


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        ({}, {}),
        ({"choice": ["A"]}, {"choice": ["A"]}),
        ({"json_schema": {"type": "object"}}, {"json": {"type": "object"}}),
        ({"regex": "[0-9]"}, {"regex": "[0-9]"}),
        ({"structured_outputs": {"grammar": "root"}}, {"grammar": "root"}),
        ({"response_format": {"type": "text"}}, {}),
        ({"response_format": {"type": "json_object"}}, {"json_object": True}),
        ({"response_format": {"type": "json_schema", "json_schema": {"schema": {"a": 1}}}}, {"json": {"a": 1}}),
    ],
)
def test_sampling_becomes_structure(sampling: dict[str, Any], expected: dict[str, Any]) -> None:
    assert structure(sampling) == expected


def test_a_key_without_effect_is_refused() -> None:
    refuse_unknown({"temperature": 0, "choice": ["A"]})
    with pytest.raises(ValueError, match=r"does not know the sampling 'guided_choice'\. It knows bad_words"):
        refuse_unknown({"guided_choice": ["A"]})


@dataclass
class Entry:
    logprob: float
    decoded_token: str | None


def test_logprobs_have_the_shape_of_the_openai_api() -> None:
    row = {1: Entry(-2.0, "B"), 2: Entry(-0.1, "A"), 3: Entry(float("-inf"), "no"), 4: Entry(-3.0, None)}
    assert logprobs_as_json([row], [1]) == {
        "content": [
            {
                "token": "B",
                "logprob": -2.0,
                "top_logprobs": [
                    {"token": "A", "logprob": -0.1},
                    {"token": "B", "logprob": -2.0},
                    {"token": "", "logprob": -3.0},
                ],
            }
        ]
    }
    assert logprobs_as_json(None, []) is None
