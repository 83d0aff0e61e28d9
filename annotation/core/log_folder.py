"""A folder in which somebody went through a log with mdk: which file holds the newest work, and what the others hold.

mdk itself takes the last manual log by name, and a newer autosave is lost. Here time decides. A manual log has its time
in its name, in a zone that nobody knows; an autosave has only the time at which the file was written, which a copy may
have changed. So the two are compared only where the manual log was evidently written when its name says.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

ORIGINAL_NAME = "experiment_log.json"
AUTOSAVE_NAME = "experiment_log_autosave.json"
MANUAL_NAME = re.compile(r"experiment_log_manual_(.*)\.json")
STAMP = "%Y-%m-%d-%H-%M-%S"
ZONES_DIFFER_BY = timedelta(minutes=15)
WRITING_TAKES = timedelta(seconds=10)


class Kind(StrEnum):
    """What a file of the folder is, by its name."""

    MANUAL = "manual"
    AUTOSAVE = "autosave"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A file of the folder; `modified` is None where nobody knows when it was written."""

    name: str
    modified: datetime | None = None

    @property
    def kind(self) -> Kind:
        """What its name says that it is."""
        if self.name == AUTOSAVE_NAME:
            return Kind.AUTOSAVE
        return Kind.MANUAL if MANUAL_NAME.fullmatch(self.name) else Kind.ORIGINAL

    @property
    def stamp(self) -> datetime | None:
        """The time in the name of a manual log, as if its zone were UTC."""
        found = MANUAL_NAME.fullmatch(self.name)
        try:
            return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC) if found else None
        except ValueError:
            return None

    @property
    def is_as_written(self) -> bool:
        """Whether the file's own time is that of its name, in some zone: it was not copied since."""
        if self.modified is None:
            return False
        if self.stamp is None:
            return True
        beside = (self.modified - self.stamp) % ZONES_DIFFER_BY
        return min(beside, ZONES_DIFFER_BY - beside) <= WRITING_TAKES

    @property
    def saved_at(self) -> datetime | None:
        """When the work in it was saved, as far as that is known."""
        return self.modified if self.is_as_written else self.stamp or self.modified


class Newest(NamedTuple):
    """The file with the newest work. `rival`: one that may be newer, where the times do not tell."""

    file: LogFile
    rival: LogFile | None = None


def newest_work(files: Iterable[LogFile]) -> Newest | None:
    """Among manual logs and an autosave the newest; None where nobody has worked in the folder."""
    worked = [file for file in files if file.kind != Kind.ORIGINAL]
    manuals = by_time(file for file in worked if file.kind == Kind.MANUAL)
    autosave = next((file for file in worked if file.kind == Kind.AUTOSAVE), None)
    if autosave is None or not manuals:
        last = autosave or (manuals[-1] if manuals else None)
        return Newest(last) if last else None
    manual = manuals[-1]
    if autosave.modified is None or manual.modified is None or not manual.is_as_written:
        return Newest(manual, rival=autosave)
    return Newest(autosave if autosave.modified > manual.modified else manual)


def by_time(files: Iterable[LogFile]) -> list[LogFile]:
    """Oldest first: by the time in the name, which survives copying; without one by the file's own."""
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(files, key=lambda file: (file.stamp or file.modified or never, file.name))


class Said(NamedTuple):
    """What a log says of one entry. `errors` counts only where somebody `decided`; None is undefined then."""

    decided: bool
    errors: int | None
    texts: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How another log differs from the one that is taken, in entries. With other numbers of entries, only in those."""

    entries: int
    taken_entries: int
    verdicts: int = 0
    only_there: int = 0
    only_taken: int = 0
    texts: int = 0

    @property
    def in_words(self) -> bool:
        """Whether somebody's decisions differ."""
        return self.entries != self.taken_entries or bool(self.verdicts or self.only_there or self.only_taken)

    @property
    def is_none(self) -> bool:
        """Whether both say the same."""
        return not self.in_words and not self.texts


def difference(taken: Sequence[Said], other: Sequence[Said]) -> Difference:
    """Compare two logs entry by entry; their order never changes in mdk."""
    sizes = {"entries": len(other), "taken_entries": len(taken)}
    if len(taken) != len(other):
        return Difference(**sizes)
    pairs = list(zip(taken, other, strict=True))
    return Difference(
        **sizes,
        verdicts=sum(one.decided and two.decided and one.errors != two.errors for one, two in pairs),
        only_there=sum(two.decided and not one.decided for one, two in pairs),
        only_taken=sum(one.decided and not two.decided for one, two in pairs),
        texts=sum(one.texts != two.texts for one, two in pairs),
    )


def place_to_start(decided: Sequence[bool]) -> int:
    """Behind the last decided entry, counted from 1; the first where none is decided, and where all are, the last."""
    last = max((place for place, is_decided in enumerate(decided, 1) if is_decided), default=0)
    return min(last + 1, max(len(decided), 1))
