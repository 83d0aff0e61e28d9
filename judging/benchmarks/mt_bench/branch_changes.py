"""Two branches side by side, file by file: what became better, what worse, what is new and what is gone.

Questions of a file are compared with themselves: a question that reads the same on both sides is a pair, and the mean
of the pairs' differences has an interval. A change within the noise band is no change. A file whose questions all went
unread on one side is `unrated`, not new and not gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from scipy.special import stdtrit

UPPER = 0.975
ROUNDING = 1e-9


class Change(StrEnum):
    """What became of a file."""

    IMPROVEMENT = "improvement"
    REGRESSION = "regression"
    NO_CHANGE = "no_change"
    NEW = "new"
    REMOVED = "removed"
    UNRATED = "unrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRating:
    """One question's rating. `question` is the same on both branches where its text is."""

    qna_file: str
    question: str
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file on both branches. `delta`: the difference of the means; `paired`: that of the questions that are on
    both sides (`pairs` of them), with its 95 % interval; `reworded`: questions that are on one side only."""

    qna_file: str
    change: Change
    base: float | None
    new: float | None
    n_base: int
    n_new: int
    delta: float | None
    paired: float | None
    pairs: int
    low: float | None
    high: float | None
    reworded: int

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves no change out."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "qna_file": self.qna_file, "change": self.change.value, "base": self.base, "new": self.new,
            "n_base": self.n_base, "n_new": self.n_new, "delta": self.delta, "paired": self.paired,
            "pairs": self.pairs, "low": self.low, "high": self.high, "reworded": self.reworded,
            "certain": self.is_certain,
        }  # fmt: skip


def compare_branches(base: Iterable[FileRating], new: Iterable[FileRating], *, band: float = 0.0) -> list[FileChange]:
    """Every file of either branch: those of the new one in its order, then what is gone."""
    before, after = _by_file(base), _by_file(new)
    return [_change(name, before.get(name, []), after.get(name, []), band) for name in {**after, **before}]


def _by_file(ratings: Iterable[FileRating]) -> dict[str, list[FileRating]]:
    found: dict[str, list[FileRating]] = {}
    for rating in ratings:
        found.setdefault(rating.qna_file, []).append(rating)
    return found


def _change(name: str, base: Sequence[FileRating], new: Sequence[FileRating], band: float) -> FileChange:
    scores = [[rating.score for rating in side if rating.score is not None] for side in (base, new)]
    before, after = (fmean(side) if side else None for side in scores)
    delta = after - before if before is not None and after is not None else None
    numbered = [_numbered(side) for side in (base, new)]
    differences = [
        second - first
        for key, first in numbered[0].items()
        if first is not None and (second := numbered[1].get(key)) is not None
    ]
    low, high = _interval(differences)
    return FileChange(
        qna_file=name,
        change=_kind(bool(base), bool(new), delta, band),
        base=before,
        new=after,
        n_base=len(scores[0]),
        n_new=len(scores[1]),
        delta=delta,
        paired=fmean(differences) if differences else None,
        pairs=len(differences),
        low=low,
        high=high,
        reworded=len(numbered[0].keys() ^ numbered[1].keys()) if base and new else 0,
    )


def _numbered(side: Sequence[FileRating]) -> dict[tuple[str, int], float | None]:
    """Ratings by question; one that is asked twice is two."""
    found: dict[tuple[str, int], float | None] = {}
    for rating in side:
        number = sum(question == rating.question for question, _ in found)
        found[rating.question, number] = rating.score
    return found


def _kind(in_base: bool, in_new: bool, delta: float | None, band: float) -> Change:
    if not in_base:
        return Change.NEW
    if not in_new:
        return Change.REMOVED
    if delta is None:
        return Change.UNRATED
    if abs(delta) <= band + ROUNDING:
        return Change.NO_CHANGE
    return Change.IMPROVEMENT if delta > 0 else Change.REGRESSION


def _interval(differences: Sequence[float]) -> tuple[float | None, float | None]:
    """Student's, of the mean difference; one pair alone has none."""
    n = len(differences)
    if n < 2:
        return None, None
    half = float(stdtrit(n - 1, UPPER)) * stdev(differences) / sqrt(n)
    return fmean(differences) - half, fmean(differences) + half


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A model as the report names it: its overall score, its error rate, the mean of each file that has one."""

    model: str
    score: float
    files: Mapping[str, float]
    error_rate: float = 0.0


def file_means(ratings: Iterable[FileRating]) -> dict[str, float]:
    """The mean of each file that has a rating, as the report has it."""
    found: dict[str, list[float]] = {}
    for rating in ratings:
        if rating.score is not None:
            found.setdefault(rating.qna_file, []).append(rating.score)
    return {name: sum(scores) / len(scores) for name, scores in found.items()}


def peer_report(base: Side, new: Side) -> str:
    """The text that InstructLab prints of two branches, rule for rule: +0.01 is an improvement, what is gone is not
    mentioned, and a file that has no rating on the base is new."""
    parts = [
        "# SKILL EVALUATION REPORT\n",
        f"## BASE MODEL (SCORE)\n{base.model} ({round(base.score, 2)}/10.0)\n",
        f"## MODEL (SCORE)\n{new.model} ({round(new.score, 2)}/10.0)\n",
    ]
    known = [(name, mean, base.files[name]) for name, mean in new.files.items() if name in base.files]
    moved = [(name, round(mean - before, 2), before, mean) for name, mean, before in known if mean != before]
    up = sorted((row for row in moved if row[3] > row[2]), key=lambda row: row[1], reverse=True)
    down = sorted((row for row in moved if row[3] < row[2]), key=lambda row: row[1])
    parts += _listed("IMPROVEMENTS", [f"{row[0]}: {round(row[2], 2)} -> {round(row[3], 2)} (+{row[1]})" for row in up])
    parts += _listed("REGRESSIONS", [f"{row[0]}: {round(row[2], 2)} -> {round(row[3], 2)} ({row[1]})" for row in down])
    parts += _listed("NO CHANGE", [f"{name} ({round(mean, 2)})" for name, mean, before in known if mean == before])
    fresh = [(name, mean) for name, mean in new.files.items() if name not in base.files]
    parts += _listed("NEW", [f"{name} ({round(mean, 2)})" for name, mean in fresh])
    error_rate = (base.error_rate + new.error_rate) / 2
    if error_rate > 0:
        parts.append(f"### ERROR RATE:\n{round(error_rate, 2)}\n")
    return "\n".join(parts)


def _listed(heading: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    numbered = "".join(f"{number}. {line}\n" for number, line in enumerate(lines, start=1))
    return [f"### {heading} (0.0 to 10.0):\n{numbered}"]
