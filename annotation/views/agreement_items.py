"""Items behind the numbers: those of a cell, those two raters both labelled, those on which judge and people differ."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from annotation.core.confusion import COLUMNS, ROWS
from annotation.models import Label
from annotation.pages.items import NoRater, labelled_by_both, of_values, rater_of
from annotation.reports import human_column, items_of_cell
from annotation.views.agreement_asked import Asked, about_asked, asked_of, one_of
from judging.models import Item
from judging.permissions import lead_required

ITEMS_PER_PAGE = 50
LONGEST = 300


@lead_required
@about_asked
def agreement_items(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The items in one cell, row or column of a run's matrix, or of its table of values."""
    asked = asked_of(request, dataset_pk)
    if asked.run is None or asked.has_to_choose:
        raise Http404("A cell is of one run and of one campaign.")
    words = _words(request, asked)
    judge, human = one_of(request, "judge", words.rows), one_of(request, "human", words.columns)
    found = words.items(judge, human)
    page = Paginator(found, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"item": item, "judge": said, "human": people} for item, (_, said, people) in _with_items(page)]
    context = {"asked": asked, "judge": judge, "human": human, "page": page, "rows": rows}
    return render(request, "annotation/agreement_items.html", context | {"ROWS": words.rows, "COLUMNS": words.columns})


@lead_required
@about_asked
def agreement_pair(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Items that two people, or a person and a judge, both have a word on; `first` and `second` are in the address."""
    asked = asked_of(request, dataset_pk)
    if asked.campaign is None:
        raise Http404("Two raters of one campaign.")
    try:
        raters = [rater_of(asked.campaign, request.GET.get(name, "")) for name in ("first", "second")]
    except NoRater as nobody:
        raise Http404(f"There is no rater {nobody}.") from nobody
    names = [rater.name for rater in raters]
    same = one_of(request, "same", ("yes", "no"))
    found = labelled_by_both(asked.campaign, asked.criterion or _only_criterion(asked), raters)
    kept = [row for row in found if not same or (row[1] == row[2]) == (same == "yes")]
    page = Paginator(kept, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"item": item, "first": first, "second": second} for item, (_, first, second) in _with_items(page)]
    context = {"asked": asked, "dataset": asked.dataset, "names": names, "same": same, "page": page, "rows": rows}
    return render(request, "annotation/agreement_pair.html", context)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a cell may be of, and how its items are found."""

    asked: Asked
    criterion: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    verdicts: bool

    def items(self, judge: str, human: str) -> list[tuple[int, str, str]]:
        run, campaign = self.asked.run, self.asked.campaign
        if run is None:
            return []
        if self.verdicts:
            column = human_column(campaign, criterion=self.criterion)
            found = items_of_cell(run, column, judge=judge, human=human, criterion=self.criterion)
            return [(item, said, str(people)) for item, said, people in found]
        return of_values(run, campaign, self.criterion, (judge, human))


def _words(request: HttpRequest, asked: Asked) -> _Words:
    """Verdicts, unless the address names other values."""
    criterion = asked.criterion or _only_criterion(asked)
    given = {name: request.GET.get(name, "")[:LONGEST] for name in ("judge", "human")}
    if set(given.values()) <= {"", *ROWS, *COLUMNS}:
        return _Words(asked, criterion, ROWS, COLUMNS, verdicts=True)
    values = _values(asked, criterion)
    return _Words(asked, criterion, values, values, verdicts=False)


def _values(asked: Asked, criterion: str) -> tuple[str, ...]:
    labels = Label.objects.current().filter(campaign=asked.campaign, criterion=criterion)
    return tuple(sorted(set(labels.order_by().values_list("value", flat=True).distinct())))


def _only_criterion(asked: Asked) -> str:
    """The criterion that is meant where none is named."""
    labels = Label.objects.current().filter(campaign=asked.campaign)
    found = list(labels.order_by("criterion").values_list("criterion", flat=True).distinct()[:2])
    if len(found) > 1:
        raise Http404("There are several criteria: the address names one.")
    return str(found[0]) if found else ""


def _with_items(page: "Page[Any]") -> list[tuple[Item, Any]]:
    items = Item.objects.in_bulk([row[0] for row in page.object_list])
    return [(items[row[0]], row) for row in page.object_list]
