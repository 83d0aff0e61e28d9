"""What people are asked about a dataset, where nobody says otherwise."""

from annotation.core.words import Terms
from annotation.reports.promptfoo import is_promptfoo
from judging.actions.judges import rubric_for
from judging.core.builtin.promptfoo import PROMPTFOO_RESULT
from judging.models import Dataset


def usual_terms(dataset: Dataset) -> Terms:
    """Of results of promptfoo a score from 0 to 1, of everything else good, undefined or bad."""
    return Terms(rubric=rubric_for(PROMPTFOO_RESULT).pk if is_promptfoo(dataset) else None)
