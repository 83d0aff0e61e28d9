"""Pages of datasets and their items."""

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from judging.models import Dataset, ImportFile, Item, Judgment, Reply, Run
from judging.permissions import lead_required

DATASETS_PER_PAGE = 25
ITEMS_PER_PAGE = 50
LATEST_RUNS = 5


@lead_required
def dataset_list(request: HttpRequest) -> HttpResponse:
    """Every dataset whose import is complete."""
    searched = request.GET.get("q", "").strip()
    datasets = Dataset.objects.ready().named_like(searched).with_sizes()
    page = _page(request, datasets, DATASETS_PER_PAGE)
    template = "judging/_dataset_rows.html" if _wants_fragment(request) else "judging/dataset_list.html"
    return render(request, template, {"page": page, "q": searched})


@lead_required
def dataset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a dataset holds."""
    dataset = get_object_or_404(Dataset.objects.ready().with_sizes(), pk=pk)
    chosen = {name: request.GET.get(name, "") for name in ("category", "model")}
    searched = request.GET.get("q", "").strip()
    items = dataset.items.saying(searched).filter(**{name: value for name, value in chosen.items() if value})
    context: dict[str, Any] = {
        "dataset": dataset,
        "page": _items(request, dataset, items, everything=not searched and not any(chosen.values())),
        "q": searched,
        "chosen": chosen,
    }
    if _wants_fragment(request):
        return render(request, "judging/_dataset_items.html", context)
    return render(request, "judging/dataset_detail.html", context | _facts(dataset))


class PlacedPages(Paginator):  # type: ignore[type-arg]
    """All items of a dataset, by their positions: these are numbered without gaps, so nothing is counted or skipped."""

    def page(self, number: Any) -> "Page[Any]":
        """The items of a page."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page + 1
        return Page(self.object_list.between(first, number * self.per_page), number, self)  # type: ignore[attr-defined]


def _items(request: HttpRequest, dataset: Any, found: "QuerySet[Any]", *, everything: bool) -> "Page[Any]":
    """A page of the items that were asked for."""
    if not everything:
        return _page(request, found.order_by("position"), ITEMS_PER_PAGE)
    pages = PlacedPages(dataset.items.all(), ITEMS_PER_PAGE)
    vars(pages)["count"] = dataset.n_items
    return pages.get_page(request.GET.get("page"))


def _facts(dataset: Any) -> dict[str, Any]:
    files = list(dataset.files.all())
    return {
        "files": files,
        "runs": dataset.runs.select_related("judge")[:LATEST_RUNS],
        "categories": _values(dataset, files, "categories", "category"),
        "models": _values(dataset, files, "models", "model"),
    }


def _values(dataset: Any, files: list[ImportFile], noted: str, field: str) -> list[str]:
    """What there is to choose from: as the imports noted it, where all items came with imports that did."""
    if all(noted in file.header for file in files) and sum(file.rows for file in files) >= dataset.n_items:
        return sorted({value for file in files for value in file.header[noted]})
    values: list[str] = dataset.items.values_of(field)
    return values


@lead_required
def item_detail(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """One item with what every run said of it."""
    items = Item.objects.select_related("dataset").filter(dataset__state=Dataset.State.READY)
    item = get_object_or_404(items, dataset=pk, position=position)
    before, after = item.dataset.items.neighbours(position)
    context = {
        "item": item,
        "dataset": item.dataset,
        "revisions": item.revisions.select_related("author"),
        "runs": _said_of(item),
        "before": before,
        "after": after,
    }
    return render(request, "judging/item_detail.html", context)


@dataclass(slots=True)
class RunOnItem:
    """What one run made of one item."""

    run: Run
    judgments: list[Judgment] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)


def _said_of(item: Item) -> list[RunOnItem]:
    """Judgments and raw replies by run, newest run first."""
    runs: dict[int, RunOnItem] = {}
    for judgment in item.judgments.select_related("run__judge").order_by("-run", "criterion"):
        runs.setdefault(judgment.run_id, RunOnItem(judgment.run)).judgments.append(judgment)
    for reply in item.replies.select_related("run__judge").order_by("-run", "part", "sample", "attempt"):
        runs.setdefault(reply.run_id, RunOnItem(reply.run)).replies.append(reply)
    return [runs[pk] for pk in sorted(runs, reverse=True)]


def _page(request: HttpRequest, rows: "QuerySet[Any]", size: int) -> Page:  # type: ignore[type-arg]
    return Paginator(rows, size).get_page(request.GET.get("page"))


def _wants_fragment(request: HttpRequest) -> bool:
    """htmx asks for the rows alone; a page that it puts back from its history is a whole one."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
