"""The tree of files, and what FastChat's and instructlab-eval's own programs make of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from judging.actions.mt_bench import Grading, judge_for_mt_bench
from judging.actions.mt_bench_tree import write_tree
from judging.actions.pair_items import pairs_in, store_pairs
from judging.actions.runs import RunRefused, RunScope, open_run
from judging.benchmarks.mt_bench.pair_scores import pair_scores
from judging.benchmarks.mt_bench.tree import TreeRefused, file_name, question_id, rows_of, votes_of, write_rows
from judging.engines.base import Request
from judging.models import Dataset, Judge, Run
from judging.reports.mt_bench import compared_pairs, mt_bench_scores
from tests.judging.benchmarks.mt_bench.files import (
    answered,
    judged,
    judged_all,
    questions_dataset,
    write_lines,
    write_prompts,
)
from tests.judging.benchmarks.mt_bench.peers import RUN_FASTCHAT, RUN_INSTRUCTLAB, peer

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return judge_for_mt_bench(write_prompts(tmp_path), model="org/judge")


@pytest.fixture
def questions(tmp_path: Path) -> Dataset:
    return questions_dataset(tmp_path)


def rating(request: Request) -> str:
    return "No idea." if request.item.category == "math" and request.id[1] == "turn_2" else "Rating: [[8.0]]"


def test_the_tree_has_the_files_of_fastchat(tmp_path: Path, judge: Judge, questions: Dataset) -> None:
    run, _ = judged(judge, answered(questions, "org/m1"), rating)
    written = write_tree(run, tmp_path / "out")
    assert [str(path.relative_to(tmp_path / "out")) for path in written] == [
        "mt_bench/question.jsonl",
        "mt_bench/reference_answer/reference.jsonl",
        "mt_bench/model_answer/org/m1.jsonl",
        "mt_bench/model_judgment/org/judge_single.jsonl",
    ]
    asked, references, answers, ratings = (rows_of(path) for path in written)
    assert asked[1] == {
        "question_id": 111, "category": "math", "turns": ["3+4?", "Double it."], "reference": ["7", "14"],
    }  # fmt: skip
    assert references[0]["model_id"] == "reference"
    assert references[0]["choices"] == [{"index": 0, "turns": ["7", "14"]}]
    assert [(row["question_id"], row["model_id"], len(row["answer_id"])) for row in answers] == [
        (81, "org/m1", 22), (111, "org/m1", 22),
    ]  # fmt: skip
    last = ratings[-1]
    assert (last["question_id"], last["turn"], last["score"], last["judgment"]) == (111, 2, -1, "No idea.")
    assert last["judge"] == ["org/judge", "single-math-v1-multi-turn"]
    assert last["user_prompt"].startswith("R1 7\nR2 14\nQ1 3+4?")
    assert (ratings[0]["score"], type(ratings[0]["score"])) == (8, int)


def test_a_run_replaces_its_own_rows_only(tmp_path: Path, judge: Judge, questions: Dataset) -> None:
    first, _ = judged(judge, answered(questions, "m1"), rating)
    second, _ = judged(judge, answered(questions, "m2"), rating)
    path = write_tree(first, tmp_path)[-1]
    write_tree(second, tmp_path)
    write_tree(first, tmp_path)
    assert sorted((row["model"], row["question_id"], row["turn"]) for row in rows_of(path)) == [
        (model, number, turn) for model in ("m1", "m2") for number in (81, 111) for turn in (1, 2)
    ]
    assert mt_bench_scores(first)["m1"].asked == 4


def test_rows_of_another_run_or_program_are_not_replaced(tmp_path: Path, judge: Judge, questions: Dataset) -> None:
    answers = answered(questions, "m1")
    path = write_tree(judged(judge, answers, rating)[0], tmp_path)[-1]
    before = path.read_bytes()
    again, _ = judged(judge, answers, rating)
    with pytest.raises(TreeRefused, match=r"judge_single\.jsonl holds judgments of m1 from run \d+@"):
        write_tree(again, tmp_path)
    assert path.read_bytes() == before
    write_lines(path, [{"question_id": 81, "model": "m1", "score": 9, "turn": 1}])
    with pytest.raises(TreeRefused, match="judgments of m1 from another program"):
        write_tree(again, tmp_path)


def test_another_answer_to_the_same_question_is_not_replaced(tmp_path: Path, judge: Judge, questions: Dataset) -> None:
    write_tree(judged(judge, answered(questions, "m1"), rating)[0], tmp_path)
    other, _ = judged(judge, answered(questions, "m1", lambda request: "Another."), rating)
    with pytest.raises(TreeRefused, match=r"m1\.jsonl holds another answer of question 81"):
        write_tree(other, tmp_path)


def test_a_run_that_judged_nothing_is_refused(tmp_path: Path, judge: Judge, questions: Dataset) -> None:
    answers = answered(questions, "m1")
    with pytest.raises(RunRefused, match="it is a generate run and finished"):
        write_tree(answers, tmp_path)
    place = Dataset.objects.get(pk=answers.snapshot["answers"]["dataset"])
    with pytest.raises(RunRefused, match="it is a judge run and pending"):
        write_tree(open_run(judge, place, scope=RunScope()), tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("org/m1", "org/m1"), ("/models/../m1/", "models/m1"), ("..", "model"), ("", "model"), ("C:\\m", "C:/m")],
)
def test_a_models_name_never_leads_out_of_the_folder(name: str, expected: str) -> None:
    assert file_name(name) == expected


def test_long_numbers_stay_text() -> None:
    assert question_id("111") == 111
    assert question_id("007") == "007"
    assert question_id("68232024609890606917498822062168070571") == "68232024609890606917498822062168070571"


def test_a_broken_file_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"a": 1}\n\n{"a"\n')
    with pytest.raises(TreeRefused, match=r"x\.jsonl:3: the line is no JSON"):
        rows_of(tmp_path / "x.jsonl")


def compared(request: Request) -> str:
    """m1 wins the first turn; the second goes to whoever is shown first, and math cannot be read."""
    if request.item.category == "math" and request.id[1] == "turn_2_ba":
        return "No idea."
    if request.id[1].startswith("turn_1"):
        return "[[A]]" if request.id[1].endswith("ab") else "[[B]]"
    return "[[A]]"


@pytest.fixture
def pair_run(tmp_path: Path, questions: Dataset) -> Run:
    judge = judge_for_mt_bench(write_prompts(tmp_path), model="gpt-4", grading=Grading(mode="pair"))
    pairs = store_pairs([answered(questions, "m1"), answered(questions, "base", lambda request: "Other.")])
    return judged_all(judge, pairs, compared)[0]


def test_pairs_are_compared_turn_by_turn_in_both_orders(pair_run: Run) -> None:
    scores = pair_scores(compared_pairs(pair_run), baseline="base")
    (model,) = scores.models
    assert (model.win, model.loss, model.tie, model.inconsistent, model.error) == (2, 0, 0, 1, 1)
    assert (scores.flip_rate, scores.played) == (pytest.approx(1 / 3), 3)
    judgments = pair_run.judgments.order_by("item__position", "criterion").values_list("criterion", "value", "reason")
    assert list(judgments) == [
        ("turn_1", "A", ""), ("turn_2", "", "inconsistent"), ("turn_1", "A", ""), ("turn_2", "", "no_verdict"),
    ]  # fmt: skip


def test_pairs_are_made_once_and_need_two_models(questions: Dataset) -> None:
    runs = [answered(questions, name) for name in ("m1", "m2", "m3")]
    every = store_pairs(runs)
    assert store_pairs(runs) == every
    assert every.items.count() == 6
    against = store_pairs(runs, baseline="m3")
    assert set(against.items.values_list("model", "model_b")) == {("m1", "m3"), ("m2", "m3")}
    with pytest.raises(RunRefused, match="no question that two models answered"):
        store_pairs(runs[:1])
    answers = Dataset.objects.get(name="mt_bench answers")
    assert pairs_in(answers, ["m1", "m2"]).items.count() == 2


def test_pairs_leave_as_games_and_votes(tmp_path: Path, pair_run: Run) -> None:
    write_tree(pair_run, tmp_path)
    folder = tmp_path / "mt_bench/model_judgment"
    games = rows_of(folder / "gpt-4_pair.jsonl")
    answers = {path.stem: rows_of(path) for path in (tmp_path / "mt_bench/model_answer").iterdir()}
    assert [row["choices"][0]["turns"] for row in answers["m1"]] == [["An answer.", "An answer."]] * 2
    assert [(row["question_id"], row["model_id"]) for row in answers["base"]] == [(81, "base"), (111, "base")]
    assert [(row["turn"], row["g1_winner"], row["g2_winner"]) for row in games] == [
        (1, "model_1", "model_1"), (2, "model_1", "model_2"), (1, "model_1", "model_1"), (2, "model_1", "error"),
    ]  # fmt: skip
    assert games[0]["judge"] == ["gpt-4", "pair-v2"]
    assert games[2]["g2_user_prompt"] == "Q 3+4?\nR 7\nFIRST Other.\nSECOND An answer."
    votes = json.loads((folder / "gpt-4_pair_votes.json").read_text())
    assert [vote["winner"] for vote in votes] == ["model_a", "tie (inconsistent)", "model_a"]
    assert votes == votes_of(games)


# --- the peers' own programs


MANY: list[dict[str, Any]] = [
    {"question_id": 81 + number, "category": ("writing", "roleplay", "stem", "extraction")[number // 20],
     "turns": [f"Question {number}?", "And now?"]}
    for number in range(80)
]  # fmt: skip


def known(request: Request) -> str:
    """160 ratings with known means; one cannot be read."""
    number = MANY_PLACES[request.item.turns[0].question]
    if request.id[1] == "turn_1":
        return f"[[{6.0 if number % 2 else 7.6875}]]"
    return "Hm." if number == 0 else f"[[{6.5 if number % 2 else 520.5 / 39 - 6.5 * 40 / 39}]]"


MANY_PLACES = {row["turns"][0]: number for number, row in enumerate(MANY)}


@pytest.fixture
def golden_tree(tmp_path: Path, judge: Judge) -> Path:
    run, _ = judged(judge, answered(questions_dataset(tmp_path, MANY), "m1"), known)
    scores = mt_bench_scores(run)["m1"]
    assert scores.overall.mean == pytest.approx(6.716981, abs=1e-6)
    assert scores.error_rate == 0.00625
    write_tree(run, tmp_path / "out")
    return tmp_path / "out" / "mt_bench"


def test_show_result_has_our_three_means(golden_tree: Path) -> None:
    file = golden_tree / "model_judgment/org/judge_single.jsonl"
    said = peer(RUN_FASTCHAT, "show_result.py", "--input-file", str(file))
    means = [float(number) for number in re.findall(r"^m1.*?(\d+\.\d+)$", said, re.MULTILINE)]
    assert means == pytest.approx([6.84375, 520.5 / 79, 1068 / 159], abs=1e-9)


def test_make_judgment_has_our_figures(golden_tree: Path) -> None:
    files = ("question.jsonl", "model_judgment/org/judge_single.jsonl", "model_answer/m1.jsonl")
    overall, turns, errors, pairs, whole = json.loads(peer(RUN_INSTRUCTLAB, *(str(golden_tree / f) for f in files)))
    assert (overall, *turns, errors) == pytest.approx((1068 / 159, 6.84375, 520.5 / 79, 0.00625), abs=1e-9)
    assert (pairs, whole) == (159, True)


def test_show_result_has_our_win_rates(tmp_path: Path, pair_run: Run) -> None:
    write_tree(pair_run, tmp_path)
    file = tmp_path / "mt_bench/model_judgment/gpt-4_pair.jsonl"
    arguments = ("--mode", "pairwise-baseline", "--baseline-model", "base", "--input-file", str(file))
    said = peer(RUN_FASTCHAT, "show_result.py", *arguments)
    found = re.search(r"^m1 +(.*)$", said, re.MULTILINE)
    assert found, said
    (model,) = pair_scores(compared_pairs(pair_run), baseline="base").models
    ties = model.tie + model.inconsistent
    expected = [model.win, model.loss, ties, model.win_rate, model.loss_rate, model.win_rate_adjusted]
    assert [float(number) for number in found[1].split()] == pytest.approx(expected, abs=1e-9)


def test_compute_agreement_reads_our_votes(tmp_path: Path, pair_run: Run) -> None:
    write_tree(pair_run, tmp_path)
    votes = tmp_path / "mt_bench/model_judgment/gpt-4_pair_votes.json"
    human = [{**vote, "judge": "expert_1", "winner": "model_a"} for vote in json.loads(votes.read_text())]
    (tmp_path / "human.json").write_text(json.dumps([*human, {**human[1], "winner": "model_b"}]))
    code = RUN_FASTCHAT.replace('run_name="__main__")', 'run_name="peer")') + (
        "\nimport json, sys\nnames = runpy.run_path(str(script))\n"
        "votes = [json.load(open(name)) for name in sys.argv[1:]]\n"
        "data = names['get_mt_bench_votes_data'](votes)\n"
        "print([names['get_mt_bench_agreement'](turn, 'gpt4-pair', 'human', ban=[]) for turn in data])"
    )
    said = peer(code, "compute_agreement.py", str(votes), str(tmp_path / "human.json"))
    assert said.splitlines()[-1] == "[(2, 2), (0, 2)]"


def test_the_peers_loaders_find_nothing_missing(golden_tree: Path) -> None:
    code = """
import sys
from instructlab.eval import mt_bench_common as common
from instructlab.eval.mt_bench_answers import reorg_answer_file
base, prompts = sys.argv[1:3]
questions = common.load_questions(base + "/question.jsonl", None, None)
answers = base + "/model_answer/m1.jsonl"
before = open(answers).read()
reorg_answer_file(answers)
assert open(answers).read() == before
given = common.load_model_answers(answers)
common.check_data(questions, given, {}, common.get_model_list(answers), {})
print(len(questions), len(given["m1"]))
"""
    assert peer(code, str(golden_tree), "").split() == ["80", "80"]


def test_other_ends_of_lines_inside_a_text_are_no_ends_of_rows(tmp_path: Path) -> None:
    rows = [{"question_id": 81, "text": "one\u2028two\x85three\x0cfour"}, {"question_id": 82}]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    assert rows_of(path) == rows
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert rows_of(path) == rows
