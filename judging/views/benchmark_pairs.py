"""The pairs behind the win rates of a benchmark."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from judging.benchmarks.mt_bench.pair_figures import UNANSWERED
from judging.benchmarks.mt_bench.pair_scores import ERROR, INCONSISTENT, LOSS, TIE, WIN
from judging.core.verdicts import Reason
from judging.models import Item, Judgment, Run
from judging.permissions import lead_required
from judging.reports.mt_bench import compared_of, newest_sides, turn_judgments
from judging.reports.mt_bench_pairs import pairs_run
from judging.views.benchmarks import ITEMS_PER_PAGE, found_run, without_page

CHOICES = ("model", "other", "outcome", "group", "part")


@lead_required
@require_GET
def benchmark_pairs(request: HttpRequest, pk: int) -> HttpResponse:
    """Pairs of one model or of all, by what they came to: each with what either order said. None before any is
    compared."""
    found = found_run(pk)
    run = pairs_run(found)
    chosen = {name: request.GET.get(name, "") for name in CHOICES}
    page = Paginator(pairs(run, **chosen) if run else Judgment.objects.none(), ITEMS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    sides = newest_sides(run, [judgment.item_id for judgment in page]) if run else {}
    context: dict[str, Any] = {
        "benchmark_run": found,
        "run": run,
        "chosen": chosen,
        "page": page,
        "rows": [(judgment, compared_of(judgment, sides)) for judgment in page],
        "outcomes": outcome_words(),
        "models": models_of(run) if run else [],
        "query": without_page(request),
    }
    return render(request, "judging/benchmark_pairs.html", context)


def outcome_words() -> list[tuple[str, str]]:
    """What may have come of a pair for a model, in words."""
    return [
        ("", _("all")), (WIN, _("won")), (LOSS, _("lost")), (TIE, _("tie")), (INCONSISTENT, _("inconsistent")),
        (ERROR, _("error: an order could not be read")), (UNANSWERED, _("one of the two has no answer")),
    ]  # fmt: skip


def models_of(run: Run) -> list[str]:
    """Every model that is in a pair of a run."""
    names = Item.objects.filter(dataset=run.dataset_id).order_by().values_list("model", "model_b").distinct()
    return sorted({name for both in names for name in both})


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
