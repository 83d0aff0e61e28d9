"""Allowed values of a criterion, their order, and which of them count as clean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judging.core.verdicts import Verdict

HIGHER = "higher"
LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Scale:
    """A closed interval `low..high` (`step` None: any decimal), or a list of named `values`."""

    low: float | None = None
    high: float | None = None
    step: float | None = None
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.values) == (self.low is not None):
            raise ValueError("A scale is either low and high, or a list of values.")
        if not self.values and (self.high is None or self.low is None or self.low >= self.high):
            raise ValueError(f"A scale needs low < high, not low={self.low} and high={self.high}.")

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers."""
        return not self.values

    def allows(self, score: float) -> bool:
        """Whether a number lies in the closed interval; steps guide people, they do not void a judge's 4.67."""
        return self.low is not None and self.high is not None and self.low <= score <= self.high


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is judged. `name` is '' where a rubric has only one.

    `clean_if`: for a numeric scale the score from which an item is clean (`higher`: score >= clean_if,
    `lower`: score <= clean_if), for named values the value that means clean. None: no verdict follows.
    """

    name: str
    scale: Scale
    direction: str = HIGHER
    clean_if: float | str | None = None

    def verdict_of(self, value: str, score: float | None) -> Verdict | None:
        """The verdict that a value means, or None where this criterion has none."""
        if self.clean_if is None:
            return None
        if isinstance(self.clean_if, str):
            return Verdict.CLEAN if value == self.clean_if else Verdict.WRONG
        if score is None:
            return None
        clean = score >= self.clean_if if self.direction == HIGHER else score <= self.clean_if
        return Verdict.CLEAN if clean else Verdict.WRONG

    def as_json(self) -> dict[str, Any]:
        """The form that is stored in Rubric.criteria."""
        if self.scale.values:
            scale: dict[str, Any] = {"values": list(self.scale.values)}
        else:
            scale = {"low": self.scale.low, "high": self.scale.high, "step": self.scale.step}
        return {"name": self.name, "scale": scale, "direction": self.direction, "clean_if": self.clean_if}


def criterion_from_json(data: Mapping[str, Any]) -> Criterion:
    """The reverse of `Criterion.as_json`; ValueError says what is wrong with the data."""
    scale = data.get("scale")
    if not isinstance(scale, Mapping):
        raise ValueError(f"Criterion {data.get('name', '')!r} has no scale.")
    direction = data.get("direction", HIGHER)
    if direction not in {HIGHER, LOWER}:
        raise ValueError(f"The direction of a criterion is {HIGHER!r} or {LOWER!r}, not {direction!r}.")
    if scale.get("values"):
        made = Scale(values=tuple(str(value) for value in scale["values"]))
    elif not all(end is None or isinstance(end, (int, float)) for end in (scale.get("low"), scale.get("high"))):
        raise ValueError(f"The ends of the scale of criterion {data.get('name', '')!r} are numbers.")
    else:
        made = Scale(low=scale.get("low"), high=scale.get("high"), step=scale.get("step"))
    return Criterion(data.get("name", ""), made, direction, data.get("clean_if"))
