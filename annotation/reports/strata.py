"""Parts of a dataset that a stratified sample was too small for."""

from django.utils.translation import ngettext

from annotation.core.rules import CampaignRules
from annotation.models import Campaign, CampaignItem
from annotation.reports.doubts import strata_of


def parts_left_out(campaign: Campaign) -> str:
    """A sentence where items were drawn part by part, and fewer than there are parts; '' else. It reads every item."""
    rules = CampaignRules.from_json(campaign.rules)
    if not rules.stratify_by or not rules.sample:
        return ""
    longest = CampaignItem._meta.get_field("stratum").max_length
    parts = {name[:longest] for name in strata_of(campaign.dataset, rules.stratify_by, campaign.run).values()}
    drawn = set(campaign.campaign_items.order_by().values_list("stratum", flat=True).distinct())
    left = sorted(parts - drawn)
    if not left:
        return ""
    text = ngettext(
        "The sample is too small for its parts: of %(parts)d parts %(left)d has no item (%(name)s). What is found of "
        "the others does not speak for it: draw more items, or divide by something coarser.",
        "The sample is too small for its parts: of %(parts)d parts %(left)d have no item (%(name)s among them). What "
        "is found of the others does not speak for them: draw more items, or divide by something coarser.",
        len(left),
    )
    return text % {"parts": len(parts), "left": len(left), "name": left[0]}
