"""A lead's word on items that people flagged: it counts over theirs."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from annotation.models import Campaign, FlagDecision
from judging.models import Item


class FlagRefused(ValueError):
    """The flag cannot be decided; the message says why."""


@transaction.atomic
def decide_flag(campaign: Campaign, item: Item, *, is_bad: bool, comment: str = "", by: User | None) -> FlagDecision:
    """Say whether an item's question or reference is bad; the decision before it stays in the history."""
    if item.dataset_id != campaign.dataset_id:
        raise FlagRefused(
            gettext("Item %(item)s is not of the dataset of campaign %(campaign)s.")
            % {"item": item.pk, "campaign": repr(campaign.name)}
        )
    standing = FlagDecision.objects.select_for_update().filter(campaign=campaign, item=item, ended_at=None)
    standing.update(ended_at=timezone.now())
    return FlagDecision.objects.create(campaign=campaign, item=item, is_bad=is_bad, comment=comment, by=by)
