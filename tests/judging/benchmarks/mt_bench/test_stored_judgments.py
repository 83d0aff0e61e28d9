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


def pair(**said: Any) -> dict[str, Any]:
    return {
        "question_id": 81, "model_1": "m1", "model_2": "m2", "g1_winner": "model_1", "g2_winner": "model_1",
        "judge": ["gpt-4", "pair-v2"], "g1_user_prompt": "", "g1_judgment": "[[A]]", "g2_user_prompt": "",
        "g2_judgment": "[[B]]", "turn": 1, "tstamp": 1.0,
    } | said  # fmt: skip


def stored(tmp_path: Path, *said: dict[str, Any], name: str = "gpt-4_single.jsonl") -> Run:
    questions = write_lines(tmp_path / "question.jsonl", QUESTIONS)
    return imported(questions, write_lines(tmp_path / name, list(said)))


def test_several_judges_in_one_file_are_a_run_each(tmp_path: Path) -> None:
    claude = {"judge": ["claude", "single-v1"]}
    lines = [judgment(81, 1, 8), judgment(81, 1, 4) | claude, judgment(81, 2, 6), judgment(81, 2, -1) | claude]
    files = [write_lines(tmp_path / "question.jsonl", QUESTIONS), write_lines(tmp_path / "all_single.jsonl", lines)]
    import_files("stored", [InputFile(file) for file in files])
    found = {run.snapshot["model"]: mt_bench_scores(run)["m1"] for run in Run.objects.filter(kind="imported")}
    assert found["gpt-4"].overall.mean == 7.0
    assert (found["claude"].overall.mean, found["claude"].overall.dropped) == (4.0, {"no_verdict": 1})
    texts = {run.snapshot["model"]: list(run.replies.values_list("text", flat=True)) for run in Run.objects.all()}
    assert texts == {"gpt-4": ["[[8]]", "[[6]]"], "claude": ["[[4]]", "Hm."]}
    import_files("stored", [InputFile(file) for file in files])
    assert Run.objects.count() == 2


@pytest.mark.parametrize("judge", ["gpt-4", ["gpt-4"], ["gpt-4", "single-v1"], None, []])
def test_a_judge_is_a_list_a_text_or_nobody(tmp_path: Path, judge: Any) -> None:
    run = stored(tmp_path, judgment(81, 1, 8) | {"judge": judge})
    assert run.snapshot["model"] == ("gpt-4" if judge else "")
    assert mt_bench_scores(run)["m1"].overall.mean == 8.0


@pytest.mark.parametrize(
    ("said", "turn"), [({"turn": 2}, 2), ({"turn": "2"}, 2), ({"turn": None}, 1), ({"turn": "1"}, 1)]
)
def test_turns_may_be_missing_or_text(tmp_path: Path, said: dict[str, Any], turn: int) -> None:
    scores = mt_bench_scores(stored(tmp_path, judgment(81, 1, 8) | said))["m1"]
    assert list(scores.by_turn) == [turn]
    without = judgment(111, 1, 5)
    del without["turn"]
    other = stored_again(tmp_path, without)
    assert list(mt_bench_scores(other)["m1"].by_turn) == [1]


def stored_again(tmp_path: Path, *said: dict[str, Any]) -> Run:
    file = write_lines(tmp_path / "other_single.jsonl", list(said))
    import_files("again", [InputFile(tmp_path / "question.jsonl"), InputFile(file)])
    return Run.objects.get(dataset__name="again")


@pytest.mark.parametrize(("score", "mean"), [("8", 8.0), ("7.5", 7.5), ("-1", None), (None, None), (-1.0, None)])
def test_scores_may_be_text_and_unreadable_ones_are_left_out(tmp_path: Path, score: Any, mean: float | None) -> None:
    scores = mt_bench_scores(stored(tmp_path, judgment(81, 1, 8) | {"score": score}))["m1"]
    assert scores.overall.mean == mean
    assert scores.overall.dropped == ({} if mean else {"no_verdict": 1})


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, "win"), ({"g2_winner": "tie"}, "inconsistent"), ({"g1_winner": "tie", "g2_winner": "tie"}, "tie"),
        ({"g1_winner": "model_2", "g2_winner": "model_2"}, "loss"), ({"g1_winner": "error"}, "error"),
        ({"g1_winner": "m1", "g2_winner": "m1"}, "win"), ({"m1_score": 8, "m2_score": 3}, "win"),
    ],
)  # fmt: skip
def test_pairs_come_in_as_they_were_judged(tmp_path: Path, said: dict[str, Any], outcome: str) -> None:
    run = stored(tmp_path, pair(**said), name="gpt-4_pair.jsonl")
    assert [compared.outcome for compared in compared_pairs(run)] == [outcome]


@pytest.mark.parametrize(
    ("winner", "outcome"),
    [
        ("model_1", "win"), ("m2", "loss"), ("tie", "tie"), ("error", "error"), ("tie (inconsistent)", "inconsistent"),
    ],
)  # fmt: skip
def test_a_pair_of_which_only_the_winner_was_kept(tmp_path: Path, winner: str, outcome: str) -> None:
    kept = {name: value for name, value in pair(winner=winner).items() if not name.startswith("g")}
    run = stored(tmp_path, kept, name="gpt-4_pair.jsonl")
    assert [compared.outcome for compared in compared_pairs(run)] == [outcome]
    assert not run.replies.exists()


def test_both_kinds_and_several_judges_of_pairs_in_one_file(tmp_path: Path) -> None:
    claude = pair(judge=["claude", "pair-v2"], g2_winner="tie")
    lines = [pair(), pair(turn=2, g1_winner="error"), claude, judgment(81, 1, 8)]
    files = [write_lines(tmp_path / "question.jsonl", QUESTIONS), write_lines(tmp_path / "mixed.jsonl", lines)]
    import_files("stored", [InputFile(file) for file in files])
    runs = {run.snapshot["model"]: run for run in Run.objects.filter(kind="imported")}
    found = {name: pair_scores(compared_pairs(run)) for name, run in runs.items()}
    assert (found["gpt-4"].played, found["gpt-4"].errors, found["claude"].flip_rate) == (1, 1, 1.0)
    assert mt_bench_scores(runs["gpt-4"])["m1"].overall.mean == 8.0


def test_an_answer_judged_twice_by_one_judge_is_named_with_its_line(tmp_path: Path) -> None:
    write_lines(tmp_path / "question.jsonl", QUESTIONS)
    file = write_lines(tmp_path / "gpt-4_single.jsonl", [judgment(81, 1, 8), judgment(81, 1, 3)])
    plan = import_files("stored", [InputFile(tmp_path / "question.jsonl"), InputFile(file)])
    assert [(Path(problem.file).name, problem.line) for problem in plan.problems] == [("gpt-4_single.jsonl", 2)]
    assert "judges this answer twice in turn_1" in plan.problems[0].message
    assert not Dataset.objects.filter(name="stored").exists()
