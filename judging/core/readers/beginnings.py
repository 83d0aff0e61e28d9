"""What texts have in common."""

from collections.abc import Sequence


def shared_beginning(texts: Sequence[str]) -> str:
    """The longest text that all of these begin with."""
    first, last = min(texts, default=""), max(texts, default="")
    # What the first and the last in order share, all between them do.
    for at, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return first[:at]
    return first
