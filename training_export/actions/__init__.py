"""Letting data leave: one verb per function."""

from training_export.actions.exports import (
    build_export,
    export_dataset,
    fail_export,
    order_export,
    repeat_export,
    resume_exports,
    verify_export,
)
from training_export.actions.merging import merge_labels

__all__ = [
    "build_export",
    "export_dataset",
    "fail_export",
    "merge_labels",
    "order_export",
    "repeat_export",
    "resume_exports",
    "verify_export",
]
