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
SEARCHED_AT_ONCE = 10_000
"""Items that are looked through for a text at once: a tenth of a second's work."""
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
    items = dataset.items.filter(**{name: value for name, value in chosen.items() if value})
    context: dict[str, Any] = {"dataset": dataset, "q": searched, "chosen": chosen}
    if searched:
        context["found"] = Found.of(items, searched, _after(request, dataset), dataset.n_items)
    else:
        context["page"] = _items(request, dataset, items, everything=not any(chosen.values()))
    if _wants_fragment(request):
        goes_on = searched and "after" in request.GET
        return render(request, f"judging/{'_dataset_found' if goes_on else '_dataset_items'}.html", context)
    return render(request, "judging/dataset_detail.html", context | _facts(dataset))


@dataclass(frozen=True, slots=True)
class Found:
    """What a text was found in, among so many items behind a position that looking through them takes no time.

    `last`: the item at which the search stopped. `goes_on`: whether there are items behind it.
    """

    items: list[Item]
    last: int
    goes_on: bool
    is_begin: bool

    @classmethod
    def of(cls, items: Any, text: str, after: int, n_items: int) -> "Found":
        """Search on behind this position."""
        behind = items.filter(position__gt=after).order_by("position")
        ends = behind.values_list("position", flat=True)[SEARCHED_AT_ONCE - 1 : SEARCHED_AT_ONCE]
        last = next(iter(ends), n_items)
        hits = list(behind.filter(position__lte=last).saying(text)[:ITEMS_PER_PAGE])
        if len(hits) == ITEMS_PER_PAGE:
            last = hits[-1].position
        return cls(hits, last, last < n_items, not after)


def _after(request: HttpRequest, dataset: Any) -> int:
    """The position behind which a search goes on."""
    asked = request.GET.get("after", "")
    return min(int(asked[:12]), int(dataset.n_items)) if asked.isdecimal() else 0


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
