"""Summaries as Inspect writes them: ours go out and come in again with the same figures, those of others come in."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from judging.benchmarks.inspect_summary import NoSummary, read_summary
from judging.models import BenchmarkRun, Run
from tests.conftest import logged_in
from tests.factories import make_user
from tests.judging.benchmarks.test_run_benchmark import document, ran

OTHERS: dict[str, Any] = {
    "version": 2,
    "status": "success",
    "eval": {"task": "mmlu_0_shot", "model": "openai/gpt", "dataset": {"samples": 200}},
    "results": {
        "total_samples": 200,
        "completed_samples": 190,
        "scores": [
            {
                "name": "choice",
                "scorer": "choice",
                "params": {},
                "metrics": {
                    "accuracy": {"name": "accuracy", "value": 0.6, "params": {}},
                    "stderr": {"name": "stderr", "value": 0.0356, "params": {}},
                },
            }
        ],
    },
}


def changed(**results: Any) -> dict[str, Any]:
    return OTHERS | {"results": OTHERS["results"] | results}


def test_a_log_of_inspect_itself_has_one_figure() -> None:
    found = read_summary(OTHERS)
    assert (found.task, found.model, found.scorer, found.asked) == ("mmlu_0_shot", "openai/gpt", "choice", 200)
    assert (found.whole.value, found.whole.n, found.whole.stderr) == (0.6, 190, 0.0356)
    assert (found.groups, found.parts, found.macro) == ({}, {}, None)


def test_unscored_samples_without_reasons_were_not_recorded() -> None:
    score = OTHERS["results"]["scores"][0] | {"scored_samples": 180, "unscored_samples": 20}
    figure = read_summary(changed(scores=[score])).whole
    assert (figure.n, figure.dropped) == (180, {"not_recorded": 20})


@pytest.mark.parametrize(
    ("log", "refusal"),
    [
        (OTHERS | {"status": "started"}, "The log's status is 'started'"),
        (OTHERS | {"results": None}, "no 'eval' with 'results'"),
        (changed(scores=[]), "no accuracy or mean of anything"),
        (changed(scores=[{"name": "x", "metrics": {"std": {"value": 1}}}]), "no accuracy or mean of anything"),
        (
            changed(scores=[{"name": "win_rate", "metrics": {"mean": {"value": 1}}, "metadata": {"of": "rate"}}]),
            "no accuracy or mean of anything",
        ),
    ],
)
def test_logs_that_tell_nothing_are_refused(log: dict[str, Any], refusal: str) -> None:
    with pytest.raises(NoSummary, match=refusal):
        read_summary(log)


def imported(name: str, path: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("run_benchmark", name, "--predictions", str(path), "--json", stdout=out)
    (model,) = json.loads(out.getvalue())["models"]
    return dict(model)


@pytest.mark.django_db
class TestImport:
    def test_choices_come_back_with_every_figure(self, mmlu: Path, tmp_path: Path) -> None:
        own = document("mmlu", mmlu, "--output", str(tmp_path / "out"), models=("m1",))["models"][0]
        again = imported("mmlu", tmp_path / "out/0_m1/inspect.json")
        for name in ("model", "asked", "overall", "macro", "micro", "by_subject", "groups"):
            assert again[name] == own[name]
        assert imported("mmlu", tmp_path / "out/0_m1/inspect.json") == again
        assert BenchmarkRun.objects.count() == 2

    def test_grades_come_back_with_every_figure(self, elyza: Path, tmp_path: Path) -> None:
        judge = ("--judge-engine", "scripted", "--judge-model", "x")
        out = str(tmp_path / "out")
        own = document("elyza_tasks_100", elyza, *judge, "--output", out, models=("m",))["models"][0]
        again = imported("elyza_tasks_100", tmp_path / "out")
        for name in ("model", "asked", "overall", "by_category", "by_part"):
            assert again[name] == own[name]
        assert Run.objects.get(snapshot__has_key="figures").judge is None

    def test_the_page_shows_them_without_items_behind(self, elyza: Path, tmp_path: Path) -> None:
        ran("elyza_tasks_100", elyza, "--judge-engine", "scripted", "--judge-model", "x", "--output", str(tmp_path))
        imported("elyza_tasks_100", tmp_path / "0_m1")
        found = BenchmarkRun.objects.latest("pk")
        client: Client = logged_in(make_user("lead", role="lead"))
        page = client.get(found.get_absolute_url())
        assert page.status_code == 200
        assert "All together" in page.content.decode()
        assert f"/benchmarks/{found.pk}/items/" not in page.content.decode()
        assert client.get(f"/benchmarks/{found.pk}/items/?candidate=0").status_code == 200
        assert client.get(f"/benchmarks/{found.pk}/compare/").status_code == 200
        assert client.get(found.runs.get().get_absolute_url()).status_code == 200

    def test_a_log_of_inspect_itself_is_one_subject(self, tmp_path: Path) -> None:
        (tmp_path / "log.json").write_text(json.dumps(OTHERS))
        model = imported("mmlu", tmp_path / "log.json")
        assert model["model"] == "openai/gpt"
        assert {name: (each["value"], each["n"]) for name, each in model["by_subject"].items()} == {
            "0_shot": (0.6, 190)
        }
        words = ["--predictions", str(tmp_path / "log.json"), "--output", str(tmp_path / "out")]
        call_command("run_benchmark", "mmlu", *words, stdout=StringIO())
        again = json.loads(next((tmp_path / "out").glob("*/inspect.json")).read_text())
        assert again["results"]["scores"][0]["metrics"]["mean"]["value"] == 0.6

    @pytest.mark.parametrize(
        ("name", "log", "refusal"),
        [
            ("mmlu", OTHERS | {"status": "error"}, r"log\.json: The log's status is 'error'"),
            ("mmlu", changed(scores=[{"name": "x", "metrics": {"mean": {"value": 7}}}]), "a share of right"),
            ("mt_bench", OTHERS, "the mean is 0.6, and MT-Bench is graded from 1 to 10"),
            ("mt_bench", {"results": {}}, "is no Inspect log"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, tmp_path: Path, name: str, log: dict[str, Any], refusal: str) -> None:
        (tmp_path / "log.json").write_text(json.dumps(log))
        with pytest.raises(CommandError, match=refusal):
            call_command("run_benchmark", name, "--predictions", str(tmp_path / "log.json"))
        assert not BenchmarkRun.objects.exists()
