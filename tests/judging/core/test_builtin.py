"""The rubrics and judges that come with the project."""

import pytest

from judging.core.builtin import JUDGES, RUBRICS
from judging.core.decisions import check_decision
from judging.engines import ENGINES


def test_are_listed_under_their_own_names() -> None:
    assert all(name == rubric.name for name, rubric in RUBRICS.items())
    assert all(name == judge.name for name, judge in JUDGES.items())


@pytest.mark.parametrize("name", list(JUDGES))
def test_every_judge_has_an_engine_a_rubric_and_a_rule(name: str) -> None:
    judge = JUDGES[name]
    assert judge.engine in ENGINES
    assert judge.rubric == RUBRICS[judge.rubric.name]
    assert check_decision(judge.decision) == []


EXPLAINING = [
    name for name, judge in JUDGES.items() if judge.engine == "openai_api" and judge.rubric.kind != "attributes"
]


@pytest.mark.parametrize("name", EXPLAINING)
def test_judges_with_a_model_sample_almost_greedily_and_end(name: str) -> None:
    assert JUDGES[name].sampling["temperature"] == 0.1
    assert JUDGES[name].sampling["max_tokens"] >= 1024


def test_the_attribute_judge_samples_ten_times_at_full_temperature() -> None:
    judge = JUDGES["attributes"]
    assert (judge.samples, judge.sampling["temperature"], judge.sampling["top_p"]) == (10, 1.0, 0.95)
    assert judge.decision["threshold"] == -0.15


@pytest.mark.parametrize("name", ["verdict", "verdict_ja"])
def test_the_verdict_lists_errors_and_gives_a_reason_before_it(name: str) -> None:
    system = RUBRICS[name].prompts[""]["system"]
    assert '{"errors": ["..."], "reason": "...", "verdict": "clean"' in system


@pytest.mark.parametrize("name", [name for name in RUBRICS if name.startswith("ja_1_5")])
def test_the_japanese_rubric_has_five_levels_and_four_is_clean(name: str) -> None:
    (criterion,) = RUBRICS[name].criteria
    assert (criterion.scale.low, criterion.scale.high, criterion.clean_if) == (1, 5, 4)
    text = "".join(RUBRICS[name].prompts[""].values())
    assert all(f"* {level}点: " in text for level in range(1, 6))
    assert "2点にする" in text
