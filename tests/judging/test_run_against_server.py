"""A run against a server of which every tenth item meets another failure: each reply scored, or with its own reason."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.engines import ENGINES
from judging.engines.base import Engine, EngineOptions
from judging.models import Run
from tests import factories
from tests.judging.engines import server as fake
from tests.judging.engines.server import Handler, serving

BEHAVIOUR = {0: fake.busy, 1: fake.failing, 2: fake.half, 3: fake.silent, 4: fake.cut, 5: fake.closing}
REASONS = {
    "rate_limited": 10,
    "server_error": 10,
    "broken_reply": 10,
    "timeout": 10,
    "cut_off": 10,
    "connection": 10,
}


def by_item(handler: Handler, number: int, body: dict[str, Any]) -> None:
    """The same item meets the same behaviour, however often it is asked."""
    question = re.search(r"Question (\d+)\?", body["messages"][-1]["content"])
    assert question is not None
    BEHAVIOUR.get(int(question[1]) % 10, fake.good)(handler, number, body)


def impatient(name: str, options: EngineOptions) -> Engine:
    """The engine, with waits that a test can afford."""
    return ENGINES[name](replace(options, timeout_seconds=3.0, attempts=2, backoff_seconds=0.01))


@pytest.mark.django_db
def test_every_reply_is_scored_or_has_its_own_reason() -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 100)
    judge = judge_for(replace(JUDGES["verdict"], model="tiny"))
    with serving(by_item) as server:
        run = open_run(judge, dataset, scope=RunScope(), base_url=server.url)
        work_run(run.pk, claimer="test", engine=impatient)

    run.refresh_from_db()
    assert run.state == Run.State.FINISHED
    replies = run.replies.all()
    assert Counter(reply.reason for reply in replies if reply.reason) == REASONS
    assert {reply.value for reply in replies if not reply.reason} == {"clean"}
    judgments = run.judgments.all()
    assert len(judgments) == len(replies) == 100
    assert Counter(judgment.verdict for judgment in judgments) == {"clean": 40, "invalid": 60}
    assert Counter(judgment.reason for judgment in judgments if judgment.reason) == REASONS
