"""Requests to end a job early, from signals: they may end the work, but never cut an engine's step in two.

A stop, a timeout or the end of the process arrives as a signal, and Python would raise it wherever the main thread is.
In the middle of a step an engine holds half a batch, and what it says afterwards belongs to nobody knows whom. So what
arrives during a step waits for its end; a step that hangs is cut all the same, and its engine is not used again.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 30.0
"""How long a step may go on once somebody asked for its end."""


class Interrupts:
    """What the signal handlers of one process are told, and when the work hears of it. For the main thread only."""

    def __init__(self) -> None:
        self._listening = False
        self._held = False
        self._waiting: BaseException | None = None

    def arrive(self, error: BaseException) -> None:
        """Called by a signal handler: raise the error now, or after the step; without work in hand do nothing."""
        if not self._listening:
            return
        if not self._held or self._waiting is not None:
            raise error
        self._waiting = error
        # A hanging step gets a second signal, and that one is raised at once.
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Work that may be ended early."""
        self._listening = True
        try:
            yield
        finally:
            self._listening = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """A step that is not to be cut in two."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            waited, self._waiting = self._waiting, None
            if waited is not None:
                signal.setitimer(signal.ITIMER_REAL, 0)
        if waited is not None:
            raise waited


INTERRUPTS = Interrupts()
"""Those of this process."""
