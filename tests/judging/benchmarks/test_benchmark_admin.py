"""Benchmarks in the admin: started, looked at, stopped and gone on with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_rq import get_queue
from redis import Redis

from judging.actions.benchmarks import Wish, advance, open_benchmark, questions_of
from judging.actions.candidates import Candidate
from judging.actions.work import work_run
from judging.benchmarks import BENCHMARKS
from judging.models import BenchmarkRun
from tests.conftest import logged_in
from tests.factories import make_user
from tests.judging.benchmarks.conftest import Player

pytestmark = pytest.mark.django_db
LIST = "/admin/judging/benchmarkrun/"


@pytest.fixture
def client() -> Client:
    return logged_in(make_user("lead", role="lead"))


@pytest.fixture
def opened(mmlu: Path) -> BenchmarkRun:
    wish = Wish(candidates=[Candidate(engine="scripted", model=name) for name in ("A", "</pre>")], part="test")
    return open_benchmark(BENCHMARKS["mmlu"], questions_of(BENCHMARKS["mmlu"], str(mmlu)), wish)


def acted(client: Client, action: str, found: BenchmarkRun) -> str:
    asked = {"action": action, "_selected_action": [found.pk]}
    response = client.post(LIST, asked, follow=True)
    found.refresh_from_db()
    return str(response.content.decode())


def test_figures_are_there_in_the_reader_s_language(client: Client, opened: BenchmarkRun) -> None:
    while (run := advance(opened.pk)) is not None:
        work_run(run.pk, claimer="here", engine=Player())
    page = client.get(f"{LIST}{opened.pk}/change/").content.decode()
    assert "anatomy" in page
    assert "&lt;/pre&gt;" in page
    assert opened.get_absolute_url() in page
    assert "A, &lt;/pre&gt;" in client.get(LIST).content.decode()
    client.cookies["django_language"] = "ja"
    page = client.get(f"{LIST}{opened.pk}/change/").content.decode()
    assert "全体" in page
    assert "overall" not in page


def test_one_is_started_on_its_page(client: Client) -> None:
    assert client.get(f"{LIST}add/").headers["Location"] == "/benchmarks/start/"


def test_it_stops_and_goes_on(
    client: Client, opened: BenchmarkRun, valkey: Redis, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    assert "1 benchmark stops within one batch" in acted(client, "stop", opened)
    assert opened.state == BenchmarkRun.State.CANCELLED
    assert "0 benchmarks stop within one batch" in acted(client, "stop", opened)
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 benchmark goes on" in acted(client, "resume", opened)
    assert opened.state == BenchmarkRun.State.RUNNING
    assert len(get_queue("default").get_job_ids()) == 1


def test_annotators_see_nothing_of_it(opened: BenchmarkRun) -> None:
    person = logged_in(make_user("ann", role="annotator"))
    for address in (LIST, f"{LIST}add/", f"{LIST}{opened.pk}/change/"):
        assert person.get(address).status_code in (302, 403)
    assert person.get(f"{LIST}add/").headers.get("Location", "") != "/benchmarks/start/"
