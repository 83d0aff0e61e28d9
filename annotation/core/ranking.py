"""Which model wins: Bradley and Terry's strengths from votes on pairs. A tie is half a win for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from annotation.core.intervals import UPPER, FloatArray, IntArray, Statistic, Undefined, Value

LARGE_SAMPLE = "large_sample"
APART = "some models never met, or one side always won, so no strength fits"
ROUNDS = 1000
CLOSE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """A model among those it met. `strength`: log odds of winning against the mean of all; 0 is average."""

    model: str
    wins: int
    losses: int
    ties: int
    strength: Statistic

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "model": self.model,
            "wins": self.wins,
            "losses": self.losses,
            "ties": self.ties,
            "strength": self.strength.as_json(),
        }


def bradley_terry(first: Sequence[str], second: Sequence[str], won: IntArray) -> list[Strength]:
    """Votes on pairs of models, the strongest first. `won`: 0 the first, 1 the second, 2 a tie."""
    models = sorted({*first, *second})
    place = {model: at for at, model in enumerate(models)}
    one = np.array([place[model] for model in first], dtype=np.int64)
    other = np.array([place[model] for model in second], dtype=np.int64)
    wins, ties = _tables(one, other, won, len(models))
    strengths = _strengths(wins + ties / 2)
    rows = [
        Strength(
            model=model,
            wins=int(wins[at].sum()),
            losses=int(wins[:, at].sum()),
            ties=int(ties[at].sum()),
            strength=strengths[at],
        )
        for model, at in place.items()
    ]
    return sorted(rows, key=lambda row: (-_number(row.strength), row.model))


def _tables(one: IntArray, other: IntArray, won: IntArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Wins of row over column, and ties of both, which are symmetric."""
    wins, ties = np.zeros((size, size)), np.zeros((size, size))
    np.add.at(wins, (one[won == 0], other[won == 0]), 1)
    np.add.at(wins, (other[won == 1], one[won == 1]), 1)
    np.add.at(ties, (one[won == 2], other[won == 2]), 1)
    return wins, ties + ties.T


def _strengths(wins: FloatArray) -> list[Statistic]:
    size, met = len(wins), wins + wins.T
    parts, _ = scipy.sparse.csgraph.connected_components(wins > 0, directed=True, connection="strong")
    if size < 2 or parts > 1:
        return [Undefined(APART)] * size
    logs = _fitted(wins, met)
    chance = scipy.special.expit(logs[:, None] - logs[None, :])
    weight = met * chance * (1 - chance)
    # Strengths are known up to a constant; the pseudo-inverse fixes it at mean 0.
    spread = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight, hermitian=True)
    half = float(scipy.special.ndtri(UPPER)) * np.sqrt(np.maximum(np.diagonal(spread), 0))
    votes = met.sum(axis=1).astype(np.int64)
    return [
        Value(float(log), float(log - wide), float(log + wide), int(n), LARGE_SAMPLE)
        for log, wide, n in zip(logs, half, votes, strict=True)
    ]


def _fitted(wins: FloatArray, met: FloatArray) -> FloatArray:
    """The likeliest strengths by Hunter's steps."""
    worth, won = np.ones(len(wins)), wins.sum(axis=1)
    for _round in range(ROUNDS):
        fresh = won / (met / (worth[:, None] + worth[None, :])).sum(axis=1)
        fresh /= np.exp(np.log(fresh).mean())
        if np.abs(np.log(fresh / worth)).max() < CLOSE:
            worth = fresh
            break
        worth = fresh
    return np.asarray(np.log(worth), dtype=np.float64)


def _number(statistic: Statistic) -> float:
    return -np.inf if isinstance(statistic, Undefined) else statistic.value
