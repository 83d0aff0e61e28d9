"""The review pages of an annotator: campaigns, the next item, one item, its draft, its label, taking it back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotation.actions.labels import open_assignment, save_draft, submit_label, undo_label
from annotation.actions.refusals import LabelRefused, StalePage
from annotation.forms.review import DraftForm, JumpForm, LabelForm, UndoForm
from annotation.models import Assignment, Campaign, Label
from annotation.permissions import assignment_of, own_assignment, own_label, queue_owner, review_campaign
from annotation.views.review_form import baseline
from annotation.views.review_page import VERDICT_WORDS, item_context, own_labels_of, progress_context
from judging.permissions import member_required

CONFLICT = 409
UNPROCESSABLE = 422


@member_required
@require_GET
def review_list(request: HttpRequest) -> HttpResponseBase:
    """My campaigns, each with how far I am."""
    campaigns = Campaign.objects.of_user(request.user.pk or 0).select_related("dataset")
    progress = Assignment.objects.filter(annotator__user=request.user.pk).progress()
    by_campaign = {row["campaign_id"]: row for row in progress}
    queues = [{"campaign": campaign, **figures(by_campaign[campaign.pk])} for campaign in campaigns]
    return render(request, "annotation/review_list.html", {"queues": queues})


def figures(row: dict[str, Any]) -> dict[str, int]:
    """Total, done, open and percent of a queue."""
    total, done = row["total"], row["done"]
    return {"total": total, "done": done, "open": total - done, "percent": 100 * done // total}


@member_required
@require_GET
def review_next(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """Resume at the first open item, or say that all is done."""
    campaign = review_campaign(request.user, campaign_pk)
    queue = Assignment.objects.queue(campaign.pk, queue_owner(request.user).pk)
    return redirect(url_of(campaign.pk, queue.first_open_rank()))


def url_of(campaign_pk: int, queue_rank: int | None) -> str:
    """The page of a place, or the page behind the last one."""
    if queue_rank is None:
        return reverse("review_done", args=[campaign_pk])
    return reverse("review_item", args=[campaign_pk, queue_rank])


@member_required
@never_cache
@require_GET
def review_item(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """One item of my queue."""
    return show(request, own_assignment(request.user, campaign_pk, queue_rank), request.GET.get("done", ""))


def show(request: HttpRequest, assignment: Assignment, done: str = "") -> HttpResponse:
    """Put an item on the screen, and note that it is there. `done` is the label that a press has just made."""
    context = item_context(assignment)
    open_assignment(assignment, judge_shown=context["judge"] is not None)
    return page(request, "review_item", assignment, context | toast(context["last_label"], done))


def page(request: HttpRequest, name: str, assignment: Assignment, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or to a script that has it already, what changes of it and the address of that."""
    template = f"annotation/_{name}.html" if request.headers.get("HX-Request") else f"annotation/{name}.html"
    response = render(request, template, context)
    place = assignment.queue_rank if name == "review_item" else None
    response["HX-Push-Url"] = url_of(assignment.campaign_id, place)
    return response


def toast(last: Label | None, done: str) -> dict[str, Any]:
    """What was just stored and can be undone."""
    if last is None or str(last.pk) != done:
        return {}
    return {"toast_rank": assignment_of(last).queue_rank, "toast_word": VERDICT_WORDS[last.verdict]}


@member_required
@never_cache
@require_GET
def review_done(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """All done: what I said, and what can still be changed."""
    first = own_assignment(request.user, campaign_pk, 1)
    if Assignment.objects.queue(campaign_pk, first.annotator_id).first_open_rank() is not None:
        return redirect("review_next", campaign_pk)
    return show_done(request, first, request.GET.get("done", ""))


def show_done(request: HttpRequest, assignment: Assignment, done: str = "") -> HttpResponse:
    """The page behind the last item."""
    context = progress_context(assignment)
    own = Label.objects.own(assignment.campaign_id, assignment.annotator_id).order_by("-at")
    context |= {"campaign": assignment.campaign, "recent": recent(list(own[:20])), **toast(context["last_label"], done)}
    return page(request, "review_done", assignment, context)


def recent(labels: list[Label]) -> list[dict[str, Any]]:
    """Labels with the places they were given at."""
    if not labels:
        return []
    campaign, annotator = labels[0].campaign_id, labels[0].annotator_id
    places = Assignment.objects.of_items(campaign, annotator, [label.item_id for label in labels])
    ranks = dict(places.values_list("campaign_item__item", "queue_rank"))
    return [{"label": x, "rank": ranks[x.item_id], "word": VERDICT_WORDS[x.verdict]} for x in labels]


@member_required
@require_POST
def review_submit(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Store a decision, then go on to the next open item."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    form = LabelForm(request.POST, assignment=assignment)
    if not form.is_valid():
        return refused(request, assignment, form.sentence(), UNPROCESSABLE)
    try:
        label = submit_label(assignment, form.word(), view=form.view())
    except LabelRefused as problem:
        return refused(request, assignment, str(problem), CONFLICT)
    return go_on(request, assignment, label)


def go_on(request: HttpRequest, assignment: Assignment, label: Label) -> HttpResponseBase:
    """To the next open item behind this one, else the first open one, else the end."""
    queue = Assignment.objects.queue(assignment.campaign_id, assignment.annotator_id)
    rank = queue.first_open_rank(after=assignment.queue_rank) or queue.first_open_rank()
    if not request.headers.get("HX-Request"):
        return redirect(f"{url_of(assignment.campaign_id, rank)}?done={label.pk}")
    if rank is None:
        return show_done(request, assignment, str(label.pk))
    return show(request, own_assignment(request.user, assignment.campaign_id, rank), str(label.pk))


def refused(request: HttpRequest, assignment: Assignment, sentence: str, status: int) -> HttpResponse:
    """Nothing was stored: say why, and keep what was typed."""
    if request.headers.get("HX-Request"):
        return JsonResponse({"message": sentence, "reload": status == CONFLICT}, status=status)
    messages.error(request, sentence)
    context = item_context(assignment, sent=request.POST)
    open_assignment(assignment, judge_shown=context["judge"] is not None)
    return render(request, "annotation/review_item.html", context, status=status)


@member_required
@require_POST
def review_draft(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Keep what is typed; without a script, then move to the place `to`."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    form = DraftForm(request.POST, assignment=assignment)
    if not form.is_valid():
        return refused(request, assignment, form.sentence(), UNPROCESSABLE)
    try:
        row = keep(assignment, form)
    except StalePage as problem:
        return refused(request, assignment, str(problem), CONFLICT)
    except LabelRefused as problem:
        return refused(request, assignment, str(problem), UNPROCESSABLE)
    if request.headers.get("HX-Request"):
        at = datetime.fromisoformat(row.draft["at"]) if "at" in row.draft else None
        return JsonResponse({"known_rev": row.draft_rev, "at": at})
    return move(request, campaign_pk, JumpForm({"number": request.POST.get("to", ""), "here": queue_rank}))


def keep(assignment: Assignment, form: DraftForm) -> Assignment:
    """Store a draft where something was typed, or where one is to be emptied."""
    content = form.content(baseline(assignment, own_labels_of(assignment)))
    if not content and not assignment.draft:
        return assignment
    return save_draft(assignment, content, view=form.view(), sequence=form.cleaned_data["sequence"] or 0)


@member_required
@require_GET
def review_jump(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """To a place of my queue by its number."""
    campaign = review_campaign(request.user, campaign_pk)
    return move(request, campaign.pk, JumpForm(request.GET))


def move(request: HttpRequest, campaign_pk: int, form: JumpForm) -> HttpResponseBase:
    """To the place a form names, else a sentence about the places there are."""
    last = Assignment.objects.queue(campaign_pk, queue_owner(request.user).pk).last_rank()
    number = form.cleaned_data["number"] if form.is_valid() else 0
    if 1 <= number <= last:
        return redirect(url_of(campaign_pk, number))
    sentence = _("There is no such item: your queue has the numbers 1 to %(last)d.") % {"last": last}
    if request.headers.get("HX-Request"):
        return JsonResponse({"message": sentence}, status=UNPROCESSABLE)
    messages.error(request, sentence)
    here = form.cleaned_data.get("here") or 1
    return redirect(url_of(campaign_pk, min(max(here, 1), last)))


@member_required
@require_POST
def review_undo(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """Take back one of my labels, and show its item with the draft that it became."""
    form = UndoForm(request.POST)
    label = own_label(request.user, campaign_pk, form.cleaned_data["label"] if form.is_valid() else 0)
    try:
        row = undo_label(label)
    except LabelRefused as problem:
        return refused(request, assignment_of(label), str(problem), UNPROCESSABLE)
    if not request.headers.get("HX-Request"):
        return redirect(url_of(campaign_pk, row.queue_rank))
    return show(request, own_assignment(request.user, campaign_pk, row.queue_rank))
