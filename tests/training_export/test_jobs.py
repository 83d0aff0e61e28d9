"""Exports that a worker builds."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from zlib import decompress

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from redis import Redis
from rq import SimpleWorker
from rq.exceptions import AbandonedJobError
from rq.serializers import JSONSerializer

from judging.core.claimers import this_claimer
from judging.models import Dataset
from tests import factories
from training_export import actions, jobs
from training_export.actions import exports
from training_export.models import Export
from training_export.selection import select

pytestmark = pytest.mark.django_db
DEAD = f"{this_claimer().rpartition(':')[0]}:1"


@pytest.fixture
def judged(db: None) -> Dataset:
    dataset = factories.make_dataset()
    factories.make_judgment(factories.make_run(dataset), factories.make_item(dataset))
    return dataset


def ordered(dataset: Dataset, by: User | None = None) -> Export:
    return actions.order_export(select(dataset, source="judge"), by=by)


def pending(dataset: Dataset) -> Export:
    """An export whose job the queue lost."""
    export = ordered(dataset)
    Export.objects.filter(pk=export.pk).update(state=Export.State.PENDING)
    return export


def test_a_worker_builds_what_was_ordered(judged: Dataset, lead: User, valkey: Redis, export_dir: Path) -> None:
    export = ordered(judged, lead)
    assert export.state == Export.State.PENDING
    SimpleWorker(["default"], connection=valkey, serializer=JSONSerializer).work(burst=True)
    export.refresh_from_db()
    assert (export.state, export.by) == (Export.State.READY, lead)
    assert (export_dir / str(export.pk) / "dataset_clean.jsonl").read_text() == '{"question": "Q?", "answer": "A."}\n'
    assert export.manifest["made_by"] == lead.get_username()


def test_the_job_carries_an_id_and_nothing_else(judged: Dataset, valkey: Redis) -> None:
    export = ordered(judged)
    (key,) = valkey.keys("rq:job:*")
    assert b'"training_export.jobs.build_export", null, [%d], {}' % export.pk in decompressed(valkey.hget(key, "data"))


def decompressed(data: object) -> bytes:
    assert isinstance(data, bytes)
    return decompress(data)


def test_a_silent_queue_is_said_on_the_export(judged: Dataset) -> None:
    export = ordered(judged)
    assert export.state == Export.State.FAILED
    assert "The queue does not answer" in export.error


def test_two_workers_build_once(judged: Dataset) -> None:
    export = pending(judged)
    assert actions.build_export(export.pk) is not None
    assert actions.build_export(export.pk) is None


def test_an_export_that_failed_can_be_built_again(judged: Dataset, valkey: Redis) -> None:
    export = ordered(judged)
    actions.fail_export(export.pk, "gone")
    assert actions.repeat_export(export).state == Export.State.PENDING
    SimpleWorker(["default"], connection=valkey, serializer=JSONSerializer).work(burst=True)
    export.refresh_from_db()
    assert (export.state, export.error) == (Export.State.READY, "")


def test_a_finished_export_is_not_built_again(judged: Dataset) -> None:
    export = pending(judged)
    jobs.build_export(export.pk)
    assert actions.repeat_export(export).state == Export.State.READY


def test_nothing_to_export_is_said_on_the_export(judged: Dataset) -> None:
    export = pending(judged)
    judged.items.all().delete()
    jobs.build_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.error) == (
        Export.State.FAILED,
        "No item of dataset “dataset” has a verdict to export.",
    )


def test_what_ended_the_job_is_said_on_the_export(judged: Dataset) -> None:
    export = pending(judged)
    job = SimpleNamespace(args=[export.pk])
    jobs.build_failed(job, None, TimeoutError, TimeoutError("3600 s"), None)  # type: ignore[arg-type]
    export.refresh_from_db()
    assert (export.state, export.error) == (Export.State.FAILED, "The worker stopped: TimeoutError: 3600 s")


def test_a_job_whose_worker_died_says_nothing_on_the_export(judged: Dataset) -> None:
    export = pending(judged)
    job = SimpleNamespace(args=[export.pk])
    jobs.build_failed(job, None, AbandonedJobError, AbandonedJobError(), None)  # type: ignore[arg-type]
    export.refresh_from_db()
    assert export.state == Export.State.PENDING


def test_what_a_command_wrote_that_was_killed_failed_and_leaves_nothing(judged: Dataset, tmp_path: Path) -> None:
    export = pending(judged)
    half = tmp_path / ".out.0123abcd"
    half.mkdir()
    (tmp_path / ".out.mine").mkdir()
    Export.objects.update(state=Export.State.RUNNING, claimed_by=DEAD, folder=str(tmp_path / "out"))
    assert actions.resume_exports() == []
    export.refresh_from_db()
    assert (export.state, export.error) == (
        Export.State.FAILED,
        "The process that wrote it died; nothing was left. Export again.",
    )
    assert [path.name for path in tmp_path.iterdir()] == [".out.mine"]


def test_an_export_that_is_written_elsewhere_is_lost_when_it_was_silent_for_long(
    judged: Dataset, valkey: Redis, export_dir: Path
) -> None:
    export = ordered(judged)
    now = timezone.now()
    Export.objects.update(state=Export.State.RUNNING, claimed_by="elsewhere:1:1", claimed_at=now)
    assert actions.resume_exports() == []
    Export.objects.update(claimed_at=now - timedelta(hours=2))
    assert actions.resume_exports() == [export]
    assert Export.objects.get().state == Export.State.PENDING


def test_what_waits_on_the_queue_is_not_put_there_again(judged: Dataset, valkey: Redis, export_dir: Path) -> None:
    export = ordered(judged)
    assert actions.resume_exports() == []
    valkey.flushall()
    assert actions.resume_exports() == [export]
    assert actions.resume_exports() == []


def test_who_was_thought_dead_writes_nothing_on_the_export(judged: Dataset) -> None:
    export = pending(judged)
    Export.objects.update(state=Export.State.RUNNING, claimed_by="another:1:1")
    export.claimed_by = "this:1:1"
    assert not exports.claimed_row(export).exists()
