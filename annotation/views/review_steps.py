"""What a person does to an item of their queue: a decision, a draft, passing it over, keeping and leaving it, undo."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from annotation.actions.draws import draw_at_once
from annotation.actions.labels import decide, open_assignment, save_draft, undo_label
from annotation.actions.queue import hold, locked_again, release, skip, star, to_end, to_pending
from annotation.actions.refusals import LabelRefused, StalePage
from annotation.forms.review import DraftForm, JumpForm, LabelForm, PageForm, SkipForm, UndoForm
from annotation.models import Assignment
from annotation.permissions import assignment_of, own_assignment, own_label
from annotation.views.review import UNPROCESSABLE, move, show, show_done
from annotation.views.review_form import baseline
from annotation.views.review_page import own_labels_of, page_context, shows_judge
from annotation.views.review_pressed import Pressed
from annotation.views.review_queue import filter_of, place_behind, url_of
from annotation.views.review_short import short_answer, wants_short
from judging.permissions import member_required

CONFLICT = 409
NO_CONTENT = 204
STARS = {"1": True, "0": False}


@member_required
@require_POST
def review_submit(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Store a decision, then go on to the next open item."""
    begun = timezone.now()
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    form = LabelForm(request.POST, assignment=assignment)
    if not form.is_valid():
        return refused(request, assignment, form.sentence(), UNPROCESSABLE)
    word, view = form.word(), form.view()
    try:
        # SQLite lets one person write at a time: what can be known before is not made others wait for.
        with transaction.atomic():
            assignment = locked_again(assignment)
            labels = decide(assignment, word, view=view)
            opened = opened_behind(request, assignment)
    except StalePage as problem:
        return refused(request, assignment, str(problem), CONFLICT)
    except LabelRefused as problem:
        return refused(request, assignment, str(problem), UNPROCESSABLE)
    pressed = Pressed(place=assignment, labels=labels, opened=opened) if labels[0].at >= begun else None
    return go_on(request, assignment, str(labels[0].pk), pressed)


def opened_behind(request: HttpRequest, assignment: Assignment) -> Assignment | None:
    """The next place, opened in the transaction that finds it; None where more belongs to it: a judge to show, a whole
    page to make, others to wait for."""
    asked, campaign = filter_of(request), assignment.campaign
    judge_beside = campaign.run_id is not None and not campaign.blind_judge
    if judge_beside or "stay" in request.POST or not wants_short(request, asked):
        return None
    if campaign.is_pulled:
        return draw_at_once(campaign, assignment.annotator)
    place = place_behind(assignment, asked)
    if place is None or place.queue_rank < assignment.queue_rank or shows_judge(place):
        return None
    open_assignment(place, judge_shown=False)
    return place


@member_required
@require_POST
def review_skip(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Pass an item over, then go on."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    form = SkipForm(request.POST, assignment=assignment)

    def pass_over() -> None:
        skip(assignment, form.reason(), view=form.view())

    return step(request, assignment, form, pass_over)


@member_required
@require_POST
def review_later(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Put an item to the end of my own queue with what was typed, then go on."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    form = DraftForm(request.POST, assignment=assignment)

    def put_off() -> None:
        keep(assignment, form)
        to_end(assignment)

    return step(request, assignment, form, put_off)


def step(request: HttpRequest, assignment: Assignment, form: PageForm, act: Callable[[], None]) -> HttpResponseBase:
    """Do it and go on, or say why not."""
    if not form.is_valid():
        return refused(request, assignment, form.sentence(), UNPROCESSABLE)
    try:
        act()
    except StalePage as problem:
        return refused(request, assignment, str(problem), CONFLICT)
    except LabelRefused as problem:
        return refused(request, assignment, str(problem), UNPROCESSABLE)
    return go_on(request, assignment)


def go_on(
    request: HttpRequest, assignment: Assignment, done: str = "", pressed: Pressed | None = None
) -> HttpResponseBase:
    """To the next place of what is looked at; one that was sent later than it was decided only wants to know."""
    if "stay" in request.POST:
        return HttpResponse(status=NO_CONTENT)
    asked = filter_of(request)
    place = (pressed and pressed.opened) or place_behind(assignment, asked)
    if not request.headers.get("HX-Request"):
        query = asked.as_query()
        mark = f"{'&' if query else '?'}done={done}" if done else ""
        return redirect(url_of(assignment.campaign_id, place.queue_rank if place else None, asked) + mark)
    if place is None:
        return show_done(request, assignment.campaign, asked, done)
    # Back at an earlier place, as at the end of a queue, the list beside the item is another.
    if pressed and place.queue_rank > assignment.queue_rank and wants_short(request, asked):
        return short_answer(request, place, pressed)
    return show(request, place, asked, done, pressed)


def refused(request: HttpRequest, assignment: Assignment, sentence: str, status: int) -> HttpResponse:
    """Nothing was stored: say why, and keep what was typed."""
    if request.headers.get("HX-Request"):
        return JsonResponse({"message": sentence, "reload": status == CONFLICT}, status=status)
    messages.error(request, sentence)
    context = page_context(assignment, filter_of(request), sent=request.POST)
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
    to = request.POST.get("to", "")
    if to == "next":
        return redirect(f"{reverse('review_next', args=[campaign_pk])}?after={queue_rank}")
    return move(request, campaign_pk, JumpForm({"number": to, "here": queue_rank}))


def keep(assignment: Assignment, form: DraftForm) -> Assignment:
    """Store a draft where something was typed, or where one is to be emptied."""
    content = form.content(baseline(assignment, own_labels_of(assignment)))
    if not content and not assignment.draft:
        return assignment
    return save_draft(assignment, content, view=form.view(), sequence=form.cleaned_data["sequence"] or 0)


@member_required
@require_POST
def review_star(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Put a star on an item, to look at it again, or take it off; what is typed stays where it is."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    asked = request.POST.get("starred")
    if asked in STARS:
        star(assignment, starred=STARS[asked])
    if not request.headers.get("HX-Request"):
        return redirect(url_of(campaign_pk, queue_rank, filter_of(request)))
    return JsonResponse({"starred": assignment.starred})


@member_required
@require_POST
def review_reopen(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """A skipped item is open again."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    try:
        to_pending(assignment)
    except LabelRefused as problem:
        return refused(request, assignment, str(problem), UNPROCESSABLE)
    return back_to(request, assignment)


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
    return back_to(request, row)


def back_to(request: HttpRequest, assignment: Assignment) -> HttpResponseBase:
    """The page of a place as it is now."""
    asked = filter_of(request)
    if not request.headers.get("HX-Request"):
        return redirect(url_of(assignment.campaign_id, assignment.queue_rank, asked))
    kept = hold(own_assignment(request.user, assignment.campaign_id, assignment.queue_rank))
    return show(request, kept, asked)


@member_required
@never_cache
@require_POST
def review_hold(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """Keep an item for me while I work on it."""
    kept = hold(own_assignment(request.user, campaign_pk, queue_rank))
    # To the last digit, which the JSON of Django would cut: leaving sends it back to be compared.
    until = kept.held_until.isoformat() if kept.held_until else None
    return JsonResponse({"held_until": until, "placed": kept.placed})


@member_required
@require_POST
def review_release(request: HttpRequest, campaign_pk: int, queue_rank: int) -> HttpResponseBase:
    """I left the page: others may have the item, unless it was kept for me again since, as a reload does."""
    assignment = own_assignment(request.user, campaign_pk, queue_rank)
    if assignment.held_until and assignment.held_until == held_until_of(request):
        release(assignment)
    return HttpResponse(status=NO_CONTENT)


def held_until_of(request: HttpRequest) -> datetime | None:
    """Until when the page that was left had its item."""
    try:
        return parse_datetime(request.POST.get("held_until", ""))
    except ValueError:
        return None
