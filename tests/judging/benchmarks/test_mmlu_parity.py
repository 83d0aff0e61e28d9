"""Our choices against lm-eval's own, with a tiny model, for real; and what a comparison says."""

import csv
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from judging.benchmarks.mmlu.parity import (
    Difference,
    ParityFailed,
    Sample,
    compare,
    lm_eval_likelihoods,
    task_of,
    write_tasks,
)
from judging.benchmarks.mmlu.prompts import Question, continued, prompts
from judging.benchmarks.mmlu.recipe import Recipe, recipe_of
from judging.engines import ENGINES
from judging.engines.base import ChoiceRequest, EngineOptions
from tests.tiny_model import CPU_ARGUMENTS, make_model

ASKED = Question("2 + 2?", ("3", "4", "5", "22"), 1)
SHOT = Question("Is ice warm?", ("yes", "no", "often", "at night"), 1)
LM_EVAL = shutil.which("lm-eval", path=str(Path(sys.executable).parent)) or ""
against_lm_eval = [
    pytest.mark.slow,
    pytest.mark.vllm,
    pytest.mark.usefixtures("cpu_engine"),
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(not LM_EVAL, reason="lm_eval is not in this environment"),
]


def test_equal_choices_are_counted_and_different_ones_listed() -> None:
    ours = {("anatomy", 0): [-1.0, -2.0, -3.0], ("anatomy", 1): [-1.0, -1.1, -3.0]}
    theirs = {("anatomy", 0): [-6.0, -7.0, -8.001], ("anatomy", 1): [-1.0, -0.9, -3.0]}
    found = compare(ours, theirs)
    assert (found.n, found.same) == (2, 1)
    assert found.largest == pytest.approx(0.2)
    (difference,) = found.differences
    assert difference == Difference("anatomy", 1, "A", "B", pytest.approx(0.1), pytest.approx(0.1))


def test_a_question_that_one_of_them_lacks_is_no_agreement() -> None:
    with pytest.raises(ParityFailed, match="Question 2 of anatomy was scored by only one"):
        compare({("anatomy", 0): [-1.0, -2.0], ("anatomy", 1): [-1.0, -2.0]}, {("anatomy", 0): [-1.0, -2.0]})


def test_a_task_says_what_lm_evals_own_says(tmp_path: Path) -> None:
    sample = Sample("anatomy", [ASKED], [SHOT])
    assert write_tasks([sample], tmp_path) == ["evalsite_mmlu_anatomy"]
    task = task_of(sample, tmp_path)
    assert task["doc_to_text"].endswith("\nD. {{choices[3]}}\nAnswer:")
    assert task["fewshot_config"] == {"sampler": "first_n"}
    assert (tmp_path / "anatomy_test.jsonl").read_text("utf-8").count("\n") == 1


def test_an_lm_eval_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParityFailed, match="no-such-program cannot be started"):
        lm_eval_likelihoods([Sample("anatomy", [ASKED], [])], Recipe(), tmp_path, model="m", command="no-such-program")


def test_an_lm_eval_that_fails_says_why(tmp_path: Path) -> None:
    command = f"{sys.executable} -c \"raise SystemExit('no model')\""
    with pytest.raises(ParityFailed, match="lm-eval ended with 1: no model"):
        lm_eval_likelihoods([Sample("anatomy", [ASKED], [])], Recipe(), tmp_path, model="m", command=command)


@pytest.fixture(scope="session")
def long_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with room for five solved questions."""
    return make_model(tmp_path_factory.mktemp("long"), context=4096)


def likelihoods(samples: list[Sample], recipe: Recipe, model: Path, engine: str) -> dict[tuple[str, int], Any]:
    arguments = CPU_ARGUMENTS if engine == "vllm_offline" else {"dtype": "float32", "batch_size": 16}
    running: Any = ENGINES[engine](EngineOptions(model=str(model), arguments=arguments))
    asked = {
        (number, "", 0): (sample, place)
        for number, (sample, place) in enumerate(
            (each, place) for each in samples for place in range(len(each.questions))
        )
    }
    requests = (
        ChoiceRequest(
            id=name,
            prompts=prompts(sample.questions[place], sample.shots, sample.subject, recipe),
            texts=continued(sample.questions[place], recipe),
            group=sample.subject,
            bos=recipe.bos,
        )
        for name, (sample, place) in asked.items()
    )
    found = {reply.id: reply for reply in running.choices(requests)}
    running.close()
    assert not [reply.failure for reply in found.values() if reply.failure]
    return {(sample.subject, place): found[name].loglikelihoods for name, (sample, place) in asked.items()}


def questions(file: Path) -> list[Question]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [Question(row[0], tuple(row[1:5]), "ABCD".index(row[5])) for row in csv.reader(lines)]


def real(folder: Path) -> list[Sample]:
    """The subjects in Hendrycks' layout."""
    names = sorted(file.stem.removesuffix("_test") for file in (folder / "test").glob("*_test.csv"))
    return [
        Sample(name, questions(folder / "test" / f"{name}_test.csv"), questions(folder / "dev" / f"{name}_dev.csv"))
        for name in names
    ]


class TestAgainstLmEval:
    pytestmark = against_lm_eval

    def test_all_real_subjects_and_questions_are_answered_alike(
        self, shared_data: Path, long_model: Path, tmp_path: Path
    ) -> None:
        samples = real(shared_data / "mmlu" / "hendrycks_layout")
        assert len(samples) == 18
        theirs = lm_eval_likelihoods(samples, Recipe(), tmp_path, model=str(long_model), command=LM_EVAL)
        ours = likelihoods(samples, Recipe(), long_model, "transformers_local")
        found = compare(ours, theirs)
        assert (found.same, found.differences) == (found.n, ())
        assert found.largest < 1e-3

    @pytest.mark.parametrize("engine", ["vllm_offline", "transformers_local"])
    @pytest.mark.parametrize("system", ["", "You choose with care."])
    def test_a_chat_is_written_alike(
        self, shared_data: Path, long_model: Path, tmp_path: Path, engine: str, system: str
    ) -> None:
        every = real(shared_data / "mmlu" / "hendrycks_layout")[:2]
        samples = [Sample(each.subject, each.questions[:20], each.shots) for each in every]
        recipe = recipe_of(chat=True, system=system)
        theirs = lm_eval_likelihoods(samples, recipe, tmp_path, model=str(long_model), command=LM_EVAL)
        found = compare(likelihoods(samples, recipe, long_model, engine), theirs)
        assert (found.same, found.differences) == (40, ())
        assert found.largest < 1e-3
