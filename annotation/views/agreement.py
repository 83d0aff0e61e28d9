"""Pages of agreement: the report of a dataset, the items behind a number, and the files to take away."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from annotation.core.confusion import COLUMNS, ROWS
from annotation.models import Campaign
from annotation.reports import (
    MOST_READ_BY_COMMAND,
    AgreementReport,
    Question,
    ReportRefused,
    agreement_document,
    chosen_campaign,
    human_column,
    items_of_cell,
    judged_runs,
)
from annotation.reports import (
    agreement_report as report_of,
)
from judging.models import Dataset, Item, Run
from judging.permissions import lead_required

DATASETS_PER_PAGE = 50
ITEMS_PER_PAGE = 50
RUNS_ON_PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for: a dataset, and of it maybe one campaign and one run."""

    dataset: Dataset
    campaign: Campaign | None
    run: Run | None

    def runs(self) -> list[Run]:
        """The newest runs, and the one asked for wherever it stands."""
        newest = list(judged_runs(self.dataset)[:RUNS_ON_PAGE])
        return newest if self.run is None or self.run in newest else [self.run, *newest]


@lead_required
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """Datasets with what there is to compare in them."""
    return render(request, "annotation/agreement_list.html", _datasets(request))


@lead_required
def agreement_report(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The report of a dataset; campaign and run are in the address."""
    return render(request, "annotation/agreement_report.html", _report_page(_asked(request, dataset_pk)))


@lead_required
def agreement_items(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The items in one cell, row or column of a run's matrix."""
    asked = _asked(request, dataset_pk)
    judge, human = _one_of(request, "judge", ROWS), _one_of(request, "human", COLUMNS)
    if asked.run is None:
        raise Http404("A cell is of one run.")
    found = items_of_cell(asked.run, human_column(_campaign_or_404(asked)), judge=judge, human=human)
    page = Paginator(found, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    items = Item.objects.in_bulk([pk for pk, _, _ in page.object_list])
    rows = [{"item": items[pk], "judge": said, "human": people} for pk, said, people in page.object_list]
    context = {"asked": asked, "judge": judge, "human": human, "page": page, "rows": rows}
    return render(request, "annotation/agreement_items.html", context | {"ROWS": ROWS, "COLUMNS": COLUMNS})


@lead_required
def agreement_csv(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The matrix of a run as mdk writes it; without a run in the address, of the newest."""
    report = _report_or_404(_asked(request, dataset_pk))
    if not report.judges:
        raise Http404("There is no finished run of a judge yet.")
    headers = {"Content-Disposition": 'attachment; filename="confusion_matrix.csv"'}
    return HttpResponse(report.judges[0].matrix.as_csv(), content_type="text/csv; charset=utf-8", headers=headers)


@lead_required
def agreement_json(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The report as `report_agreement --json` prints it."""
    asked = _asked(request, dataset_pk)
    document = agreement_document(
        asked.dataset,
        campaign=_campaign_or_404(asked),
        runs=[asked.run] if asked.run else None,
        question=Question(at_most=MOST_READ_BY_COMMAND),
    )
    headers = {"Content-Disposition": 'attachment; filename="agreement.json"'}
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2}, headers=headers)


@lead_required
def agreement_admin_list(request: HttpRequest) -> HttpResponseBase:
    """`agreement_list` in the frame of the back office."""
    context = _datasets(request) | admin.site.each_context(request) | {"title": _("Agreement")}
    return render(request, "annotation/agreement_admin_list.html", context)


@lead_required
def agreement_admin_report(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """`agreement_report` in the frame of the back office."""
    page = _report_page(_asked(request, dataset_pk))
    context = page | admin.site.each_context(request) | {"title": _("Agreement on %s") % page["dataset"]}
    return render(request, "annotation/agreement_admin_report.html", context)


def _asked(request: HttpRequest, dataset_pk: int) -> Asked:
    dataset = get_object_or_404(Dataset.objects.ready(), pk=dataset_pk)
    campaign, run = _number(request, "campaign"), _number(request, "run")
    runs = Run.objects.filter(dataset=dataset, judge__isnull=False).select_related("judge__rubric")
    return Asked(
        dataset=dataset,
        campaign=get_object_or_404(Campaign, dataset=dataset, pk=campaign) if campaign else None,
        run=get_object_or_404(runs, pk=run) if run else None,
    )


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404(f"{name} is a number.")
    return int(given) if given else None


def _one_of(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    given = request.GET.get(name, "")
    if given and given not in allowed:
        raise Http404(f"{name} is one of {', '.join(allowed)}.")
    return given


def _campaign_or_404(asked: Asked) -> Campaign | None:
    try:
        return chosen_campaign(asked.dataset, asked.campaign)
    except ReportRefused as refusal:
        raise Http404(str(refusal)) from refusal


def _report_or_404(asked: Asked) -> AgreementReport:
    runs = [asked.run] if asked.run else None
    return report_of(asked.dataset, campaign=_campaign_or_404(asked), runs=runs)


def _report_page(asked: Asked) -> dict[str, Any]:
    """What the fragment of the report shows; without a campaign among several it asks for one."""
    runs = asked.runs()
    context = {
        "dataset": asked.dataset,
        "campaigns": Campaign.objects.filter(dataset=asked.dataset).order_by("name"),
        "runs": runs,
        "more_runs": judged_runs(asked.dataset).count() > len(runs),
        "asked": asked,
    }
    try:
        report = report_of(asked.dataset, campaign=asked.campaign, runs=runs)
    except ReportRefused as refusal:
        return context | {"refusal": str(refusal)}
    number = asked.run.pk if asked.run else None
    chosen = [judge for judge in report.judges if number in {None, judge.run}]
    return context | {"report": report, "judge": chosen[0] if chosen else None}


def _datasets(request: HttpRequest) -> dict[str, Any]:
    page = Paginator(Dataset.objects.ready(), DATASETS_PER_PAGE).get_page(request.GET.get("page"))
    on_page = [dataset.pk for dataset in page.object_list]
    campaigns = _counted(Campaign.objects.filter(dataset__in=on_page))
    runs = _counted(Run.objects.filter(dataset__in=on_page, judge__isnull=False, state=Run.State.FINISHED))
    rows = [
        {"dataset": dataset, "campaigns": campaigns.get(dataset.pk, 0), "runs": runs.get(dataset.pk, 0)}
        for dataset in page.object_list
    ]
    return {"page": page, "rows": rows}


def _counted(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("dataset").annotate(n=Count("pk")))
