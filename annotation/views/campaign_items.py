"""The list of a campaign's items, and what a lead does to many of them at once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.actions import bulk
from annotation.actions.bulk_undo import last_bulk_action
from annotation.forms.campaign_items import ACTIONS, BulkForm, ItemFilterForm, query_of
from annotation.models import Annotator, BulkAction, Campaign, CampaignItem
from annotation.reports.campaign_items import ItemFilter, Show, items_of, lines_of
from annotation.views.campaign_undo import last_done, say_done
from judging.models import Item
from judging.permissions import lead_required

PER_PAGE = 50
SHOW_WORDS = {
    Show.ALL: gettext_lazy("all"),
    Show.OPEN: gettext_lazy("labels missing"),
    Show.DONE: gettext_lazy("all labels there"),
    Show.UNTOUCHED: gettext_lazy("no label yet"),
    Show.DISAGREEMENT: gettext_lazy("people disagree"),
    Show.SKIPPED: gettext_lazy("skipped by somebody"),
    Show.DECIDED: gettext_lazy("decided by a lead"),
    Show.UNDECIDED: gettext_lazy("not decided by a lead"),
    Show.SENT: gettext_lazy("sent to adjudication"),
    Show.KNOWN: gettext_lazy("known"),
    Show.EXTRA: gettext_lazy("more labels because people disagree"),
    Show.UNSKIPPABLE: gettext_lazy("cannot be skipped"),
    Show.REMOVED: gettext_lazy("removed"),
}
Verb = Callable[..., bulk.Done]
VERBS: dict[str, Verb] = {
    "more_labels": bulk.more_labels,
    "fewer_labels": bulk.fewer_labels,
    "send_to_adjudication": bulk.send_to_adjudication,
    "hand_items_over": bulk.hand_items_over,
    "back_to_pending": bulk.back_to_pending,
    "mark_known": bulk.mark_known,
    "forget_known": bulk.forget_known,
    "forbid_skipping": bulk.forbid_skipping,
    "allow_skipping": bulk.allow_skipping,
    "remove_items": bulk.remove_items,
}


@lead_required
@require_GET
def campaign_items(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The items that a filter leaves, a page at a time."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset"), pk=pk)
    asked = ItemFilterForm(request.GET).asked()
    # Numbers first: a page far behind is counted up to without reading the texts before it.
    found = items_of(campaign, asked).values_list("pk", flat=True)
    # A search reads every text, so that counting apart would read them twice.
    page = Paginator(list(found) if asked.q else found, PER_PAGE).get_page(request.GET.get("page"))
    rows = CampaignItem.objects.filter(pk__in=list(page)).select_related("item").order_by("rank")
    context = {
        "campaign": campaign,
        "asked": asked,
        "query": urlencode(query_of(asked)),
        "page": page,
        "lines": lines_of(campaign, list(rows)),
        "show_words": SHOW_WORDS,
        "actions": ACTIONS,
        "people": people_of(campaign),
        "categories": Item.objects.filter(dataset=campaign.dataset_id).values_of("category"),
        **last_done(request, campaign),
    }
    return render(request, "annotation/campaign_items.html", context)


def people_of(campaign: Campaign) -> Any:
    """Who may take items over."""
    return Annotator.objects.filter(user__isnull=False, assignments__campaign=campaign).distinct().order_by("name")


@lead_required
@require_POST
def campaign_bulk(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say how many items it is about, then do it."""
    campaign = get_object_or_404(Campaign.objects.select_related("dataset"), pk=pk)
    asked, form = ItemFilterForm(request.GET).asked(), BulkForm(request.POST)
    back = f"{reverse('campaign_items', args=[pk])}?{urlencode(query_of(asked))}"
    if not form.is_valid():
        messages.error(request, form.sentence())
        return redirect(back)
    data = form.cleaned_data
    items = chosen(campaign, asked, data)
    if not data["confirmed"]:
        context = {"campaign": campaign, "data": data, "n": len(items), "back": back, "word": ACTIONS[data["action"]]}
        context |= {"query": urlencode(query_of(asked)), "taker": taker_name(data)}
        return render(request, "annotation/campaign_bulk.html", context)
    since = last_bulk_action(campaign)
    try:
        done = VERBS[data["action"]](campaign, items, *needed(data), by=request.user)
    except bulk.BulkRefused as problem:
        messages.error(request, str(problem))
    else:
        say(request, campaign, done, since=since)
    return redirect(back)


def chosen(campaign: Campaign, asked: ItemFilter, data: dict[str, Any]) -> list[int]:
    """The items an action is about."""
    if data["everything"]:
        return list(items_of(campaign, asked).values_list("pk", flat=True))
    return list(data["items"])


def taker_of(data: dict[str, Any]) -> Annotator:
    """Who takes items over."""
    return get_object_or_404(Annotator.objects.select_related("user"), pk=data["taker"])


def needed(data: dict[str, Any]) -> list[Any]:
    """What an action needs to know beside the items."""
    if data["action"] == "hand_items_over":
        return [taker_of(data)]
    return [data["value"]] if data["action"] == "mark_known" else []


def taker_name(data: dict[str, Any]) -> str:
    """The name of who takes over, where somebody does."""
    return taker_of(data).name if data["action"] == "hand_items_over" else ""


def say(request: HttpRequest, campaign: Campaign, done: bulk.Done, *, since: BulkAction | None) -> None:
    """What was done, and what could not be; where something was, the page offers to take it back."""
    if done.changed:
        text = ngettext("%(n)d item changed.", "%(n)d items changed.", done.changed) % {"n": done.changed}
        say_done(request, campaign, text, since=since)
    if done.left:
        messages.info(request, left_as_they_were(done))
    elif not done.changed:
        messages.info(request, _("No item changed: none is like this any more."))


def left_as_they_were(done: bulk.Done) -> str:
    """How many stayed, and why; where all did, this is all there is to say."""
    numbers = {"n": done.left}
    why = ngettext(
        "It cannot be changed this way: somebody has begun it, or it is so already.",
        "They cannot be changed this way: somebody has begun them, or they are so already.",
        done.left,
    )
    if done.changed:
        return ngettext("%(n)d stayed as it was.", "%(n)d stayed as they were.", done.left) % numbers + f" {why}"
    return ngettext("The item stays as it was.", "All %(n)d items stay as they were.", done.left) % numbers + f" {why}"
