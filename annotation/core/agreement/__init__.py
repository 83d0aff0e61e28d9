"""Coefficients of agreement. A new one is a function here, its worked example, and one row of a report.

Between many raters everything follows from `Patterns` (group.py, alpha.py), between two with names from their table
(two.py); weights.py says how much two values agree that are not the same.
"""

from collections.abc import Callable, Mapping

from numpy.typing import ArrayLike

from annotation.core.agreement.alpha import alpha_error, alpha_split, krippendorff_alpha, weighted_alpha_split
from annotation.core.agreement.basis import NO_LABELS, NO_PAIRS, ONE_LABEL, ONE_VALUE
from annotation.core.agreement.group import (
    FLEISS,
    GWET,
    UNIFORM,
    ac1_split,
    brennan_prediger,
    fleiss_kappa,
    fleiss_null_error,
    fleiss_split,
    gwet_ac1,
    gwet_ac2,
    linearised_error,
    percent_agreement,
    scott_pi,
    specific_agreement,
    split,
    weighted_agreement,
)
from annotation.core.agreement.orders import order_of
from annotation.core.agreement.two import Kappa, cohen_kappa, kappa_of, weighted_kappa
from annotation.core.agreement.weights import NOMINAL, WEIGHTS, WEIGHTS_OF_LEVEL, Level, Measure
from annotation.core.counts import Patterns
from annotation.core.intervals import Statistic

GROUP: Mapping[str, Callable[[Patterns, Measure], Statistic]] = {
    "percent_agreement": percent_agreement,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac1,
    "gwet_ac2": gwet_ac2,
    "fleiss_kappa": fleiss_kappa,
    "scott_pi": scott_pi,
    "brennan_prediger": brennan_prediger,
}
PAIR: Mapping[str, Callable[[ArrayLike, Measure], Statistic]] = {
    "cohen_kappa": cohen_kappa,
    "weighted_kappa": weighted_kappa,
}

__all__ = [
    "FLEISS",
    "GROUP",
    "GWET",
    "NOMINAL",
    "NO_LABELS",
    "NO_PAIRS",
    "ONE_LABEL",
    "ONE_VALUE",
    "PAIR",
    "UNIFORM",
    "WEIGHTS",
    "WEIGHTS_OF_LEVEL",
    "Kappa",
    "Level",
    "Measure",
    "ac1_split",
    "alpha_error",
    "alpha_split",
    "brennan_prediger",
    "cohen_kappa",
    "fleiss_kappa",
    "fleiss_null_error",
    "fleiss_split",
    "gwet_ac1",
    "gwet_ac2",
    "kappa_of",
    "krippendorff_alpha",
    "linearised_error",
    "order_of",
    "percent_agreement",
    "scott_pi",
    "specific_agreement",
    "split",
    "weighted_agreement",
    "weighted_alpha_split",
    "weighted_kappa",
]
