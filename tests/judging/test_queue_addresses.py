"""Addresses below the queue's pages that are typed by hand: no such page, or a sentence, and never an error."""

import pytest
from django.test import Client
from django_rq import get_queue
from redis import Redis

from tests import factories
from tests.conftest import logged_in

HOME = "/admin/django_rq/dashboard/"
QUEUES = ("", "details/", "finished/", "failed/", "failed/clear/", "scheduled/", "started/", "deferred/", "empty/")
JOBS = ("", "results/none/", "delete/", "requeue/", "enqueue/", "stop/")
GONE = (
    *(f"queues/9/{page}" for page in (*QUEUES, "requeue-all/")),
    *(f"queues/0/none/{page}" for page in JOBS),
    *(f"queues/9/none/{page}" for page in JOBS),
    *("queues/confirm-action/9/", "queues/actions/9/"),
    *("workers/9/", "workers/0/none/", "workers/9/none/", "schedulers/0/", "schedulers/9/"),
    *("cron-schedulers/0/none/", "cron-schedulers/9/none/", "cron-schedulers/0/none/jobs/none/"),
    *("1/change/", "1/history/", "1/delete/", "1/", "add/"),
)


@pytest.fixture(params=["lead", "administrator", "annotator", "stranger"])
def client(request: pytest.FixtureRequest, db: None) -> Client:
    client = Client() if request.param == "stranger" else logged_in(factories.make_user("ann", role=request.param))
    client.raise_request_exception = False
    return client


def status_of(client: Client, path: str) -> list[tuple[str, int]]:
    methods = {"get": client.get, "post": client.post}
    return [(f"{name} {path}", method(HOME + path).status_code) for name, method in methods.items()]


def test_an_address_of_nothing_is_no_page(client: Client, valkey: Redis) -> None:
    answers = [answer for path in GONE for answer in status_of(client, path)]
    assert [answer for answer in answers if answer[1] not in (302, 403, 404, 405)] == []


def test_an_action_on_jobs_that_are_gone(valkey: Redis, lead_client: Client) -> None:
    lead_client.raise_request_exception = False
    for action in ("delete", "requeue", "stop"):
        chosen = {"action": action, "job_ids": ["none"], "_selected_action": ["none"]}
        for page in ("confirm-action", "actions"):
            assert lead_client.post(f"{HOME}queues/{page}/0/", chosen).status_code in (200, 302, 404), (action, page)


def test_a_job_that_waits_cannot_be_requeued_or_stopped(valkey: Redis, lead_client: Client) -> None:
    lead_client.raise_request_exception = False
    job = get_queue("default", commit_mode="auto").enqueue("judging.jobs.work_run", 1)
    for page in ("", "results/none/", "requeue/", "stop/", "enqueue/", "delete/"):
        for answer in status_of(lead_client, f"queues/0/{job.id}/{page}"):
            assert answer[1] in (200, 302, 404, 405), answer


def test_a_silent_queue_says_so(client: Client) -> None:
    for path in ("", "queues/0/", "queues/0/failed/", "workers/0/", "queues/0/none/", "stats.json"):
        for answer in status_of(client, path):
            assert answer[1] in (302, 403, 405, 401, 503), answer


def test_a_silent_queue_says_how_it_is_started(lead_client: Client) -> None:
    page = lead_client.get(HOME).content.decode()
    assert "none.sock does not answer. Start it with <code>manage.py serve</code>" in page


def test_a_job_that_cannot_be_requeued_says_why(valkey: Redis, lead_client: Client) -> None:
    job = get_queue("default", commit_mode="auto").enqueue("judging.jobs.work_run", 1)
    response = lead_client.post(f"{HOME}queues/0/{job.id}/requeue/", follow=True)
    assert "The job is not in a state in which this can be done." in response.content.decode()


def test_the_back_office_calls_the_queue_by_its_name(db: None) -> None:
    page = logged_in(factories.make_user("ann", role="administrator")).get("/admin/").content.decode()
    assert "Work queue" in page
    assert not {"Django-RQ", "Django_Rq"} & set(page.replace("<", " ").replace(">", " ").split())
