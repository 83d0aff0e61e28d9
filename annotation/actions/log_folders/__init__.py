"""Folders that somebody went through with mdk: which file holds the newest work, and its decisions as labels."""

from annotation.actions.log_folders.opening import OpenedLog, note_log, open_log
from annotation.actions.log_folders.reading import GivenFile, files_of, given

__all__ = ["GivenFile", "OpenedLog", "files_of", "given", "note_log", "open_log"]
