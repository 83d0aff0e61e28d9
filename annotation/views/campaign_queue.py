"""Somebody's queue as a lead sees it: to look at, with a word of the lead's own on each label."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotation.actions.adjudication import AdjudicationRefused
from annotation.actions.label_reviews import (
    ReviewRefused,
    accept_label,
    fix_label,
    reject_label,
    reject_to_another,
    take_review_back,
)
from annotation.core.queue_filter import QueueFilter
from annotation.forms.adjudication import DecisionForm, ReviewForm
from annotation.models import Annotator, Assignment, Campaign, Label, LabelReview
from annotation.querysets import AssignmentQuerySet
from annotation.reports.cases import Case, Opinion, case_of, newest_reviews
from annotation.views.adjudication import asked_of, is_pressed
from annotation.views.review_queue import SHOWN_WORDS, STATE_WORDS
from judging.models import Item
from judging.permissions import lead_required

PLACES_PER_PAGE = 100
JUST_REVIEWED = "label-just-reviewed"


@lead_required
@require_GET
def campaign_queue(request: HttpRequest, pk: int, annotator_pk: int) -> HttpResponseBase:
    """Somebody's queue, to look at and not to touch."""
    campaign, annotator = owner_of(pk, annotator_pk)
    asked = QueueFilter.from_query(request.GET)
    page = Paginator(places(campaign, annotator, asked), PLACES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "annotator": annotator,
        "page": page,
        "rows": rows_of(campaign, annotator, list(page)),
        "asked": asked,
        "query": asked.as_query(),
        "shown_words": SHOWN_WORDS,
        "categories": Item.objects.filter(dataset=campaign.dataset_id).values_of("category"),
        "people": Annotator.objects.filter(assignments__campaign=campaign).distinct().order_by("name"),
    }
    return render(request, "annotation/campaign_queue.html", context)


def owner_of(pk: int, annotator_pk: int) -> tuple[Campaign, Annotator]:
    """The campaign and the person."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset", "rubric", "run__judge"), pk=pk)
    return campaign, get_object_or_404(Annotator, pk=annotator_pk)


def places(campaign: Campaign, annotator: Annotator, asked: QueueFilter) -> AssignmentQuerySet:
    """The places of a queue that a filter leaves."""
    queue: AssignmentQuerySet = Assignment.objects.queue(campaign.pk, annotator.pk).shown(asked)
    return queue.select_related("campaign_item__item")


def rows_of(campaign: Campaign, annotator: Annotator, page: list[Assignment]) -> list[dict[str, Any]]:
    """Lines of the table: the place, the labels that stand there, and what a lead made of them."""
    newest = LabelReview.objects.filter(label=OuterRef("pk")).order_by("-pk").values("outcome")[:1]
    items = [place.campaign_item.item_id for place in page]
    own = Label.objects.current().filter(campaign=campaign, annotator=annotator, item__in=items)
    by_item: dict[int, list[Any]] = {}
    for label in own.annotate(outcome=Subquery(newest)).order_by("pk"):
        by_item.setdefault(label.item_id, []).append(label)
    return [
        {
            "place": place,
            "item": place.campaign_item.item,
            "state": STATE_WORDS[place.state],
            "labels": by_item.get(place.campaign_item.item_id, []),
        }
        for place in page
    ]


@lead_required
@never_cache
@require_GET
def campaign_place(request: HttpRequest, pk: int, annotator_pk: int, queue_rank: int) -> HttpResponseBase:
    """One place of somebody's queue: what they say of the item, and what a lead makes of it."""
    campaign, annotator = owner_of(pk, annotator_pk)
    return render(request, "annotation/campaign_place.html", place_context(request, campaign, annotator, queue_rank))


def place_context(request: HttpRequest, campaign: Campaign, annotator: Annotator, queue_rank: int) -> dict[str, Any]:
    """What the page shows."""
    place = place_of(campaign, annotator, queue_rank)
    case, asked = case_of(campaign, place.campaign_item.item), QueueFilter.from_query(request.GET)
    opinion = opinion_of(case, annotator)
    ranks = places(campaign, annotator, asked).values_list("queue_rank", flat=True)
    return {
        "campaign": campaign,
        "annotator": annotator,
        "place": place,
        "state": STATE_WORDS[place.state],
        "item": place.campaign_item.item,
        "case": case,
        "opinion": opinion,
        "told": request.session.pop(JUST_REVIEWED, ""),
        "review": review_to_undo(place, opinion),
        "asked": asked_of(case, request),
        "pressed": is_pressed(case),
        "names": True,
        "query": asked.as_query(),
        "before": ranks.filter(queue_rank__lt=queue_rank).order_by("-queue_rank").first(),
        "after": ranks.filter(queue_rank__gt=queue_rank).order_by("queue_rank").first(),
    }


def place_of(campaign: Campaign, annotator: Annotator, queue_rank: int) -> Assignment:
    """A place of the queue."""
    rows = Assignment.objects.queue(campaign.pk, annotator.pk).select_related("campaign_item__item")
    found: Assignment = get_object_or_404(rows, queue_rank=queue_rank)
    return found


def opinion_of(case: Case, annotator: Annotator) -> Opinion | None:
    """What this person says."""
    return next((one for one in case.opinions if one.first.annotator_id == annotator.pk), None)


@lead_required
@require_POST
def campaign_review(request: HttpRequest, pk: int, annotator_pk: int, queue_rank: int) -> HttpResponseBase:
    """Accept, fix or reject the label that stands at a place."""
    campaign, annotator = owner_of(pk, annotator_pk)
    place = place_of(campaign, annotator, queue_rank)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.sentence())
    else:
        label = label_at(place, form.cleaned_data["label"])
        try:
            request.session[JUST_REVIEWED] = reviewed(request, label, form)
        except (ReviewRefused, AdjudicationRefused) as problem:
            messages.error(request, str(problem))
    return back_to(request, place)


@lead_required
@require_POST
def campaign_review_undo(request: HttpRequest, pk: int, annotator_pk: int, queue_rank: int) -> HttpResponseBase:
    """Take back what was said last of the label that stands at a place."""
    place = place_of(*owner_of(pk, annotator_pk), queue_rank)
    number = request.POST.get("label", "")
    label = label_at(place, int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0)
    try:
        take_review_back(label, by=get_object_or_404(User, pk=request.user.pk))
        messages.success(request, _("Taken back: the label is as it was before."))
    except (ReviewRefused, AdjudicationRefused) as problem:
        messages.error(request, str(problem))
    return back_to(request, place)


def label_at(place: Assignment, number: int) -> Label:
    """A label that was given at a place."""
    rows = Label.objects.select_related("campaign", "item", "annotator")
    whose = {"campaign": place.campaign_id, "annotator": place.annotator_id, "item": place.campaign_item.item_id}
    found: Label = get_object_or_404(rows, pk=number, **whose)
    return found


def back_to(request: HttpRequest, place: Assignment) -> HttpResponseBase:
    """The page of a place, with the filter that it was reached by."""
    here = reverse("campaign_place", args=[place.campaign_id, place.annotator_id, place.queue_rank])
    return redirect(f"{here}{QueueFilter.from_query(request.GET).as_query()}")


def review_to_undo(place: Assignment, opinion: Opinion | None) -> LabelReview | None:
    """What a lead said last of the label at a place, also where that ended the label; None where nothing was said."""
    if opinion is not None:
        return opinion.review
    whose = {"campaign": place.campaign_id, "annotator": place.annotator_id, "item": place.campaign_item.item_id}
    last = Label.objects.filter(**whose).order_by("-pk").first()
    if last is None or last.ended_by != Label.EndedBy.REJECTED or place.state != Assignment.State.SKIPPED:
        return None
    return newest_reviews([last.pk]).get(last.pk)


def reviewed(request: HttpRequest, label: Label, form: ReviewForm) -> str:
    """Do what the form asks, and say it."""
    by, comment = get_object_or_404(User, pk=request.user.pk), form.cleaned_data["comment"]
    outcome = form.cleaned_data["outcome"]
    if outcome == ReviewForm.ACCEPT:
        accept_label(label, by=by, comment=comment)
        return _("Accepted.")
    if outcome == ReviewForm.REJECT:
        reject_label(label, by=by, comment=comment)
        return _("Rejected: the item is back with who labelled it.")
    if outcome == ReviewForm.REJECT_TO_ANOTHER:
        reject_to_another(label, by=by, comment=comment)
        return _("Rejected: the item goes to somebody else.")
    decision = DecisionForm(request.POST, item=label.item, asked=case_of(label.campaign, label.item).asked)
    if not decision.is_valid():
        raise ReviewRefused(decision.sentence())
    fix_label(label, decision.decided(), by=by)
    return _("Fixed and accepted: your word is the item's gold label.")
