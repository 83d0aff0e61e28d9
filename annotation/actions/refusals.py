"""Why a press of an annotator stores nothing: what labels and queues refuse alike."""

from django.utils.translation import gettext as _

from annotation.models import Campaign


class LabelRefused(ValueError):
    """Why nothing was stored, as a sentence for the person at the page."""


class StalePage(LabelRefused):
    """The item went on in another tab, or changed, since this page showed it."""


def refuse_closed(campaign: Campaign) -> None:
    """A closed campaign is looked at and no longer changed."""
    if campaign.state != Campaign.State.OPEN:
        raise LabelRefused(_("This campaign is closed: its labels can no longer change. Ask a lead to open it again."))


def elsewhere() -> str:
    """Two tabs, one item."""
    return _(
        "This item was changed in another tab or window. Nothing was overwritten, and what you typed is still here; "
        "reload to see the newer state."
    )
