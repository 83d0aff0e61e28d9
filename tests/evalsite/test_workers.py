"""A real worker on the real embedded queue, started as `manage.py demo` and `serve` start it."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

from evalsite.services import ServiceError, Site, running_queue, worker_service
from judging.management.commands.run_judge import queue_trouble
from judging.models import Run
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_site(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of its own, also for the programs that it starts: their database is the one of this test."""
    address = f"unix://{tmp_path / 'q.sock'}"
    settings.DATA_DIR, settings.REDIS_URL, settings.EMBEDDED_QUEUE = tmp_path, address, True
    for queue in settings.RQ_QUEUES.values():
        monkeypatch.setitem(queue, "URL", address)
    monkeypatch.setenv("EVALSITE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", address)
    monkeypatch.setenv("DATABASE_URL", address_of_the_database(settings.DATABASE_URL))


def address_of_the_database(address: str) -> str:
    """Where the rows of this test are, for another program."""
    name = str(connection.settings_dict["NAME"])
    return (
        f"sqlite:///{name}" if connection.vendor == "sqlite" else urlsplit(address)._replace(path=f"/{name}").geturl()
    )


def test_whoever_asks_for_a_worker_finds_the_one_that_was_started(own_site: None) -> None:
    with running_queue(), worker_service(1) as worker:
        Site("", (), workers=(worker,)).wait_for_workers()
        assert queue_trouble("default") == ""
        factories.make_items(factories.make_dataset("qa"), 2)
        call_command("run_judge", "qa", "--judge", "reference")
    assert Run.objects.get().state == Run.State.FINISHED


def test_a_worker_that_cannot_start_is_reported_with_the_end_of_its_log(own_site: None) -> None:
    with (
        running_queue(),
        worker_service(1, "nowhere") as worker,
        pytest.raises(ServiceError, match=r"(?s)The worker 1 stopped.*There is no queue 'nowhere'"),
    ):
        Site("", (), workers=(worker,)).wait_for_workers()
