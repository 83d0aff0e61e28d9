"""Who claimed a batch: a name that says which process on which machine, so that its death can be seen."""

import os
import socket
from pathlib import Path


def this_claimer() -> str:
    """The name of this process: host, process id, and when it started (ids are used again, starts are not)."""
    return f"{socket.gethostname()}:{os.getpid()}:{process_start(os.getpid())}"


def is_gone(claimer: str) -> bool:
    """Whether the process is known to be dead; False for one on another machine, where only its lease can tell."""
    parts = claimer.rsplit(":", 2)
    if len(parts) != 3 or parts[0] != socket.gethostname() or not parts[1].isdigit():
        return False
    return process_start(int(parts[1])) != parts[2]


def process_is_gone(host: str, pid: int) -> bool:
    """Whether a process is known to be dead, by its number alone."""
    return host == socket.gethostname() and process_start(pid) == ""


def process_start(pid: int) -> str:
    """When a process started, in the unit of its system; '' where there is no such process, or only its corpse."""
    try:
        os.kill(pid, 0)
        # The second field is the program's name in brackets and may hold anything; what follows has fixed places.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "other user"
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else "running"
    return "" if fields[0] in "ZX" else fields[19]
