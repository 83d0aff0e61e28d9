"""Asking again only what has no value: what is asked, what is kept, and what the judgments come to then."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from judging.actions.batches import LEASE, claim_batch
from judging.actions.judges import judge_for
from judging.actions.retries import reopen_unscored, retry_unscored
from judging.actions.runs import BATCH_ITEMS, RunRefused, RunScope, cancel_run, open_run, resume_runs
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import Engine, EngineOptions, EngineReply, Request
from judging.engines.scripted import ScriptedEngine
from judging.models import Item, Judgment, Reply, Run
from judging.reports import run_progress
from tests.factories import make_dataset, make_items, make_run

pytestmark = pytest.mark.django_db
CLEAN, WRONG = '{"verdict": "clean"}', '{"verdict": "wrong"}'
Script = Callable[[Request], str | EngineReply]


def a_run(items: int, *, samples: int = 1) -> Run:
    dataset = make_dataset()
    make_items(dataset, items)
    judge = judge_for(replace(JUDGES["scripted"], samples=samples))
    return open_run(judge, dataset, scope=RunScope())


def worked(run: Run, script: Script, claimer: str = "w:1:1") -> Run:
    def engine(name: str, options: EngineOptions) -> Engine:
        return ScriptedEngine(script)

    work_run(run.pk, claimer=claimer, engine=engine)
    run.refresh_from_db()
    return run


def number_of(request: Request) -> int:
    """Items of the factory ask "Question 1?" and so on."""
    return int(request.item.turns[0].question.split()[1].rstrip("?"))


def failing_at(*numbers: int, reason: Reason = Reason.TIMEOUT) -> Script:
    def answer(request: Request) -> str | EngineReply:
        if number_of(request) in numbers:
            return EngineReply(id=request.id, failure=Unscored(reason, "why"))
        return CLEAN

    return answer


def test_asks_again_only_what_has_no_value() -> None:
    run = worked(a_run(5), failing_at(2, 4))
    asked: list[int] = []

    def answer(request: Request) -> str:
        asked.append(number_of(request))
        return WRONG

    scored = list(Reply.objects.filter(status="scored").values("pk", "text", "attempt"))
    again = worked(reopen_unscored(run), answer)
    assert asked == [2, 4]
    assert again.state == Run.State.FINISHED
    assert list(Reply.objects.filter(attempt=1, status="scored").values("pk", "text", "attempt")) == scored
    assert Reply.objects.filter(attempt=2, status="scored").count() == 2
    assert Reply.objects.filter(attempt=1, status="unscored", reason="timeout").count() == 2
    assert list(Judgment.objects.order_by("item").values_list("verdict", flat=True)) == [
        "clean",
        "wrong",
        "clean",
        "wrong",
        "clean",
    ]
    assert run_progress(again).counts == {"clean": 3, "wrong": 2, "invalid": 0}


def test_a_judgment_is_made_anew_from_the_newest_attempt_of_every_sample() -> None:
    run = a_run(1, samples=3)
    run = worked(run, lambda request: CLEAN if request.id[2] == 0 else EngineReply(id=request.id, failure=BUSY))
    assert Judgment.objects.values_list("verdict", "n_read", "n_replies").get() == ("clean", 1, 3)
    worked(reopen_unscored(run), lambda request: WRONG)
    assert Judgment.objects.values_list("verdict", "n_read", "n_replies").get() == ("wrong", 3, 3)
    assert list(Reply.objects.values_list("sample", "attempt", "value").order_by("sample", "attempt")) == [
        (0, 1, "clean"),
        (1, 1, None),
        (1, 2, "wrong"),
        (2, 1, None),
        (2, 2, "wrong"),
    ]


BUSY = Unscored(Reason.RATE_LIMITED, "HTTP 429")


def test_a_second_retry_counts_on_from_the_first() -> None:
    run = worked(a_run(2), failing_at(2))
    run = worked(reopen_unscored(run), failing_at(2))
    worked(reopen_unscored(run), lambda request: "unreadable")
    assert list(Reply.objects.filter(item__position=2).values_list("attempt", "reason").order_by("attempt")) == [
        (1, "timeout"),
        (2, "timeout"),
        (3, "no_verdict"),
    ]
    assert Judgment.objects.get(item__position=2).reason == "no_verdict"


def test_only_batches_with_something_to_ask_are_opened() -> None:
    run = worked(a_run(3 * BATCH_ITEMS), failing_at(BATCH_ITEMS + 5))
    reopen_unscored(run)
    assert list(run.batches.values_list("number", "state")) == [(1, "done"), (2, "pending"), (3, "done")]


def test_a_worker_that_died_while_asking_again_leaves_everything_as_it_was() -> None:
    run = worked(a_run(3), failing_at(2))
    reopen_unscored(run)
    claim_batch(run, claimer="dead:1:1", now=timezone.now() - 2 * LEASE)
    resume_runs()
    run = worked(run, lambda request: WRONG, claimer="other:1:1")
    assert run.state == Run.State.FINISHED
    assert list(Judgment.objects.order_by("item").values_list("verdict", flat=True)) == ["clean", "wrong", "clean"]
    assert Reply.objects.count() == 4


@pytest.mark.parametrize("reason", [Reason.NO_REFERENCE, Reason.PROMPT_TOO_LONG])
def test_what_asking_again_cannot_change_is_not_asked(reason: Reason) -> None:
    run = worked(a_run(3), failing_at(1, reason=reason))
    with pytest.raises(RunRefused, match="no reply without a value"):
        reopen_unscored(run)


def test_a_prompt_that_was_too_long_is_asked_where_that_is_forced() -> None:
    run = worked(a_run(3), failing_at(1, reason=Reason.PROMPT_TOO_LONG))
    worked(reopen_unscored(run, forced=True), lambda request: WRONG)
    assert Judgment.objects.get(item__position=1).verdict == "wrong"


def test_items_without_an_answer_stay_without_a_judgment_of_value() -> None:
    run = a_run(3)
    Item.objects.filter(position=3).update(answer_state=Item.AnswerState.MISSING)
    run = worked(run, failing_at(1))
    worked(reopen_unscored(run), lambda request: WRONG)
    assert list(Judgment.objects.order_by("item").values_list("verdict", "reason")) == [
        ("wrong", ""),
        ("clean", ""),
        ("invalid", "no_answer"),
    ]


def test_an_item_that_says_something_else_by_now_keeps_its_replies() -> None:
    run = worked(a_run(2), failing_at(1, 2))
    Item.objects.filter(position=1).update(revision=2)
    worked(reopen_unscored(run), lambda request: CLEAN)
    assert list(Judgment.objects.order_by("item").values_list("status", "item_revision")) == [
        ("unscored", 1),
        ("scored", 1),
    ]


def test_a_cancelled_run_asks_again_and_goes_on_with_the_rest() -> None:
    run = worked(a_run(2 * BATCH_ITEMS), failing_at(1))
    run.batches.filter(number=2).update(state="pending")
    Judgment.objects.filter(item__position__gt=BATCH_ITEMS).delete()
    Reply.objects.filter(item__position__gt=BATCH_ITEMS).delete()
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)
    cancel_run(run)
    worked(reopen_unscored(run), lambda request: CLEAN)
    assert Judgment.objects.filter(verdict="clean").count() == 2 * BATCH_ITEMS


def test_who_asked_again_is_kept(lead: User) -> None:
    run = retry_unscored(worked(a_run(1), failing_at(1)), by=lead)
    assert run.state == Run.State.PENDING
    assert [(entry["by"], entry["forced"]) for entry in run.snapshot["retries"]] == [("lead-1", False)]


def test_refuses_a_run_that_is_not_over() -> None:
    with pytest.raises(RunRefused, match="is pending"):
        retry_unscored(a_run(1))


def test_refuses_a_run_with_a_value_for_everything() -> None:
    with pytest.raises(RunRefused, match="no reply without a value"):
        retry_unscored(worked(a_run(1), lambda request: CLEAN))


def test_refuses_a_run_that_came_with_a_file() -> None:
    with pytest.raises(RunRefused, match="asked no judge here"):
        retry_unscored(make_run(make_dataset(), kind=Run.Kind.IMPORTED, state=Run.State.FINISHED))
