"""An item that nobody has touched, on the page: what is around its texts, made once for all such items of a campaign.

It takes longer to make than the texts, and between those items it differs only in their place, their revision, who is
named with them, how long they are held and the marks of the page. A place with a draft, a decision or a judge's word is
made by the templates alone.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

from annotation.models import Assignment, Campaign
from annotation.pages.frame import Frame

MOST = 200
# Numbers that no place and no revision reaches, so that they can stand in addresses too.
HERE, REV, REVISION, TOTAL = 8_000_000_000_000_001, 8_100_000_000_000_001, 8_200_000_000_000_001, 8_300_000_000_000_001
KEY, TOKEN, TEXTS = "page-key-of-frame", "token-of-frame", "texts-of-frame"
CATEGORY, MODEL, STAMP, CLOCK = "category-of-frame", "model-of-frame", "stamp-of-frame", "clock-of-frame"
NUMBERS = tuple(map(str, (HERE - 1, HERE, HERE + 1, REV, REVISION, TOTAL)))
MARKS = (*NUMBERS, KEY, TOKEN, TEXTS, CATEGORY, MODEL, STAMP, CLOCK)
Kind = tuple[Hashable, ...]
frames: OrderedDict[Kind, Frame] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Held:
    """Until when a place is kept: to the last digit, and as a clock shows it."""

    stamp: str
    clock: str


def held_of(place: Assignment) -> Held | None:
    """Until when a place is kept for its annotator; None where it is for good."""
    if place.held_until is None:
        return None
    return Held(place.held_until.isoformat(), f"{localtime(place.held_until):%H:%M}")


def item_of(context: Mapping[str, Any], request: HttpRequest) -> SafeString | None:
    """The item of a context, as `_review_item.html` makes it; None where it is not like the others."""
    place: Assignment = context["assignment"]
    if not is_untouched(context, place):
        return None
    kind = kind_of(context, place)
    # Kept in a name: another thread may take it out of the frames in between.
    made = frames.get(kind)
    if made is None:
        made = frames[kind] = frame(context)
        while len(frames) > MOST:
            frames.popitem(last=False)
    return made.filled(
        values_of(context, request) | {TEXTS: render_to_string("annotation/_review_texts.html", context)}
    )


def values_of(context: Mapping[str, Any], request: HttpRequest) -> dict[str, str]:
    """What stands at the marks for this item."""
    place, rank = context["assignment"], context["assignment"].queue_rank
    numbers = (rank - 1, rank, rank + 1, place.draft_rev, context["item"].revision, context["total"])
    words = {KEY: context["page_key"], TOKEN: get_token(request)}
    words |= {CATEGORY: context["item"].category, MODEL: context["model"]}
    if held := context["held"]:
        words |= {STAMP: held.stamp, CLOCK: held.clock}
    return dict(zip(NUMBERS, map(str, numbers), strict=True)) | {mark: escape(word) for mark, word in words.items()}


def is_untouched(context: Mapping[str, Any], place: Assignment) -> bool:
    """Whether nothing was said, typed or shown of an item, and it stands in the middle of a whole queue."""
    if place.state != Assignment.State.PENDING or place.draft or place.starred:
        return False
    if context["query"] or context.get("judge"):
        return False
    return place.queue_rank > 1 and (context.get("is_ahead", False) or context["previous_rank"] == place.queue_rank - 1)


def kind_of(context: Mapping[str, Any], place: Assignment) -> Kind:
    """What is around untouched items depends on: the language, the campaign and its guideline, what is asked and shown,
    and the ways to go on."""
    campaign: Campaign = context["campaign"]
    pane, guideline = context["pane"], context["guideline"]
    around = (campaign.pk, campaign.name, campaign.state, campaign.hold_seconds, repr(campaign.rules))
    told = (guideline and (guideline.version, guideline.text), context.get("guideline_was"))
    asked = (pane.kind, pane.asked, pane.error_types, pane.flags, pane.comment_on_skip, bool(pane.sides))
    shown = (bool(context["item"].category), bool(context["model"]), bool(context["total"]))
    kept = (place.campaign_item.unskippable, place.placed, context["held"] is not None)
    moves = (context.get("is_ahead", False), context["has_ahead"], context["draws_next"])
    return (get_language(), *around, *told, *asked, *shown, *kept, *moves, context["next_rank"] is not None)


def frame(context: Mapping[str, Any]) -> Frame:
    """The page's item with marks where items differ."""
    place, item = context["assignment"], context["item"]
    marks = {
        "assignment": SimpleNamespace(
            queue_rank=HERE,
            draft_rev=REV,
            state=place.state,
            placed=place.placed,
            campaign_item=place.campaign_item,
        ),
        "item": SimpleNamespace(revision=REVISION, category=CATEGORY if item.category else ""),
        "model": MODEL if context["model"] else "",
        "held": Held(STAMP, CLOCK) if context["held"] else None,
        "total": TOTAL if context["total"] else 0,
        "texts": SafeString(TEXTS),
        "page_key": KEY,
        "csrf_token": TOKEN,
        "previous_rank": HERE - 1 if context["previous_rank"] else None,
        "next_rank": HERE + 1 if context["next_rank"] is not None else None,
    }
    return Frame(render_to_string("annotation/_review_item.html", {**context, **marks}), MARKS)
