"""Import in two steps: `plan_import` reads and counts, `apply_import` does exactly that; `import_files` does both."""

from judging.actions.imports.plan import Counts, ImportPlan, ImportRefused, Progress, no_progress, plan_import
from judging.actions.imports.rows import FileProblem, InputFile, KeyedRow, Source, keyed_rows, source_of
from judging.actions.imports.store import BadRows, apply_import, discard_abandoned_imports, import_files
from judging.actions.imports.uploads import drop_upload, keep_upload, kept_upload

__all__ = [
    "BadRows",
    "Counts",
    "FileProblem",
    "ImportPlan",
    "ImportRefused",
    "InputFile",
    "KeyedRow",
    "Progress",
    "Source",
    "apply_import",
    "discard_abandoned_imports",
    "drop_upload",
    "import_files",
    "keep_upload",
    "kept_upload",
    "keyed_rows",
    "no_progress",
    "plan_import",
    "source_of",
]
