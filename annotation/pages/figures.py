"""A statistic of the report document as a reader meets it: digits, interval, n, and how much it may be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.core import figures
from annotation.core.intervals import Statistic, Undefined, Value
from annotation.pages.reasons import sentence
from annotation.pages.words import method_title

LEAST_SHOWN = 20
"""Figures of fewer items are folded away. At 20 a share of 80 % has an interval from 58 % to 92 %."""
LEAST_TRUSTED = 50
"""Figures of fewer items are grey. The alternative annotator test asks for 50 to 100 items (Calderon et al. 2025)."""

# Landis and Koch 1977. Only a tooltip: the words say nothing of how wide the interval is.
WORDS_OF_KAPPA: tuple[tuple[float, Promise], ...] = (
    (0.80, gettext_lazy("almost perfect")),
    (0.60, gettext_lazy("substantial")),
    (0.40, gettext_lazy("moderate")),
    (0.20, gettext_lazy("fair")),
    (0.0, gettext_lazy("slight")),
)
BEYOND_CHANCE = {
    "krippendorff_alpha", "gwet_ac1", "gwet_ac2", "fleiss_kappa", "scott_pi", "brennan_prediger", "cohen_kappa",
    "weighted_kappa", "mean_pairwise_kappa", "quadratic_kappa", "human_alpha", "kappa", "human_kappa",
}  # fmt: skip

Given = Statistic | Mapping[str, Any] | None
"""A statistic, one of a document, or nothing; templates give an empty text for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What stands in a cell. `trust`: "few" where the figure is folded away, "faint" where it is grey."""

    figure: str
    interval: str = ""
    n: int = 0
    method: str = ""
    reason: str = ""
    trust: str = ""
    words: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is a number."""
        return not self.reason


def read(found: Given) -> Statistic:
    """The statistic that a document holds; one that is not there is undefined and says so."""
    if isinstance(found, Value | Undefined):
        return found
    if not found or found.get("value") is None:
        return Undefined(str((found or {}).get("reason") or _("not part of this report")))
    value = float(found["value"])
    low, high = (value if found.get(name) is None else float(found[name]) for name in ("low", "high"))
    return Value(value, low, high, int(found.get("n") or 0), str(found.get("method", "")))


def shown(found: Given, name: str = "") -> Shown:
    """`name` of the statistic, for the words that go with coefficients."""
    statistic = read(found)
    if isinstance(statistic, Undefined):
        return Shown(figure=_("n/a"), reason=sentence(statistic.reason))
    return Shown(
        figure=figures.figure(statistic),
        interval=_("%(low)s to %(high)s") % {"low": f"{statistic.low:.4f}", "high": f"{statistic.high:.4f}"},
        n=statistic.n,
        method=method_title(statistic.method),
        trust=trust_in(statistic.n),
        words=words_of(statistic.value) if name in BEYOND_CHANCE else "",
    )


def trust_in(n: int) -> str:
    """How much a figure of so many items says: "few", "faint" or ""."""
    if n < LEAST_SHOWN:
        return "few"
    return "faint" if n < LEAST_TRUSTED else ""


def words_of(value: float) -> str:
    """Landis and Koch's word for a coefficient."""
    found = next((words for least, words in WORDS_OF_KAPPA if value > least), None)
    return _("Landis and Koch would call it %(words)s") % {"words": found or _("poor")}
