"""The pairs behind the win rates of a benchmark."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from judging.benchmarks import BENCHMARKS
from judging.benchmarks.mt_bench.pair_figures import UNANSWERED
from judging.benchmarks.mt_bench.pair_scores import ERROR, INCONSISTENT, LOSS, TIE, WIN
from judging.models import Item, Judgment, Run
from judging.permissions import lead_required
from judging.reports.benchmark_items import OF_PAIRS, behind, n_items
from judging.reports.mt_bench import compared_of, newest_sides
from judging.reports.mt_bench_pairs import pairs_run
from judging.views.benchmarks import ITEMS_PER_PAGE, found_run, without_page


@lead_required
@require_GET
def benchmark_pairs(request: HttpRequest, pk: int) -> HttpResponse:
    """Pairs of one model or of all, by what they came to: each with what either order said. None before any is
    compared."""
    found = found_run(pk)
    run = pairs_run(found)
    chosen = {name: request.GET.get(name, "") for name in OF_PAIRS}
    found_pairs = behind(run, chosen) if run else Judgment.objects.none()
    page = Paginator(found_pairs, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    sides = newest_sides(run, [judgment.item_id for judgment in page]) if run else {}
    context: dict[str, Any] = {
        "benchmark_run": found,
        "title": BENCHMARKS[found.benchmark].title,
        "run": run,
        "chosen": chosen,
        "page": page,
        "rows": [(judgment, compared_of(judgment, sides)) for judgment in page],
        "outcomes": outcome_words(),
        "models": models_of(run) if run else [],
        "query": without_page(request),
        "n_items": n_items(found_pairs),
        "behind": urlencode(chosen),
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
