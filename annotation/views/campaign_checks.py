"""What a lead checks of people's work: known items, and labels that were given by older rules."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from annotation.actions.bulk_undo import last_bulk_action
from annotation.actions.refusals import LabelRefused
from annotation.actions.rereview import rereview
from annotation.forms.campaign_items import RereviewForm
from annotation.models import Annotator, Campaign, Label
from annotation.reports.known_items import known_figures
from annotation.reports.stale import GUIDELINE, JUDGE, RUBRIC, Stale, stale_of
from annotation.views.campaign_undo import last_done, say_done, user_of
from judging.permissions import lead_required

PER_PAGE = 100
MOST_LISTED = 1_000
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
    stale, form = stale_of(campaign), RereviewForm(request.GET)
    if request.method == "POST":
        return put_back(request, stale, form)
    reasons, person = form.asked()
    # Numbers first: a page far behind is counted up to without reading the labels before it.
    page = Paginator(form.of(stale).values_list("pk", flat=True)[:MOST_LISTED], PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = Label.objects.filter(pk__in=list(page)).order_by("annotator_id", "at", "pk")
    context = {
        "campaign": campaign,
        "page": page,
        "rows": rows.select_related("annotator", "item", "guideline", "rubric", "run__judge"),
        "n": stale.count(reasons, person),
        "most": MOST_LISTED,
        "counts": stale.counts(),
        "reason_words": REASON_WORDS,
        "asked": form.cleaned_data,
        "query": urlencode(form.query()),
        "people": Annotator.objects.filter(pk__in=stale.people()).order_by("name"),
        "newest": campaign.newest_guideline,
        **last_done(request, campaign),
    }
    return render(request, "annotation/campaign_rereview.html", context)


def put_back(request: HttpRequest, stale: Stale, form: RereviewForm) -> HttpResponseBase:
    """The chosen ones, or all of the filter."""
    chosen = form.of(stale)
    if "everything" not in request.POST:
        chosen = chosen.filter(pk__in=[text for text in request.POST.getlist("labels") if text.isdecimal()])
    since = last_bulk_action(stale.campaign)
    try:
        n = rereview(stale.campaign, list(chosen.order_by().values_list("pk", flat=True)), by=user_of(request))
    except LabelRefused as problem:
        messages.error(request, str(problem))
    else:
        text = ngettext(
            "%(n)d item is back with who labelled it, with the old word as the draft.",
            "%(n)d items are back with who labelled them, with the old words as drafts.",
            n,
        )
        say_done(request, stale.campaign, text % {"n": n}, since=since)
    return redirect(f"{reverse('campaign_rereview', args=[stale.campaign.pk])}?{urlencode(form.query())}")
