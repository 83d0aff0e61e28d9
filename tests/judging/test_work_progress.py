"""How far a run is while workers are at it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import timezone

from judging.actions.batches import BatchOutcome, claim_batch, write_batch
from judging.actions.judges import judge_for
from judging.actions.runs import BATCH_ITEMS, RunScope, open_run
from judging.core.builtin import JUDGES
from judging.engines.base import Request
from judging.models import Dataset, Judgment, Run
from judging.reports import run_progress
from tests.judging.test_work_run import CLEAN, WRONG, a_run, engine_of, worked

pytestmark = pytest.mark.django_db


def test_progress_counts_what_was_judged() -> None:
    def answer(request: Request) -> str:
        return {"Question 1?": CLEAN, "Question 2?": WRONG}.get(request.item.turns[0].question, "?")

    progress = run_progress(worked(a_run(4), engine_of(answer)))
    assert (progress.items, progress.judged, progress.percent) == (4, 4, 100.0)
    assert progress.counts == {"clean": 1, "wrong": 1, "invalid": 2}
    assert progress.unscored_by_reason == {"no_verdict": 2}
    assert progress.mean_score is None
    assert progress.share(1) == 25.0


def test_progress_has_the_mean_of_the_scores() -> None:
    spec = replace(JUDGES["ja-1-5"], model="m", engine="scripted")
    scores = iter([2, 5])
    run = worked(a_run(2, spec=spec), engine_of(lambda request: f"採点結果: {next(scores)}点"))
    assert run_progress(run).mean_score == 3.5


def test_progress_of_a_run_counts_no_other_run() -> None:
    first = worked(a_run(1))
    dataset = Dataset.objects.get()
    second = open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope(limit=1))
    assert run_progress(second).judged == 0
    assert run_progress(first).judged == 1


def test_progress_while_running_has_a_rate_and_the_time_left(django_assert_num_queries: Callable) -> None:
    run = a_run(2 * BATCH_ITEMS)
    batch = claim_batch(run, claimer="a", now=timezone.now())
    items = run.dataset.items.between(batch.first_position, batch.last_position)
    rows = [Judgment(run=run, item=item, status="scored", value="clean", verdict="clean") for item in items]
    write_batch(batch, BatchOutcome([], rows, {}))
    Run.objects.update(state=Run.State.RUNNING, started_at=timezone.now())
    run.refresh_from_db()
    with django_assert_num_queries(5):
        progress = run_progress(run)
    assert progress.percent == 50.0
    assert progress.rate > 0
    assert progress.seconds_left == pytest.approx(BATCH_ITEMS / progress.rate)
