"""Where a judge's verdict may stand in for a person's.

A judge may where it agrees with people about as well as they agree with each other, finds clean and wrong alike, can
nearly always be read, does not hang on the order of a pair, and passes the alternative annotator test.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

NO_TEST = (
    "the alternative annotator test needs three people with ten labels or more and was not made: "
    "the other figures decide"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the figures have to reach: all are least values but `invalid`, which is the most."""

    difference: float = -0.05
    balanced_accuracy: float = 0.80
    invalid: float = 0.02
    consistency: float = 0.85
    omega: float = 0.5
    items: int = 20


USUAL = Marks()


def marks_of(said: Iterable[str]) -> Marks:
    """The usual marks but for those that somebody named as NAME=VALUE; ValueError with a sentence."""
    named: dict[str, float] = {}
    for pair in said:
        name, _, value = pair.partition("=")
        if name not in {mark.name for mark in fields(Marks)}:
            known = ", ".join(mark.name for mark in fields(Marks))
            raise ValueError(f"{name!r} is no mark of the judge gate. Use one of: {known}.")
        named[name] = number_of(name, value)
    return Marks(
        difference=named.get("difference", USUAL.difference),
        balanced_accuracy=named.get("balanced_accuracy", USUAL.balanced_accuracy),
        invalid=named.get("invalid", USUAL.invalid),
        consistency=named.get("consistency", USUAL.consistency),
        omega=named.get("omega", USUAL.omega),
        items=int(named.get("items", USUAL.items)),
    )


def number_of(name: str, value: str) -> float:
    """A mark that can be reached."""
    low, high = {"difference": (-1, 1), "items": (2, 1_000_000)}.get(name, (0, 1))
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high or (name == "items" and not number.is_integer()):
        raise ValueError(f"The mark {name} is {value!r}; write a number from {low} to {high}, as in {name}={high}.")
    return number


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
    marks: Marks = USUAL

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
            "marks": asdict(self.marks),
            **({"unasked": list(self.unasked)} if self.unasked else {}),
        }


def gate_of(stored: Mapping[str, Any]) -> Gate:
    """The gate from its stored form."""
    return Gate(
        figures=Figures(**stored["figures"]),
        why_not=tuple(stored["why_not"]),
        closed={category: tuple(why) for category, why in stored["closed"].items()},
        unasked=tuple(stored.get("unasked", ())),
        marks=Marks(**stored.get("marks", {})),
    )


def gated(figures: Figures, by_category: Mapping[str, Figures], marks: Marks = USUAL) -> Gate:
    """The decision on these figures. A category is closed by its own figures and never opened by them."""
    closed = {name: why for name, found in by_category.items() if (why := why_not_here(found, marks))}
    return Gate(figures=figures, why_not=why_not(figures, marks), closed=closed, unasked=unasked(figures), marks=marks)


def unasked(found: Figures) -> tuple[str, ...]:
    """What these figures leave open. With fewer than three people an alternative annotator test cannot be made."""
    return (NO_TEST,) if found.omega is None else ()


def why_not(found: Figures, marks: Marks = USUAL) -> tuple[str, ...]:
    """Why the judge may not stand in; empty where it may."""
    reasons = []
    if found.items < marks.items:
        reasons.append(f"only {found.items} judged items have two labels or more; {marks.items} are needed")
    if found.difference_low is None or found.difference_low <= marks.difference:
        reasons.append(
            f"agreement with people less agreement among people may be as low as {shown(found.difference_low)}; "
            f"it has to be above {mark_text(marks.difference)}"
        )
    reasons += share_reasons(found, marks)
    if found.consistency is not None and found.consistency < marks.consistency:
        reasons.append(
            f"{shown(found.consistency)} of the pairs have the same vote in both orders, not {marks.consistency}"
        )
    if found.omega is not None and found.omega < marks.omega:
        reasons.append(f"omega of the alternative annotator test is {shown(found.omega)}; {marks.omega} is needed")
    return tuple(reasons)


def why_not_here(found: Figures, marks: Marks = USUAL) -> tuple[str, ...]:
    """Why a category that is large enough to say so is closed."""
    reasons = []
    if found.items >= marks.items and found.difference_high is not None and found.difference_high < marks.difference:
        reasons.append(
            f"agreement with people less agreement among people is at most {shown(found.difference_high)} here"
        )
    return (*reasons, *(share_reasons(found, marks) if found.items >= marks.items else ()))


def share_reasons(found: Figures, marks: Marks) -> list[str]:
    """What balanced accuracy and the invalid rate have to say."""
    reasons = []
    if found.balanced_accuracy is None or found.balanced_accuracy < marks.balanced_accuracy:
        reasons.append(
            f"balanced accuracy is {shown(found.balanced_accuracy)}; {mark_text(marks.balanced_accuracy)} is needed"
        )
    if found.invalid is None or found.invalid > marks.invalid:
        reasons.append(
            f"{shown(found.invalid)} of the judgments are invalid; at most {mark_text(marks.invalid)} may be"
        )
    return reasons


def mark_text(mark: float) -> str:
    """A mark in a sentence: two decimals, more where it has more."""
    return f"{mark:.2f}" if round(mark, 2) == mark else f"{mark:g}"


def shown(value: float | None) -> str:
    """A figure in a sentence."""
    return "unknown" if value is None else f"{value:.3f}"
