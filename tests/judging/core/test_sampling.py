"""Sampling is checked where it is written, not by the server in the middle of a run."""

import pytest

from judging.core.builtin import JUDGES
from judging.core.sampling import check_sampling


@pytest.mark.parametrize("name", sorted(JUDGES))
def test_the_built_in_judges_pass(name: str) -> None:
    assert check_sampling(JUDGES[name].sampling) == []


@pytest.mark.parametrize(
    "sampling",
    [
        {},
        {"temperature": 0, "top_p": 1.0, "max_tokens": 1},
        {"stop": "USER:"},
        {"stop": ["a", "b"]},
        {"structured_outputs": {"choice": ["A", "B"]}},
        {"of_this_server_alone": True},
    ],
)
def test_takes(sampling: dict[str, object]) -> None:
    assert check_sampling(sampling) == []


@pytest.mark.parametrize(
    ("sampling", "sentence"),
    [
        ({"temperature": "0.1"}, "temperature is a number from 0 to 2."),
        ({"temperature": 3}, "temperature is a number from 0 to 2."),
        ({"temperature": True}, "temperature is a number from 0 to 2."),
        ({"max_tokens": 0}, "max_tokens is a whole number from 1 on."),
        ({"max_tokens": 1.5}, "max_tokens is a whole number from 1 on."),
        ({"stop": [1]}, "stop is a text, or a list of texts, at which the reply ends."),
        ({"temprature": 0.1}, "There is no sampling temprature; is temperature meant?"),
        ({"seed": 1}, "seed is not sampling: every call sets it by itself."),
        ({"guided_json": {}}, "guided_json is ignored by today's servers without a word; write structured_outputs."),
    ],
)
def test_refuses_with_a_sentence(sampling: dict[str, object], sentence: str) -> None:
    assert check_sampling(sampling) == [sentence]
