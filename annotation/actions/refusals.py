"""Why a press of an annotator stores nothing: what labels and queues refuse alike."""

from django.utils.translation import gettext as _

from annotation.core.rules import Skipped
from annotation.models import Campaign, CampaignItem


class LabelRefused(ValueError):
    """Why nothing was stored, as a sentence for the person at the page."""


class StalePage(LabelRefused):
    """The item went on in another tab, or changed, since this page showed it."""


def refuse_closed(campaign: Campaign) -> None:
    """A closed campaign is looked at and no longer changed."""
    if campaign.state != Campaign.State.OPEN:
        raise LabelRefused(_("This campaign is closed: its labels can no longer change. Ask a lead to open it again."))


def refuse_unskippable(rule: Skipped, item: CampaignItem) -> None:
    """Some campaigns want every item decided, and some items are wanted decided in any campaign."""
    if rule == Skipped.NEVER or item.unskippable:
        raise LabelRefused(
            _("This item cannot be skipped: decide it, as undefined if need be, or put it to the end of your queue.")
        )


def elsewhere() -> str:
    """Two tabs, one item; or a lead took it away, or gave it back."""
    return _(
        "This item was changed in another tab or window, or by a lead. Nothing was overwritten, and what you typed is "
        "still here; reload to see the newer state."
    )
