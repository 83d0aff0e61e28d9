"""How steady a judge is: how much its replies to the same item differ, criterion by criterion."""

from dataclasses import dataclass

from judging.core.decisions import FLIP_RATE
from judging.core.verdicts import Reason
from judging.models import Judgment, Run

DISAGREED = frozenset({Reason.NO_MAJORITY, Reason.INCONSISTENT})
"""Reasons of a judgment that was not made because the replies say different things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeStability:
    """The items of one criterion that have at least two readable replies.

    `flip_rate`: the share of these replies whose verdict is another than that of their item; `flipped`: the items with
    such a reply; `undecided`: those whose replies differ so that nothing was decided (they have no flip rate).
    `mean_spread`: the mean of the items' standard deviations. None where there is nothing to say it of.
    """

    criterion: str
    items: int = 0
    flipped: int = 0
    undecided: int = 0
    flip_rate: float | None = None
    mean_spread: float | None = None


def judge_stability(run: Run) -> list[JudgeStability]:
    """Each criterion of a run by name, '' first; nothing for a criterion without two readable replies to any item."""
    rows = (
        Judgment.objects.filter(run=run, n_read__gte=2)
        .order_by("criterion", "pk")
        .values_list("criterion", "reason", "n_read", "spread", f"detail__{FLIP_RATE}")
    )
    sums: dict[str, Sums] = {}
    for criterion, *row in rows.iterator(chunk_size=10_000):
        sums.setdefault(criterion, Sums()).add(*row)
    return [found.stability(criterion) for criterion, found in sums.items()]


@dataclass(slots=True)
class Sums:
    """What is added up of one criterion."""

    items: int = 0
    flipped: int = 0
    undecided: int = 0
    replies: int = 0
    flips: float = 0.0
    spreads: int = 0
    spread: float = 0.0

    def add(self, reason: str, n_read: int, spread: float | None, flip_rate: float | None) -> None:
        """One more judgment."""
        self.items += 1
        self.undecided += reason in DISAGREED
        if flip_rate is not None:
            self.flipped += flip_rate > 0
            self.replies += n_read
            self.flips += flip_rate * n_read
        if spread is not None:
            self.spreads += 1
            self.spread += spread

    def stability(self, criterion: str) -> JudgeStability:
        """What they come to."""
        return JudgeStability(
            criterion=criterion,
            items=self.items,
            flipped=self.flipped,
            undecided=self.undecided,
            flip_rate=self.flips / self.replies if self.replies else None,
            mean_spread=self.spread / self.spreads if self.spreads else None,
        )
