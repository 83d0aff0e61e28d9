"""From answers to MMLU's figures: per subject, macro over subjects, micro over questions, the four groups.

An unscored question is in no figure but its own count: a prompt that did not fit is not a wrong answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

from judging.benchmarks.mmlu.subjects import GROUPS

PER_CHARACTER = "per_character"
"""In a judgment's `detail`, where texts are weighed: the letter of the choice that is likeliest per character."""


@dataclass(frozen=True, slots=True)
class SubjectScore:
    """`right` of `n` scored questions; `unscored` beside them have no answer."""

    subject: str
    right: int
    n: int
    unscored: int = 0

    @property
    def accuracy(self) -> float | None:
        """Share of right answers; None without any answer."""
        return self.right / self.n if self.n else None

    @property
    def stderr(self) -> float | None:
        """Sample standard deviation over the root of n, as lm-eval gives it: sqrt(p (1 - p) / (n - 1))."""
        if self.accuracy is None or self.n < 2:
            return None
        return sqrt(self.accuracy * (1 - self.accuracy) / (self.n - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """A figure over several subjects: `macro` weighs subjects alike, `micro` questions. None without answers."""

    n: int
    unscored: int
    subjects: int
    macro: float | None
    macro_stderr: float | None
    micro: float | None
    micro_stderr: float | None


def accuracy(scores: Iterable[SubjectScore]) -> Accuracy:
    """The figures of these subjects; a subject without any answer is in neither mean."""
    every = list(scores)
    counted = [score for score in every if score.n]
    n = sum(score.n for score in counted)
    values = [score.right / score.n for score in counted]
    return Accuracy(
        n=n,
        unscored=sum(score.unscored for score in every),
        subjects=len(counted),
        macro=sum(values) / len(values) if values else None,
        macro_stderr=macro_stderr(counted),
        micro=sum(score.right for score in counted) / n if n else None,
        micro_stderr=pooled_stderr(counted),
    )


def macro_stderr(scores: Sequence[SubjectScore]) -> float | None:
    """Of a mean of independent means: the root of the sum of squares, over their number."""
    errors = [score.stderr for score in scores]
    if not errors or None in errors:
        return None
    return sqrt(sum(error**2 for error in errors if error is not None)) / len(errors)


def pooled_stderr(scores: Sequence[SubjectScore]) -> float | None:
    """As lm-eval pools a group: sqrt(sum((n_i - 1) n_i s_i^2) / (N - k) / N)."""
    n, k = sum(score.n for score in scores), len(scores)
    if n <= k or any(score.stderr is None for score in scores):
        return None
    pooled = sum((score.n - 1) * score.n * (score.stderr or 0.0) ** 2 for score in scores)
    return sqrt(pooled / (n - k) / n)


def by_group(scores: Sequence[SubjectScore], groups: Mapping[str, Sequence[str]] = GROUPS) -> dict[str, Accuracy]:
    """The figures of each group that has subjects here."""
    of = {score.subject: score for score in scores}
    found = {name: [of[subject] for subject in subjects if subject in of] for name, subjects in groups.items()}
    return {name: accuracy(members) for name, members in found.items() if members}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which continuation a model finds most likely: the first of equals, as in lm-eval.

    `margin`: how much more likely (as a difference of logarithms) than the next; `tie`: no more at all.
    """

    place: int
    margin: float
    tie: bool


def chosen(loglikelihoods: Sequence[float]) -> Choice:
    """The choice that log-likelihoods come to."""
    best = max(range(len(loglikelihoods)), key=lambda place: (loglikelihoods[place], -place))
    others = [value for place, value in enumerate(loglikelihoods) if place != best]
    margin = loglikelihoods[best] - max(others)
    return Choice(best, margin, margin == 0)


def chosen_per_character(loglikelihoods: Sequence[float], texts: Sequence[str]) -> Choice:
    """The choice where each log-likelihood counts per character of its text, as in lm-eval's `acc_norm`: a long text is
    not less likely for being long. An empty text is never chosen."""
    pairs = zip(loglikelihoods, texts, strict=True)
    return chosen([value / len(text) if text else -inf for value, text in pairs])
