"""mdk's converter log: passages and the QAs that a model made of them, many per entry, none judged."""

from collections.abc import Iterator
from pathlib import Path

from judging.core.items import ItemRow, RowProblem
from judging.core.readers.mdk import entries, item_rows


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per QA; an entry from which no QA was made gives none."""
    for entry in entries(path, "converter_log"):
        if isinstance(entry, RowProblem):
            yield entry
        else:
            yield from item_rows(entry)
