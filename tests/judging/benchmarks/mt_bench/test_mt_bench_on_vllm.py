"""MT-Bench end to end against a real server: both turns answered, both turns graded, the tree written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from judging.actions.answer_items import store_answers
from judging.actions.answers import open_answer_run
from judging.actions.candidates import Candidate
from judging.actions.imports import InputFile, import_files
from judging.actions.judges import judge_for
from judging.actions.mt_bench import Grading, mt_bench_spec
from judging.actions.mt_bench_tree import write_tree
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.benchmarks.mt_bench.answering import Asking
from judging.benchmarks.mt_bench.prompt_kinds import read_prompt_file
from judging.benchmarks.mt_bench.tree import rows_of
from judging.models import Dataset, Run
from judging.reports.mt_bench import mt_bench_scores
from tests.tiny_model import make_model
from tests.vllm_server import vllm_server

pytestmark = [pytest.mark.slow, pytest.mark.vllm, pytest.mark.django_db]
FIRST = 24
"""Questions of writing, roleplay and reasoning: with and without a reference."""

GREEDY = Grading(times_again=0)
"""vLLM on a CPU dies of a seed with a temperature, when a long prompt is computed in pieces."""

WORDS = [f"Rating: [[{rating}]]" for rating in range(1, 11)] + ["I cannot say."]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with vllm_server(make_model(folder / "model", context=8192), "tiny", folder / "log") as url:
        yield url


def test_real_questions_are_answered_graded_and_written(server: str, shared_data: Path, tmp_path: Path) -> None:
    bench = shared_data / "mt_bench"
    files = [bench / "question.jsonl", bench / "reference_answer/gpt-4.jsonl"]
    plan = import_files("mt_bench", [InputFile(path) for path in files])
    assert plan.is_acceptable
    candidate = Candidate(engine="openai_api", model="tiny", base_url=server)
    questions = Dataset.objects.get(name="mt_bench")
    answers = open_answer_run(questions, candidate, Asking(temperature=0.0, max_tokens=64), scope=RunScope(limit=FIRST))
    work_run(answers.pk, claimer="test")
    answers.refresh_from_db()
    assert answers.state == Run.State.FINISHED, answers.error
    assert list(answers.replies.exclude(value="answered").values_list("part", "reason", "detail")) == []
    assert answers.replies.count() == 2 * FIRST

    spec = mt_bench_spec(read_prompt_file(bench / "judge_prompts.jsonl"), model="tiny", grading=GREEDY)
    assert spec.sampling == {"temperature": 0, "max_tokens": 2048}
    spec = replace(spec, sampling={"temperature": 0, "max_tokens": 24, "structured_outputs": {"choice": WORDS}})
    run = open_run(judge_for(spec), store_answers(answers), scope=RunScope(), base_url=server)
    work_run(run.pk, claimer="test")
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED, run.error

    scores = mt_bench_scores(run)["tiny"]
    assert (scores.asked, scores.unanswered) == (2 * FIRST, 0)
    assert list(scores.by_category) == ["writing", "roleplay", "reasoning"]
    assert scores.overall.n + sum(scores.overall.dropped.values()) == 2 * FIRST
    assert "no_reference" not in scores.overall.dropped
    assert 1 <= (scores.overall.mean or 0) <= 10

    written = write_tree(run, tmp_path)
    ratings = rows_of(written[-1])
    assert len(ratings) == 2 * FIRST
    kept = [row["score"] for row in ratings if row["score"] != -1]
    assert sum(kept) / len(kept) == pytest.approx(scores.overall.mean)
    assert {row["judge"][1] for row in ratings} == {
        "single-v1", "single-v1-multi-turn", "single-math-v1", "single-math-v1-multi-turn",
    }  # fmt: skip
