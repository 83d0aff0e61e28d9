"""Entry points of the queue; they carry ids only."""

from types import TracebackType

from redis import Redis
from rq.exceptions import AbandonedJobError
from rq.job import Job

from annotation.actions import uploads


def work_upload(number: int) -> None:
    """Look at the files of an upload, or store them."""
    uploads.work_upload(number)


def upload_failed(
    job: Job, connection: Redis, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say on the upload what ended its job. Where its worker died, `resume_uploads` has seen to it."""
    if issubclass(kind, AbandonedJobError):
        return
    uploads.fail_upload(job.args[0], f"The worker stopped: {kind.__name__}: {error}")
