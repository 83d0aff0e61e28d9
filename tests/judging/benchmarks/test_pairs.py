"""Answers compared with each other: the examination, its figures, its files and its page."""

import json
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.core.positions import positions_in
from judging.actions.benchmarks import (
    Graders,
    Wish,
    advance,
    grading_judge,
    open_benchmark,
    questions_of,
    write_results,
)
from judging.actions.candidates import Candidate
from judging.actions.judges import JudgeChoice
from judging.actions.runs import RunRefused
from judging.actions.work import work_run
from judging.benchmarks import BENCHMARKS
from judging.benchmarks.mt_bench.prompt_kinds import PAIR
from judging.benchmarks.mt_bench.tree import rows_of
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.models import BenchmarkRun, Run
from judging.reports.benchmarks import benchmark_report
from judging.reports.mt_bench_pairs import pair_report
from tests.conftest import logged_in
from tests.factories import make_user
from tests.judging.benchmarks.conftest import Player
from tests.judging.benchmarks.mt_bench.files import QUESTIONS, write_lines, write_prompts

pytestmark = pytest.mark.django_db
MODELS = ("long-winded", "gpt-short", "silent")


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    write_lines(tmp_path / "bench/question.jsonl", QUESTIONS)
    write_prompts(tmp_path / "bench")
    return tmp_path / "bench"


@pytest.fixture
def client() -> Client:
    return logged_in(make_user("lead", role="lead"))


def says(options: EngineOptions, request: Request) -> EngineReply | str:
    """The judge likes the long one in writing and, in math, whoever is shown first; nobody can read its second turn."""
    part = request.id[1]
    if options.model != "gpt-4":
        if options.model == "silent" and request.item.category == "math":
            return EngineReply(id=request.id, failure=Unscored(Reason.TIMEOUT))
        return f"I am {options.model}." + (" And so on." if options.model == "long-winded" else "")
    if request.item.category == "math":
        return "No idea." if part.startswith("turn_2") else "[[A]]"
    first = request.item.turns[0].answer if part.endswith("ab") else request.item.turns_b[0].answer
    return "[[A]]" if "And so on" in first else "[[B]]"


def opened(bench: Path, *, baseline: str = "", models: tuple[str, ...] = MODELS) -> BenchmarkRun:
    benchmark = BENCHMARKS["mt_bench"]
    judge = grading_judge(benchmark, Graders(choice=JudgeChoice(name="gpt-4"), data=str(bench), mode=PAIR))
    candidates = [Candidate(engine="openai_api", model=name, base_url="http://127.0.0.1:9/v1") for name in models]
    wish = Wish(candidates=candidates, judge=judge, mode=PAIR, baseline=baseline)
    return open_benchmark(benchmark, questions_of(benchmark, str(bench)), wish)


def done(found: BenchmarkRun, player: Player | None = None) -> BenchmarkRun:
    while (run := advance(found.pk)) is not None:
        work_run(run.pk, claimer="here", engine=player or Player(says))
    found.refresh_from_db()
    return found


def test_all_answers_come_first_and_one_run_compares_them(bench: Path) -> None:
    found = done(opened(bench))
    assert (found.state, found.error) == ("finished", "")
    assert [(run.stage, run.candidate) for run in found.runs.order_by("pk")] == [
        ("answers", 0), ("answers", 1), ("answers", 2), ("pairs", 0),
    ]  # fmt: skip
    pairs = found.runs.get(stage="pairs").dataset
    assert pairs.items.count() == 6
    assert advance(found.pk) is None
    assert found.runs.count() == 4


def test_win_tie_inconsistent_error_and_unanswered_stay_apart(bench: Path) -> None:
    report = pair_report(done(opened(bench)))
    assert report is not None
    assert report.pairs == 12
    found = {model.model: model.whole for model in report.models}
    assert report.models[0].model == "long-winded"
    assert found["long-winded"].outcomes == {"win": 4, "loss": 0, "tie": 0, "inconsistent": 1, "error": 1}
    assert found["long-winded"].unanswered == 2
    assert found["gpt-short"].outcomes["loss"] == 2
    assert report.models[0].by_turn["turn_2"].outcomes["error"] == 1
    assert report.models[0].against["gpt-short"].outcomes["win"] == 2
    # gpt-short and silent: neither says "And so on", so whoever is shown second wins; and math's first turn.
    assert report.flipped.value == pytest.approx(3 / 7)
    assert report.longer.value == 1
    assert (report.family, report.own_family.value) == ("openai", 0.0)


def test_a_baseline_is_compared_with_everybody_and_ranked_with_nobody(bench: Path) -> None:
    found = done(opened(bench, baseline="gpt-short"))
    assert found.runs.get(stage="pairs").dataset.items.count() == 4
    report = pair_report(found)
    assert report is not None
    assert [model.model for model in report.models] == ["long-winded", "silent"]
    assert report.names[-1] == "gpt-short"


def test_pairs_wait_until_everybody_has_answered(bench: Path) -> None:
    found = opened(bench, models=MODELS[:2])
    run = advance(found.pk)
    assert run is not None
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED)
    found = done(found)
    assert found.state == "failed"
    assert not found.runs.filter(stage="pairs").exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"models": MODELS[:1]}, "A pair has two models"),
        ({"baseline": "nobody"}, "The baseline 'nobody' is none of the models"),
    ],
)
def test_what_cannot_be_compared_is_refused(bench: Path, change: dict[str, Any], refusal: str) -> None:
    with pytest.raises(RunRefused, match=refusal):
        opened(bench, **change)
    assert not BenchmarkRun.objects.exists()


def test_a_judge_of_the_other_kind_is_refused(bench: Path) -> None:
    opened(bench)
    with pytest.raises(CommandError, match="compares two answers"):
        ran(bench, "--judge", "mt-bench-pair")
    ran(bench, "--judge", "j")
    with pytest.raises(CommandError, match="rates one answer at a time"):
        ran(bench, "--pairs", "--judge", "mt-bench")
    with pytest.raises(CommandError, match="Pairs are compared once"):
        ran(bench, "--pairs", "--judge", "j", "--repeats", "2")


def test_files_are_those_of_fastchat_and_inspect(bench: Path, tmp_path: Path) -> None:
    report = benchmark_report(done(opened(bench)))
    write_results(report, tmp_path / "out")
    games = rows_of(tmp_path / "out/mt_bench/model_judgment/gpt-4_pair.jsonl")
    assert len(games) == 8
    assert {row["model_1"] for row in games} == {"long-winded", "gpt-short"}
    document = json.loads((tmp_path / "out/results.json").read_text())
    assert document["pairs"]["models"][0]["win"] == 4
    assert set(document["pairs"]["biases"]) == {"flipped", "first_shown", "longer", "own_family", "judge_family"}
    summary = json.loads((tmp_path / "out/0_long-winded/inspect.json").read_text())
    rate = next(score for score in summary["results"]["scores"] if score["name"] == "win_rate")
    assert rate["metrics"]["mean"]["value"] == pytest.approx(0.8)


def ran(bench: Path, *arguments: str) -> str:
    out = StringIO()
    named = ["--model", "m1", "--model", "m2", "--engine", "scripted", "--judge-engine", "scripted"]
    call_command("run_benchmark", "mt_bench", "--data", str(bench), "--inline", *named, *arguments, stdout=out)
    return out.getvalue()


def test_the_command_compares_and_says_who_wins(bench: Path) -> None:
    text = ran(bench, "--pairs", "--judge", "j")
    assert "4 pairs and turns, compared with each other" in text
    assert "wins and half of the ties" in text
    document = json.loads(ran(bench, "--baseline", "m1", "--judge", "j", "--json"))
    assert document["pairs"]["baseline"] == "m1"
    assert [model["model"] for model in document["pairs"]["models"]] == ["m2"]
    found = BenchmarkRun.objects.first()
    assert found is not None
    assert found.options["pairs"] == {"baseline": "m1"}


def test_stored_answers_are_compared_without_generating_again(bench: Path) -> None:
    ran(bench, "--stage", "answers")
    ran(bench, "--stage", "judge", "--pairs", "--judge", "j")
    assert Run.objects.filter(kind="generate").count() == 2
    assert Run.objects.filter(stage="pairs").count() == 1


def test_only_mt_bench_has_pairs(mmlu: Path) -> None:
    with pytest.raises(CommandError, match="Answers of MMLU are not compared in pairs"):
        call_command(
            "run_benchmark", "mmlu", "--data", str(mmlu), "--inline", "--engine", "scripted", "--model", "a", "--pairs"
        )


def test_the_page_shows_rates_and_opens_the_pairs(client: Client, bench: Path) -> None:
    found = done(opened(bench))
    page = client.get(found.get_absolute_url()).content.decode()
    assert "Wins and half of the ties" in page
    assert "long-winded" in page
    assert "inconsistent" in page
    assert "No figures yet" not in page
    assert f"/benchmarks/{found.pk}/pairs/?model=long-winded" in page
    back_office = client.get(f"/admin/judging/benchmarkrun/{found.pk}/change/", follow=True).content.decode()
    assert "Wins and half of the ties" in back_office


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({}, 12), ({"model": "long-winded"}, 8), ({"model": "long-winded", "outcome": "win"}, 4),
        ({"model": "gpt-short", "outcome": "loss"}, 2), ({"model": "gpt-short", "other": "long-winded"}, 4),
        ({"outcome": "inconsistent"}, 3), ({"outcome": "error"}, 1), ({"outcome": "no_answer"}, 4),
        ({"group": "math"}, 6), ({"part": "turn_2"}, 6), ({"model": "long-winded", "outcome": "tie"}, 0),
    ],
)  # fmt: skip
def test_the_pairs_behind_a_number(client: Client, bench: Path, query: dict[str, str], n: int) -> None:
    found = done(opened(bench))
    response = client.get(f"/benchmarks/{found.pk}/pairs/", query)
    assert response.status_code == 200
    assert response.context["page"].paginator.count == n
    assert ("/campaigns/new/?dataset=" in response.content.decode()) == bool(n)


def test_a_pair_with_two_turns_goes_to_people_once(client: Client, bench: Path) -> None:
    found = done(opened(bench))
    page = client.get(f"/benchmarks/{found.pk}/pairs/", {"model": "long-winded", "outcome": "win"}).content.decode()
    assert "Have these 2 items reviewed" in page
    (link,) = (part for part in unescape(page).split('"') if part.startswith("/campaigns/new/"))
    asked = positions_in(client.get(link).context["form"]["positions"].value())
    run = found.runs.get(stage="pairs")
    assert asked == list(
        run.dataset.items.filter(category="writing", model="long-winded").values_list("position", flat=True)
    )


def test_there_are_no_pairs_before_they_are_compared(client: Client, bench: Path) -> None:
    assert "No pairs here" in client.get(f"/benchmarks/{opened(bench).pk}/pairs/").content.decode()
