"""Words and small helpers of the pages for leads."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from annotation.core.lead_reasons import HANDED_OVER, NOT_WANTED, REJECTED, REMOVED
from annotation.core.rules import CampaignRules
from annotation.forms.campaigns import ORDERS
from annotation.models import Campaign, LabelReview
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
    return outcome_word(review.outcome)


@register.filter
def outcome_word(outcome: str) -> str:
    """What a lead made of a label, from what is stored of it."""
    words = {
        LabelReview.Outcome.ACCEPT: _("accepted"),
        LabelReview.Outcome.FIXED: _("fixed and accepted"),
        LabelReview.Outcome.REJECTED: _("rejected"),
        LabelReview.Outcome.TAKEN_BACK: _("taken back"),
    }
    return words[LabelReview.Outcome(outcome)]


@register.filter
def reason_word(reason: str) -> str:
    """Why a place was put aside: people's own words, or what a lead's action stored."""
    words = {
        REJECTED: _("rejected by a lead"),
        NOT_WANTED: _("no longer wanted"),
        REMOVED: _("removed from the campaign"),
        HANDED_OVER: _("handed over"),
        "": _("no reason given"),
    }
    return words.get(reason, reason)


@register.filter
def rules_of(campaign: Campaign) -> CampaignRules:
    """The rules of a campaign."""
    return CampaignRules.from_json(campaign.rules)


@register.simple_tag
def order_word(campaign: Campaign) -> str:
    """The order of a campaign in words."""
    return str(dict(ORDERS)[Campaign.Order(campaign.order)])


@register.filter
def percent(share: float) -> str:
    """A share as a number of percent."""
    return f"{share * 100:g}"


@register.filter
def minutes(seconds: int) -> str:
    """Seconds as minutes."""
    return f"{seconds / 60:g}"
