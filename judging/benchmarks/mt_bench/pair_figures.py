"""Win rates with their intervals: as a whole, against each model, by turn and by category.

Rates are means over pairs, drawn anew by question: the turns and the opponents of one question are no questions of
their own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from judging.benchmarks.mt_bench.pair_scores import (
    ERROR,
    INCONSISTENT,
    LOSS,
    TIE,
    WIN,
    Compared,
    WinRates,
)
from judging.core.figures import Figure, Told, mean

UNANSWERED = "no_answer"
OUTCOMES = (WIN, LOSS, TIE, INCONSISTENT, ERROR)
Credit = Mapping[str, float]
"""What an outcome is worth in a rate; an outcome that is not in it leaves the pair out."""

WINS: Credit = {WIN: 1, LOSS: 0, TIE: 0, INCONSISTENT: 0}
LOSSES: Credit = {WIN: 0, LOSS: 1, TIE: 0, INCONSISTENT: 0}
ADJUSTED: Credit = {WIN: 1, LOSS: 0, TIE: 0.5, INCONSISTENT: 0.5}
OF_ALL: Credit = {**WINS, ERROR: 0}
RATES: Mapping[str, Credit] = {
    "win_rate": WINS, "loss_rate": LOSSES, "win_rate_adjusted": ADJUSTED, "win_rate_of_all": OF_ALL,
}  # fmt: skip
"""FastChat's three, errors left out, and wins over everything that was asked."""

OF_PARTS = {"win_rate_adjusted": ADJUSTED}
"""Of opponents, turns and categories one is told: each has an interval, and there are many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faring:
    """How a model fares in some pairs: what they came to, and the rates of that. `unanswered`: pairs without one of
    the two answers, which nobody was asked about."""

    counts: WinRates
    unanswered: int
    rates: Mapping[str, Figure]

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Pairs by what they came to."""
        return {name: getattr(self.counts, name) for name in OUTCOMES}

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        rates = {name: figure.as_json() for name, figure in self.rates.items()}
        return {**self.outcomes, "unanswered": self.unanswered, **rates}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPairs:
    """One model in all its pairs, and in parts of them."""

    model: str
    whole: Faring
    against: Mapping[str, Faring]
    by_turn: Mapping[str, Faring]
    by_category: Mapping[str, Faring]

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        parts = {"against": self.against, "by_turn": self.by_turn, "by_category": self.by_category}
        told = {name: {key: each.as_json() for key, each in found.items()} for name, found in parts.items()}
        return {"model": self.model, **self.whole.as_json(), **told}


def models_in_pairs(compared: Iterable[Compared], *, baseline: str = "") -> list[ModelPairs]:
    """Every model but the baseline, the best adjusted rate first; those without any at the end."""
    pairs = list(compared)
    models = dict.fromkeys(name for pair in pairs for name in (pair.model_1, pair.model_2) if name != baseline)
    found = [
        model_in_pairs(model, [pair for pair in pairs if model in (pair.model_1, pair.model_2)]) for model in models
    ]
    return sorted(found, key=rank)


def rank(model: ModelPairs) -> tuple[bool, float, str]:
    """Where a model stands among others."""
    rate = model.whole.rates["win_rate_adjusted"].value
    return rate is None, -(rate or 0.0), model.model


def model_in_pairs(model: str, pairs: Sequence[Compared]) -> ModelPairs:
    """One model in these pairs, which are all its own."""

    def parted(name: Callable[[Compared], str]) -> dict[str, Faring]:
        names = dict.fromkeys(name(pair) for pair in pairs)
        return {each: faring(model, [pair for pair in pairs if name(pair) == each], OF_PARTS) for each in names}

    return ModelPairs(
        model=model,
        whole=faring(model, pairs),
        against=parted(lambda pair: pair.other(model)),
        by_turn=parted(lambda pair: f"turn_{pair.turn}"),
        by_category=parted(lambda pair: pair.category),
    )


def faring(model: str, pairs: Sequence[Compared], rates: Mapping[str, Credit] = RATES) -> Faring:
    """What came of these pairs for a model, with these rates."""
    counted = Counter(pair.outcome_for(model) for pair in pairs if pair.asked)
    return Faring(
        counts=WinRates(model=model, **{name: counted[name] for name in OUTCOMES}),
        unanswered=sum(not pair.asked for pair in pairs),
        rates={name: mean(told(model, pair, credit) for pair in pairs) for name, credit in rates.items()},
    )


def told(model: str, pair: Compared, credit: Credit) -> Told:
    """What a pair is worth in a rate, or why it is not in it."""
    if not pair.asked:
        return Told(pair.question, None, UNANSWERED)
    outcome = pair.outcome_for(model)
    return Told(pair.question, credit.get(outcome), "" if outcome in credit else outcome)
