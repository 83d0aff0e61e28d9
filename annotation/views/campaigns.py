"""Campaigns as leads see them: who reviews what, how far they are, and a look at anyone's queue."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from annotation.actions.campaigns import CampaignRefused, assign_items
from annotation.forms.campaigns import CampaignForm
from annotation.models import Annotator, Assignment, Campaign, Label
from annotation.views.review_queue import VERDICT_WORDS
from judging.permissions import lead_required

PER_PAGE = 25
PLACES_PER_PAGE = 100


@lead_required
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponseBase:
    """All campaigns, newest first, each with how far its people are."""
    page = Paginator(Campaign.objects.select_related("dataset"), PER_PAGE).get_page(request.GET.get("page"))
    rows: dict[int, dict[str, Any]] = {c.pk: {"campaign": c, "people": 0, "total": 0, "done": 0} for c in page}
    for one in Assignment.objects.filter(campaign__in=list(rows)).progress():
        row = rows[one["campaign_id"]]
        row["people"] += 1
        row["total"] += one["total"]
        row["done"] += one["done"]
    return render(request, "annotation/campaign_list.html", {"page": page, "rows": rows.values()})


@lead_required
@require_http_methods(["GET", "POST"])
def campaign_create(request: HttpRequest) -> HttpResponseBase:
    """A new campaign."""
    form = CampaignForm(request.POST or None, initial={"dataset": request.GET.get("dataset")})
    if form.is_valid():
        try:
            campaign = made_from(form)
        except CampaignRefused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Campaign %(name)s is ready for its annotators.") % {"name": campaign.name})
            return redirect("campaign_detail", campaign.pk)
    return render(request, "annotation/campaign_create.html", {"form": form})


def made_from(form: CampaignForm) -> Campaign:
    """The campaign that a form asks for."""
    data = form.cleaned_data
    return assign_items(
        data["dataset"],
        name=data["name"],
        run=data["run"],
        annotators=[user.username for user in data["annotators"]],
        labels_per_item=data["labels_per_item"],
        order=data["order"],
        seed=data["seed"],
        terms=form.terms(),
    )


@lead_required
@require_GET
def campaign_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One campaign: its rules, and its people with what they have done."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset", "run__judge"), pk=pk)
    people = people_of(campaign)
    context = {
        "campaign": campaign,
        "people": people,
        "total": sum(person["total"] for person in people),
        "done": sum(person["done"] for person in people),
        "labels": Label.objects.current().filter(campaign=campaign).count(),
        "items": campaign.campaign_items.count(),
        "guideline": campaign.guidelines.order_by("-version").first(),
    }
    return render(request, "annotation/campaign_detail.html", context)


def people_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Everybody with a queue in the campaign, with their progress and their verdicts."""
    rows = list(Assignment.objects.filter(campaign=campaign).progress())
    for row in rows:
        row["counts"] = Label.objects.own(campaign.pk, row["annotator_id"]).verdict_counts()
        row["percent"] = 100 * row["done"] // row["total"]
    return rows


@lead_required
@require_GET
def campaign_queue(request: HttpRequest, pk: int, annotator_pk: int) -> HttpResponseBase:
    """Somebody's queue, to look at and not to touch."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset"), pk=pk)
    annotator = get_object_or_404(Annotator, pk=annotator_pk)
    page = Paginator(places(campaign, annotator), PLACES_PER_PAGE).get_page(request.GET.get("page"))
    own = Label.objects.own(campaign.pk, annotator.pk).in_bulk([place.label_pk for place in page if place.label_pk])
    rows = [row_of(place, own.get(place.label_pk)) for place in page]
    context = {"campaign": campaign, "annotator": annotator, "page": page, "rows": rows}
    return render(request, "annotation/campaign_queue.html", context)


def places(campaign: Campaign, annotator: Annotator) -> QuerySet[Any]:
    """The places of a queue, each with the label that stands there."""
    own = Label.objects.own(campaign.pk, annotator.pk).filter(item=OuterRef("campaign_item__item"))
    queue = Assignment.objects.queue(campaign.pk, annotator.pk).select_related("campaign_item__item")
    annotated: QuerySet[Any] = queue.annotate(label_pk=Subquery(own.values("pk")[:1]))
    return annotated


def row_of(place: Any, label: Label | None) -> dict[str, Any]:
    """A line of the queue's table."""
    return {"place": place, "label": label, "word": VERDICT_WORDS[label.verdict] if label else ""}
