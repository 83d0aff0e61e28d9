"""The adjudication page: a lead decides what an item's labels come to, the worst disagreement first."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotation.actions.adjudication import AdjudicationRefused, adjudicate, undo_adjudication
from annotation.core.asked import is_one_verdict
from annotation.forms.adjudication import DecisionForm, FilterForm, field_names
from annotation.models import Campaign, ItemCount
from annotation.reports.adjudication import Filter, first_open, has_open, neighbours, next_open, queue_of
from annotation.reports.cases import Case, case_of
from annotation.reports.spoken import answer_word
from annotation.views.review_form import AskedCriterion, asked_criterion
from judging.actions.revisions import REVISABLE
from judging.models import Item
from judging.permissions import lead_required

CONFLICT = 409
UNPROCESSABLE = 422
FILTER_WORDS = {
    Filter.DISAGREEMENT: gettext_lazy("people disagree"),
    Filter.TIE: gettext_lazy("no majority"),
    Filter.LOW: gettext_lazy("low agreement"),
    Filter.JUDGE: gettext_lazy("judge against people"),
    Filter.SKIPPED: gettext_lazy("skipped by somebody"),
    Filter.BAD_QUESTION: gettext_lazy("flagged: bad question"),
    Filter.BAD_REFERENCE: gettext_lazy("flagged: bad reference"),
    Filter.SENT: gettext_lazy("sent here by a lead"),
    Filter.ALL: gettext_lazy("all items"),
}


@lead_required
@never_cache
@require_GET
def adjudication_next(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """The worst item that nobody decided yet, or why there is none."""
    campaign = campaign_of(campaign_pk)
    chosen = FilterForm(request.GET).chosen()
    item = first_open(campaign, chosen)
    if item is not None:
        return redirect(item_url(campaign, item, request))
    return render(request, "annotation/adjudication_next.html", empty_context(request, campaign, chosen))


def empty_context(request: HttpRequest, campaign: Campaign, chosen: Filter) -> dict[str, Any]:
    """Nothing is left: what was decided, and what the other filters still have."""
    return {
        "campaign": campaign,
        "queue": queue_of(campaign, chosen),
        "filter_words": FILTER_WORDS,
        "others": {other: FILTER_WORDS[other] for other in Filter if other != chosen and has_open(campaign, other)},
        "labelled": ItemCount.objects.filter(campaign=campaign, newest=True).exists(),
        "toast": toast(request, campaign),
    }


@lead_required
@never_cache
@require_GET
def adjudication_item(request: HttpRequest, campaign_pk: int, position: int) -> HttpResponseBase:
    """One item with everything that was said of it."""
    campaign = campaign_of(campaign_pk)
    return render(request, "annotation/adjudication_item.html", context_of(request, campaign, position))


def context_of(request: HttpRequest, campaign: Campaign, position: int) -> dict[str, Any]:
    """What the page shows."""
    item = get_object_or_404(Item, dataset=campaign.dataset_id, position=position)
    case, chosen = case_of(campaign, item), FilterForm(request.GET).chosen()
    before, after = neighbours(campaign, chosen, item)
    return {
        "campaign": campaign,
        "case": case,
        "item": item,
        "asked": asked_of(case, request),
        "pressed": is_pressed(case),
        "chosen": chosen,
        "filter_words": FILTER_WORDS,
        "queue": queue_of(campaign, chosen),
        "names": bool(case.gold) or request.GET.get("names") == "1",
        "query": query_of(request),
        "before": before,
        "after": after,
        "toast": toast(request, campaign),
    }


def asked_of(case: Case, request: HttpRequest) -> list[AskedCriterion]:
    """The criteria with their buttons, and what stands decided."""
    standing = {gold.criterion: gold.value for gold in case.gold}
    names = field_names(case.asked)
    values = {
        name: request.POST.get(name, standing.get(criterion.name, ""))
        for name, criterion in zip(names, case.asked, strict=True)
    }
    return [asked_criterion(name, criterion, values) for name, criterion in zip(names, case.asked, strict=True)]


def is_pressed(case: Case) -> bool:
    """Whether one press decides: one criterion, with buttons."""
    return is_one_verdict(case.asked) or (len(case.asked) == 1 and not case.asked[0].scale.is_numeric)


@lead_required
@require_POST
def adjudication_decide(request: HttpRequest, campaign_pk: int, position: int) -> HttpResponseBase:
    """Store a decision, then go on to the next item."""
    campaign = campaign_of(campaign_pk)
    item = get_object_or_404(Item, dataset=campaign.dataset_id, position=position)
    form = DecisionForm(request.POST, item=item, asked=case_of(campaign, item).asked)
    if not form.is_valid():
        return refused(request, campaign, position, form.sentence(), UNPROCESSABLE)
    try:
        adjudicate(campaign, item, form.decided(), by=lead(request))
    except AdjudicationRefused as problem:
        return refused(request, campaign, position, str(problem), CONFLICT)
    following = next_open(campaign, FilterForm(request.GET).chosen(), item)
    if following is None:
        return redirect(f"{reverse('adjudication_next', args=[campaign.pk])}?{query_of(request, done=position)}")
    return redirect(item_url(campaign, following, request, done=position))


def refused(request: HttpRequest, campaign: Campaign, position: int, sentence: str, status: int) -> HttpResponse:
    """Nothing was stored: say why, and keep what was typed."""
    messages.error(request, sentence)
    sent = {name: request.POST.get(name, "") for name in ("comment", *REVISABLE)}
    context = context_of(request, campaign, position) | {"sent": sent}
    return render(request, "annotation/adjudication_item.html", context, status=status)


@lead_required
@require_POST
def adjudication_undo(request: HttpRequest, campaign_pk: int, position: int) -> HttpResponseBase:
    """Take a decision back, and show its item again."""
    campaign = campaign_of(campaign_pk)
    item = get_object_or_404(Item, dataset=campaign.dataset_id, position=position)
    try:
        undone = undo_adjudication(campaign, item, by=lead(request))
    except AdjudicationRefused as problem:
        messages.error(request, str(problem))
    else:
        if undone:
            messages.success(request, _("The decision on item %(position)d is taken back.") % {"position": position})
    return redirect(item_url(campaign, item, request))


def campaign_of(campaign_pk: int) -> Campaign:
    """The campaign with what the page names of it."""
    found: Campaign = get_object_or_404(
        Campaign.objects.select_related("dataset", "rubric", "run__judge"), pk=campaign_pk
    )
    return found


def lead(request: HttpRequest) -> User:
    """Who decides; the page is for people who are logged in."""
    return get_object_or_404(User, pk=request.user.pk)


def query_of(request: HttpRequest, **more: int) -> str:
    """The part of the address that goes on from item to item."""
    chosen = FilterForm(request.GET).chosen()
    kept: dict[str, Any] = {"filter": chosen.value}
    if request.GET.get("names") == "1":
        kept["names"] = "1"
    return urlencode(kept | more)


def item_url(campaign: Campaign, item: Item, request: HttpRequest, **more: int) -> str:
    """The page of an item, with the filter."""
    return f"{reverse('adjudication_item', args=[campaign.pk, item.position])}?{query_of(request, **more)}"


def toast(request: HttpRequest, campaign: Campaign) -> dict[str, Any] | None:
    """What was just decided and can be taken back."""
    done = request.GET.get("done", "")
    if not done.isdecimal():
        return None
    gold = campaign.gold_labels.filter(item__position=int(done), ended_at__isnull=True).order_by("pk")
    words = _(", ").join(f"{one.criterion} {answer_word(one.value)}".strip() for one in gold)
    return {"position": int(done), "words": words} if words else None
