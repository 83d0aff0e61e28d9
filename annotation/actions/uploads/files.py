"""The folder of an upload: its files as they were sent, how far the work is, and the list of problems.

How far the work is stands in a file and not in a row, because storing into a dataset is one long transaction.
"""

import csv
import json
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from annotation.models import Upload
from judging.actions.imports import FileProblem, InputFile

MOST_FILES = 100
EVERY_SECONDS = 0.5
NAME_LENGTH = 150


class UploadRefused(ValueError):
    """Why files were not taken, as a sentence."""


class UploadStopped(Exception):
    """Somebody cancelled the upload."""


class SentFile(Protocol):
    """A file as a browser sent it."""

    @property
    def name(self) -> str | None:
        """What the browser calls it."""

    @property
    def size(self) -> int | None:
        """In bytes."""

    def chunks(self) -> Iterable[bytes]:
        """The bytes, in pieces."""

    def close(self) -> None:
        """It is no longer needed."""


def folder_of(token: UUID) -> Path:
    """Where the files of an upload are."""
    return Path(settings.DATA_DIR) / "uploads" / token.hex


def keep(token: UUID, files: Sequence[SentFile]) -> list[dict[str, Any]]:
    """Write files to disk as they arrive, or none of them. UploadRefused says what is wrong with them."""
    refuse(files)
    try:
        return [kept(folder_of(token) / f"file-{number}", file) for number, file in enumerate(files, 1)]
    except BaseException as error:
        forget(token)
        if isinstance(error, OSError):
            raise UploadRefused(not_kept(error)) from error
        raise


def not_kept(error: OSError) -> str:
    """The sentence for a disk that does not take the files."""
    return _("The files cannot be kept: %(why)s.") % {"why": error.strerror or error}


def refuse(files: Sequence[SentFile]) -> None:
    """Too many, too large or empty files."""
    if not files:
        raise UploadRefused(_("No file was sent. Choose at least one."))
    if len(files) > MOST_FILES:
        raise UploadRefused(_("These are more than %(most)d files. Send them in parts.") % {"most": MOST_FILES})
    if sum(file.size or 0 for file in files) > settings.MAX_UPLOAD_BYTES:
        raise UploadRefused(too_large())
    empty = next((file for file in files if not file.size), None)
    if empty is not None:
        raise UploadRefused(_("%(name)s is empty. Choose a file with at least one row.") % {"name": shown(empty)})


def too_large() -> str:
    """The sentence for files that are more than this installation takes."""
    most = settings.MAX_UPLOAD_BYTES // 1024**2
    return _(
        "The files are larger than %(most)d MB together, the most that is taken here. Import them on the server with "
        "manage.py import_dataset, or raise EVALSITE_MAX_UPLOAD_MB."
    ) % {"most": most}


def shown(file: SentFile) -> str:
    """The name of a file, without the folders and signs that a system could stumble over."""
    name = Path((file.name or "").replace("\\", "/")).name
    safe = get_valid_filename(f"_{name}")[1:].lstrip(".") or "file"
    stem, suffix = os.path.splitext(safe)
    return stem[:NAME_LENGTH] + suffix[:20]


def kept(folder: Path, file: SentFile) -> dict[str, Any]:
    """One file on disk, in a folder of its own: two may have the same name."""
    folder.mkdir(parents=True)
    path = folder / shown(file)
    moved = getattr(file, "temporary_file_path", None)
    if moved is not None:
        # It lies on this disk already: a large one is not copied once more.
        shutil.move(moved(), path)
        file.close()
        path.chmod(0o600)
    else:
        with path.open("wb") as out:
            out.writelines(file.chunks())
    return {"name": path.name, "bytes": path.stat().st_size}


def input_files(upload: Upload) -> list[InputFile]:
    """The files for an import; UploadRefused where they are gone."""
    encoding = str(upload.options.get("encoding", ""))
    places = [
        folder_of(upload.token) / f"file-{number}" / str(file["name"]) for number, file in enumerate(upload.files, 1)
    ]
    if not all(path.is_file() for path in places):
        raise UploadRefused(_("The files of this upload are no longer here. Send them again."))
    return [InputFile(path, path.name, encoding) for path in places]


def forget(token: UUID) -> None:
    """Delete the folder."""
    shutil.rmtree(folder_of(token), ignore_errors=True)


def forget_files(token: UUID) -> None:
    """Delete the files that were stored; what is said of them stays."""
    for folder in folder_of(token).glob("file-*"):
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the work is: rows of this phase, seconds since it began, and when that was written."""

    rows: int = 0
    seconds: float = 0.0
    at: float = 0.0

    @property
    def rate(self) -> float | None:
        """Rows of a second."""
        return self.rows / self.seconds if self.rows and self.seconds else None


def progress_of(upload: Upload) -> Progress:
    """What the worker wrote last; nothing where it has not begun."""
    try:
        return Progress(**json.loads((folder_of(upload.token) / "progress.json").read_text()))
    except (OSError, ValueError, TypeError):
        return Progress()


class Telling:
    """Writes how far the work is, now and then, and stops it where somebody cancelled."""

    def __init__(self, upload: Upload) -> None:
        self._folder = folder_of(upload.token)
        self._begun = self._told = time.monotonic()
        self.rows = 0
        self._write()

    def __call__(self, rows: int) -> None:
        """So many more rows."""
        self.rows += rows
        if time.monotonic() - self._told >= EVERY_SECONDS:
            self.check()
            self._write()

    def check(self) -> None:
        """UploadStopped where somebody cancelled."""
        if (self._folder / "cancelled").exists():
            raise UploadStopped

    def _write(self) -> None:
        self._told = time.monotonic()
        told = {"rows": self.rows, "seconds": round(self._told - self._begun, 2), "at": time.time()}
        fresh = self._folder / "progress.new"
        # Without a disk to write it to, the work itself goes on.
        with suppress(OSError):
            fresh.write_text(json.dumps(told))
            fresh.replace(self._folder / "progress.json")


def ask_to_stop(token: UUID) -> None:
    """Tell a worker that somebody cancelled."""
    with suppress(OSError):
        (folder_of(token) / "cancelled").touch()


def write_problems(upload: Upload, problems: Sequence[FileProblem]) -> None:
    """All problems as a table that can be downloaded; none where there are none."""
    path = problems_file(upload)
    path.unlink(missing_ok=True)
    if not problems:
        return
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(["file", "line", "problem"])
        table.writerows((problem.file, problem.line or "", defused(problem.message)) for problem in problems)


def defused(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def problems_file(upload: Upload) -> Path:
    """Where the list of all problems is."""
    return folder_of(upload.token) / "problems.csv"
