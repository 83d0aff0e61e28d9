"""Where a judge's verdict may stand in for a person's.

A judge may where it agrees with people about as well as they agree with each other, finds clean and wrong alike, can
nearly always be read, does not hang on the order of a pair, and passes the alternative annotator test.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LEAST_DIFFERENCE = -0.05
LEAST_BALANCED = 0.80
MOST_INVALID = 0.02
LEAST_CONSISTENCY = 0.85
LEAST_OMEGA = 0.5
LEAST_ITEMS = 20
NO_TEST = (
    "the alternative annotator test needs three people with ten labels or more and was not made: "
    "the other figures decide"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the gate looks at; None where it is not known. `items`: judged ones with two labels or more.

    `difference`: agreement of the judge with a person less that of two people, and its interval; `consistency`: share
    of pairs with the same vote in both orders, None where there are no pairs.
    """

    items: int
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    balanced_accuracy: float | None = None
    invalid: float | None = None
    consistency: float | None = None
    omega: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in the manifest."""
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The decision. `why_not` is empty where the judge may; `closed` has the categories where it may not, and why;
    `unasked` what could not be looked at, so that the other figures decided."""

    figures: Figures
    why_not: tuple[str, ...] = ()
    closed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()

    def lets(self, category: str) -> bool:
        """Whether the judge's verdict may stand in for an item of this category."""
        return not self.why_not and category not in self.closed

    def as_json(self) -> dict[str, Any]:
        """The form in manifest and database."""
        closed = {category: list(why) for category, why in sorted(self.closed.items())}
        return {
            "open": not self.why_not,
            "figures": self.figures.as_json(),
            "why_not": list(self.why_not),
            "closed": closed,
            **({"unasked": list(self.unasked)} if self.unasked else {}),
        }


def gate_of(stored: Mapping[str, Any]) -> Gate:
    """The gate from its stored form."""
    return Gate(
        figures=Figures(**stored["figures"]),
        why_not=tuple(stored["why_not"]),
        closed={category: tuple(why) for category, why in stored["closed"].items()},
        unasked=tuple(stored.get("unasked", ())),
    )


def gated(figures: Figures, by_category: Mapping[str, Figures]) -> Gate:
    """The decision on these figures. A category is closed by its own figures and never opened by them."""
    closed = {name: why for name, found in by_category.items() if (why := why_not_here(found))}
    return Gate(figures=figures, why_not=why_not(figures), closed=closed, unasked=unasked(figures))


def unasked(found: Figures) -> tuple[str, ...]:
    """What these figures leave open. With fewer than three people an alternative annotator test cannot be made."""
    return (NO_TEST,) if found.omega is None else ()


def why_not(found: Figures) -> tuple[str, ...]:
    """Why the judge may not stand in; empty where it may."""
    reasons = []
    if found.items < LEAST_ITEMS:
        reasons.append(f"only {found.items} judged items have two labels or more; {LEAST_ITEMS} are needed")
    if found.difference_low is None or found.difference_low <= LEAST_DIFFERENCE:
        reasons.append(
            f"agreement with people less agreement among people may be as low as {shown(found.difference_low)}; "
            f"it has to be above {LEAST_DIFFERENCE:.2f}"
        )
    reasons += share_reasons(found)
    if found.consistency is not None and found.consistency < LEAST_CONSISTENCY:
        reasons.append(
            f"{shown(found.consistency)} of the pairs have the same vote in both orders, not {LEAST_CONSISTENCY}"
        )
    if found.omega is not None and found.omega < LEAST_OMEGA:
        reasons.append(f"omega of the alternative annotator test is {shown(found.omega)}; {LEAST_OMEGA} is needed")
    return tuple(reasons)


def why_not_here(found: Figures) -> tuple[str, ...]:
    """Why a category that is large enough to say so is closed."""
    reasons = []
    if found.items >= LEAST_ITEMS and found.difference_high is not None and found.difference_high < LEAST_DIFFERENCE:
        reasons.append(
            f"agreement with people less agreement among people is at most {shown(found.difference_high)} here"
        )
    return (*reasons, *(share_reasons(found) if found.items >= LEAST_ITEMS else ()))


def share_reasons(found: Figures) -> list[str]:
    """What balanced accuracy and the invalid rate have to say."""
    reasons = []
    if found.balanced_accuracy is None or found.balanced_accuracy < LEAST_BALANCED:
        reasons.append(f"balanced accuracy is {shown(found.balanced_accuracy)}; {LEAST_BALANCED:.2f} is needed")
    if found.invalid is None or found.invalid > MOST_INVALID:
        reasons.append(f"{shown(found.invalid)} of the judgments are invalid; at most {MOST_INVALID:.2f} may be")
    return reasons


def shown(value: float | None) -> str:
    """A figure in a sentence."""
    return "unknown" if value is None else f"{value:.3f}"
