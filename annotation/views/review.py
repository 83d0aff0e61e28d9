"""The review pages of an annotator: campaigns, the next item, one item, items ahead, and the end."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotation.actions.labels import open_assignment
from annotation.actions.people import join
from annotation.actions.queue import hold, next_place
from annotation.core.queue_filter import QueueFilter
from annotation.forms.review import JumpForm
from annotation.models import Assignment, Campaign, Label
from annotation.permissions import account, assignment_of, own_assignment, queue_owner, review_campaign
from annotation.reports.queues import nothing_left
from annotation.reports.spoken import answer_word
from annotation.views.review_page import own_labels_of, page_context
from annotation.views.review_pressed import Pressed
from annotation.views.review_queue import (
    around,
    chosen,
    filter_context,
    filter_of,
    first_criteria,
    progress_context,
    queue_of,
    url_of,
)
from annotation.views.review_short import as_written, item_html, last_rank, showing_of
from judging.permissions import member_required

UNPROCESSABLE = 422
AHEAD = 20
AHEAD_CHARACTERS = 200_000
RECENT = 20
LONGEST_NUMBER = 10


@member_required
@require_GET
def review_list(request: HttpRequest) -> HttpResponseBase:
    """My campaigns, each with how far I am."""
    campaigns = Campaign.objects.of_user(request.user.pk or 0).select_related("dataset")
    progress = Assignment.objects.filter(annotator__user=request.user.pk).progress()
    by_campaign = {row["campaign_id"]: row for row in progress}
    queues = [{"campaign": campaign, **figures(by_campaign.get(campaign.pk))} for campaign in campaigns]
    queues.sort(key=wants_no_work)
    return render(request, "annotation/review_list.html", {"queues": queues})


def wants_no_work(queue: dict[str, Any]) -> bool:
    """Whether there is nothing to do in a campaign; a pulled one may always have new items."""
    campaign = queue["campaign"]
    queue["wants_work"] = campaign.state == Campaign.State.OPEN and (bool(queue["open"]) or campaign.is_pulled)
    return not queue["wants_work"]


def figures(row: dict[str, Any] | None) -> dict[str, int]:
    """Total, done, skipped, drafts, open and percent of a queue."""
    found = row or {"total": 0, "done": 0, "skipped": 0, "drafts": 0}
    total, settled = found["total"], found["done"] + found["skipped"]
    return {
        **{name: found[name] for name in ("total", "done", "skipped", "drafts")},
        "open": total - settled,
        "percent": 100 * settled // total if total else 0,
    }


@member_required
@require_GET
def review_next(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """Resume at the first open item of what is looked at, or say that nothing is left."""
    campaign, asked = review_campaign(request.user, campaign_pk), filter_of(request)
    annotator = join(campaign, account(request.user))
    if asked.shows_all:
        place = next_place(campaign, annotator, after=after_of(request))
        return redirect(url_of(campaign.pk, place.queue_rank if place else None, asked))
    queue = Assignment.objects.queue(campaign.pk, annotator.pk)
    first = chosen(queue, asked).first() or queue.shown(asked).first()
    return redirect(url_of(campaign.pk, first.queue_rank if first else None, asked))


def after_of(request: HttpRequest) -> int:
    """The place that somebody goes on from; 0 where they resume."""
    after = request.GET.get("after", "")
    return int(after) if after.isascii() and after.isdigit() and len(after) < LONGEST_NUMBER else 0


@member_required
@never_cache
@require_GET
def review_item(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """One item of my queue."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    return show(request, hold(assignment), filter_of(request), request.GET.get("done", ""))


def show(
    request: HttpRequest, kept: Assignment, asked: QueueFilter, done: str = "", pressed: Pressed | None = None
) -> HttpResponse:
    """Put an item on the screen that is kept for its annotator, and note that.

    `done` is the number of the label to tell of, `pressed` the press that this very request has stored.
    """
    context = page_context(kept, asked, made=pressed.labels[0] if pressed else None)
    open_assignment(kept, judge_shown=context["judge"] is not None)
    told = pressed.told() if pressed else toast(context["last_label"], done)
    return page(request, "review_item", kept, context | told)


def page(request: HttpRequest, name: str, assignment: Assignment, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or to a script that has it already, what changes of it and the address of that."""
    template = f"annotation/_{name}.html" if request.headers.get("HX-Request") else f"annotation/{name}.html"
    response = render(request, template, context)
    place = assignment.queue_rank if name == "review_item" else None
    response["HX-Push-Url"] = url_of(assignment.campaign_id, place, context["asked"])
    return response


def toast(last: Label | None, done: str) -> dict[str, Any]:
    """What was just stored and can be undone."""
    if last is None or str(last.pk) != done:
        return {}
    place = assignment_of(last)
    return Pressed(place=place, labels=own_labels_of(place)).told()


@member_required
@never_cache
@require_GET
def review_ahead(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """My next items, for a browser that may lose its connection; `after` is the last that it has already.

    Only places that are mine already are among them: nothing is drawn or kept for longer on suspicion. The judge's word
    is not in them, because nobody knows whether they will be looked at.
    """
    here, asked = own_assignment(request.user, campaign_pk, queue_rank), filter_of(request)
    behind = max(queue_rank, after_of(request))
    places = queue_of(here).shown(asked).open().filter(queue_rank__gt=behind, placed=True)
    rows, last = places.select_related("campaign_item__item")[:AHEAD], last_rank(here) if asked.shows_all else 0
    items, characters = [], 0
    for row in rows:
        row.campaign = here.campaign
        html = item_html(request, row, last, {"is_ahead": True, **filter_context(asked)})
        characters += len(html)
        path = reverse("review_item", args=[campaign_pk, row.queue_rank])
        items.append({"path": path, "showing": showing_of(row), "html": html})
        if characters > AHEAD_CHARACTERS:
            break
    rail = {"assignment": here, "campaign": here.campaign, **progress_context(here, asked), **around(here, asked)}
    return as_written({"items": items, "rail": render_to_string("annotation/_review_rail.html", rail, request)})


@member_required
@never_cache
@require_GET
def review_done(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """Nothing is left: why, what I said, and what can still be changed."""
    campaign, asked = review_campaign(request.user, campaign_pk), filter_of(request)
    place = next_place(campaign, join(campaign, account(request.user))) if asked.shows_all else None
    if place is not None:
        return redirect(url_of(campaign_pk, place.queue_rank, asked))
    return show_done(request, campaign, asked, request.GET.get("done", ""))


def show_done(request: HttpRequest, campaign: Campaign, asked: QueueFilter, done: str = "") -> HttpResponse:
    """The page behind the last item."""
    annotator = queue_owner(request.user)
    queue = Assignment.objects.queue(campaign.pk, annotator.pk)
    left = nothing_left(campaign, annotator, None if asked.shows_all else queue.shown(asked))
    context: dict[str, Any] = {"campaign": campaign, "left": left, **filter_context(asked)}
    context["starred"] = queue.filter(starred=True).count() if asked.show != "starred" else 0
    last = queue.select_related("campaign__rubric", "annotator", "campaign_item__item").last()
    if last is not None:
        progress = progress_context(last, asked)
        context |= progress | toast(progress["last_label"], done) | {"recent": recent(last)}
    context["heading"] = _("All done") if left.all_decided else _("Nothing left")
    template = "annotation/_review_done.html" if request.headers.get("HX-Request") else "annotation/review_done.html"
    response = render(request, template, context)
    response["HX-Push-Url"] = url_of(campaign.pk, None, asked)
    return response


def recent(place: Assignment) -> list[dict[str, Any]]:
    """One's newest decisions with the places they were given at."""
    names = first_criteria(place.campaign)
    own = Label.objects.current().filter(campaign=place.campaign_id, annotator=place.annotator_id, criterion__in=names)
    labels = list(own.order_by("-at")[:RECENT])
    places = Assignment.objects.of_items(place.campaign_id, place.annotator_id, [label.item_id for label in labels])
    ranks = dict(places.values_list("campaign_item__item", "queue_rank"))
    return [{"label": x, "rank": ranks[x.item_id], "word": answer_word(x.value)} for x in labels]


@member_required
@require_GET
def review_jump(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """To a place of my queue by its number."""
    campaign = review_campaign(request.user, campaign_pk)
    return move(request, campaign.pk, JumpForm(request.GET))


def move(request: HttpRequest, campaign_pk: int, form: JumpForm) -> HttpResponseBase:
    """To the place a form names, else a sentence about the places there are."""
    asked = filter_of(request)
    last = Assignment.objects.queue(campaign_pk, queue_owner(request.user).pk).last_rank()
    number = form.cleaned_data["number"] if form.is_valid() else 0
    if 1 <= number <= last:
        return redirect(url_of(campaign_pk, number, asked))
    sentence = _("There is no such item: your queue has the numbers 1 to %(last)d.") % {"last": last}
    if request.headers.get("HX-Request"):
        return JsonResponse({"message": sentence}, status=UNPROCESSABLE)
    messages.error(request, sentence)
    here = form.cleaned_data.get("here") or 1
    return redirect(url_of(campaign_pk, min(max(here, 1), last), asked))
