"""The items behind the figures of a benchmark: of one candidate, or the pairs that were compared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from judging.benchmarks import Stage
from judging.benchmarks.mt_bench.pair_figures import UNANSWERED
from judging.benchmarks.mt_bench.pair_scores import ERROR, INCONSISTENT, LOSS, TIE, WIN
from judging.benchmarks.mt_bench_branch import FILE
from judging.core.verdicts import Reason
from judging.models import Item, Judgment, Run
from judging.reports.mt_bench import turn_judgments

RIGHT, WRONG, SCORED, DROPPED = "right", "wrong", "scored", "dropped"
OF_FIGURES = ("group", "part", "outcome")
OF_PAIRS = ("model", "other", "outcome", "group", "part")


def behind(run: Run, asked: Mapping[str, str]) -> QuerySet[Judgment]:
    """The judgments that an address means by its choices: of a figure, or of pairs where the run compares them."""
    if run.stage == Stage.PAIRS:
        return pairs(run, **{name: asked.get(name, "") for name in OF_PAIRS})
    return judgments(run, **{name: asked.get(name, "") for name in OF_FIGURES})


def positions_of(rows: QuerySet[Judgment]) -> list[int]:
    """The numbers of their items, each once."""
    return list(rows.order_by("item__position").values_list("item__position", flat=True).distinct())


def n_items(rows: QuerySet[Judgment]) -> int:
    """How many items these judgments are of."""
    return rows.order_by().values("item").distinct().count()


def judgments(run: Run, *, group: str, part: str, outcome: str) -> QuerySet[Judgment]:
    """The judgments of a figure, the lowest scores first."""
    rows = Judgment.objects.filter(run=run)
    if len(run.snapshot.get("judge", {}).get("rubric", {}).get("criteria", [])) > 1:
        rows = rows.exclude(criterion="")
    if group:
        rows = rows.filter(Q(item__category=group) | Q(**{f"item__extra__{FILE}": group}))
    if part:
        rows = rows.filter(criterion=part)
    limits: dict[str, dict[str, Any]] = {
        RIGHT: {"score": 1}, WRONG: {"score": 0}, SCORED: {"score__isnull": False}, DROPPED: {"score__isnull": True},
    }  # fmt: skip
    rows = rows.filter(**limits.get(outcome, {}))
    found: QuerySet[Judgment] = rows.select_related("item").order_by(
        F("score").asc(nulls_first=True), "item__position", "criterion"
    )
    return found


def pairs(run: Run, *, model: str, other: str, outcome: str, group: str, part: str) -> QuerySet[Judgment]:
    """The judgments of pairs that are meant, in order."""
    rows = turn_judgments(run).filter(item__kind=Item.Kind.PAIR)
    for name in (model, other):
        if name:
            rows = rows.filter(Q(item__model=name) | Q(item__model_b=name))
    if group:
        rows = rows.filter(item__category=group)
    if part:
        rows = rows.filter(criterion=part)
    if outcome in OUTCOMES:
        rows = rows.filter(OUTCOMES[outcome](model))
    return rows


def won_by(side: str, other: str) -> Callable[[str], Q]:
    """Pairs that a model won (A and B) or lost (B and A); of no model in particular those with any winner."""

    def wanted(model: str) -> Q:
        if not model:
            return Q(value__in=["A", "B"])
        return Q(item__model=model, value=side) | Q(item__model_b=model, value=other)

    return wanted


def without_winner(model: str) -> Q:
    """Pairs of which an order could not be read."""
    return Q(status="unscored") & ~Q(reason__in=[Reason.INCONSISTENT, Reason.NO_ANSWER])


OUTCOMES: dict[str, Callable[[str], Q]] = {
    WIN: won_by("A", "B"),
    LOSS: won_by("B", "A"),
    TIE: lambda model: Q(value="tie"),
    INCONSISTENT: lambda model: Q(reason=Reason.INCONSISTENT),
    ERROR: without_winner,
    UNANSWERED: lambda model: Q(reason=Reason.NO_ANSWER),
}
