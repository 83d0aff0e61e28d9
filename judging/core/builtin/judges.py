"""Judges of the built-in rubrics. Those with a model name the engine; the model is chosen per run."""

from collections.abc import Iterable, Mapping
from typing import Any

from judging.core.builtin.attributes import APM_COEFFICIENTS, ATTRIBUTES
from judging.core.builtin.criteria_1_5 import CRITERIA_1_5
from judging.core.builtin.find_error import FIND_ERROR
from judging.core.builtin.japanese_1_5 import JAPANESE_1_5
from judging.core.builtin.pair import PAIR
from judging.core.builtin.score_1_10 import SCORE_1_10
from judging.core.builtin.text_1_5 import TEXT_1_5
from judging.core.specs import JudgeSpec, RubricSpec

SHORT_REPLY = {"temperature": 0.1, "max_tokens": 1024}
LONG_REPLY = {"temperature": 0.1, "max_tokens": 4096}
ATTRIBUTE_REPLY = {"temperature": 1.0, "top_p": 0.95, "max_tokens": 32}
VOTE = {"rule": "majority", "mode": "lenient"}
AVERAGE = {"rule": "mean", "mode": "lenient"}
LINEAR = {"rule": "linear", "mode": "strict", "threshold": -0.15, "coefficients": APM_COEFFICIENTS.as_json()}


def model_judges(
    rubrics: Iterable[RubricSpec], sampling: Mapping[str, Any], decision: Mapping[str, Any], samples: int = 1
) -> list[JudgeSpec]:
    """A judge behind an OpenAI-compatible server for each rubric that has prompts, named after it."""
    return [
        JudgeSpec(
            name=rubric.name.replace("_", "-"),
            kind="model",
            engine="openai_api",
            rubric=rubric,
            sampling=dict(sampling) | ({"stop": ["USER:"]} if "USER:" in str(rubric.prompts) else {}),
            samples=samples,
            decision=decision,
        )
        for rubric in rubrics
        if rubric.prompts
    ]


def modelless_judge(name: str, kind: str, engine: str, rubric: str) -> JudgeSpec:
    """A judge that needs no model and no network."""
    found = next(each for each in FIND_ERROR if each.name == rubric)
    return JudgeSpec(name=name, kind=kind, engine=engine, rubric=found, decision=VOTE)


BUILT_IN_JUDGES = (
    modelless_judge("reference", "reference", "reference", "reference_match"),
    modelless_judge("scripted", "model", "scripted", "verdict"),
    *model_judges(FIND_ERROR, SHORT_REPLY, VOTE),
    *model_judges(JAPANESE_1_5, LONG_REPLY, AVERAGE),
    *model_judges(SCORE_1_10, LONG_REPLY, AVERAGE),
    *model_judges(CRITERIA_1_5, SHORT_REPLY, AVERAGE),
    *model_judges(TEXT_1_5, SHORT_REPLY, AVERAGE),
    *model_judges(PAIR, LONG_REPLY, VOTE),
    *model_judges(ATTRIBUTES, ATTRIBUTE_REPLY, LINEAR, samples=10),
)
