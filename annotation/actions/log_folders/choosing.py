"""Which log of a folder holds the newest work of one person, and sentences on what the others hold."""

from collections.abc import Mapping, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from annotation.actions.log_folders.reading import ReadLog
from annotation.core.log_folder import Difference, LogFile, difference, newest_work
from judging.actions.imports import ImportRefused


def others_work(read: Sequence[ReadLog], owners: Mapping[str, str], annotator: str) -> dict[str, str]:
    """Logs that hold somebody else's decisions, by name, with whose: known ones, and those that say the same."""
    theirs = {
        one.log.name: owners[one.source.sha256] for one in read if owners.get(one.source.sha256, annotator) != annotator
    }
    known = [one for one in read if one.log.name in theirs]
    own = [one for one in read if owners.get(one.source.sha256) == annotator]
    for one in read:
        if one.log.name in theirs or any(is_same(mine, one) for mine in own):
            continue
        same = next((theirs[other.log.name] for other in known if is_same(other, one)), None)
        if same:
            theirs[one.log.name] = same
    return theirs


def is_same(one: ReadLog, other: ReadLog) -> bool:
    """Whether two logs hold the same decisions."""
    return not difference(one.said, other.said).in_words


def chosen_log(read: Sequence[ReadLog], take: str) -> ReadLog | None:
    """The log that is asked for, else the newest work; ImportRefused where nobody can tell which that is."""
    by_name = {one.log.name: one for one in read}
    if take:
        if take not in by_name:
            names = ", ".join(by_name) or _("none")
            raise ImportRefused(
                _("%(name)s is no manual log or autosave that can be taken here. There are: %(names)s.")
                % {"name": take, "names": names}
            )
        return by_name[take]
    newest = newest_work(one.log for one in read)
    if newest is None:
        return None
    taken = by_name[newest.file.name]
    if newest.rival and not difference(taken.said, by_name[newest.rival.name].said).is_none:
        raise ImportRefused(
            _(
                "%(one)s and %(other)s say different things, and their times do not tell which is newer: files were "
                "copied since. Look into them, then name the one to take."
            )
            % {"one": newest.file.name, "other": newest.rival.name}
        )
    return taken


def sentences_on(taken: ReadLog | None, read: Sequence[ReadLog], theirs: Mapping[str, str], original: str) -> list[str]:
    """What was taken, then every other log that was found: older or newer, and how it differs."""
    told = [on_taken(taken, original)]
    for one in read:
        if one.log.name in theirs:
            told.append(
                _("%(name)s holds decisions of %(person)s and was left to them.")
                % {"name": one.log.name, "person": theirs[one.log.name]}
            )
        elif taken is not None and one is not taken:
            told.append(on_other(one.log, taken.log, difference(taken.said, one.said)))
    return told


def on_taken(taken: ReadLog | None, original: str) -> str:
    """Which file was opened."""
    if taken is None:
        return _("Took %(name)s: no manual log or autosave of yours lies beside it.") % {"name": original}
    return _("Took %(name)s, saved %(at)s.") % {"name": taken.log.name, "at": moment(taken.log)}


def on_other(log: LogFile, taken: LogFile, found: Difference) -> str:
    """Another log beside the one that was taken."""
    at, than = log.saved_at, taken.saved_at
    age = _("of an unknown time") if at is None or than is None else (_("newer") if at > than else _("older"))
    return _("%(name)s (%(age)s, saved %(at)s) was not taken: %(how)s") % {
        "name": log.name,
        "age": age,
        "at": moment(log),
        "how": in_words(found),
    }


def in_words(found: Difference) -> str:
    """How a log differs from the one taken."""
    if found.entries != found.taken_entries:
        return _("it has %(entries)d entries, the file taken has %(taken)d.") % {
            "entries": found.entries,
            "taken": found.taken_entries,
        }
    if found.is_none:
        return _("it says the same.")
    return _(
        "other verdicts: %(verdicts)d; decided only there: %(there)d; decided only in the file taken: %(taken)d; "
        "other texts: %(texts)d."
    ) % {"verdicts": found.verdicts, "there": found.only_there, "taken": found.only_taken, "texts": found.texts}


def moment(log: LogFile) -> str:
    """When a log was saved, for people; a name's time is in the zone of whoever saved it."""
    if log.stamp is not None:
        return log.stamp.strftime("%Y-%m-%d %H:%M:%S")
    return date_format(log.saved_at, "Y-m-d H:i:s") if log.saved_at else _("at an unknown time")
