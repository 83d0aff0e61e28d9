"""Entry points of the queue; they carry ids only."""

from django.utils.translation import gettext as _
from rq.timeouts import JobTimeoutException

from training_export import actions
from training_export.selection import ExportProblem


def build_export(number: int) -> str:
    """Build one export; its row says how it ended."""
    try:
        export = actions.build_export(number)
    except ExportProblem as problem:
        return str(problem)
    except JobTimeoutException:
        actions.fail_export(number, _("Building took longer than a job may take."))
        raise
    return export.state if export else "nothing to do"
