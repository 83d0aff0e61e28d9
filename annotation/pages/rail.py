"""The places of a queue beside the item: some fifty a page, so they are made here and not tag by tag in a template."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotation.models import Assignment

PLACE = (
    '<li><a href="{}{}/{}" data-go class="{}"{}><span class="place">{}</span> <span class="word">{}{}{}</span>'
    '<span class="beginning" dir="auto">{}</span></a></li>\n'
)
LONGEST = 60


def rail_rows(places: Sequence[dict[str, Any]], here: Assignment, query: str) -> SafeString:
    """A link for each place, with its state or one's own word and how its question begins; the one shown is marked."""
    queue = reverse("review_item", args=[here.campaign_id, here.queue_rank]).removesuffix(f"{here.queue_rank}/")
    current = SafeString(' aria-current="step"')
    star = format_html('<span class="review-star-mark" role="img" aria-label="{}">★</span> ', _("to look at again"))
    flag = format_html('<span class="review-flag" role="img" aria-label="{}">⚑</span> ', _("flagged"))
    return format_html_join(
        "",
        PLACE,
        (
            (
                queue,
                place["rank"],
                query,
                place["mark"],
                current if place["rank"] == here.queue_rank else "",
                place["rank"],
                star if place["starred"] else "",
                flag if place["flagged"] else "",
                place["word"],
                beginning(place["text"]),
            )
            for place in places
        ),
    )


def beginning(text: str | None) -> str:
    """The first words of a question, in one line."""
    return " ".join((text or "")[: 2 * LONGEST].split())[:LONGEST]
