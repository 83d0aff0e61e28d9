"""Judgments added up: how many there are of each verdict, and why some have no value."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any, Self

from django.db.models import Count, QuerySet, Sum

from judging.models import BatchCount, Judgment


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What some judgments come to; the fields are those of a stored BatchCount."""

    n_judged: int = 0
    n_clean: int = 0
    n_wrong: int = 0
    n_invalid: int = 0
    n_scores: int = 0
    score_total: float = 0.0
    n_unscored: int = 0
    tokens: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return type(self)(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    def as_columns(self) -> dict[str, Any]:
        """The columns of a BatchCount."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def tally(judgments: QuerySet[Judgment]) -> Tally:
    """Judgments of one criterion, grouped by the database; they know nothing of tokens."""
    rows = (
        judgments.order_by()
        .values("verdict", "status", "reason")
        .annotate(count=Count("pk"), scores=Count("score"), total=Sum("score"))
    )
    total = Tally()
    for row in rows:
        count, unscored = row["count"], row["status"] == "unscored"
        total += Tally(
            n_judged=count,
            n_scores=row["scores"],
            score_total=row["total"] or 0.0,
            n_unscored=count if unscored else 0,
            reasons=Counter({row["reason"]: count} if unscored else {}),
            **({f"n_{row['verdict']}": count} if row["verdict"] else {}),
        )
    return total


def stored_tally(counts: QuerySet[BatchCount]) -> Tally:
    """The same from the counts of batches. Only batches that have something to say of reasons are read one by one."""
    names = [each.name for each in fields(Tally) if each.name != "reasons"]
    sums = counts.aggregate(**{name: Sum(name, default=0) for name in names})
    reasons: Counter[str] = Counter()
    for found in counts.filter(n_unscored__gt=0).values_list("reasons", flat=True):
        reasons.update(found)
    return Tally(**sums, reasons=reasons)
