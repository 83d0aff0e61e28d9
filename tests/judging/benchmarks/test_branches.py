"""Two branches examined and compared: by the command, and as a page."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from judging.models import BenchmarkRun, Judgment
from tests.conftest import logged_in
from tests.factories import make_user
from tests.judging.benchmarks.mt_bench.files import write_prompts
from tests.judging.benchmarks.mt_bench.test_branch import GROUNDED, RHYME, git, taxonomy, write

pytestmark = pytest.mark.django_db
__all__ = ["taxonomy"]
JOKES = "foundational_skills/jokes/qna.yaml"


@pytest.fixture
def client() -> Client:
    return logged_in(make_user("lead", role="lead"))


def ran(repository: Path, tmp_path: Path, *arguments: str, model: str = "m1") -> str:
    out = StringIO()
    prompts = str(write_prompts(tmp_path))
    call_command(
        "run_benchmark", "mt_bench_branch", "--data", str(repository), "--model", model, "--engine", "scripted",
        "--judge", "j", "--judge-engine", "scripted", "--judge-prompts", prompts, "--inline", *arguments, stdout=out,
    )  # fmt: skip
    return out.getvalue()


def rated(scores: dict[str, float]) -> None:
    """Give the graded answers of the newest examinations other scores, file by file."""
    for judgment in Judgment.objects.filter(run__stage="judging").select_related("item", "run__benchmark_run__dataset"):
        branch = judgment.item.extra["branch"]
        score = scores.get(f"{branch} {judgment.item.extra['qna_file']}", 5.0)
        Judgment.objects.filter(pk=judgment.pk).update(
            score=score, value=f"{score:g}", status="scored", reason="", verdict=""
        )


def test_both_branches_are_examined_and_compared(taxonomy: Path, tmp_path: Path) -> None:
    text = ran(taxonomy, tmp_path, "--branch", "rc", "--base-branch", "main", "--output", str(tmp_path / "out"))
    assert "MT-Bench-Branch, file by file" in text
    assert f"removed (1)\n  {GROUNDED}:" in text
    assert f"new (1)\n  {JOKES}:" in text
    assert [run.dataset.items.first().extra["branch"] for run in BenchmarkRun.objects.order_by("pk")] == ["main", "rc"]
    document = json.loads((tmp_path / "out/branches.json").read_text())["branches"][0]
    assert (document["base"]["branch"], document["new"]["branch"]) == ("main", "rc")
    assert {each["qna_file"] for each in document["files"]} == {RHYME, GROUNDED, JOKES}
    assert (tmp_path / "out/branches.txt").read_text().startswith("# SKILL EVALUATION REPORT")
    assert (tmp_path / "out/base/mt_bench_branch/main/model_judgment/j_single.jsonl").exists()
    assert (tmp_path / "out/new/mt_bench_branch/rc/question.jsonl").exists()


def test_the_base_may_have_a_model_of_its_own_and_the_report_is_the_peers(taxonomy: Path, tmp_path: Path) -> None:
    arguments = ("--branch", "rc", "--base-branch", "main", "--base-model", "m0")
    text = ran(taxonomy, tmp_path, *arguments, "--compat")
    assert "# SKILL EVALUATION REPORT\n\n## BASE MODEL (SCORE)\nm0 (" in text
    assert "MT-Bench-Branch, file by file" not in text
    found: dict[str, Any] = json.loads(ran(taxonomy, tmp_path, *arguments, "--json"))
    assert found["branches"][0]["base"]["model"] == "m0"
    assert [each["models"][0]["model"] for each in found["results"]] == ["m0", "m1"]
    assert set(found["results"][1]["models"][0]["by_qna_file"]) == {RHYME, JOKES}


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--base-branch", "gone"], "has no branch or commit 'gone'"),
        (["--branch", "gone"], "has no branch or commit 'gone'"),
    ],
)
def test_a_branch_that_is_not_there_is_named(
    taxonomy: Path, tmp_path: Path, arguments: list[str], refusal: str
) -> None:
    with pytest.raises(CommandError, match=refusal):
        ran(taxonomy, tmp_path, *arguments)


def test_other_benchmarks_have_no_branches(mmlu: Path) -> None:
    with pytest.raises(CommandError, match="Only mt_bench_branch has branches"):
        call_command("run_benchmark", "mmlu", "--data", str(mmlu), "--model", "a", "--branch", "x", "--inline")
    with pytest.raises(CommandError, match="Of which taxonomy are the branches"):
        call_command("run_benchmark", "mt_bench_branch", "--model", "a", "--branch", "x", "--inline")


def chosen() -> dict[str, str]:
    new, base = BenchmarkRun.objects.order_by("-pk")[:2]
    return {"base": f"{base.pk}:0", "new": f"{new.pk}:0"}


def test_the_page_shows_what_became_of_every_file(client: Client, taxonomy: Path, tmp_path: Path) -> None:
    assert "No branch was examined yet" in client.get("/benchmarks/branches/").content.decode()
    ran(taxonomy, tmp_path, "--branch", "rc", "--base-branch", "main")
    rated({f"rc {RHYME}": 7.0})
    assert "Choose two branches" in client.get("/benchmarks/branches/").content.decode()
    page = client.get("/benchmarks/branches/", chosen()).content.decode()
    assert "<h2>Improvements</h2>" in page
    assert "<h2>Removed</h2>" in page
    assert "<h2>No change</h2>" not in page
    assert "2.00" in page
    assert f"group={RHYME.replace('/', '%2F')}" in page
    assert "<h2>No change</h2>" in client.get("/benchmarks/branches/", chosen() | {"band": "2"}).content.decode()


def test_a_file_opens_its_items(client: Client, taxonomy: Path, tmp_path: Path) -> None:
    ran(taxonomy, tmp_path, "--branch", "rc")
    found = BenchmarkRun.objects.get()
    response = client.get(f"/benchmarks/{found.pk}/items/", {"candidate": "0", "group": RHYME})
    assert response.context["page"].paginator.count == 5
    assert "By file" in client.get(found.get_absolute_url()).content.decode()


def test_the_page_as_text_and_as_json(client: Client, taxonomy: Path, tmp_path: Path) -> None:
    ran(taxonomy, tmp_path, "--branch", "rc", "--base-branch", "main")
    rated({f"rc {RHYME}": 7.0})
    text = client.get("/benchmarks/branches/", chosen() | {"form": "text"})
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"### IMPROVEMENTS (0.0 to 10.0):\n1. {RHYME}: 5.0 -> 7.0 (+2.0)" in text.content.decode()
    document = client.get("/benchmarks/branches/", chosen() | {"form": "json"}).json()
    assert document["counts"]["improvement"] == 1
    assert (document["whole"]["n"], document["whole"]["difference"]) == (4, 2.0)


@pytest.mark.parametrize("band", ["x", "-1", "nan", "11"])
def test_a_band_that_is_none_is_named(client: Client, taxonomy: Path, tmp_path: Path, band: str) -> None:
    ran(taxonomy, tmp_path)
    page = client.get("/benchmarks/branches/", {"band": band}).content.decode()
    assert "The band is a number from 0 to 10." in page


def test_what_is_not_graded_is_said(client: Client, taxonomy: Path, tmp_path: Path) -> None:
    ran(taxonomy, tmp_path, "--branch", "rc", "--base-branch", "main")
    asked = chosen()
    BenchmarkRun.objects.get(pk=int(asked["new"].split(":")[0])).runs.update(state="failed")
    page = client.get("/benchmarks/branches/", asked).content.decode()
    assert "are not graded" in page
    assert "Improvements" not in page


def test_what_the_official_parser_refuses_is_told(client: Client, taxonomy: Path, tmp_path: Path) -> None:
    write(taxonomy, RHYME, "version: 2\ncreated_by: x\nseed_examples:\n  - question: Rhyme with cat\n    answer: bat\n")
    git(taxonomy, "commit", "-q", "-am", "bad")
    text = ran(taxonomy, tmp_path, "--branch", "rc", "--base-branch", "main")
    assert "what is to be said of the files of main" in text
    assert f"{RHYME}:" in text
    page = client.get("/benchmarks/branches/", chosen()).content.decode()
    assert "What is to be said of the files of main" in page
