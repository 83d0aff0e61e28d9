"""What may sway a judge besides quality: length, and its own kind of model. Order is in `pairwise.py`."""

import numpy as np
import scipy
from numpy.typing import ArrayLike

from annotation.core.intervals import FloatArray, IntArray, Statistic, Undefined, Value, normal

LOGISTIC = "logistic_regression"
DIFFERENCE = "difference_of_means"
FEW = "fewer than {least} {things}; there are {n}"
ALL_ALIKE = "every item has the same length"
SEPARATED = "length alone tells every verdict"
LEAST = 20


def length_bias(lengths: FloatArray, judge_clean: IntArray, human_clean: IntArray) -> Statistic:
    """Change of the judge's log odds of clean when an answer is twice as long and people's verdict is the same.

    0: length does not sway the judge. A logistic regression of its word on people's and on log2 of the length.
    """
    n = len(lengths)
    if n < LEAST or len(np.unique(judge_clean)) < 2:
        return Undefined(FEW.format(least=LEAST, things="items with both verdicts that the judge tells apart", n=n))
    size = np.log2(np.maximum(lengths, 1))
    if np.ptp(size) == 0:
        return Undefined(ALL_ALIKE)
    columns = [np.ones(n), size - size.mean()]
    if len(np.unique(human_clean)) > 1:
        columns.append(human_clean.astype(np.float64))
    return _slope(np.column_stack(columns), judge_clean.astype(np.float64), place=1)


def pair_length_bias(log_ratio: FloatArray, wins: IntArray) -> Statistic:
    """Change of the log odds that A wins when it is twice as long beside B. `log_ratio`: log2 of lengths A / B."""
    different = int((log_ratio != 0).sum())
    if different < LEAST:
        return Undefined(FEW.format(least=LEAST, things="decided pairs of different length", n=different))
    if len(np.unique(wins)) < 2 or np.ptp(log_ratio) == 0:
        return Undefined(SEPARATED)
    return _slope(np.column_stack([np.ones(len(wins)), log_ratio]), wins.astype(np.float64), place=1)


def self_preference(own: ArrayLike, judge_clean: IntArray, human_clean: IntArray) -> Statistic:
    """How much more lenient (judge's minus people's share of clean) on answers of the judge's own model than others."""
    mine = np.asarray(own, dtype=bool)
    gap = (judge_clean - human_clean).astype(np.float64)
    n_own, n_others = int(mine.sum()), int((~mine).sum())
    if min(n_own, n_others) < LEAST:
        things = f"answers of {'its own model' if n_own < LEAST else 'other models'} with both verdicts"
        return Undefined(FEW.format(least=LEAST, things=things, n=min(n_own, n_others)))
    value = float(gap[mine].mean() - gap[~mine].mean())
    error = float(np.sqrt(gap[mine].var(ddof=1) / n_own + gap[~mine].var(ddof=1) / n_others))
    return normal(value, error, n_own + n_others, DIFFERENCE)


def _slope(columns: FloatArray, told: FloatArray, *, place: int) -> Statistic:
    """One coefficient of a logistic regression by Newton's steps."""
    found = np.zeros(columns.shape[1])
    for _step in range(50):
        chance = scipy.special.expit(columns @ found)
        spread = columns.T @ (columns * (chance * (1 - chance))[:, None])
        if np.abs(found).max() > 30 or np.linalg.cond(spread) > 1e12:
            return Undefined(SEPARATED)
        change = np.linalg.solve(spread, columns.T @ (told - chance))
        found += change
        if np.abs(change).max() < 1e-10:
            break
    half = 1.959963984540054 * float(np.sqrt(np.linalg.inv(spread)[place, place]))
    value = float(found[place])
    return Value(value, value - half, value + half, len(told), LOGISTIC)
