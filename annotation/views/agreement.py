"""Pages of agreement: the list of datasets, the report of one, and the parts of it that are fetched one by one."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from annotation.actions.samples import strata_for
from annotation.core.agreement import Level
from annotation.core.rules import CampaignRules
from annotation.models import Campaign
from annotation.pages.context import EVERYTHING, PANELS, of_part
from annotation.reports import judged_runs
from annotation.reports.words import MOST_READ
from annotation.views.agreement_asked import Asked, asked_of
from judging.models import Dataset, Run
from judging.permissions import lead_required

DATASETS_PER_PAGE = 50


@lead_required
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """Datasets with what there is to compare in them."""
    return render(request, "annotation/agreement_list.html", _datasets(request))


@lead_required
def agreement_report(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The report of a dataset; everything that is chosen on it is in the address."""
    return render(request, "annotation/agreement_report.html", report_page(asked_of(request, dataset_pk)))


@lead_required
def agreement_panel(request: HttpRequest, dataset_pk: int, panel: str) -> HttpResponseBase:
    """A part of the report that needs more than kept counts."""
    if panel not in PANELS:
        raise Http404("There is no such part.")
    asked = asked_of(request, dataset_pk)
    if asked.has_to_choose:
        raise Http404("Whose labels count?")
    context = _figures(asked if panel == "people" else asked.of_one_run(), frozenset({panel}))
    # Beside many labels the first screen leaves out what only this panel knows.
    late = int(context["part"]["counts"]["labels"]) > MOST_READ
    own = {"panel": panel, "panel_template": f"annotation/_agreement_{panel}.html", "late": late}
    return render(request, "annotation/agreement_panel.html", context | own)


@lead_required
def agreement_admin_list(request: HttpRequest) -> HttpResponseBase:
    """`agreement_list` in the frame of the back office."""
    context = _datasets(request) | admin.site.each_context(request) | {"title": _("Agreement")}
    return render(request, "annotation/agreement_admin_list.html", context)


@lead_required
def agreement_admin_report(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """`agreement_report` in the frame of the back office, which loads no script: everything at once."""
    page = report_page(asked_of(request, dataset_pk), panels=EVERYTHING)
    context = page | admin.site.each_context(request) | {"title": _("Agreement on %s") % page["dataset"]}
    return render(request, "annotation/agreement_admin_report.html", context)


def report_page(asked: Asked, *, panels: frozenset[str] | None = None) -> dict[str, Any]:
    """What the report shows; without a campaign among several it asks for one."""
    offered = asked.offered_runs()
    context = {
        "dataset": asked.dataset,
        "campaigns": asked.campaigns,
        "runs": offered,
        "more_runs": judged_runs(asked.dataset).count() > len(offered),
        "asked": asked,
        "levels": list(Level),
    }
    if asked.has_to_choose:
        return context | {"refusal": True}
    loaded = panels if panels is not None else EVERYTHING if asked.whole else frozenset()
    return context | _figures(asked, loaded)


def _figures(asked: Asked, panels: frozenset[str]) -> dict[str, Any]:
    part, criteria = asked.part(panels)
    number = asked.run.pk if asked.run else None
    chosen = [judge for judge in part["judges"] if number in {None, judge["run"]}]
    return of_part(part) | {
        "dataset": asked.dataset,
        "asked": asked,
        "criteria": criteria,
        "judge": chosen[0] if chosen else None,
        "loaded": panels,
        "links": True,
        "view": asked.view,
        "colour": asked.colour,
        "adjudication": asked.campaign.pk if asked.campaign else None,
        "queue_url": reverse("agreement_queue", args=[asked.dataset.pk]) if _can_queue(asked.campaign) else "",
        "strata": _strata(asked.campaign),
    }


def _strata(campaign: Campaign | None) -> str:
    """What items of a stratified draw are divided by."""
    return strata_for(campaign, CampaignRules.from_json(campaign.rules)) if campaign else ""


def _can_queue(campaign: Campaign | None) -> bool:
    return campaign is not None and campaign.kind == Campaign.Kind.REVIEW and campaign.state == Campaign.State.OPEN


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
