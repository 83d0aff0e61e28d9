"""The coefficients of the attribute judge, fitted anew to people's verdicts, without leaks.

Samples of one item, and items of one question, stand or fall together: in cross-validation they are held out together.
Every item weighs the same however many samples it has. An item is predicted by the mean score of its samples, as the
judge decides, with coefficients fitted to the other questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.confusion import CLEAN, WRONG, Confusion, decided
from annotation.core.intervals import FloatArray, IntArray, Statistic
from annotation.core.tuning.paired import Compared, Twice, compared
from judging.core.attributes import NAMES, Coefficients

FOLDS = 5
LEAST_EACH = 10
"""Questions of either verdict without which nine slopes are noise."""


class TooFew(ValueError):
    """There are too few items to fit; the message says how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Samples of judged items: nine numbers each, the place of their item. Of items: people's verdict (1 wrong), and
    the place of their question. `keys`: primary keys of the items."""

    numbers: IntArray
    item: IntArray
    wrong: IntArray
    question: IntArray
    keys: IntArray

    def scores(self, coefficients: Coefficients) -> FloatArray:
        """The mean score of every item."""
        each = coefficients.intercept + self.numbers @ np.array(coefficients.slope)
        return self.means(each)

    def means(self, each: FloatArray) -> FloatArray:
        """The mean over the samples of every item."""
        samples = np.bincount(self.item, minlength=len(self.wrong))
        totals = np.bincount(self.item, weights=each, minlength=len(self.wrong))
        return np.asarray(totals / samples, dtype=np.float64)

    def of_items(self, kept: Any) -> tuple[FloatArray, IntArray, FloatArray]:
        """Numbers, verdicts and weights of the samples of some items."""
        chosen = kept[self.item]
        samples = np.bincount(self.item, minlength=len(self.wrong))
        return self.numbers[chosen].astype(float), self.wrong[self.item[chosen]], 1 / samples[self.item[chosen]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """New coefficients, and both sets on items that neither was fitted to."""

    coefficients: Coefficients
    threshold: float
    items: int
    samples: int
    folds: int
    before: dict[str, Statistic]
    after: dict[str, Statistic]
    difference: Compared

    def as_json(self) -> dict[str, Any]:
        """The form that the command prints."""
        return {
            "coefficients": self.coefficients.as_json(),
            "threshold": self.threshold,
            "items": self.items,
            "samples": self.samples,
            "folds": self.folds,
            "before": {name: found.as_json() for name, found in self.before.items()},
            "after": {name: found.as_json() for name, found in self.after.items()},
            "difference": self.difference.as_json(),
        }


def refit(found: Sampled, old: Coefficients, threshold: float, *, seed: int = 0) -> Refit:
    """Fit to all, and tell by cross-validation what that is worth. TooFew where there is too little to fit to.

    The score stays the log-odds of wrong, so the threshold keeps its meaning.
    """
    from sklearn.model_selection import StratifiedGroupKFold  # Slow to load, and needed here alone.

    folds = _folds(found)
    held_out = np.zeros(len(found.wrong))
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    for fitted_to, left in splitter.split(np.zeros((len(found.wrong), 1)), found.wrong, found.question):
        kept = np.isin(np.arange(len(found.wrong)), fitted_to)
        held_out[left] = found.scores(_fitted(found, kept))[left]
    before, after = (np.where(each <= threshold, CLEAN, WRONG) for each in (found.scores(old), held_out))
    return Refit(
        coefficients=_fitted(found, np.ones(len(found.wrong), dtype=bool)),
        threshold=threshold,
        items=len(found.wrong),
        samples=len(found.item),
        folds=folds,
        before=figures_of(before, found.wrong),
        after=figures_of(after, found.wrong),
        difference=compared(Twice(found.keys, found.wrong, before, after)),
    )


def figures_of(judge: IntArray, people: IntArray) -> dict[str, Statistic]:
    """Accuracy, precision, recall and what goes with them, of verdicts on both sides."""
    return decided(Confusion.of_codes(judge, people))


def _folds(found: Sampled) -> int:
    questions = [len(set(found.question[found.wrong == word].tolist())) for word in (0, 1)]
    if min(questions) < LEAST_EACH:
        raise TooFew(
            f"Coefficients are fitted to {LEAST_EACH} questions or more of either verdict; people call "
            f"{questions[0]} clean and {questions[1]} wrong here. Label more items first."
        )
    return FOLDS


def _fitted(found: Sampled, kept: Any) -> Coefficients:
    from sklearn.linear_model import LogisticRegression

    numbers, wrong, weights = found.of_items(kept)
    model = LogisticRegression(max_iter=2000).fit(numbers, wrong, sample_weight=weights)
    slope: Sequence[float] = model.coef_[0].tolist()
    return Coefficients(intercept=float(model.intercept_[0]), slope=tuple(slope))


def as_yaml(coefficients: Coefficients) -> str:
    """The file that `run_judge --coefficients` reads."""
    lines = [f"intercept: {coefficients.intercept!r}", "slope:"]
    lines += [f"  - {value!r}  # {name}" for name, value in zip(NAMES, coefficients.slope, strict=True)]
    return "\n".join(lines) + "\n"
