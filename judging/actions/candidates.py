"""The model that a benchmark examines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that is examined, and where it runs."""

    engine: str
    model: str
    base_url: str = ""

    def as_json(self) -> dict[str, str]:
        """The form in a run's snapshot."""
        return {"engine": self.engine, "model": self.model, "base_url": self.base_url}
