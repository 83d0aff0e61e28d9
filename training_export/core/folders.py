"""A folder of files that appears whole or not at all."""

import glob
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

DRAFT_SIGNS = 8


class FolderProblem(ValueError):
    """Why nothing can be written there, as a sentence."""


def check_target(target: Path) -> None:
    """Refuse a target where something is already: an export overwrites nothing."""
    if not target.exists():
        return
    if not target.is_dir():
        raise FolderProblem(f"{target} is a file; --output names a folder: choose one that does not exist yet.")
    if any(target.iterdir()):
        raise FolderProblem(f"{target} already has files in it and nothing is overwritten: choose a new folder.")


def clear_drafts(target: Path) -> None:
    """Delete what a process that was killed left beside this target."""
    for draft in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * DRAFT_SIGNS}"):
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def appearing_folder(target: Path) -> Iterator[Path]:
    """Give a folder beside the target to write into; it takes the target's name when all went well, else goes."""
    target = target.absolute()
    check_target(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid4().hex[:DRAFT_SIGNS]}")
    draft.mkdir()
    try:
        yield draft
        # rename() takes the place of an empty folder and fails on one that filled up in the meantime.
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
