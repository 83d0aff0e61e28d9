"""HTML that is made once by a template, with marks where what stands there differs."""

import re
from collections.abc import Iterable, Mapping

from django.utils.safestring import SafeString


class Frame:
    """A template's HTML with marks in it, to be filled in again and again."""

    def __init__(self, html: str, marks: Iterable[str]) -> None:
        self.pieces = re.split(f"({'|'.join(map(re.escape, marks))})", html)

    def filled(self, values: Mapping[str, str]) -> SafeString:
        """The HTML with values, HTML too, in place of the marks; what looks like a mark in a value stays as it is."""
        return SafeString("".join([values.get(piece, piece) for piece in self.pieces]))
