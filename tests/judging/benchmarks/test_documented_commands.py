"""Each benchmark in three lines, as the docs have it: they are run, with engines that are scripts."""

import json
import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from judging.models import BenchmarkRun
from tests.judging.benchmarks.conftest import ELYZA
from tests.judging.benchmarks.mt_bench.files import QUESTIONS, write_lines, write_prompts
from tests.judging.benchmarks.mt_bench.test_branch import taxonomy

pytestmark = pytest.mark.django_db
__all__ = ["taxonomy"]
DOCS = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"
ADDRESSES = ("--base-url", "--judge-base-url")
REFERENCE = {"question_id": 111, "choices": [{"index": 0, "turns": ["7", "14"]}], "model_id": "gpt-4", "answer_id": "x"}


def blocks() -> list[list[str]]:
    """The lines of each block of the section."""
    section = DOCS.read_text("utf-8").partition("## In three lines\n")[2].partition("\n## ")[0]
    return [found[0].strip("\n").split("\n") for found in re.finditer(r"(?:^ {4}.*\n)+", section, re.MULTILINE)]


def words_of(block: list[str]) -> list[str]:
    """The words of a command, asked of scripts instead of servers."""
    words = shlex.split(" ".join(line.strip().removesuffix("\\") for line in block))
    kept = [word for before, word in zip(["", *words], words, strict=False) if not {before, word} & set(ADDRESSES)]
    assert kept[:2] == ["manage.py", "run_benchmark"]
    graded = ["--judge-engine", "scripted"] if "mmlu" not in kept[2] else []
    return [*kept[1:], "--engine", "scripted", *graded]


@pytest.fixture
def folder(mmlu: Path, taxonomy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that the docs name, in the working directory."""
    mmlu.rename(tmp_path / "data")
    (tmp_path / "elyza_tasks_100.csv").write_text(ELYZA)
    write_lines(tmp_path / "mt_bench/question.jsonl", QUESTIONS)
    write_lines(tmp_path / "mt_bench/reference_answer/gpt-4.jsonl", [REFERENCE])
    write_prompts(tmp_path / "mt_bench")
    row = {"question": "Where?", "choices": ["north", "south", "east", "west"], "answer": 2}
    write_lines(tmp_path / "node_datasets/mmlubench_places.jsonl", [row])
    for name in ("step-100", "step-200"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        (tmp_path / "checkpoints" / name / "config.json").write_text(f'{{"{name}": 1}}')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_is_a_block_of_three_lines_for_each_benchmark() -> None:
    found = blocks()
    assert [len(block) for block in found] == [3] * 6
    assert {words_of(block)[1] for block in found} == {
        "mt_bench", "mt_bench_branch", "mmlu", "mmlu_branch", "elyza_tasks_100",
    }  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_each_block_runs(folder: Path, number: int) -> None:
    words = words_of(blocks()[number])
    out = StringIO()
    call_command(*words, stdout=out)
    assert {found.state for found in BenchmarkRun.objects.all()} == {"finished"}
    results = sorted((folder / "results").rglob("results.json"))
    assert results
    for path in results:
        assert all(model["overall"]["n"] for model in json.loads(path.read_text())["models"])
    if "checkpoints/" in words:
        assert "better with probability" in out.getvalue()
