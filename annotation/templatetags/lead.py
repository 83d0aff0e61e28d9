"""Words and small helpers of the pages for leads."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from annotation.models import LabelReview
from annotation.reports.spoken import answer_word, flag_word

register = template.Library()
register.filter("answer_word", answer_word)
register.filter("flag_word", flag_word)


@register.filter
def item_of(mapping: Mapping[str, Any], name: str) -> Any:
    """The value under a name."""
    return mapping.get(name, "")


@register.filter
def unlocalized(number: float) -> str:
    """A number as forms and scripts read it, whatever the language of the page."""
    return f"{number:g}"


@register.simple_tag
def review_word(review: LabelReview) -> str:
    """What a lead made of a label."""
    words = {
        LabelReview.Outcome.ACCEPT: _("accepted"),
        LabelReview.Outcome.FIXED: _("fixed and accepted"),
        LabelReview.Outcome.REJECTED: _("rejected"),
    }
    return words[LabelReview.Outcome(review.outcome)]
