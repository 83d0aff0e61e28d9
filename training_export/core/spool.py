"""Lines that come in one order and leave in another, without being held."""

from array import array
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

import numpy as np


class Spool:
    """Keeps lines on disk and gives them back by their rank; of a line only rank and place stay in memory."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._ranks, self._ends = array("q"), array("q", [0])

    def put(self, rank: int, text: str) -> None:
        """Keep a text."""
        data = text.encode(errors="backslashreplace")
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - `texts` closes it
        self._file.write(data)
        self._ranks.append(rank)
        self._ends.append(self._ends[-1] + len(data))

    def __len__(self) -> int:
        return len(self._ranks)

    def texts(self) -> Iterator[str]:
        """The texts by rank, those of one rank in the order of coming. Once: the file is gone then."""
        if self._file is None:
            return
        with self._file as file:
            for place in np.argsort(np.array(self._ranks), kind="stable").tolist():
                file.seek(self._ends[place])
                yield file.read(self._ends[place + 1] - self._ends[place]).decode()
