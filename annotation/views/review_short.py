"""The short answer to a decision: what changes on a page whose script keeps the queue and the next items itself."""

from typing import Any
from zlib import crc32

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from annotation.actions.labels import open_assignment
from annotation.core.queue_filter import WHOLE_QUEUE, QueueFilter
from annotation.models import Assignment
from annotation.pages.item_frame import item_of
from annotation.pages.rail import rail_rows
from annotation.views.review_others import other_words
from annotation.views.review_page import item_context, judge_word, older_version, shows_judge
from annotation.views.review_pressed import Pressed
from annotation.views.review_queue import filter_context, mark, url_of
from judging.prepared import Prepared

LAST_RANK = Prepared(
    lambda campaign, person: (
        Assignment.objects.queue(campaign, person).order_by("-queue_rank").values_list("queue_rank", flat=True)[:1]
    ),
    2,
)
KEPT_TO = ("rubric_id", "run_id", "blind_judge", "blind_model", "rules", "state")


def wants_short(request: HttpRequest, asked: QueueFilter) -> bool:
    """Whether the page's script keeps the rest of the page: it says which next items it has, if only that it has none.

    Under a filter the queue itself changes with a decision, and the whole page comes anew.
    """
    return asked.shows_all and "have" in request.POST


def showing_of(place: Assignment) -> str:
    """What the showing of an item depends on: where it differs, what a browser keeps of the item is out of date."""
    campaign, guideline = place.campaign, place.campaign.newest_guideline
    rules = crc32(repr([getattr(campaign, name) for name in KEPT_TO]).encode())
    own = (place.pk, place.draft_rev, int(place.starred))
    parts = (*own, place.campaign_item.item.revision, guideline.pk if guideline else 0, rules)
    return "-".join(map(str, parts))


def short_answer(request: HttpRequest, place: Assignment, pressed: Pressed) -> JsonResponse:
    """The next item, unless the browser has it as it is now; both places for the rail; and what was stored."""
    judge = judge_word(place) if shows_judge(place) else None
    if place is not pressed.opened:
        open_assignment(place, judge_shown=judge is not None)
    others = other_words(place)
    kept = judge is None and not others and showing_of(place) in request.POST.getlist("have")
    html = None
    if not kept:
        old = older_version(place.campaign.newest_guideline, pressed.labels[0])
        last = place.queue_rank if pressed.is_at_end else last_rank(place)
        html = item_html(request, place, last, {"judge": judge, "others": others, "guideline_was": old})
    answer = {"path": url_of(place.campaign_id, place.queue_rank, WHOLE_QUEUE), "html": html}
    return as_written(answer | stored(pressed) | {"places": rail_changes(place, pressed)})


def as_written(told: dict[str, Any]) -> JsonResponse:
    """JSON with its letters as they are: a Japanese one takes half of what its number would."""
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def item_html(request: HttpRequest, place: Assignment, last: int, more: dict[str, Any]) -> str:
    """An item without the queue around it; `last` is the last place of the queue, 0 where a filter hides some."""
    rank, campaign = place.queue_rank, place.campaign
    between = {
        "previous_rank": (rank - 1 or None) if last else None,
        "next_rank": rank + 1 if rank < last else None,
        "total": last,
        "draws_next": campaign.is_pulled and campaign.state == campaign.State.OPEN,
        "has_ahead": rank < last,
    }
    context = item_context(place) | filter_context(WHOLE_QUEUE) | between | more
    return item_of(context, request) or render_to_string("annotation/_review_item.html", context, request)


def last_rank(place: Assignment) -> int:
    """The last place of the queue that a place is in."""
    return LAST_RANK.first(place.campaign_id, place.annotator_id) or 0


def rail_changes(place: Assignment, pressed: Pressed) -> str:
    """The rows of the rail that changed: the place that was decided, and the one to go on with."""
    label, done = pressed.labels[0], pressed.place
    word = {"verdict": label.verdict, "criterion": label.criterion, "flags": label.flags}
    rows = [
        told_of(done) | mark(Assignment.State.SUBMITTED, word),
        told_of(place) | mark(place.state, None),
    ]
    return rail_rows(rows, place, "")


def told_of(place: Assignment) -> dict[str, Any]:
    """What the rail says of a place whatever its state; its item was read with it."""
    question = str(place.campaign_item.item.question)
    return {"rank": place.queue_rank, "text": question, "starred": place.starred}


def stored(pressed: Pressed) -> dict[str, Any]:
    """What was stored, in words, and the label to take back."""
    told = pressed.told()
    words = {"rank": told["toast_rank"], "word": told["toast_word"]}
    return {"label": pressed.labels[0].pk, "told": _("Item %(rank)s: %(word)s, stored.") % words}
