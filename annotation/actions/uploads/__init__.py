"""Imports that begin in a browser: files are kept, looked at, confirmed and stored by a worker."""

from annotation.actions.uploads.files import MOST_FILES, UploadRefused, problems_file, progress_of
from annotation.actions.uploads.orders import (
    cancel_upload,
    change_upload,
    fail_upload,
    put_back_lost,
    receive_files,
    repeat_upload,
    resume_uploads,
    store_upload,
    work_upload,
)

__all__ = [
    "MOST_FILES",
    "UploadRefused",
    "cancel_upload",
    "change_upload",
    "fail_upload",
    "problems_file",
    "progress_of",
    "put_back_lost",
    "receive_files",
    "repeat_upload",
    "resume_uploads",
    "store_upload",
    "work_upload",
]
