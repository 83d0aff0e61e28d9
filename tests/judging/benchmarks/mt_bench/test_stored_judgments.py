"""Judgments that others made and stored: their means, by turn and category, are those of the files."""

import json
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from judging.actions.imports import InputFile, import_files
from judging.actions.mt_bench import judge_for_mt_bench
from judging.actions.mt_bench_tree import write_tree
from judging.benchmarks.mt_bench.pair_scores import pair_scores
from judging.benchmarks.mt_bench.tree import rows_of
from judging.models import Dataset, Run
from judging.reports.mt_bench import compared_pairs, mt_bench_scores, unrated_items
from tests.judging.benchmarks.mt_bench.files import QUESTIONS, judged_all, write_lines, write_prompts

pytestmark = pytest.mark.django_db


def imported(*files: Path) -> Run:
    plan = import_files("stored", [InputFile(file) for file in files])
    assert plan.is_acceptable, plan.problems
    return Run.objects.get(kind=Run.Kind.IMPORTED)


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_real_means_per_model_turn_and_category_are_those_of_the_file(shared_data: Path) -> None:
    bench = shared_data / "mt_bench"
    file = bench / "model_judgment/gpt-4_single.medusa.jsonl"
    found = mt_bench_scores(imported(bench / "question.jsonl", file))
    category = {row["question_id"]: row["category"] for row in rows(bench / "question.jsonl")}
    expected: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
    for row in rows(file):
        expected[row["model"]].append((row["turn"], category[row["question_id"]], row["score"]))
    assert found.keys() == expected.keys()
    assert len(found) == 3
    for model, said in expected.items():
        kept = [(turn, name, score) for turn, name, score in said if score != -1]
        scores = found[model]
        assert scores.overall.mean == pytest.approx(fmean(score for *_, score in kept))
        assert (scores.asked, scores.overall.n) == (len(said), len(kept))
        assert scores.error_rate == pytest.approx(1 - len(kept) / len(said))
        for turn, figure in scores.by_turn.items():
            assert figure.mean == pytest.approx(fmean(score for number, _, score in kept if number == turn))
        for place, figure in scores.by_category_and_turn.items():
            assert figure.mean == pytest.approx(fmean(score for turn, name, score in kept if (name, turn) == place))
            assert figure.n == 10


def test_real_judgments_leave_as_they_came(shared_data: Path, tmp_path: Path) -> None:
    bench = shared_data / "mt_bench"
    file = bench / "model_judgment/gpt-4_single.medusa.jsonl"
    written = write_tree(imported(bench / "question.jsonl", file), tmp_path)
    assert [path.name for path in written] == ["question.jsonl", "reference.jsonl", "gpt-4_single.jsonl"]
    ours = {place(row): row for row in rows_of(written[-1])}
    assert len(ours) == 480
    for row in rows(file):
        assert {name: ours[place(row)][name] for name in row} == row


def place(row: Any) -> tuple[Any, ...]:
    return row["model"], row["question_id"], row["turn"]


@pytest.mark.parametrize("name", ["en_GPT-4o-mini_single_gemma-2-9b-it", "ko_EXAONE-32B_single_Phi-3.5-mini-Instruct"])
def test_both_turns_in_one_line_are_two_ratings(shared_data: Path, name: str) -> None:
    file = shared_data / f"mt_bench_multi_judge/raw/{name}.jsonl"
    (scores,) = mt_bench_scores(imported(shared_data / "mt_bench/question.jsonl", file)).values()
    for turn in (1, 2):
        said = [row[f"score_turn{turn}"] for row in rows(file)]
        kept = [score for score in said if score is not None and score != -1]
        assert scores.by_turn[turn].mean == pytest.approx(fmean(kept))
        assert (scores.by_turn[turn].n, sum(scores.by_turn[turn].dropped.values())) == (len(kept), 80 - len(kept))


def test_japanese_judgments_of_a_first_turn(shared_data: Path) -> None:
    bench = shared_data / "ja_mt_bench"
    (scores,) = mt_bench_scores(imported(bench / "question.jsonl", bench / "model_judgment/gpt-4.jsonl")).values()
    said = [row["score"] for row in rows(bench / "model_judgment/gpt-4.jsonl")]
    assert scores.overall.mean == pytest.approx(fmean(score for score in said if score != -1))
    assert (scores.asked, list(scores.by_turn)) == (60, [1])


def test_real_games_by_position_are_games_of_models(shared_data: Path) -> None:
    file = shared_data / "mt_bench_multi_judge/raw/en_GPT-4o-mini_pairwise_Llama-3.1-8B_vs_gemma-2-9b.jsonl"
    found = pair_scores(compared_pairs(imported(shared_data / "mt_bench/question.jsonl", file)))
    said = rows(file)
    wins = {
        "Llama-3.1-8B-Instruct": sum((row["winner_ab"], row["winner_ba"]) == ("A", "B") for row in said),
        "gemma-2-9b-it": sum((row["winner_ab"], row["winner_ba"]) == ("B", "A") for row in said),
    }
    assert {model.model: model.win for model in found.models} == wins
    assert sum(wins.values()) > 0
    assert found.played + found.errors == 80


def judgment(number: int, turn: int, score: float) -> dict[str, Any]:
    return {
        "question_id": number, "model": "m1", "judge": ["gpt-4", "single-v1"], "user_prompt": "", "turn": turn,
        "judgment": f"[[{score}]]" if score != -1 else "Hm.", "score": score, "tstamp": 1.0,
    }  # fmt: skip


def test_a_judgment_without_an_answer_can_be_reviewed_and_not_judged(tmp_path: Path) -> None:
    """The file brings ratings of answers that nobody has."""
    file = write_lines(tmp_path / "gpt-4_single.jsonl", [judgment(81, 1, 8), judgment(81, 2, -1), judgment(111, 1, 4)])
    run = imported(write_lines(tmp_path / "question.jsonl", QUESTIONS), file)
    scores = mt_bench_scores(run)["m1"]
    assert (scores.overall.mean, scores.overall.n, scores.overall.dropped) == (6.0, 2, {"no_verdict": 1})
    assert [item.key for item in unrated_items(run)] == ["81:m1"]
    dataset = Dataset.objects.get(name="stored")
    assert set(dataset.items.values_list("answer_state", flat=True)) == {"missing"}
    own, talker = judged_all(judge_for_mt_bench(write_prompts(tmp_path), model="j"), dataset, lambda request: "[[1]]")
    assert talker.asked == []
    assert mt_bench_scores(own)["m1"].unanswered == 4


def test_an_error_that_was_stored_as_an_answer_is_not_judged(tmp_path: Path) -> None:
    def answer(number: int, *turns: str) -> dict[str, Any]:
        return {"question_id": number, "model_id": "m1", "choices": [{"index": 0, "turns": list(turns)}]}

    answers = [answer(81, "$ERROR$", "$ERROR$"), answer(111, "7", "$ERROR$")]
    import_files(
        "stored",
        [
            InputFile(write_lines(tmp_path / "question.jsonl", QUESTIONS)),
            InputFile(write_lines(tmp_path / "model_answer/m1.jsonl", answers)),
        ],
    )
    dataset = Dataset.objects.get(name="stored")
    run, talker = judged_all(judge_for_mt_bench(write_prompts(tmp_path), model="j"), dataset, lambda request: "[[6]]")
    assert [(request.item.category, request.id[1]) for request in talker.asked] == [("math", "turn_1")]
    scores = mt_bench_scores(run)["m1"]
    assert (scores.overall.mean, scores.asked, scores.unanswered) == (6.0, 1, 3)
