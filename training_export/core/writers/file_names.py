"""Names of models and judges as names of files: nothing in them may lead out of the folder."""

import re

ODD = re.compile(r"[^\w.\-]+")
LONGEST = 100


class FileNames:
    """Gives every name a file name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """The name without what a path could misread; numbered where another name became the same."""
        plain = ODD.sub("_", name).strip(".")[:LONGEST] or "unnamed"
        wished, number = plain, 1
        # Some file systems do not tell case apart.
        while wished.lower() in self._taken:
            number += 1
            wished = f"{plain}_{number}"
        self._taken.add(wished.lower())
        return wished
