"""The form of an item that nobody has touched, made once for all such items of a campaign.

It takes longer to make than the rest of an item, and between those items it differs only in their place, their revision
and the marks of the page. A place with a draft, a decision or a judge's word has a form of its own.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from annotation.models import Assignment, Campaign
from annotation.pages.frame import Frame

MOST = 200
# Numbers that no place and no revision reaches, so that they can stand in addresses too.
HERE, REV, REVISION = 8_000_000_000_000_001, 8_100_000_000_000_001, 8_200_000_000_000_001
KEY, TOKEN = "page-key-of-frame", "token-of-frame"
MARKS = (*map(str, (HERE - 1, HERE, HERE + 1, REV, REVISION)), KEY, TOKEN)
Kind = tuple[Hashable, ...]
frames: OrderedDict[Kind, Frame] = OrderedDict()


def form_of(context: Mapping[str, Any], request: HttpRequest) -> SafeString | None:
    """The form for an item's context, or None where it is not like the others."""
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
    rank = place.queue_rank
    marks = {HERE - 1: rank - 1, HERE: rank, HERE + 1: rank + 1, REV: place.draft_rev}
    marks |= {REVISION: context["item"].revision}
    filled = {str(mark): str(number) for mark, number in marks.items()}
    filled |= {KEY: escape(context["page_key"]), TOKEN: escape(get_token(request))}
    return made.filled(filled)


def is_untouched(context: Mapping[str, Any], place: Assignment) -> bool:
    """Whether nothing was said, typed or shown of an item, and it stands in the middle of a whole queue."""
    if place.state != Assignment.State.PENDING or place.draft or context["query"] or context.get("judge"):
        return False
    return place.queue_rank > 1 and (context.get("is_ahead", False) or context["previous_rank"] == place.queue_rank - 1)


def kind_of(context: Mapping[str, Any], place: Assignment) -> Kind:
    """What forms of untouched items depend on: the language, the campaign, what is asked, and the ways to go on."""
    campaign: Campaign = context["campaign"]
    pane = context["pane"]
    asked = (pane.kind, pane.asked, pane.error_types, pane.flags, pane.comment_on_skip)
    passing = (place.campaign_item.unskippable, repr(campaign.rules))
    moves = (context.get("is_ahead", False), context["draws_next"], context["next_rank"] is not None)
    return (get_language(), campaign.pk, campaign.state, *asked, *passing, *moves)


def frame(context: Mapping[str, Any]) -> Frame:
    """The form with marks where items differ."""
    place = context["assignment"]
    marks = {
        "assignment": SimpleNamespace(
            queue_rank=HERE, draft_rev=REV, state=place.state, campaign_item=place.campaign_item
        ),
        "item": SimpleNamespace(revision=REVISION),
        "page_key": KEY,
        "csrf_token": TOKEN,
        "previous_rank": HERE - 1,
        "next_rank": HERE + 1 if context["next_rank"] is not None else None,
    }
    return Frame(render_to_string("annotation/_review_form.html", {**context, **marks}), MARKS)
