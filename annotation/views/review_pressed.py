"""A decision that was stored, as the page tells of it."""

from dataclasses import dataclass
from typing import Any

from annotation.models import Assignment, Label
from annotation.views.review_form import said


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A decision that was stored: its place, its labels, and the next place where that was opened with it."""

    place: Assignment
    labels: list[Label]
    opened: Assignment | None = None

    @property
    def is_at_end(self) -> bool:
        """Whether the next place is the last of the queue, as one is that was just drawn."""
        return self.opened is not None and self.place.campaign.is_pulled

    def told(self) -> dict[str, Any]:
        """What the page says of it."""
        return {"toast_rank": self.place.queue_rank, "toast_word": said(self.place, self.labels)}
