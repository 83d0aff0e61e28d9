"""A worker that waits for an engine which says nothing: it lives, and it hears that its run was stopped."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from judging.actions.batches import claim_batch
from judging.actions.heartbeat import beating, lives
from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, cancel_run, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.core.items import ItemText, Turn
from judging.core.prompts import Prompt
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.engines.openai_api import OpenAIEngine
from judging.models import Judgment, Run, RunBatch
from tests.factories import make_dataset, make_items
from tests.judging.engines.server import Handler, serving


class Silent:
    """Takes requests and answers none, until it is stopped. Cancels the run once it has heard enough."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.stopped = Event()

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        list(requests)
        cancel_run(self.run)
        assert self.stopped.wait(30)
        yield from ()

    def stop(self) -> None:
        self.stopped.set()

    def versions(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        """Nothing is held."""


def a_run() -> Run:
    dataset = make_dataset()
    make_items(dataset, 2)
    return open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope())


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_ends_although_no_reply_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.actions.heartbeat.EVERY_SECONDS", 0.01)
    run = a_run()
    silent = Silent(run)

    def engine(name: str, options: EngineOptions) -> Silent:
        return silent

    assert not work_run(run.pk, claimer="w:1:1", engine=engine)
    assert silent.stopped.is_set()
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert run.batches.get().state == RunBatch.State.PENDING
    assert not Judgment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_claims_of_a_waiting_worker_are_renewed() -> None:
    run = a_run()
    Run.objects.update(state=Run.State.RUNNING)
    before = timezone.now() - timedelta(minutes=9)
    claim_batch(run, claimer="w:1:1", now=before)
    renewed = Event()

    class Watched(Silent):
        def stop(self) -> None:
            renewed.set()

    with beating(run, claimer="w:1:1", engine=Watched(run), every=0.01):
        while run.batches.get().claimed_at == before:
            connection.close()
        cancel_run(run)
        assert renewed.wait(30)


@pytest.mark.django_db
def test_claims_of_others_are_not_renewed() -> None:
    run = a_run()
    before = timezone.now() - timedelta(minutes=9)
    claim_batch(run, claimer="other:1:1", now=before)
    assert not lives(run.pk, "w:1:1")
    assert run.batches.get().claimed_at == before


def test_an_engine_that_asks_a_server_can_be_stopped_while_the_server_is_silent() -> None:
    asked = Event()

    def hang(handler: Handler, number: int, body: dict[str, object]) -> None:
        asked.set()
        handler.server.released.wait(30)

    with serving(hang) as server:
        engine = OpenAIEngine(EngineOptions(model="m", base_url=server.url))
        requests = iter([_request()])
        replies = engine.replies(requests)
        stopper = _stopping(engine, asked)
        assert list(replies) == []
        stopper.join()
        server.released.set()
        engine.close()


def _request() -> Request:
    return Request(id=(1, "", 0), prompt=Prompt(messages=(("user", "?"),)), item=ItemText(turns=(Turn("q"),)))


def _stopping(engine: OpenAIEngine, when: Event) -> Thread:
    def stop() -> None:
        when.wait(30)
        engine.stop()

    thread = Thread(target=stop)
    thread.start()
    return thread
