"""Does a judge do worse on some kinds of items? Each kind beside all others, with a guard against many comparisons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from annotation.core.intervals import IntArray, Statistic, Undefined, Value, proportion, wilson

NEWCOMBE = "newcombe"
LEAST = 20
FALSE_DISCOVERY = 0.05
BANDS = 5
NO_REST = "there are no other items"
NO_DECIDED = "no item decided by both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Items of one kind: agreement on them, on all others, and whether the gap is more than chance and many looks."""

    by: str
    value: str
    items: int
    n: int
    agreement: Statistic
    rest: Statistic
    gap: Statistic
    p: float | None
    stands_out: bool

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "by": self.by,
            "value": self.value,
            "items": self.items,
            "n": self.n,
            "agreement": self.agreement.as_json(),
            "rest": self.rest.as_json(),
            "gap": self.gap.as_json(),
            "p": self.p,
            "stands_out": self.stands_out,
        }


def slices(
    kinds: Mapping[str, NDArray[np.str_]], both: NDArray[np.bool_], same: NDArray[np.bool_], *, least: int = LEAST
) -> list[Slice]:
    """Per way of slicing the kind of every item ('' for none); on which both decided, and decided the same.

    Kinds with fewer than `least` decided items are left out, and so is a way that tells no items apart. The widest
    gaps come first.
    """
    found = [_slice(by, value, kind == value, both, same) for by, kind in kinds.items() for value in _values(kind)]
    told = [row for row in found if row.n >= least and row.p is not None]
    out = benjamini_hochberg([row.p or 0.0 for row in told], FALSE_DISCOVERY)
    rows = [replace(row, stands_out=stands) for row, stands in zip(told, out, strict=True)]
    return sorted(rows, key=lambda row: (-abs(_number(row.gap)), row.by, row.value))


def newcombe(first: tuple[int, int], second: tuple[int, int], *, undefined: str) -> Statistic:
    """Difference of two proportions (successes, n) with Newcombe's interval from Wilson's."""
    (s1, n1), (s2, n2) = first, second
    if not n1 or not n2:
        return Undefined(undefined)
    (low1, high1), (low2, high2) = wilson(s1, n1), wilson(s2, n2)
    p1, p2 = s1 / n1, s2 / n2
    low = p1 - p2 - np.hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + np.hypot(high1 - p1, p2 - low2)
    return Value(p1 - p2, float(low), float(high), n1 + n2, NEWCOMBE)


def two_proportions(first: tuple[int, int], second: tuple[int, int]) -> float | None:
    """p of "both shares are the same", two-sided; None without items on either side."""
    (s1, n1), (s2, n2) = first, second
    if not n1 or not n2:
        return None
    pooled = (s1 + s2) / (n1 + n2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return float(2 * scipy.special.ndtr(-abs(s1 / n1 - s2 / n2) / error)) if error else 1.0


def benjamini_hochberg(p_values: list[float], q: float) -> list[bool]:
    """Which of many differences stand at false discovery rate q."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    below = np.flatnonzero(p[order] <= np.arange(1, len(p) + 1) * q / max(len(p), 1))
    stands = np.zeros(len(p), dtype=bool)
    if len(below):
        stands[order[: below[-1] + 1]] = True
    return [bool(one) for one in stands]


def bands(sizes: IntArray) -> NDArray[np.str_]:
    """Fifths of sizes by name ('12-80'); all alike where they do not differ."""
    if not len(sizes):
        return np.empty(0, dtype=np.str_)
    edges = np.unique(np.quantile(sizes, np.linspace(0, 1, BANDS + 1), method="lower"))
    place = np.clip(np.searchsorted(edges, sizes, side="right") - 1, 0, max(len(edges) - 2, 0))
    names = []
    for at in range(max(len(edges) - 1, 1)):
        inside = sizes[place == at]
        names.append(f"{inside.min()}-{inside.max()}" if len(inside) else "")
    return np.array(names, dtype=np.str_)[place]


def language_of(text: str) -> str:
    """The language as its letters tell it: ja, zh, ko, cyrillic, arabic, latin; '' where there is no letter."""
    if text.isascii():
        return "latin" if _LETTERS["latin"].search(text) else ""
    found = {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}
    if found["ja"]:
        return "ja"
    # Latin words in a text of another script are names and terms.
    others = {name: n for name, n in found.items() if n and name != "latin"}
    best = max(others, key=lambda name: others[name], default="")
    return best if best and others[best] * 4 >= found["latin"] else ("latin" if found["latin"] else "")


_LETTERS = {
    name: re.compile(f"[{ranges}]")
    for name, ranges in {
        "ja": "\u3041-\u30ff\uff66-\uff9d",
        "ko": "\uac00-\ud7af\u1100-\u11ff",
        "zh": "\u3400-\u4dbf\u4e00-\u9fff",
        "cyrillic": "\u0400-\u04ff",
        "arabic": "\u0600-\u06ff",
        "latin": "A-Za-z\u00c0-\u024f",
    }.items()
}


def _values(kind: NDArray[np.str_]) -> list[str]:
    found = [str(value) for value in np.unique(kind) if value]
    return found if len(found) > 1 else []


def _slice(by: str, value: str, inside: NDArray[np.bool_], both: NDArray[np.bool_], same: NDArray[np.bool_]) -> Slice:
    here = int((inside & same).sum()), int((inside & both).sum())
    rest = int((~inside & same).sum()), int((~inside & both).sum())
    return Slice(
        by=by,
        value=value,
        items=int(inside.sum()),
        n=here[1],
        agreement=proportion(*here, undefined=NO_DECIDED),
        rest=proportion(*rest, undefined=NO_REST),
        gap=newcombe(here, rest, undefined=NO_REST),
        p=two_proportions(here, rest),
        stands_out=False,
    )


def _number(statistic: Statistic) -> float:
    return 0.0 if isinstance(statistic, Undefined) else statistic.value
