"""Taking the last action of a lead in a campaign back, from whichever of its pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotation.actions.bulk_undo import NothingToUndo, Undone, last_bulk_action, undo_bulk
from annotation.forms.campaign_items import DONE_WORDS
from annotation.models import BulkAction, Campaign
from judging.permissions import lead_required

JUST_DONE = "bulk-just-done"
PAGES = ("campaign_items", "campaign_detail", "campaign_rereview")
"""Where it is offered, and where one is afterwards."""


@lead_required
@require_POST
def campaign_undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back what was done last."""
    campaign, number = get_object_or_404(Campaign, pk=pk), request.POST.get("bulk_action", "")
    try:
        undone = undo_bulk(campaign, int(number) if number.isascii() and number.isdecimal() else 0)
    except NothingToUndo as problem:
        messages.error(request, str(problem))
    else:
        say_undone(request, undone)
    page = request.POST.get("page", "")
    back = reverse(page if page in PAGES else PAGES[0], args=[pk])
    return redirect(f"{back}?{request.GET.urlencode()}" if request.GET else back)


def user_of(request: HttpRequest) -> User | None:
    """Who does it."""
    return request.user if isinstance(request.user, User) else None


def last_done(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """What can be taken back: said at once after a press, and in a line later on."""
    action, told = last_bulk_action(campaign), request.session.pop(JUST_DONE, "")
    word = DONE_WORDS.get(action.verb, action.verb) if action else ""
    return {"last_action": action, "last_word": word, "told": told}


def say_done(request: HttpRequest, campaign: Campaign, text: str, *, since: BulkAction | None) -> None:
    """What was done, with the offer to take it back where something changed since this action."""
    if last_bulk_action(campaign) != since:
        request.session[JUST_DONE] = text
    else:
        messages.success(request, text)


def say_undone(request: HttpRequest, undone: Undone) -> None:
    """What is as it was, and what is not."""
    n = undone.restored
    if undone.rules:
        messages.success(request, _("The campaign's people and rules are as they were before."))
    elif undone.rules is not None:
        messages.warning(request, _("The rules stay as they are now: somebody changed or used them since."))
    if n or undone.rules is None:
        text = ngettext("%(n)d item is as it was before.", "%(n)d items are as they were before.", n)
        messages.success(request, text % {"n": n})
    if undone.left:
        left = ngettext("%(n)d stayed as it is now.", "%(n)d stayed as they are now.", undone.left) % {"n": undone.left}
        messages.info(request, f"{left} {_('Somebody has gone on with them since.')}")
