"""The files of a folder, and what the logs among them say. They are read and never changed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from annotation.core.log_folder import AUTOSAVE_NAME, ORIGINAL_NAME, Kind, LogFile, Said, by_time
from judging.actions.imports import FileProblem, ImportRefused, InputFile, Source, keyed_rows, source_of

LOG_FORMAT = "mdk_manual_log"
MOST_READ = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """A file of the folder, and where it can be read."""

    log: LogFile
    path: Path

    @property
    def input(self) -> InputFile:
        """As imports take it."""
        return InputFile(self.path, shown=self.log.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLog:
    """A manual log or an autosave that was read."""

    log: LogFile
    source: Source
    said: Sequence[Said]


def files_of(path: Path) -> tuple[list[GivenFile], Path]:
    """The logs in a folder, or beside the log that is named, and the folder."""
    folder = path if path.is_dir() else path.parent
    original = ORIGINAL_NAME if path.is_dir() else path.name
    try:
        manuals = {found.name for found in folder.glob("experiment_log_manual_*.json")}
        present = [folder / name for name in sorted({original, AUTOSAVE_NAME, *manuals}) if (folder / name).is_file()]
        return [given(found, found.stat().st_mtime) for found in present], folder.absolute()
    except OSError as error:
        raise ImportRefused(
            _("%(path)s cannot be read: %(why)s.") % {"path": error.filename or folder, "why": error.strerror}
        ) from error


def given(path: Path, modified: float | None) -> GivenFile:
    """A file with the time at which it was written, in seconds since 1970, where somebody knows it."""
    at = None
    if modified is not None:
        with suppress(ValueError, OverflowError, OSError):
            at = datetime.fromtimestamp(modified, UTC)
    return GivenFile(log=LogFile(name=path.name, modified=at), path=path)


def original_of(files: Sequence[GivenFile]) -> GivenFile | None:
    """The log that people went through; None where only what they made of it is there."""
    originals = [file for file in files if file.log.kind == Kind.ORIGINAL]
    named = [file for file in originals if file.log.name == ORIGINAL_NAME]
    if not files:
        raise ImportRefused(
            _("There is no log: give a folder with experiment_log.json, a manual log or an autosave of mdk in it.")
        )
    if len(originals) > 1 and not named:
        names = ", ".join(file.log.name for file in originals)
        raise ImportRefused(
            _("Which of these is the log that was gone through? %(names)s: give only one.") % {"names": names}
        )
    return next(iter(named or originals), None)


def read_logs(files: Sequence[GivenFile], also: str = "") -> list[ReadLog]:
    """The autosave, the newest manual logs, and the one named. One that cannot be read refuses all: it may be work."""
    manuals = by_time(file.log for file in files if file.log.kind == Kind.MANUAL)[-MOST_READ:]
    wanted = {log.name for log in manuals} | {AUTOSAVE_NAME, also}
    chosen = [file for file in files if file.log.kind != Kind.ORIGINAL and file.log.name in wanted]
    return [read_log(file) for file in chosen]


def read_log(file: GivenFile) -> ReadLog:
    """What a log says, entry by entry."""
    source = source_of(file.input, LOG_FORMAT)
    if isinstance(source, FileProblem):
        raise ImportRefused(str(source))
    said = []
    for keyed in keyed_rows([source]):
        if isinstance(keyed, FileProblem):
            raise ImportRefused(str(keyed))
        turn, word = keyed.row.turns[0], keyed.row.person
        texts = (turn.question, turn.answer, keyed.row.context)
        said.append(Said(word is not None, word.error_count if word else None, texts))
    return ReadLog(log=file.log, source=source, said=said)
