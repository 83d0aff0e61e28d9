"""ELYZA-tasks-100 through the 1-5 rubric on vLLM: a model that says nonsense, and all 100 items accounted for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.models import Dataset, Run
from judging.reports import run_progress
from tests.tiny_model import CPU_ARGUMENTS, make_model

pytestmark = [
    pytest.mark.slow,
    pytest.mark.vllm,
    pytest.mark.usefixtures("cpu_engine"),
    pytest.mark.filterwarnings("default"),
    pytest.mark.django_db,
]


SCORES = {"choice": [f"採点結果: {score}点" for score in range(1, 6)]}


@pytest.fixture(scope="session")
def far_sighted_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With room for the longest of these prompts."""
    return make_model(tmp_path_factory.mktemp("far-sighted"), context=8192)


@pytest.mark.parametrize(
    ("name", "sampling"),
    [("ja-1-5", {}), ("ja-1-5-raw", {}), ("ja-1-5", SCORES)],
    ids=["chat", "raw text", "held to the scale"],
)
def test_every_item_has_a_score_or_a_reason(
    name: str, sampling: dict[str, Any], shared_data: Path, far_sighted_model: Path, settings: Any
) -> None:
    settings.ENGINE_ARGUMENTS = {"vllm_offline": CPU_ARGUMENTS}
    call_command(
        "import_dataset", str(shared_data / "elyza_tasks_100/elyza_tasks_100.csv"), "--name", "elyza", "--json"
    )
    sampling = dict(JUDGES[name].sampling) | {"max_tokens": 24} | sampling
    spec = replace(JUDGES[name], engine="vllm_offline", model=str(far_sighted_model), sampling=sampling)
    run = open_run(judge_for(spec), Dataset.objects.get(name="elyza"), scope=RunScope())
    work_run(run.pk, claimer="test")

    run.refresh_from_db()
    assert run.state == Run.State.FINISHED, run.error
    judgments = run.judgments.select_related("item")
    assert sorted(judgment.item.position for judgment in judgments) == list(range(1, 101))
    assert all((judgment.score is not None) != bool(judgment.reason) for judgment in judgments)
    progress = run_progress(run)
    assert progress.judged == 100
    assert "prompt_too_long" not in progress.unscored_by_reason
    if "choice" in sampling:
        assert progress.unscored == 0
