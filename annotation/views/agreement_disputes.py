"""Items on which judge and people differ, all of them; and more items to label where figures are too wide."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotation.actions.people import CampaignRefused
from annotation.actions.samples import queue_more
from annotation.models import Campaign, CampaignItem
from annotation.pages.context import KINDS
from annotation.reports.counts import CountsNotKept
from annotation.reports.items import JudgedItems, judged_items
from annotation.reports.panels import disagreements_of
from annotation.views.agreement_asked import Asked, asked_of, one_of
from judging.permissions import lead_required

ITEMS_PER_PAGE = 50
MOST_QUEUED = 100_000
COLUMNS = ("position", "key", "kind", "judge", "people", "labels", "reason")


@lead_required
def agreement_disagreements(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The items on which a run and people differ, most doubtful first; `kind` in the address chooses one way."""
    asked = asked_of(request, dataset_pk)
    kind = one_of(request, "kind", KINDS)
    found = _found(asked)
    counts = disagreements_of(found, many=0)
    total = sum(counts[name] for name in KINDS if kind in {"", name})
    page = Paginator(range(total), ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    start = (page.number - 1) * ITEMS_PER_PAGE
    context = {
        "asked": asked,
        "dataset": asked.dataset,
        "adjudication": asked.campaign.pk if asked.campaign else None,
        "links": True,
        "kind": kind,
        "counts": counts,
        "page": page,
        "rows": disagreements_of(found, kind=kind, start=start, many=ITEMS_PER_PAGE)["items"],
    }
    return render(request, "annotation/agreement_disagreements.html", context)


@lead_required
def agreement_disagreements_csv(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The same as a file, of one kind or of all."""
    kind = one_of(request, "kind", KINDS)
    found = _found(asked_of(request, dataset_pk))
    headers = {"Content-Disposition": 'attachment; filename="disagreements.csv"'}
    return StreamingHttpResponse(_lines(found, kind), content_type="text/csv; charset=utf-8", headers=headers)


@lead_required
@require_POST
def agreement_queue(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Draw more items into the campaign, each with the chance it had."""
    asked = asked_of(request, dataset_pk)
    given, how = request.POST.get("n", ""), request.POST.get("how", "")
    if asked.campaign is None:
        raise Http404("Items are queued in one campaign.")
    if not (given.isascii() and given.isdigit() and 0 < int(given[:9]) <= MOST_QUEUED):
        messages.error(request, _("Say how many items, from 1 to %(most)s.") % {"most": f"{MOST_QUEUED:,}"})
    else:
        _queue(request, asked.campaign, int(given), how)
    query = request.GET.urlencode()
    address = reverse("agreement_report", args=[dataset_pk])
    return redirect(f"{address}{'?' if query else ''}{query}#budget")


def _queue(request: HttpRequest, campaign: Campaign, n: int, how: str) -> None:
    try:
        queued = queue_more(campaign, n=n, how=how, seed=CampaignItem.objects.filter(campaign=campaign).count())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return
    said = ngettext("%(n)s item was queued.", "%(n)s items were queued.", queued) % {"n": f"{queued:,}"}
    messages.success(request, said)


def _found(asked: Asked) -> JudgedItems:
    """The run in the address beside people, item by item; without one the newest."""
    run = asked.run or next(iter(asked.runs()), None)
    if run is None or asked.has_to_choose:
        raise Http404("Disagreements are of one run and of one campaign.")
    report = asked.report()
    if report.criterion is None:
        raise Http404("There are several criteria: the address names one.")
    try:
        with asked.about():
            return judged_items(run, asked.campaign, report.criterion, report.scale)
    except CountsNotKept as refusal:
        raise Http404(str(refusal)) from refusal


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(found: JudgedItems, kind: str) -> Iterator[Any]:
    writer, start = csv.writer(_Echo(), lineterminator="\n"), 0
    yield writer.writerow(COLUMNS)
    while rows := disagreements_of(found, kind=kind, start=start, many=ITEMS_PER_PAGE * 10)["items"]:
        for row in rows:
            labels = " ".join(f"{value}:{n}" for value, n in row["labels"].items())
            yield writer.writerow([{**row, "labels": labels}[name] for name in COLUMNS])
        start += len(rows)
