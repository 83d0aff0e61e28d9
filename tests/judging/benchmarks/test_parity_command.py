"""`run_benchmark --parity lm_eval`: both are asked the same, and every difference is named."""

import json
import shutil
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.models import BenchmarkRun, Run
from tests.tiny_model import make_model

LM_EVAL = shutil.which("lm-eval", path=str(Path(sys.executable).parent)) or ""
PLAYED = """
import json, sys
from pathlib import Path
said = dict(zip(sys.argv[1:], sys.argv[2:]))
out = Path(said["--output_path"]) / "model"
out.mkdir(parents=True)
(out / "results_2026.json").write_text(json.dumps({"lm_eval_version": "0.4.12"}))
for task in sorted(Path(said["--include_path"]).glob("*.yaml")):
    told = json.loads(task.read_text())
    rows = [json.loads(line) for line in open(told["dataset_kwargs"]["data_files"]["test"])]
    lines = [
        json.dumps({"doc_id": n, "filtered_resps": [[-1.0, True], [-3.5, False], [-9.0, False], [-9.0, False]]})
        for n, _ in enumerate(rows)
    ]
    (out / f"samples_{told['task']}_2026.jsonl").write_text("\\n".join(lines))
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def always_a(tmp_path: Path) -> str:
    """A program that plays lm-eval with a model that finds A likeliest."""
    (tmp_path / "played.py").write_text(PLAYED)
    return f"{sys.executable} {tmp_path / 'played.py'}"


def compared(data: Path, *arguments: str, benchmark: str = "mmlu", engine: str = "scripted", model: str = "m") -> str:
    out = StringIO()
    words = ["--data", str(data), "--engine", engine, "--model", model, "--parity", "lm_eval", *arguments]
    call_command("run_benchmark", benchmark, *words, stdout=out)
    return out.getvalue()


def test_every_difference_is_listed_with_both_margins(mmlu: Path, always_a: str, tmp_path: Path) -> None:
    told = compared(mmlu, "--lm-eval", always_a, "--json", "--output", str(tmp_path / "out"))
    (found,) = json.loads(told)["models"]
    assert (found["n"], found["lm_eval_version"], found["dtype"]) == (3, "0.4.12", "float32")
    assert found["same"] + len(found["differences"]) == 3
    for each in found["differences"]:
        assert each["theirs"] == "A" != each["ours"]
        assert (each["their_margin"], each["our_margin"] > 0) == (2.5, True)
        assert each["question"] in {"Q1?", "Q2?", "Q3?"}
    assert found["differences"]
    assert json.loads((tmp_path / "out/parity.json").read_text()) == json.loads(told)
    assert not BenchmarkRun.objects.exists()
    assert not Run.objects.exists()


def test_the_lines_say_the_same(mmlu: Path, always_a: str) -> None:
    text = compared(mmlu, "--lm-eval", always_a)
    assert "and lm-eval 0.4.12 (hf), float32:" in text
    assert "of 3 choices are the same" in text
    assert "The recipe is that of lm-eval 0.4.13" in text
    assert "lm-eval's A (margin 2.5)" in text


def test_a_sample_reaches_every_subject(mmlu: Path, always_a: str) -> None:
    (found,) = json.loads(compared(mmlu, "--lm-eval", always_a, "--parity-questions", "2", "--json"))["models"]
    assert found["n"] == 2
    few = {each["subject"] for each in found["differences"]}
    assert found["same"] or few == {"anatomy", "virology"}


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--lm-eval", "no-such-program"], "no-such-program cannot be started .*: install lm_eval, or name it"),
        (["--shots", "9"], "has 5 solved questions and the recipe shows 9"),
        (["--parity-questions", "0"], "has no questions with a known right choice"),
    ],
)
def test_what_cannot_be_compared_is_refused(mmlu: Path, arguments: list[str], refusal: str) -> None:
    with pytest.raises(CommandError, match=refusal):
        compared(mmlu, *arguments)


def test_a_benchmark_without_choices_is_refused(elyza: Path, always_a: str) -> None:
    judge = ("--judge-engine", "scripted", "--judge-model", "x")
    with pytest.raises(CommandError, match="ELYZA-tasks-100 has no choices"):
        compared(elyza, "--lm-eval", always_a, *judge, benchmark="elyza_tasks_100")


@pytest.mark.slow
@pytest.mark.vllm
@pytest.mark.usefixtures("cpu_engine")
@pytest.mark.filterwarnings("default")
@pytest.mark.skipif(not LM_EVAL, reason="lm_eval is not in this environment")
class TestForReal:
    def test_a_tiny_model_chooses_alike_in_both(self, shared_data: Path, tmp_path: Path) -> None:
        model = make_model(tmp_path / "model", context=4096)
        data = shared_data / "mmlu" / "hendrycks_layout"
        told: dict[str, Any] = json.loads(
            compared(data, "--json", "--parity-questions", "54", engine="transformers_local", model=str(model))
        )
        (found,) = told["models"]
        assert (found["n"], found["same"], found["differences"]) == (54, 54, [])
        assert found["largest"] < 1e-3
        assert found["lm_eval_version"].startswith("0.4.")

    def test_texts_of_choices_are_weighed_alike_in_both(self, tmp_path: Path) -> None:
        model = make_model(tmp_path / "model", context=2048)
        lines = [
            {
                "question": f"Where is {word}?",
                "choices": ["in the north", f"near {word}", "east", "far away"],
                "answer": 1,
            }
            for word in ("Osaka", "Oslo", "Lima", "Perth")
        ]
        data = tmp_path / "mmlubench_places.jsonl"
        data.write_text("".join(json.dumps(line) + "\n" for line in lines))
        (found,) = json.loads(
            compared(data, "--json", benchmark="mmlu_branch", engine="transformers_local", model=str(model))
        )["models"]
        assert (found["n"], found["same"]) == (4, 4)
        assert found["recipe"]["continued"] == "texts"
        assert found["largest"] < 1e-3
