"""Starting, cancelling and resuming runs, without doing their work."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_rq import get_queue
from redis import Redis

from judging.actions.batches import LEASE, MAX_ATTEMPTS, claim_batch
from judging.actions.judges import judge_for
from judging.actions.runs import (
    BATCH_ITEMS,
    RunRefused,
    RunScope,
    cancel_run,
    open_run,
    restart_run,
    resume_run,
    resume_runs,
    start_run,
)
from judging.actions.work import work_run
from judging.core.builtin import JUDGES, RUBRICS
from judging.core.claimers import this_claimer
from judging.models import Dataset, Item, Judge, Run, RunBatch
from tests.factories import make_dataset, make_items, make_run

pytestmark = pytest.mark.django_db
DEAD = this_claimer().rpartition(":")[0] + ":0"
"""A process with our number that started at another time."""


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset()
    make_items(dataset, BATCH_ITEMS + 8)
    return dataset


@pytest.fixture
def judge() -> Judge:
    return judge_for(JUDGES["reference"])


def opened(judge: Judge, dataset: Dataset, **scope: Any) -> Run:
    return open_run(judge, dataset, scope=RunScope(**scope))


def test_cuts_the_items_into_batches(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset)
    ranges = list(run.batches.values_list("number", "first_position", "last_position", "state"))
    assert ranges == [(1, 1, BATCH_ITEMS, "pending"), (2, BATCH_ITEMS + 1, BATCH_ITEMS + 8, "pending")]


def test_a_split_takes_its_items_and_no_others_between_them(judge: Judge, dataset: Dataset) -> None:
    dataset.items.update(split=Item.Split.TEST)
    dev = dataset.items.filter(position__in=[2, 5, 9])
    dev.update(split=Item.Split.DEV)
    run = opened(judge, dataset, split="dev")
    assert (run.snapshot["items"], run.scope["split"]) == (3, "dev")
    work_run(run.pk, claimer=this_claimer())
    assert sorted(run.judgments.values_list("item__position", flat=True)) == [2, 5, 9]


def test_a_limit_takes_the_first_items(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset, limit=5)
    assert list(run.batches.values_list("first_position", "last_position")) == [(1, 5)]
    assert run.snapshot["items"] == 5


def test_a_range_of_positions_takes_just_those_items(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset, first=4, last=7)
    assert list(run.batches.values_list("first_position", "last_position")) == [(4, 7)]
    assert run.scope == {"limit": None, "seed": 0, "first": 4, "last": 7}
    assert opened(judge, dataset, first=8, last=9) != run


def test_gaps_in_the_positions_do_not_count_as_items(judge: Judge, dataset: Dataset) -> None:
    dataset.items.filter(position__in=[2, 3]).delete()
    run = opened(judge, dataset, limit=4)
    assert list(run.batches.values_list("first_position", "last_position")) == [(1, 6)]


def test_the_snapshot_holds_what_decides_the_outcome(judge: Judge, dataset: Dataset) -> None:
    model_judge = judge_for(replace(JUDGES["verdict"], model="m"))
    run = open_run(model_judge, dataset, scope=RunScope(seed=7), base_url="http://127.0.0.1:9/v1")
    assert run.snapshot["judge"]["rubric"]["name"] == "verdict"
    assert (run.snapshot["base_url"], run.snapshot["seed"], run.snapshot["judge_version"]) == (
        "http://127.0.0.1:9/v1",
        7,
        1,
    )
    assert run.snapshot["software"]["python"]


def test_freezes_the_judge(judge: Judge, dataset: Dataset) -> None:
    opened(judge, dataset)
    judge.refresh_from_db()
    assert judge.frozen_at is not None


def test_the_unfinished_run_of_the_same_judge_goes_on(judge: Judge, dataset: Dataset) -> None:
    first = opened(judge, dataset)
    assert opened(judge, dataset) == first
    assert first.batches.count() == 2


@pytest.mark.parametrize("state", [Run.State.FINISHED, Run.State.CANCELLED])
def test_a_run_that_is_over_does_not_go_on(judge: Judge, dataset: Dataset, state: str) -> None:
    first = opened(judge, dataset)
    Run.objects.filter(pk=first.pk).update(state=state)
    assert opened(judge, dataset) != first


def test_another_scope_server_or_judge_is_another_run(judge: Judge, dataset: Dataset) -> None:
    asking = judge_for(replace(JUDGES["verdict"], model="m"))
    runs = {
        opened(judge, dataset).pk,
        opened(judge, dataset, limit=3).pk,
        opened(judge, dataset, seed=1).pk,
        open_run(asking, dataset, scope=RunScope(), base_url="http://one/v1").pk,
        open_run(asking, dataset, scope=RunScope(), base_url="http://other/v1").pk,
        opened(judge_for(replace(JUDGES["reference"], samples=2)), dataset).pk,
    }
    assert len(runs) == 6


def test_another_dataset_is_another_run(judge: Judge, dataset: Dataset) -> None:
    other = make_dataset("other")
    make_items(other, 1)
    assert opened(judge, other) != opened(judge, dataset)


def test_refuses_an_empty_dataset(judge: Judge) -> None:
    with pytest.raises(RunRefused, match="no items"):
        opened(judge, make_dataset("empty"))


def test_refuses_a_dataset_that_is_not_ready(judge: Judge) -> None:
    with pytest.raises(RunRefused, match="is importing"):
        opened(judge, make_dataset("half", state=Dataset.State.IMPORTING))


def test_refuses_an_unknown_engine(dataset: Dataset) -> None:
    with pytest.raises(RunRefused, match=r"no engine 'abacus'\. Engines: openai_api"):
        opened(judge_for(replace(JUDGES["reference"], engine="abacus")), dataset)


def test_refuses_a_model_judge_without_a_model(dataset: Dataset) -> None:
    with pytest.raises(RunRefused, match="needs a model"):
        opened(judge_for(JUDGES["verdict"]), dataset)
    assert not Run.objects.exists()


def test_refuses_a_rubric_whose_template_is_broken(dataset: Dataset) -> None:
    broken = replace(RUBRICS["verdict"], prompts={"": {"user": "{{ answer"}})
    with pytest.raises(RunRefused, match="prompts of the rubric verdict"):
        opened(judge_for(replace(JUDGES["scripted"], rubric=broken)), dataset)


@pytest.mark.django_db(transaction=True)
def test_puts_one_job_with_the_id_alone_on_the_queue(valkey: Redis) -> None:
    dataset = make_dataset()
    make_items(dataset, 3)
    run = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    (job,) = get_queue("default").get_jobs()
    assert (job.func_name, job.args, job.kwargs) == ("judging.jobs.work_run", [run.pk], {})
    assert job.timeout == 3600


@pytest.mark.django_db(transaction=True)
def test_starting_and_resuming_again_adds_no_job(valkey: Redis) -> None:
    dataset = make_dataset()
    make_items(dataset, 3)
    judge = judge_for(JUDGES["reference"])
    run = start_run(judge, dataset, scope=RunScope())
    assert start_run(judge, dataset, scope=RunScope()) == run
    assert resume_runs() == resume_runs() == [run]
    assert get_queue("default").count == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_starts_without_a_queue_and_waits(caplog: pytest.LogCaptureFixture) -> None:
    dataset = make_dataset()
    make_items(dataset, 3)
    run = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    assert run.state == Run.State.PENDING
    assert "the queue does not answer" in caplog.text


def test_cancels_a_run(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset)
    assert cancel_run(run)
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert claim_batch(run, claimer="a", now=timezone.now()) is None


def test_does_not_cancel_a_finished_run(dataset: Dataset) -> None:
    run = make_run(dataset)
    assert not cancel_run(run)
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED


def test_a_cancelled_run_can_go_on(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset)
    cancel_run(run)
    assert restart_run(run).state == Run.State.PENDING
    assert claim_batch(run, claimer="a", now=timezone.now()) is not None


def test_a_finished_run_does_not_go_on(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset)
    run.batches.update(state=RunBatch.State.DONE)
    assert resume_run(run).state == Run.State.FINISHED
    finished_at = run.finished_at
    assert resume_run(run).finished_at == finished_at


def test_puts_back_the_batches_of_a_dead_process_and_only_those(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset)
    dead = claim_batch(run, claimer=DEAD, now=timezone.now())
    alive = claim_batch(run, claimer=this_claimer(), now=timezone.now())
    assert resume_runs() == [run]
    states = dict(run.batches.values_list("pk", "state"))
    assert states == {dead.pk: "pending", alive.pk: "claimed"}


def test_a_claimer_on_another_machine_is_left_alone_until_its_lease_ends(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset, limit=3)
    batch = claim_batch(run, claimer="elsewhere:1:2", now=timezone.now())
    resume_runs()
    batch.refresh_from_db()
    assert batch.state == RunBatch.State.CLAIMED
    run.batches.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
    resume_runs()
    batch.refresh_from_db()
    assert batch.state == RunBatch.State.PENDING


def test_a_batch_that_kills_every_worker_is_given_up(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset, limit=3)
    for _ in range(MAX_ATTEMPTS):
        assert claim_batch(run, claimer=DEAD, now=timezone.now())
        resume_runs()
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert run.error == "1 of 1 batches could not be judged. The first: Its worker died or was stopped 5 times."


def test_a_failed_run_that_is_resumed_has_all_its_attempts_again(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset, limit=3)
    run.batches.update(state=RunBatch.State.FAILED, attempts=MAX_ATTEMPTS, error="boom")
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error="boom")
    resumed = opened(judge, dataset, limit=3)
    assert (resumed.pk, resumed.state, resumed.error) == (run.pk, Run.State.PENDING, "")
    assert claim_batch(run, claimer="a", now=timezone.now()).attempts == 1


def test_resuming_ends_a_run_whose_last_worker_died_after_its_last_batch(judge: Judge, dataset: Dataset) -> None:
    run = opened(judge, dataset)
    run.batches.update(state=RunBatch.State.DONE)
    assert resume_runs() == []
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED


def test_imported_runs_are_nobodys_work(dataset: Dataset) -> None:
    run = make_run(dataset, state=Run.State.RUNNING)
    assert resume_runs() == []
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
