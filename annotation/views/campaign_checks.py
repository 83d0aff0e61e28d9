"""What a lead checks of people's work: known items, and labels that were given by older rules."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from annotation.actions.refusals import LabelRefused
from annotation.actions.rereview import rereview
from annotation.models import Annotator, Campaign
from annotation.querysets import LabelQuerySet
from annotation.reports.known_items import known_figures
from annotation.reports.stale import GUIDELINE, JUDGE, REASONS, RUBRIC, stale_counts, stale_labels
from judging.permissions import lead_required

PER_PAGE = 100
REASON_WORDS = {
    GUIDELINE: gettext_lazy("older guideline"),
    RUBRIC: gettext_lazy("older rubric"),
    JUDGE: gettext_lazy("older judge"),
}


@lead_required
@require_GET
def campaign_known(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How everybody does on the known items."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset"), pk=pk)
    context = {
        "campaign": campaign,
        "people": known_figures(campaign),
        "known": campaign.campaign_items.exclude(known_value="").count(),
    }
    return render(request, "annotation/campaign_known.html", context)


@lead_required
@require_http_methods(["GET", "POST"])
def campaign_rereview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Labels that were given by an older guideline, rubric or judge; those chosen go back to their annotators."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset", "rubric", "run__judge"), pk=pk)
    labels, asked = asked_labels(campaign, request)
    if request.method == "POST":
        return put_back(request, campaign, labels, asked)
    rows = labels.select_related("annotator", "item", "guideline", "rubric", "run__judge")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "page": page,
        "counts": stale_counts(campaign),
        "reason_words": REASON_WORDS,
        "asked": asked,
        "query": urlencode(asked),
        "people": Annotator.objects.filter(pk__in=stale_labels(campaign, REASONS).order_by().values("annotator")),
        "newest": campaign.guidelines.order_by("-version").first(),
    }
    return render(request, "annotation/campaign_rereview.html", context)


def asked_labels(campaign: Campaign, request: HttpRequest) -> tuple[LabelQuerySet, dict[str, str]]:
    """The labels that the address asks for, and what it asks."""
    reason, person = request.GET.get("reason", ""), request.GET.get("person", "")
    labels = stale_labels(campaign, [reason] if reason in REASONS else REASONS)
    asked = {"reason": reason} if reason in REASONS else {}
    if person.isascii() and person.isdecimal():
        return labels.filter(annotator=int(person)), asked | {"person": person}
    return labels, asked


def put_back(
    request: HttpRequest, campaign: Campaign, labels: LabelQuerySet, asked: dict[str, Any]
) -> HttpResponseBase:
    """The chosen ones, or all of the filter."""
    chosen = labels
    if "everything" not in request.POST:
        chosen = labels.filter(pk__in=[text for text in request.POST.getlist("labels") if text.isdecimal()])
    try:
        n = rereview(campaign, list(chosen.values_list("pk", flat=True)))
    except LabelRefused as problem:
        messages.error(request, str(problem))
    else:
        text = ngettext(
            "%(n)d item is back with who labelled it, with the old word as the draft.",
            "%(n)d items are back with who labelled them, with the old words as drafts.",
            n,
        )
        messages.success(request, text % {"n": n})
    return redirect(f"{reverse('campaign_rereview', args=[campaign.pk])}?{urlencode(asked)}")
