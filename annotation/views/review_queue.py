"""One's own queue as the review page shows it: the part that is looked at, what is around a place, how far one is."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotation.actions.queue import hold, next_place
from annotation.core.asked import criteria_asked, is_one_verdict
from annotation.core.lead_reasons import BY_LEADS
from annotation.core.queue_filter import SHOWN, QueueFilter
from annotation.models import Assignment, Campaign, Label
from annotation.querysets import AssignmentQuerySet

WINDOW = 25
LONG_QUEUE = 5_000
KEPT_SECONDS = 30
VERDICT_WORDS = {"clean": _("good"), "undefined": _("undefined"), "wrong": _("bad"), "": _("open")}
SHOWN_WORDS = {
    "all": _("all"),
    "open": _("open"),
    "draft": _("drafts"),
    "submitted": _("submitted"),
    "skipped": _("skipped"),
    "flagged": _("flagged"),
    "starred": _("to look at again"),
}
STATE_WORDS = {"pending": _("open"), "draft": _("draft"), "submitted": _("submitted"), "skipped": _("skipped")}
LOOKED_BACK_AT = {"submitted", "skipped", "flagged", "starred"}


def filter_of(request: HttpRequest) -> QueueFilter:
    """What the address of a page asks for, or the field in which a form carries it on."""
    return QueueFilter.from_query(QueryDict(request.POST["filter"]) if "filter" in request.POST else request.GET)


def queue_of(assignment: Assignment) -> AssignmentQuerySet:
    """The queue that a place is in."""
    found: AssignmentQuerySet = Assignment.objects.queue(assignment.campaign_id, assignment.annotator_id)
    return found


def url_of(campaign_pk: int, queue_rank: int | None, asked: QueueFilter) -> str:
    """The page of a place, or the page behind the last one."""
    if queue_rank is None:
        return reverse("review_done", args=[campaign_pk]) + asked.as_query()
    return reverse("review_item", args=[campaign_pk, queue_rank]) + asked.as_query()


def place_behind(assignment: Assignment, asked: QueueFilter) -> Assignment | None:
    """Where to go on from a place, kept for them: what still wants a decision, or, looking back, what was decided."""
    if asked.shows_all:
        return next_place(assignment.campaign, assignment.annotator, after=assignment.queue_rank)
    places = chosen(queue_of(assignment), asked).whole().select_related("annotator")
    behind: Assignment | None = places.filter(queue_rank__gt=assignment.queue_rank).first()
    found = behind if behind or looks_back(asked) else places.first()
    return hold(found) if found else None


def chosen(queue: AssignmentQuerySet, asked: QueueFilter) -> AssignmentQuerySet:
    """The places to go to, one after the other, under a filter."""
    shown = queue.shown(asked)
    return shown if looks_back(asked) else shown.open()


def looks_back(asked: QueueFilter) -> bool:
    """Whether a filter shows what was decided."""
    return asked.show in LOOKED_BACK_AT or bool(asked.verdict)


def around(assignment: Assignment, asked: QueueFilter) -> dict[str, Any]:
    """The rail: the places around this one, each with its state and one's own word; and the two next to it."""
    queue, here = queue_of(assignment).shown(asked).with_beginnings(), assignment.queue_rank
    fields = ("queue_rank", "state", "campaign_item__item", "beginning", "skip_reason", "starred")
    if asked.shows_all:
        rows = list(queue.filter(queue_rank__range=(here - WINDOW, here + WINDOW)).values_list(*fields))
    else:
        before = queue.filter(queue_rank__lt=here).order_by("-queue_rank").values_list(*fields)[:WINDOW]
        rows = [*reversed(before), *queue.filter(queue_rank__gte=here).values_list(*fields)[: WINDOW + 1]]
    words = own_words(assignment, [item for _rank, _state, item, *_rest in rows])
    ranks = [rank for rank, *_rest in rows]
    return {
        "rail": [
            {"rank": rank, "text": text, "starred": starred, **mark(state, words.get(item), reason)}
            for rank, state, item, text, reason, starred in rows
        ],
        "previous_rank": max((rank for rank in ranks if rank < here), default=None),
        "next_rank": min((rank for rank in ranks if rank > here), default=None),
        "has_ahead": any(rank > here for rank in ranks),
    }


def own_words(assignment: Assignment, items: list[int]) -> dict[int, dict[str, Any]]:
    """One's own standing words on items, by item; of several criteria the first speaks."""
    own = Label.objects.current().filter(campaign=assignment.campaign_id, annotator=assignment.annotator_id)
    rows = own.filter(item__in=items).order_by("-pk").values("item_id", "verdict", "value", "flags", "criterion")
    return {row["item_id"]: row for row in rows}


def mark(state: str, word: dict[str, Any] | None, reason: str = "") -> dict[str, Any]:
    """How the rail shows a place; one that a lead put aside was skipped by nobody."""
    if word is None or state != Assignment.State.SUBMITTED:
        is_aside = state == Assignment.State.SKIPPED and reason in BY_LEADS
        return {"mark": state, "word": _("withdrawn") if is_aside else STATE_WORDS[state], "flagged": False}
    several = bool(word["criterion"]) or not word["verdict"]
    said = STATE_WORDS[state] if several else VERDICT_WORDS[word["verdict"]]
    return {"mark": word["verdict"] or state, "word": said, "flagged": bool(word["flags"])}


def last_label(assignment: Assignment) -> Label | None:
    """The newest standing decision of this person in this campaign."""
    found = [
        Label.objects.own(assignment.campaign_id, assignment.annotator_id, name)
        .select_related("guideline")
        .order_by("-at")
        .first()
        for name in first_criteria(assignment.campaign)
    ]
    return max((label for label in found if label), key=lambda label: label.at, default=None)


def first_criteria(campaign: Campaign) -> list[str]:
    """The criteria that every press answers: one for items with one answer, one for pairs."""
    criteria = campaign.rubric.parsed_criteria() if campaign.rubric else ()
    return sorted({criteria_asked(criteria, is_pair=is_pair)[0].name for is_pair in (False, True)})


def progress_context(assignment: Assignment, asked: QueueFilter, made: Label | None = None) -> dict[str, Any]:
    """How far one's own queue is. `made`: the label that this very request has made."""
    key = f"review-{assignment.campaign_id}-{assignment.annotator_id}"
    counts = counted(f"{key}-states", queue_of(assignment).state_counts)
    total, done = sum(counts.values()), counts["submitted"]
    names = first_criteria(assignment.campaign)
    own = Label.objects.own(assignment.campaign_id, assignment.annotator_id, names[0])
    verdicts = counted(f"{key}-verdicts", own.verdict_counts)
    return {
        "counts": verdicts if any(verdicts.values()) or is_one_verdict(assignment.asked()) else {},
        "total": total,
        "done": done,
        "skipped": counts["skipped"],
        "open": counts["pending"] + counts["draft"],
        "percent": 100 * (done + counts["skipped"]) // total if total else 0,
        "last_label": made or last_label(assignment),
        **filter_context(asked),
    }


def counted(key: str, count: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Numbers of a queue; of a long one up to half a minute old, so that a step costs the same in every queue."""
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        found = count()
        if sum(found.values()) > LONG_QUEUE:
            cache.set(key, found, KEPT_SECONDS)
    return found


def filter_context(asked: QueueFilter) -> dict[str, Any]:
    """The filter as the form for it shows it, as links carry it on, and as forms do."""
    return {
        "asked": asked,
        "query": asked.as_query(),
        "filter": asked.as_query().removeprefix("?"),
        "shown_words": [(name, SHOWN_WORDS[name]) for name in SHOWN],
        "verdict_words": [(name, word) for name, word in VERDICT_WORDS.items() if name],
    }
