"""The commands of runs: run_judge, resume_runs, cancel_run, worker; and the jobs they leave on the queue."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django_rq import get_queue
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from judging import jobs
from judging.actions.judges import judge_for
from judging.actions.runs import BATCH_ITEMS, RunScope, cancel_run, start_run
from judging.core.builtin import JUDGES
from judging.models import Dataset, Judge, Judgment, Run
from judging.reports import queue_state
from tests.factories import make_dataset, make_item, make_items

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset("qa")
    make_item(dataset, "1+1?", "2", "2")
    make_item(dataset, "2+2?", "5", "4")
    make_item(dataset, "3+3?", "6")
    return dataset


class OwnWorker(SimpleWorker):
    """Works in this process, and leaves its signals to pytest."""

    def _install_signal_handlers(self) -> None:
        pass


def new_worker() -> OwnWorker:
    queue = get_queue("default")
    return OwnWorker([queue], connection=queue.connection, serializer=JSONSerializer)


def work_off(**options: Any) -> None:
    new_worker().work(burst=True, **options)


@pytest.fixture
def worker(valkey: Redis) -> Iterator[OwnWorker]:
    """A worker that listens, as far as anybody can see."""
    worker = new_worker()
    worker.register_birth()
    yield worker
    worker.register_death()


def printed(name: str, *arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_judges_inline_without_a_queue_and_prints_a_summary(dataset: Dataset) -> None:
    text = printed("run_judge", "qa", "--judge", "reference", "--inline")
    assert "3 of 3 items" in text
    assert "clean          1   33.3 %" in text
    assert "no_reference" in text
    assert Run.objects.get().state == Run.State.FINISHED


def test_the_json_document_is_all_that_stdout_holds(dataset: Dataset) -> None:
    run = json.loads(printed("run_judge", "qa", "--judge", "reference", "--inline", "--json"))
    assert run.pop("seconds") >= 0
    assert run == {
        "run": Run.objects.get().pk,
        "judge": "reference",
        "version": 1,
        "state": "finished",
        "items": 3,
        "judged": 3,
        "counts": {"clean": 1, "wrong": 1, "invalid": 1, "unscored": 1},
        "unscored_by_reason": {"no_reference": 1},
        "mean_score": None,
        "stability": [],
    }


def test_options_change_the_judge_into_a_new_version(dataset: Dataset) -> None:
    printed("run_judge", "qa", "--judge", "reference", "--inline")
    arguments = ["--judge", "reference", "--engine", "scripted", "--rubric", "ja_1_5", "--samples", "2", "--model", "m"]
    document = json.loads(printed("run_judge", "qa", *arguments, "--limit", "2", "--seed", "5", "--inline", "--json"))
    judge = Judge.objects.get(version=2)
    assert (judge.engine, judge.rubric.name, judge.samples, judge.model) == ("scripted", "ja_1_5", 2, "m")
    assert (document["version"], document["items"]) == (2, 2)
    assert Run.objects.first().snapshot["seed"] == 5


def test_a_stored_version_is_chosen_by_its_number(dataset: Dataset) -> None:
    printed("run_judge", "qa", "--judge", "reference", "--samples", "2", "--inline")
    printed("run_judge", "qa", "--judge", "reference", "--inline")
    document = json.loads(printed("run_judge", "qa", "--judge", "reference:1", "--inline", "--json"))
    assert document["version"] == 1


def test_the_unfinished_run_goes_on(dataset: Dataset) -> None:
    first = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    assert json.loads(printed("run_judge", "qa", "--judge", "reference", "--inline", "--json"))["run"] == first.pk


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing", "--judge", "reference"], "There is no dataset 'nothing'"),
        (["qa", "--judge", "nobody"], "There is no judge 'nobody'. Judges: attributes"),
        (["qa", "--judge", "reference:9"], "There is no judge 'reference:9'"),
        (["qa", "--judge", "reference:x"], "There is no judge 'reference:x'"),
        (["qa", "--judge", "reference", "--rubric", "r"], "There is no rubric 'r'. Rubrics: attributes"),
        (["qa", "--judge", "reference", "--engine", "e"], "There is no engine 'e'. Engines: openai_api"),
        (["qa", "--judge", "verdict"], "needs a model"),
        (["qa", "--judge", "reference", "--limit", "0"], "argument --limit"),
        (["qa", "--judge", "reference", "--samples", "x"], "argument --samples"),
        (["qa", "--judge", "verdict", "--model", "m", "--base-url", "nowhere"], "needs the address of a server"),
    ],
)
def test_refuses_with_a_sentence(dataset: Dataset, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        printed("run_judge", *arguments, "--inline")
    assert sentence in str(refused.value)
    assert not Judgment.objects.exists()


def test_says_that_the_queue_does_not_answer_and_stores_nothing(dataset: Dataset) -> None:
    with pytest.raises(CommandError, match=r"none\.sock does not answer.*--inline"):
        printed("run_judge", "qa", "--judge", "reference")
    assert not Run.objects.exists()


def test_says_that_no_worker_listens(dataset: Dataset, valkey: Redis) -> None:
    with pytest.raises(CommandError, match=r"No worker listens to the queue default: start one with `manage.py worker"):
        printed("run_judge", "qa", "--judge", "reference")


def test_follows_the_workers_until_the_run_is_over(
    dataset: Dataset, worker: OwnWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.management.commands.run_judge.wait", work_off)
    document = json.loads(printed("run_judge", "qa", "--judge", "reference", "--json"))
    assert (document["state"], document["judged"]) == ("finished", 3)


def test_a_cancelled_run_is_reported_and_ends_with_an_error(
    dataset: Dataset, worker: OwnWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.management.commands.run_judge.wait", lambda: cancel_run(Run.objects.get()))
    with pytest.raises(CommandError, match="is cancelled"):
        printed("run_judge", "qa", "--judge", "reference")


def test_ctrl_c_leaves_the_run_to_the_workers_and_says_how_to_follow_it(
    dataset: Dataset, worker: OwnWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("judging.management.commands.run_judge.wait", interrupt)
    with pytest.raises(CommandError, match=r"same command again.*manage.py cancel_run") as stopped:
        printed("run_judge", "qa", "--judge", "reference")
    assert stopped.value.returncode == 130
    assert Run.objects.get().state == Run.State.PENDING
    assert get_queue("default").count == 1


def test_resume_runs_names_the_runs_and_what_is_missing(dataset: Dataset, valkey: Redis) -> None:
    assert "No run is unfinished" in printed("resume_runs")
    run = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    err = StringIO()
    call_command("resume_runs", stdout=StringIO(), stderr=err)
    assert "No worker listens" in err.getvalue()
    assert printed("resume_runs") == f"Run {run.pk} (reference v1 on qa) goes on.\n"


def test_cancel_run_stops_a_run_once(dataset: Dataset) -> None:
    run = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    assert "is cancelled" in printed("cancel_run", str(run.pk))
    with pytest.raises(CommandError, match="is cancelled already"):
        printed("cancel_run", str(run.pk))
    with pytest.raises(CommandError, match="There is no run 99"):
        printed("cancel_run", "99")


def test_the_worker_command_says_that_the_queue_does_not_answer() -> None:
    with pytest.raises(CommandError, match="does not answer"):
        printed("worker", "--burst")


def test_the_worker_command_refuses_a_queue_that_is_not_there(valkey: Redis) -> None:
    with pytest.raises(CommandError, match=r"There is no queue 'gpus'\. Queues: default, gpu"):
        printed("worker", "--queues", "default,gpus")


def test_a_job_puts_itself_back_while_work_is_left(
    dataset: Dataset, worker: OwnWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.actions.work.WORK_SECONDS", 0.0)
    start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    work_off(max_jobs=1)
    assert get_queue("default").count == 1
    monkeypatch.setattr("judging.actions.work.WORK_SECONDS", 60.0)
    work_off()
    assert get_queue("default").count == 0
    assert Run.objects.get().state == Run.State.FINISHED


def test_a_run_is_on_the_queue_once_for_every_worker_that_could_share_it(worker: OwnWorker, valkey: Redis) -> None:
    second = new_worker()
    second.register_birth()
    small, large = make_dataset("small"), make_dataset("large")
    make_items(small, 1)
    make_items(large, BATCH_ITEMS + 1)
    start_run(judge_for(JUDGES["reference"]), small, scope=RunScope())
    assert get_queue("default").count == 1
    start_run(judge_for(JUDGES["reference"]), large, scope=RunScope())
    assert get_queue("default").count == 3
    second.register_death()


def test_an_unexpected_error_fails_the_run_with_its_name(
    dataset: Dataset, worker: OwnWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    Run.objects.update(snapshot=run.snapshot | {"judge": {}})
    work_off()
    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.FAILED, "The worker stopped: KeyError: 'name'")


def test_a_database_that_went_away_leaves_the_run_to_be_resumed(dataset: Dataset, worker: OwnWorker) -> None:
    run = start_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
    (job,) = get_queue("default").get_jobs()
    jobs.work_failed(job, worker.connection, OperationalError, OperationalError("gone"), None)
    run.refresh_from_db()
    assert run.state == Run.State.PENDING


def test_the_queue_is_described_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.REDIS_URL", "redis://user:secret@host:6379/0")
    assert queue_state("default").address == "redis://host:6379/0"
