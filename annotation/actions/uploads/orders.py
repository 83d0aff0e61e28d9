"""The way of an upload: received, looked at, confirmed, stored. One worker at a time has it, and its death is seen."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import django_rq
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rq.callbacks import Callback

from annotation.actions.uploads.files import (
    SentFile,
    Telling,
    UploadRefused,
    UploadStopped,
    ask_to_stop,
    folder_of,
    forget,
    forget_files,
    input_files,
    keep,
    progress_of,
)
from annotation.actions.uploads.looking import guesses, look
from annotation.actions.uploads.storing import store
from annotation.models import Upload
from judging.actions.imports import ImportRefused, discard_abandoned_imports
from judging.core.claimers import is_gone, this_claimer
from judging.core.readers import FileRefused
from judging.models import Dataset

logger = logging.getLogger(__name__)

JOB = "annotation.jobs.work_upload"
JOB_FAILED = "annotation.jobs.upload_failed"
JOB_SECONDS = 6 * 3600
AT_ONCE_BYTES = 2_000_000
"""Files that are together smaller are looked at while the browser waits."""
SILENT_SECONDS = 900
MOST_ATTEMPTS = 3
State, Phase = Upload.State, Upload.Phase


def receive_files(files: Sequence[SentFile], *, name: str = "", by: User | None = None) -> Upload:
    """Keep files that a browser sent and look at them: at once where they are small, else a worker does."""
    token = uuid4()
    kept = keep(token, files)
    upload = Upload(token=token, files=kept, by=by)
    try:
        guessed = guesses(input_files(upload))
    except BaseException:
        forget(token)
        raise
    upload.kind, upload.name = guessed["kind"], (name or free_name(guessed))[:200]
    upload.options = {"encoding": guessed["encoding"]} if guessed["encoding"] else {}
    upload.save()
    return begin(upload)


def free_name(guessed: Mapping[str, Any]) -> str:
    """The file's name as the dataset's; with a number where a dataset of items is called so already."""
    name = str(guessed["name"])
    if guessed["kind"] == Upload.Kind.LABELS or not Dataset.objects.filter(name=name).exists():
        return name
    return next(f"{name} {n}" for n in range(2, 10_000) if not Dataset.objects.filter(name=f"{name} {n}").exists())


def change_upload(upload: Upload, *, kind: str, name: str, options: Mapping[str, Any]) -> Upload:
    """Look at the files in another way. UploadRefused while a worker has them."""
    open_states = [State.PLANNED, State.FAILED, State.CANCELLED]
    changed = Upload.objects.filter(pk=upload.pk, state__in=open_states).update(
        kind=kind, name=name, options=dict(options), phase=Phase.READ, state=State.PENDING, error="", attempts=0
    )
    if not changed:
        raise UploadRefused(_("The files are being worked on, or are stored already."))
    upload.refresh_from_db()
    return begin(upload)


def store_upload(upload: Upload) -> Upload:
    """Have a worker store what was looked at. UploadRefused where there is nothing that may be stored."""
    if not upload.can_be_stored:
        raise UploadRefused(_("There is nothing to store: look at the files first, and mend what is wrong with them."))
    wanted = {"phase": Phase.STORE, "state": State.PENDING, "error": "", "attempts": 0}
    if not Upload.objects.filter(pk=upload.pk, state=State.PLANNED).update(**wanted):
        raise UploadRefused(_("The files are being worked on, or are stored already."))
    return enqueue(upload)


def repeat_upload(upload: Upload) -> Upload:
    """Try again what failed or was cancelled; what waits is put on the queue once more."""
    again = Upload.objects.filter(pk=upload.pk, state__in=[State.FAILED, State.CANCELLED])
    again.update(state=State.PENDING, error="", attempts=0)
    upload.refresh_from_db()
    return begin(upload) if upload.state == State.PENDING else upload


def cancel_upload(upload: Upload) -> Upload:
    """Stop it, wherever it is; what a worker began is taken back by that worker, or at once where it is dead."""
    ask_to_stop(upload.token)
    waiting = Upload.objects.filter(pk=upload.pk, state__in=[State.PENDING, State.PLANNED])
    if not waiting.update(state=State.CANCELLED) and is_lost(upload):
        Upload.objects.filter(pk=upload.pk, state=State.RUNNING).update(state=State.CANCELLED)
        discard_abandoned_imports()
    upload.refresh_from_db()
    return upload


def begin(upload: Upload) -> Upload:
    """Look at small files now; leave large ones, and all storing, to a worker."""
    (folder_of(upload.token) / "cancelled").unlink(missing_ok=True)
    if upload.phase == Phase.READ and upload.bytes <= AT_ONCE_BYTES:
        work_upload(upload.pk)
        upload.refresh_from_db()
        return upload
    return enqueue(upload)


def enqueue(upload: Upload) -> Upload:
    """Put it on the queue. Without a queue it waits, and its page says so."""
    (folder_of(upload.token) / "cancelled").unlink(missing_ok=True)
    try:
        django_rq.get_queue("default", commit_mode="auto").enqueue_call(
            JOB,
            args=(upload.pk,),
            job_id=f"upload-{upload.pk}-{uuid4().hex}",
            description=str(upload),
            timeout=JOB_SECONDS,
            result_ttl=0,
            on_failure=Callback(JOB_FAILED),
        )
    except RedisError as error:
        logger.warning("%s waits: the queue does not answer (%s).", upload, error)
    upload.refresh_from_db()
    return upload


def work_upload(number: int) -> None:
    """Do what an upload waits for; nothing where another worker has it or nobody wants it any more."""
    claimer = this_claimer()
    claimed = Upload.objects.filter(pk=number, state=State.PENDING).update(
        state=State.RUNNING, claimed_by=claimer, started_at=timezone.now(), finished_at=None
    )
    if claimed:
        upload = Upload.objects.select_related("by").get(pk=number)
        finish(upload, **outcome_of(upload))


def outcome_of(upload: Upload) -> dict[str, Any]:
    """What the row says of the work that is now done, refused or stopped."""
    steps: dict[str, Callable[[Upload, Telling], dict[str, Any]]] = {Phase.READ: looked_at, Phase.STORE: stored}
    try:
        tell = Telling(upload)
        return steps[upload.phase](upload, tell)
    except UploadStopped:
        return {"state": State.CANCELLED}
    except (ImportRefused, UploadRefused, FileRefused) as refusal:
        # What was only looked at can be looked at in another way.
        found = {"columns": upload.found.get("columns", [])}
        return {"state": State.PLANNED, "phase": Phase.READ, "error": str(refusal), "found": found, "problems": 0}
    except (OSError, OperationalError) as error:
        return {"state": State.FAILED, "error": broken_off(error)}


def broken_off(error: OSError | OperationalError) -> str:
    """What the disk or the database said, as a sentence."""
    why = error.strerror if isinstance(error, OSError) else str(error)
    return _("The work was broken off: %(why)s. Nothing was stored; mend this, then press Again.") % {
        "why": (why or str(error)).strip().rstrip(".")
    }


def looked_at(upload: Upload, tell: Telling) -> dict[str, Any]:
    """The files were read to their end."""
    found = look(upload, tell)
    return {"state": State.PLANNED, "found": found, "problems": found["problems"]}


def stored(upload: Upload, tell: Telling) -> dict[str, Any]:
    """The dataset has the rows now; the files are no longer needed."""
    found = upload.found | store(upload, tell)
    dataset = Dataset.objects.ready().filter(name=upload.name).first()
    forget_files(upload.token)
    return {"state": State.READY, "found": found, "dataset": dataset}


def finish(upload: Upload, **values: Any) -> None:
    """Write what became of it, unless somebody else has it by now."""
    ours = Upload.objects.filter(pk=upload.pk, state=State.RUNNING, claimed_by=upload.claimed_by)
    ours.update(**{"error": "", "finished_at": timezone.now(), **values})


def fail_upload(number: int, sentence: str) -> None:
    """Say why nothing came of it. What was begun out of sight is deleted."""
    open_states = [State.PENDING, State.RUNNING]
    Upload.objects.filter(pk=number, state__in=open_states).update(
        state=State.FAILED, error=sentence, finished_at=timezone.now()
    )
    discard_abandoned_imports()


def is_lost(upload: Upload) -> bool:
    """Whether the worker that had it is dead, or on another machine and silent for long."""
    if upload.state != State.RUNNING or upload.started_at is None:
        return False
    if is_gone(upload.claimed_by):
        return True
    silent = timedelta(seconds=time.time() - max(progress_of(upload).at, upload.started_at.timestamp()))
    return silent > timedelta(seconds=SILENT_SECONDS)


def put_back_lost() -> list[Upload]:
    """Give what dead workers left to another one; what was lost again and again failed."""
    lost = [upload for upload in Upload.objects.filter(state=State.RUNNING) if is_lost(upload)]
    for upload in lost:
        attempts = upload.attempts + 1
        again = attempts < MOST_ATTEMPTS
        values: dict[str, Any] = {"state": State.PENDING if again else State.FAILED, "attempts": attempts}
        values["error"] = (
            "" if again else _("Its worker died %(times)d times; nothing was stored.") % {"times": attempts}
        )
        row = Upload.objects.filter(pk=upload.pk, state=State.RUNNING, claimed_by=upload.claimed_by)
        if row.update(**values):
            discard_abandoned_imports()
            if again:
                enqueue(upload)
    return lost


def resume_uploads() -> list[Upload]:
    """Give what dead workers left to another one, and put on the queue what it lost; returns those uploads."""
    lost = put_back_lost()
    pending = Upload.objects.filter(state=State.PENDING).exclude(pk__in=[upload.pk for upload in lost])
    try:
        jobs = django_rq.get_queue("default").get_job_ids() if pending else []
    except RedisError:
        return lost
    waiting = {job.rpartition("-")[0] for job in jobs}
    return [*lost, *(enqueue(upload) for upload in pending if f"upload-{upload.pk}" not in waiting)]
