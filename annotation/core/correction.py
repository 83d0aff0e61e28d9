"""A model's true share of clean answers from many judgments and few labels: a judge's own count is biased.

The default is post-stratification: labels and judgments are from the same run. Rogan and Gladen's estimate is for a
judge whose error rates were measured on other items; prediction-powered inference (PPI) is beside it for comparison.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from annotation.core.intervals import UPPER, FloatArray, IntArray, Statistic, Undefined, Value

POST_STRATIFIED = "post_stratified"
PPI = "ppi"
PPI_PLUS = "ppi_plus"
ROGAN_GLADEN = "rogan_gladen_lee"
NO_JUDGED = "no judged items"
NO_LABELLED = "no judged item with people's verdict"
FEW_LABELLED = "fewer than two judged items with people's verdict"
UNLABELLED_STRATUM = "people looked at no item that the judge called {word}, {share:.0%} of all"
USELESS_JUDGE = "the judge may do no better than guessing: sensitivity + specificity - 1 may be {low:.2f}"
MOST_UNLABELLED = 0.05
LEAST_YOUDEN = 0.2
Z = NormalDist().inv_cdf(UPPER)


def post_stratified(judged: ArrayLike, labelled: ArrayLike, clean: ArrayLike) -> Statistic:
    """Strata are the judge's words: items judged so, those of them with people's verdict, and of those the clean ones.

    A stratum without labels counts as one half, as uncertain as can be; with more than a twentieth of the items there
    is no estimate. Labels must be drawn at random within a stratum.
    """
    n_judged, n, s = (np.asarray(each, dtype=np.float64) for each in (judged, labelled, clean))
    total = float(n_judged.sum())
    if not total:
        return Undefined(NO_JUDGED)
    if not n.sum():
        return Undefined(NO_LABELLED)
    weights = n_judged / total
    unseen = np.where(n == 0, weights, 0.0)
    if unseen.max() > MOST_UNLABELLED:
        place = int(unseen.argmax())
        return Undefined(UNLABELLED_STRATUM.format(word=_word(place), share=float(unseen[place])))
    means = (s + 0.5) / (n + 1)
    value = float(weights @ means)
    variance = (weights**2 * means * (1 - means) / np.maximum(n, 1)).sum()
    variance += (weights * (means - value) ** 2).sum() / total
    return _share(value, float(np.sqrt(variance)), int(n.sum()), POST_STRATIFIED)


def prediction_powered(
    human: FloatArray, judge: FloatArray, judge_only: FloatArray, *, tuned: bool = True
) -> Statistic:
    """PPI, or PPI++ where `tuned`: the judge's mean on unlabelled items, plus what people say it is off by.

    `human`, `judge`: both words (0..1) on the labelled items; `judge_only`: the judge's on all others.
    """
    n, rest = len(human), len(judge_only)
    if n < 2:
        return Undefined(FEW_LABELLED)
    if not rest:
        return Undefined("every judged item has people's verdict")
    trust = _trust(human, judge, judge_only) if tuned else 1.0
    value = float(trust * judge_only.mean() + (human - trust * judge).mean())
    variance = trust**2 * judge_only.var() / rest + (human - trust * judge).var() / n
    return _share(value, float(np.sqrt(variance)), n, PPI_PLUS if tuned else PPI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A judge's error rates, measured on items that people decided: clean ones and wrong ones."""

    clean: int
    clean_called_clean: int
    wrong: int
    wrong_called_wrong: int


def rogan_gladen(called_clean: int, n: int, known: Calibration) -> Statistic:
    """Share of clean items among `n`, of which the judge called some clean; interval of Lee and others 2025.

    Refused where sensitivity and specificity may be as good as a guess: then there is nothing to divide by.
    """
    if not n:
        return Undefined(NO_JUDGED)
    if not known.clean or not known.wrong:
        return Undefined("no clean items with people's verdict" if not known.clean else "no wrong items")
    sensitivity, specificity = known.clean_called_clean / known.clean, known.wrong_called_wrong / known.wrong
    youden = sensitivity + specificity - 1
    error = np.sqrt(sensitivity * (1 - sensitivity) / known.clean + specificity * (1 - specificity) / known.wrong)
    if youden - Z * error <= LEAST_YOUDEN:
        return Undefined(USELESS_JUDGE.format(low=max(-1.0, float(youden - Z * error))))
    value = min(1.0, max(0.0, (called_clean / n + specificity - 1) / youden))
    low, high = _lee_interval(called_clean / n, n, known)
    return Value(value, min(low, value), max(high, value), n, ROGAN_GLADEN)


def _lee_interval(share: float, n: int, known: Calibration) -> tuple[float, float]:
    z2 = Z**2
    p = (n * share + z2 / 2) / (n + z2)
    q1 = (known.clean_called_clean + 1) / (known.clean + 2)
    q0 = (known.wrong_called_wrong + 1) / (known.wrong + 2)
    m1, m0, size = known.clean + 2, known.wrong + 2, n + z2
    value = (p + q0 - 1) / (q0 + q1 - 1)
    noise1, noise0 = q1 * (1 - q1) / m1, q0 * (1 - q0) / m0
    centre = value + 2 * z2 * (-(1 - value) * noise0 + value * noise1)
    error = np.sqrt(p * (1 - p) / size + (1 - value) ** 2 * noise0 + value**2 * noise1) / (q0 + q1 - 1)
    return max(0.0, float(centre - Z * error)), min(1.0, float(centre + Z * error))


def strata_of(judge_codes: IntArray, human_codes: IntArray, items: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Kinds of items -> judged, labelled and clean per word of the judge (clean, wrong, invalid).

    `human_codes`: 0 clean, 1 wrong, anything else no verdict.
    """
    decided = (human_codes == 0) | (human_codes == 1)
    return tuple(  # type: ignore[return-value]
        np.bincount(judge_codes[kept], weights=items[kept], minlength=3).astype(np.int64)
        for kept in (np.ones(len(items), dtype=bool), decided, human_codes == 0)
    )


def _trust(human: FloatArray, judge: FloatArray, judge_only: FloatArray) -> float:
    """How much weight on the judge makes the interval narrowest; none on one whose word never differs."""
    spread = float(np.concatenate([judge, judge_only]).var(ddof=1))
    if spread == 0:
        return 0.0
    together = float(np.cov(human, judge)[0, 1])
    return min(1.0, max(0.0, together / ((1 + len(human) / len(judge_only)) * spread)))


def _share(value: float, error: float, n: int, method: str) -> Value:
    value = min(1.0, max(0.0, value))
    return Value(value, max(0.0, value - Z * error), min(1.0, value + Z * error), n, method)


def _word(place: int) -> str:
    words = ("clean", "wrong", "invalid")
    return words[place] if place < len(words) else f"stratum {place + 1}"
