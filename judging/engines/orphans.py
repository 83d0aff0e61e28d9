"""Ends the processes of an engine whose owner died without a word (kill -9): python orphans.py MARK < pipe.

vLLM's engine runs in processes of its own, which outlive a killed worker and keep the GPU's memory. They inherit an
environment variable that only this owner's processes have. The pipe is held open by the owner alone and ends with it.
Runs as a program by itself, so it imports nothing of ours.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

VARIABLE = "EVALSITE_ENGINE_OWNER"


class OrphanWatch:
    """Watches over what this process starts from now on, until `end`; `mark` is a name that no other process has."""

    def __init__(self, mark: str) -> None:
        os.environ[VARIABLE] = mark
        # A session of its own: Ctrl-C and the end of the terminal are for the owner.
        command = [sys.executable, "-S", __file__, mark]
        self._watcher = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def end(self) -> None:
        """End what should have ended by now, and the watch."""
        self._watcher.communicate()
        os.environ.pop(VARIABLE, None)


def end_processes(mark: str) -> list[int]:
    """Kill every process that carries the mark, but this one; returns which."""
    wanted, ended = f"{VARIABLE}={mark}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
                ended.append(int(folder.name))
        except OSError:
            # It has just ended by itself, or is somebody else's.
            continue
    return ended


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end_processes(sys.argv[1])
