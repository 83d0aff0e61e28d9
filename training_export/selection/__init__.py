"""Which items leave and whose verdict they carry."""

from training_export.selection.asking import Asked, select
from training_export.selection.choosing import (
    EXCLUDE,
    REPORT,
    ExportProblem,
    Selection,
    benchmark_named,
    judge_runs,
    stored_selection,
)
from training_export.selection.copies import copies_of, leaked
from training_export.selection.counting import count_selection
from training_export.selection.names import campaign_named, dataset_named, run_numbered
from training_export.selection.provenance import provenance_of
from training_export.selection.rebuilding import read_manifest, selection_of
from training_export.selection.since import changes_since
from training_export.selection.words import records

__all__ = [
    "EXCLUDE",
    "REPORT",
    "Asked",
    "ExportProblem",
    "Selection",
    "benchmark_named",
    "campaign_named",
    "changes_since",
    "copies_of",
    "count_selection",
    "dataset_named",
    "judge_runs",
    "leaked",
    "provenance_of",
    "read_manifest",
    "records",
    "run_numbered",
    "select",
    "selection_of",
    "stored_selection",
]
