"""Putting the files of a saved log into the folder it was opened from, under names that mdk takes for the newest."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile

from training_export.core.manifest import STAMP

LOG_PREFIX = "experiment_log_manual_"
SECOND = timedelta(seconds=1)


def newer_stamp(folder: Path, now: datetime) -> datetime:
    """A moment, now or later, that mdk takes for newer than every manual log of the folder: it goes by names alone."""
    stamps = [parsed(path.stem.removeprefix(LOG_PREFIX)) for path in folder.glob(f"{LOG_PREFIX}*.json")]
    last = max((stamp for stamp in stamps if stamp), default=None)
    plain = now.replace(tzinfo=None, microsecond=0)
    return max(plain, last + SECOND) if last else plain


def parsed(text: str) -> datetime | None:
    """The moment in a name; None where there is none."""
    try:
        return datetime.strptime(text, STAMP)
    except ValueError:
        return None


def put_files(files: Sequence[Path], folder: Path, *, stamp: str, now: datetime) -> list[Path]:
    """Copies of the files in the folder, all or none, the log last; `stamp` in their names is replaced where needed.

    Nothing that lies there is overwritten. OSError where the folder cannot be written.
    """
    moment = newer_stamp(folder, now)
    while True:
        named = {file: folder / file.name.replace(stamp, moment.strftime(STAMP)) for file in files}
        if put_all(named):
            return list(named.values())
        moment += SECOND


def put_all(named: Mapping[Path, Path]) -> bool:
    """Put every file under its name; False, with nothing left there, where a name is taken."""
    done: list[Path] = []
    try:
        for file, target in sorted(named.items(), key=lambda pair: pair[1].name.startswith(LOG_PREFIX)):
            put_one(file, target)
            done.append(target)
    except FileExistsError:
        take_away(done)
        return False
    except OSError:
        take_away(done)
        raise
    return True


def put_one(file: Path, target: Path) -> None:
    """A whole file appears under its name, or FileExistsError."""
    waiting = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        copyfile(file, waiting)
        os.link(waiting, target)
    finally:
        with suppress(FileNotFoundError):
            waiting.unlink()


def take_away(paths: Sequence[Path]) -> None:
    """Files that were put there a moment ago."""
    for path in paths:
        path.unlink(missing_ok=True)
