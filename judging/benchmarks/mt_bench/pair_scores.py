"""Who wins, from pairs that a judge compared in both orders.

FastChat counts an order that could not be read as if the pair had never been played, and a pair whose orders disagree
as a tie. Here win, loss, tie, inconsistent and error stay apart, and its three rates are there beside ours.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WIN, LOSS, TIE, INCONSISTENT, ERROR = "win", "loss", "tie", "inconsistent", "error"
MIRRORED = {WIN: LOSS, LOSS: WIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One pair and turn: which of the models (A: the first, B: the second, tie) each order says, '' where unreadable.

    `asked`: False where there was no answer to compare. `lengths`: characters of what each model said in that turn.
    """

    question: str
    category: str
    turn: int
    model_1: str
    model_2: str
    sides: tuple[str, str]
    asked: bool = True
    lengths: tuple[int, int] = (0, 0)

    @property
    def outcome(self) -> str:
        """What it comes to for the first model."""
        if not all(self.sides):
            return ERROR
        if self.sides[0] != self.sides[1]:
            return INCONSISTENT
        return {"A": WIN, "B": LOSS, "tie": TIE}[self.sides[0]]

    def outcome_for(self, model: str) -> str:
        """What it comes to for one of the two."""
        return self.outcome if model == self.model_1 else MIRRORED.get(self.outcome, self.outcome)

    def other(self, model: str) -> str:
        """Whom it is compared with."""
        return self.model_2 if model == self.model_1 else self.model_1


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRates:
    """How one model fares. Rates are None where nothing was played.

    `win_rate`, `loss_rate`, `win_rate_adjusted`: FastChat's, over what both orders could be read of, inconsistent pairs
    as ties. `win_rate_of_all`: wins over every pair that was asked, errors too.
    """

    model: str
    win: int
    loss: int
    tie: int
    inconsistent: int
    error: int

    @property
    def played(self) -> int:
        """Pairs that both orders said something of."""
        return self.win + self.loss + self.tie + self.inconsistent

    @property
    def win_rate(self) -> float | None:
        """Wins of the played."""
        return self.win / self.played if self.played else None

    @property
    def loss_rate(self) -> float | None:
        """Losses of the played."""
        return self.loss / self.played if self.played else None

    @property
    def win_rate_adjusted(self) -> float | None:
        """Wins and half of the ties, of the played."""
        return (self.win + 0.5 * (self.tie + self.inconsistent)) / self.played if self.played else None

    @property
    def win_rate_of_all(self) -> float | None:
        """Wins of all that were asked."""
        every = self.played + self.error
        return self.win / every if every else None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        counts = {name: getattr(self, name) for name in ("win", "loss", "tie", "inconsistent", "error")}
        rates = ("win_rate", "loss_rate", "win_rate_adjusted", "win_rate_of_all")
        return {"model": self.model, **counts, **{name: getattr(self, name) for name in rates}}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScores:
    """The models, best adjusted rate first, and how much the order of showing decides.

    `flip_rate`: the share of played pairs whose two orders disagree; `first_shown_rate`: of all games that somebody
    won, the share won by the answer shown first (0.5 without a bias).
    """

    models: Sequence[WinRates]
    played: int
    errors: int
    unanswered: int
    flip_rate: float | None
    first_shown_rate: float | None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "models": [each.as_json() for each in self.models], "played": self.played, "errors": self.errors,
            "unanswered": self.unanswered, "flip_rate": self.flip_rate, "first_shown_rate": self.first_shown_rate,
        }  # fmt: skip


def pair_scores(compared: Iterable[Compared], *, baseline: str = "") -> PairScores:
    """The figures of these pairs. `baseline`: only pairs with this model count, and it is left out of the models."""
    every = [pair for pair in compared if not baseline or baseline in (pair.model_1, pair.model_2)]
    asked = [pair for pair in every if pair.asked]
    counts: dict[str, Counter[str]] = {}
    for pair in asked:
        outcome = pair.outcome
        counts.setdefault(pair.model_1, Counter())[outcome] += 1
        counts.setdefault(pair.model_2, Counter())[MIRRORED.get(outcome, outcome)] += 1
    models = [
        WinRates(model=name, **{kind: found[kind] for kind in (WIN, LOSS, TIE, INCONSISTENT, ERROR)})
        for name, found in counts.items()
        if name != baseline
    ]
    outcomes = Counter(pair.outcome for pair in asked)
    played = len(asked) - outcomes[ERROR]
    shown = [
        side == first for pair in asked for side, first in zip(pair.sides, "AB", strict=True) if side in {"A", "B"}
    ]
    return PairScores(
        models=sorted(models, key=lambda each: (-(each.win_rate_adjusted or 0.0), each.model)),
        played=played,
        errors=outcomes[ERROR],
        unanswered=len(every) - len(asked),
        flip_rate=outcomes[INCONSISTENT] / played if played else None,
        first_shown_rate=sum(shown) / len(shown) if shown else None,
    )
