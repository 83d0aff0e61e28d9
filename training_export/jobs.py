"""Entry points of the queue; they carry ids only."""

from types import TracebackType

from redis import Redis
from rq.exceptions import AbandonedJobError
from rq.job import Job

from training_export import actions
from training_export.selection import ExportProblem


def build_export(number: int) -> None:
    """Build one export. One that cannot be built says so on its row; the job itself has done its work then."""
    try:
        actions.build_export(number)
    except ExportProblem:
        return


def build_failed(
    job: Job, connection: Redis, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say on the export what ended its job. Where its worker died, `resume_exports` has seen to it."""
    if issubclass(kind, AbandonedJobError):
        return
    actions.fail_export(job.args[0], f"The worker stopped: {kind.__name__}: {error}")
