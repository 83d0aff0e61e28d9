"""What a judge's share of votes is worth: 5 of 5 votes are not certainty, because a judge's samples err together.

The chart and the Brier score come first; a single calibration error depends on how bins are cut. A fitted map is never
judged on the labels it was fitted to: `calibrated` predicts each item from the others.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.intervals import SEED, FloatArray, IntArray, Statistic, Undefined, mean_share, proportion

NO_VOTES = "no item with the judge's share of votes and people's verdict"
FEW_FOR_FIT = "fewer than {least} items with both verdicts; there are {n}"
ONE_VERDICT = "people gave one verdict only"
FOR_FIT, FOR_ISOTONIC = 20, 100
FOLDS = 5
MOST_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Items with like shares of votes: what the judge said on average, and how often people agreed."""

    predicted: float
    observed: Statistic
    n: int

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {"predicted": self.predicted, "observed": self.observed.as_json(), "n": self.n}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A reliability diagram with its two scores."""

    brier: Statistic
    expected_error: float | None
    bins: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "brier": self.brier.as_json(),
            "expected_calibration_error": self.expected_error,
            "bins": [each.as_json() for each in self.bins],
        }


def reliability(shares: FloatArray, human: IntArray) -> Reliability:
    """`shares`: the judge's probability (0..1) of what `human` says is so (1) or not (0)."""
    if not len(shares):
        return Reliability(brier=Undefined(NO_VOTES), expected_error=None, bins=())
    bins = tuple(_bin(shares[kept], human[kept]) for kept in _cut(shares))
    apart = sum(each.n * abs(each.predicted - _value(each.observed)) for each in bins) / len(shares)
    return Reliability(brier=mean_share((shares - human) ** 2, undefined=NO_VOTES), expected_error=apart, bins=bins)


def calibrated(shares: FloatArray, human: IntArray, *, seed: int = SEED) -> tuple[FloatArray, str] | Undefined:
    """Calibrated probabilities, each from a fit without its own fold, and the kind of fit.

    Isotonic from 100 items on; below, a logistic curve (Platt), which needs less. Undefined below 20.
    """
    n = len(shares)
    if n < FOR_FIT:
        return Undefined(FEW_FOR_FIT.format(least=FOR_FIT, n=n))
    if min(human.sum(), n - human.sum()) < FOLDS:
        return Undefined(ONE_VERDICT if len(np.unique(human)) < 2 else FEW_FOR_FIT.format(least=FOLDS, n="too few"))
    folds = _folds(human, seed)
    kind = "isotonic" if n >= FOR_ISOTONIC else "platt"
    predicted = np.empty(n)
    for fold in range(FOLDS):
        left_out = folds == fold
        predicted[left_out] = _fitted(kind, shares[~left_out], human[~left_out], shares[left_out])
    return predicted, kind


def calibration_map(shares: FloatArray, human: IntArray, at: FloatArray) -> FloatArray | Undefined:
    """The map fitted to every item, at these shares: what to use, not what to be judged by."""
    if len(shares) < FOR_FIT:
        return Undefined(FEW_FOR_FIT.format(least=FOR_FIT, n=len(shares)))
    if len(np.unique(human)) < 2:
        return Undefined(ONE_VERDICT)
    return _fitted("isotonic" if len(shares) >= FOR_ISOTONIC else "platt", shares, human, at)


def _fitted(kind: str, shares: FloatArray, human: IntArray, at: FloatArray) -> FloatArray:
    # Imported when it is used: it weighs more than all the rest of a worker or an import.
    if kind == "platt":
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression().fit(shares[:, None], human)
        return np.asarray(model.predict_proba(at[:, None])[:, 1], dtype=np.float64)
    from sklearn.isotonic import IsotonicRegression

    # One pseudo-label of each kind at both ends: no bin becomes certain.
    padded = np.concatenate([shares, [0.0, 0.0, 1.0, 1.0]])
    told = np.concatenate([human, [0, 1, 0, 1]])
    model = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1).fit(
        padded, told, np.r_[np.ones(len(shares)), [0.5] * 4]
    )
    return np.asarray(model.predict(at), dtype=np.float64)


def _folds(human: IntArray, seed: int) -> IntArray:
    """Folds with as many of either verdict, give or take one."""
    draw, folds = np.random.default_rng(seed), np.empty(len(human), dtype=np.int64)
    for verdict in np.unique(human):
        places = draw.permutation(np.flatnonzero(human == verdict))
        folds[places] = np.arange(len(places)) % FOLDS
    return folds


def _cut(shares: FloatArray) -> list[Any]:
    """A bin per share where there are few different ones (k of n votes), else bins of equal width."""
    distinct = np.unique(shares)
    if len(distinct) <= MOST_BINS + 1:
        return [shares == share for share in distinct]
    places = np.minimum((shares * MOST_BINS).astype(np.int64), MOST_BINS - 1)
    return [places == place for place in np.unique(places)]


def _bin(shares: FloatArray, human: IntArray) -> Bin:
    observed = proportion(int(human.sum()), len(human), undefined=NO_VOTES)
    return Bin(predicted=float(shares.mean()), observed=observed, n=len(human))


def _value(statistic: Statistic) -> float:
    return 0.0 if isinstance(statistic, Undefined) else statistic.value
