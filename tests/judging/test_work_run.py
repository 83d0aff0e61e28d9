"""The work of a run in one process: what is stored of replies, and what happens when something is in the way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from judging.actions.batches import BatchOutcome, claim_batch, release_batches, write_batch
from judging.actions.judges import judge_for
from judging.actions.runs import BATCH_ITEMS, RunScope, cancel_run, open_run, resume_runs
from judging.actions.work import WorkInterrupted, work_run
from judging.core.builtin import JUDGES
from judging.core.specs import JudgeSpec
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import Engine, EngineError, EngineOptions, EngineReply, Request
from judging.engines.scripted import ScriptedEngine
from judging.models import Item, Judge, Judgment, Reply, Run, RunBatch
from judging.reports import run_progress
from tests.factories import make_dataset, make_item, make_items

pytestmark = pytest.mark.django_db
CLEAN, WRONG = '{"verdict": "clean"}', '{"verdict": "wrong"}'
Script = Callable[[Request], str | EngineReply]
MANY = 2 * BATCH_ITEMS + 6


def engine_of(script: Script) -> Callable[[str, EngineOptions], Engine]:
    return lambda name, options: ScriptedEngine(script)


def always(text: str) -> Callable[[str, EngineOptions], Engine]:
    return engine_of(lambda request: text)


def a_run(items: int = 3, *, spec: JudgeSpec = JUDGES["scripted"], **scope: int) -> Run:
    dataset = make_dataset()
    make_items(dataset, items)
    return open_run(judge_for(spec), dataset, scope=RunScope(**scope))


ALL_CLEAN = always(CLEAN)


def worked(run: Run, engine: Callable[[str, EngineOptions], Engine] = ALL_CLEAN, claimer: str = "w:1:1") -> Run:
    work_run(run.pk, claimer=claimer, engine=engine)
    run.refresh_from_db()
    return run


def test_judges_every_item_once_and_finishes() -> None:
    run = worked(a_run(MANY))
    assert run.state == Run.State.FINISHED
    assert run.started_at <= run.finished_at
    assert Reply.objects.filter(run=run, status="scored", value="clean").count() == MANY
    assert Judgment.objects.filter(run=run, verdict="clean", n_read=1, n_replies=1).count() == MANY
    assert set(run.batches.values_list("state", "attempts")) == {("done", 1)}


def test_keeps_the_text_and_the_measurements_of_a_reply() -> None:
    run = a_run(1)
    reply = EngineReply(id=(Item.objects.get().pk, "", 0), text=WRONG, finish="stop", tokens=9, ms=30, logprobs=[1.5])
    worked(run, engine_of(lambda request: reply))
    stored = Reply.objects.get()
    assert (stored.text, stored.finish, stored.tokens, stored.ms, stored.logprobs) == (WRONG, "stop", 9, 30, [1.5])
    assert Judgment.objects.get().verdict == "wrong"


def test_an_unreadable_reply_is_unscored_with_its_text_kept() -> None:
    worked(a_run(1), always("I would rather not say"))
    assert Reply.objects.values_list("status", "reason", "text", "value").get() == (
        "unscored",
        "no_verdict",
        "I would rather not say",
        None,
    )
    assert Judgment.objects.values_list("status", "verdict", "reason").get() == ("unscored", "invalid", "no_verdict")


def test_a_failure_of_the_engine_is_a_reply_with_its_reason() -> None:
    def busy(request: Request) -> EngineReply:
        return EngineReply(id=request.id, failure=Unscored(Reason.RATE_LIMITED, "HTTP 429" * 100))

    run = worked(a_run(1), engine_of(busy))
    assert run.state == Run.State.FINISHED
    assert Reply.objects.get().reason == Judgment.objects.get().reason == "rate_limited"
    assert len(Reply.objects.get().detail) == 500


def test_asks_as_often_as_the_judge_has_samples_each_with_its_own_seed() -> None:
    seeds: dict[int, int | None] = {}

    def answer(request: Request) -> str:
        seeds[request.id[2]] = request.seed
        return WRONG if request.id[2] == 1 else CLEAN

    worked(a_run(1, spec=replace(JUDGES["scripted"], samples=3), seed=40), engine_of(answer))
    assert seeds == {0: 40, 1: 41, 2: 42}
    assert list(Reply.objects.order_by("sample").values_list("value", flat=True)) == ["clean", "wrong", "clean"]
    assert Judgment.objects.values_list("verdict", "n_read", "n_replies").get() == ("clean", 3, 3)


def test_an_item_without_an_answer_is_not_asked_and_unscored() -> None:
    asked = []
    run = a_run(2)
    missing = run.dataset.items.get(position=2)
    Item.objects.filter(pk=missing.pk).update(answer_state=Item.AnswerState.MISSING)
    worked(run, engine_of(lambda request: asked.append(request.id[0]) or CLEAN))
    assert missing.pk not in asked
    assert not Reply.objects.filter(item=missing).exists()
    judgment = Judgment.objects.get(item=missing)
    assert (judgment.status, judgment.reason, judgment.n_replies) == ("unscored", "no_answer", 0)
    assert run_progress(run).unscored_by_reason == {"no_answer": 1}


def test_a_batch_of_items_without_answers_needs_no_engine() -> None:
    run = a_run(2)
    Item.objects.update(answer_state=Item.AnswerState.FAILED)
    assert worked(run).state == Run.State.FINISHED
    assert Judgment.objects.filter(reason="no_answer").count() == 2


def test_an_item_without_the_reference_that_the_prompt_needs_is_unscored() -> None:
    spec = replace(JUDGES["ja-1-5-ref"], model="m", engine="scripted")
    dataset = make_dataset()
    make_item(dataset, "q", "a")
    make_item(dataset, "q2", "a", reference="r")
    run = worked(open_run(judge_for(spec), dataset, scope=RunScope()), always("採点結果: 4点"))
    assert list(Judgment.objects.order_by("item").values_list("reason", "value")) == [("no_reference", ""), ("", "4")]
    assert run.state == Run.State.FINISHED


def test_text_that_no_database_takes_is_mended() -> None:
    worked(a_run(1), always('\x00\ud800 {"verdict": "clean"}'))
    assert Reply.objects.get().text == '\ufffd? {"verdict": "clean"}'


def test_the_judgment_names_the_revision_that_was_judged() -> None:
    run = a_run(1)
    Item.objects.update(revision=4)
    worked(run)
    assert Judgment.objects.get().item_revision == 4


def test_judges_by_the_snapshot_whatever_happened_to_the_judge_since() -> None:
    run = a_run(1)
    QuerySet(Judge).filter(pk=run.judge_id).update(samples=9)  # past the guard of a used judge
    worked(run)
    assert Reply.objects.count() == 1


def test_stores_the_software_with_the_batch() -> None:
    run = worked(a_run(1))
    assert run.batches.get().versions == {"scripted": "1"}


def test_two_workers_share_the_batches_without_overlap() -> None:
    run = a_run(6 * BATCH_ITEMS)
    other = iter(range(100))

    def answer(request: Request) -> str:
        # In the middle of every batch of the first worker, the second does one batch.
        if next(other) % BATCH_ITEMS == 5:
            work_run(run.pk, claimer="b:1:1", engine=always(WRONG), seconds=0.0)
            claim_batch(run, claimer="c:1:1", now=timezone.now())
        return CLEAN

    worked(run, engine_of(answer), claimer="a:1:1")
    claimers = run.batches.values_list("claimed_by", "attempts", "state")
    assert set(claimers) == {("a:1:1", 1, "done"), ("c:1:1", 1, "claimed")}
    assert Judgment.objects.count() == run.batches.filter(state="done").count() * BATCH_ITEMS


def test_the_next_batch_is_claimed_while_the_last_is_still_in_the_engine() -> None:
    run = a_run(2 * BATCH_ITEMS)
    most = []

    class Greedy(ScriptedEngine):
        def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
            taken = list(requests)
            most.append(run.batches.filter(state="claimed").count())
            yield from super().replies(reversed(taken))

    worked(run, lambda name, options: Greedy(lambda request: CLEAN))
    assert most == [2]
    assert Judgment.objects.count() == 2 * BATCH_ITEMS


def test_stops_claiming_when_its_time_is_over_and_says_that_work_is_left() -> None:
    run = a_run(2)
    assert work_run(run.pk, claimer="a", engine=always(CLEAN), seconds=0.0)
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    assert not work_run(run.pk, claimer="a", engine=always(CLEAN))


def test_a_worker_that_lost_its_batch_writes_nothing() -> None:
    run = a_run(2)
    slow = claim_batch(run, claimer="slow:1:1", now=timezone.now())
    run.batches.update(state=RunBatch.State.PENDING)
    worked(run, always(CLEAN), claimer="fast:1:1")
    item = run.dataset.items.first()
    late = Judgment(run=run, item=item, status="scored", value="wrong", verdict="wrong")
    assert not write_batch(slow, BatchOutcome([], [late], {}))
    assert set(Judgment.objects.values_list("verdict", flat=True)) == {"clean"}


def test_doing_a_batch_again_changes_nothing() -> None:
    run = worked(a_run(3), always(CLEAN))
    before = list(Reply.objects.values()), list(Judgment.objects.values())
    run.batches.update(state=RunBatch.State.PENDING)
    Run.objects.update(state=Run.State.RUNNING)
    worked(run, always(WRONG))
    assert (list(Reply.objects.values()), list(Judgment.objects.values())) == before


def test_a_row_that_breaks_a_check_is_not_dropped_in_silence() -> None:
    run = a_run(1)
    batch = claim_batch(run, claimer="a", now=timezone.now())
    broken = Reply(run=run, item=run.dataset.items.get(), status="scored", value=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_batch(batch, BatchOutcome([broken], [], {}))
    batch.refresh_from_db()
    assert batch.state == RunBatch.State.CLAIMED


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "scored"},
        {"status": "unscored", "value": "clean", "reason": "empty"},
        {"status": "unscored"},
        {"status": "scored", "value": "clean", "reason": "empty"},
    ],
)
def test_the_database_refuses_a_reply_that_contradicts_itself(fields: dict[str, str]) -> None:
    run = a_run(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.create(run=run, item=run.dataset.items.get(), **fields)


def test_the_database_refuses_the_same_reply_and_the_same_judgment_twice() -> None:
    worked(a_run(1))
    for row in (Reply.objects.get(), Judgment.objects.get()):
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_an_engine_that_cannot_start_fails_the_run_with_its_sentence() -> None:
    def broken(name: str, options: EngineOptions) -> Engine:
        raise EngineError("The server has no model 'm'.")

    run = worked(a_run(1), broken)
    assert (run.state, run.error) == (Run.State.FAILED, "The server has no model 'm'.")


def test_an_engine_that_gives_up_leaves_no_half_batch() -> None:
    def answer(request: Request) -> str:
        if request.item.turns[0].question == f"Question {BATCH_ITEMS + 3}?":
            raise EngineError("Out of memory.")
        return CLEAN

    run = worked(a_run(2 * BATCH_ITEMS), engine_of(answer))
    assert (run.state, run.error) == (Run.State.FAILED, "Out of memory.")
    assert list(run.batches.values_list("state", "error")) == [("done", ""), ("failed", "Out of memory.")]
    assert Reply.objects.count() == Judgment.objects.count() == BATCH_ITEMS


def test_an_outcome_nobody_asked_for_is_never_stored() -> None:
    run = worked(a_run(1), engine_of(lambda request: EngineReply(id=(999, "", 0), text=CLEAN)))
    assert run.state == Run.State.FAILED
    assert "nobody asked for" in run.error
    assert not Reply.objects.exists()


def test_an_unexpected_error_gives_back_what_was_claimed() -> None:
    def answer(request: Request) -> str:
        raise ZeroDivisionError

    run = a_run(1)
    with pytest.raises(ZeroDivisionError):
        worked(run, engine_of(answer))
    assert run.batches.values_list("state", "attempts").get() == ("pending", 0)


def test_a_worker_interrupted_between_a_claim_and_its_items_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise WorkInterrupted

    run = a_run(1)
    monkeypatch.setattr("judging.querysets.ItemQuerySet.between", interrupt)
    with pytest.raises(WorkInterrupted):
        worked(run)
    assert run.batches.values_list("state", "attempts").get() == ("pending", 0)


def test_an_interrupted_worker_gives_back_what_it_claimed() -> None:
    def answer(request: Request) -> str:
        raise WorkInterrupted

    run = a_run(1)
    with pytest.raises(WorkInterrupted):
        worked(run, engine_of(answer))
    assert run.batches.get().state == RunBatch.State.PENDING


def test_cancelling_stops_within_a_batch_and_keeps_what_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.actions.desk.BEAT_SECONDS", 0.0)
    run = a_run(5 * BATCH_ITEMS)
    seen = iter(range(1000))

    def answer(request: Request) -> str:
        if next(seen) == BATCH_ITEMS + 3:
            cancel_run(run)
        return CLEAN

    worked(run, engine_of(answer))
    assert run.state == Run.State.CANCELLED
    assert Judgment.objects.count() == BATCH_ITEMS
    assert not run.batches.filter(state="claimed").exists()


def test_a_worker_renews_its_claims_while_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.actions.desk.BEAT_SECONDS", 0.0)
    run = a_run(3)
    times = []

    def answer(request: Request) -> str:
        times.append(run.batches.get().claimed_at)
        return CLEAN

    worked(run, engine_of(answer))
    assert times[0] < times[1] < times[2]


def test_a_cancelled_or_finished_run_is_no_work() -> None:
    run = a_run(1)
    cancel_run(run)
    assert not work_run(run.pk, claimer="a", engine=always(CLEAN))
    assert not Reply.objects.exists()


def test_releasing_counts_as_no_attempt_and_leaves_others_alone() -> None:
    run = a_run(1)
    claim_batch(run, claimer="a", now=timezone.now())
    release_batches(run, claimer="a")
    again = claim_batch(run, claimer="b", now=timezone.now())
    release_batches(run, claimer="a")
    again.refresh_from_db()
    assert (again.claimed_by, again.attempts, again.state) == ("b", 1, "claimed")


def test_resuming_finishes_what_a_dead_worker_left() -> None:
    run = a_run(MANY)
    claim_batch(run, claimer=f"{__import__('socket').gethostname()}:999999:1", now=timezone.now())
    resume_runs()
    assert worked(run).state == Run.State.FINISHED
    assert Judgment.objects.count() == MANY
