"""Answers graded turn by turn: what is asked, what is not, and what is asked again."""

from pathlib import Path

import pytest

from judging.actions.mt_bench import Grading, judge_for_mt_bench
from judging.actions.retries import reopen_unscored
from judging.actions.work import work_run
from judging.benchmarks.mt_bench.prompt_kinds import PromptsRefused
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineReply, Request
from judging.models import Dataset, Judgment, Reply, Run
from judging.reports.mt_bench import mt_bench_scores, unrated_items
from tests.judging.benchmarks.mt_bench.files import (
    Talker,
    answered,
    judged,
    questions_dataset,
    write_prompts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(tmp_path: Path) -> Dataset:
    return questions_dataset(tmp_path)


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    return write_prompts(tmp_path)


def rating(request: Request) -> str:
    return f"Fine. Rating: [[{8 if request.id[1] == 'turn_1' else 6}]]"


def failing_second(request: Request) -> EngineReply | str:
    if request.id[1] == "turn_2":
        return EngineReply(id=request.id, failure=Unscored(Reason.SERVER_ERROR, "500"))
    return "An answer."


def test_every_turn_has_its_rating(questions: Dataset, prompts: Path) -> None:
    run, talker = judged(judge_for_mt_bench(prompts, model="j"), answered(questions, "m1"), rating)
    assert run.state == Run.State.FINISHED
    assert sorted(request.id[1] for request in talker.asked) == ["turn_1", "turn_1", "turn_2", "turn_2"]
    rows = Judgment.objects.filter(run=run).values_list("criterion", "score", "verdict", "n_replies")
    assert sorted(rows) == [("turn_1", 8.0, "", 1)] * 2 + [("turn_2", 6.0, "", 1)] * 2
    scores = mt_bench_scores(run)["m1"]
    assert (scores.overall.mean, scores.turns_mean, scores.error_rate) == (7.0, 7.0, 0.0)
    assert scores.by_category["math"].mean == 7.0


def test_the_judge_says_what_it_grades_by(prompts: Path) -> None:
    judge = judge_for_mt_bench(prompts, model="j")
    assert judge.sampling == {"temperature": 0, "max_tokens": 2048}
    assert judge.decision["prompts"]["file"] == "judge_prompts.jsonl"
    assert len(judge.decision["prompts"]["sha256"]) == 64
    assert (judge.name, judge.decision["mode"]) == ("mt-bench", "strict")
    assert judge_for_mt_bench(prompts, model="j") == judge
    assert judge_for_mt_bench(prompts, model="j", grading=Grading(reader="fastchat")).version == 2


def test_a_missing_second_turn_leaves_the_first_to_be_judged(questions: Dataset, prompts: Path) -> None:
    answers = answered(questions, "m1", failing_second)
    run, talker = judged(judge_for_mt_bench(prompts, model="j"), answers, rating)
    assert {request.id[1] for request in talker.asked} == {"turn_1"}
    second = Judgment.objects.filter(run=run, criterion="turn_2")
    assert set(second.values_list("status", "reason")) == {("unscored", "no_answer")}
    scores = mt_bench_scores(run)["m1"]
    assert (scores.overall.mean, scores.unanswered, scores.error_rate) == (8.0, 2, 0.0)
    assert not unrated_items(run).exists()


def test_a_candidates_error_is_never_judged(questions: Dataset, prompts: Path) -> None:
    broken = answered(questions, "m1", lambda request: EngineReply(id=request.id, failure=Unscored(Reason.TIMEOUT)))
    run, talker = judged(judge_for_mt_bench(prompts, model="j"), broken, rating)
    assert talker.asked == []
    assert mt_bench_scores(run)["m1"].unanswered == 4


def test_what_cannot_be_read_is_asked_again_and_every_reply_is_kept(questions: Dataset, prompts: Path) -> None:
    tries: dict[tuple[int, str, int], int] = {}

    def hesitant(request: Request) -> str:
        tries[request.id] = tries.get(request.id, 0) + 1
        return "Hm." if tries[request.id] < 3 else "Rating: [[4]]"

    run, talker = judged(judge_for_mt_bench(prompts, model="j"), answered(questions, "m1"), hesitant)
    assert set(tries.values()) == {3}
    assert set(Judgment.objects.filter(run=run).values_list("score", "n_replies")) == {(4.0, 1)}
    first = Reply.objects.filter(run=run, part="turn_1").order_by("item", "attempt")[:3]
    assert [(reply.attempt, reply.text, reply.value) for reply in first] == [
        (1, "Hm.", None), (2, "Hm.", None), (3, "Rating: [[4]]", "4"),
    ]  # fmt: skip
    asked = [request for request in talker.asked if request.id == talker.asked[0].id]
    assert [request.sampling.get("temperature") for request in asked] == [None, 0.7, 0.7]
    assert len({request.seed for request in asked}) == 3


def test_what_stays_unread_goes_to_people_and_can_be_retried(questions: Dataset, prompts: Path) -> None:
    judge = judge_for_mt_bench(prompts, model="j")

    def partly(request: Request) -> str:
        return "No idea." if request.item.category == "math" and request.id[1] == "turn_2" else "[[4]]"

    run, talker = judged(judge, answered(questions, "m1"), partly)
    assert len(talker.asked) == 4 + 2
    assert [item.category for item in unrated_items(run)] == ["math"]
    scores = mt_bench_scores(run)["m1"]
    assert (scores.error_rate, scores.overall.n, scores.overall.dropped) == (0.25, 3, {"no_verdict": 1})
    reopen_unscored(run)
    again = Talker(rating)
    work_run(run.pk, claimer="here", engine=again)
    assert [request.id[1] for request in again.asked] == ["turn_2"]
    assert not unrated_items(run).exists()
    attempts = Reply.objects.filter(run=run, part="turn_2", item__category="math").values_list("attempt", "value")
    assert sorted(attempts) == [(1, None), (2, None), (3, None), (4, "6")]


@pytest.mark.parametrize(("reader", "score"), [("strict", 9.0), ("fastchat", 2.0)])
def test_the_reader_is_the_judges(questions: Dataset, prompts: Path, reader: str, score: float) -> None:
    judge = judge_for_mt_bench(prompts, model="j", grading=Grading(reader=reader))
    run, _ = judged(judge, answered(questions, "m1"), lambda request: "Not [[2]], rather [[ 9/10 ]]")
    assert set(Judgment.objects.filter(run=run).values_list("score", flat=True)) == {score}


def test_fastchats_reader_asks_nothing_again(questions: Dataset, prompts: Path) -> None:
    judge = judge_for_mt_bench(prompts, model="j", grading=Grading(reader="fastchat"))
    run, talker = judged(
        judge, answered(questions, "m1"), lambda request: "Hm." if request.id[1] == "turn_1" else "[85]"
    )
    assert len(talker.asked) == 4
    assert set(Judgment.objects.filter(run=run).values_list("criterion", "score")) == {
        ("turn_1", None),
        ("turn_2", 85.0),
    }


def test_several_samples_are_averaged(questions: Dataset, prompts: Path) -> None:
    judge = judge_for_mt_bench(prompts, model="j", grading=Grading(samples=2))
    run, _ = judged(judge, answered(questions, "m1"), lambda request: f"[[{4 + request.id[2]}]]")
    assert set(Judgment.objects.filter(run=run).values_list("score", "n_replies")) == {(4.5, 2)}


@pytest.mark.parametrize(
    ("grading", "sentence"),
    [
        (Grading(mode="triple"), "graded single or pair, not 'triple'"),
        (Grading(reader="lax"), "read strict, lenient, fastchat, not 'lax'"),
        (Grading(turns=(3,)), r"are 1, or 1 and 2, not \(3,\)"),
    ],
)
def test_other_ways_of_grading_are_refused(prompts: Path, grading: Grading, sentence: str) -> None:
    with pytest.raises(PromptsRefused, match=sentence):
        judge_for_mt_bench(prompts, model="j", grading=grading)
