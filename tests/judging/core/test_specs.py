"""Rubrics and judges as values."""

import json

import pytest

from judging.core.builtin import JUDGES, RUBRICS
from judging.core.specs import judge_from_json, rubric_from_json


@pytest.mark.parametrize("name", list(RUBRICS))
def test_a_rubric_comes_back_from_stored_json(name: str) -> None:
    assert rubric_from_json(json.loads(json.dumps(RUBRICS[name].as_json()))) == RUBRICS[name]


@pytest.mark.parametrize("name", list(JUDGES))
def test_a_judge_comes_back_from_stored_json(name: str) -> None:
    assert judge_from_json(json.loads(json.dumps(JUDGES[name].as_json()))) == JUDGES[name]
