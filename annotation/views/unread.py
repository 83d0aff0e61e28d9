"""What a judge could not be read on: asked again, then given to people."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from annotation.actions.people import CampaignRefused
from annotation.actions.unread import review_unread
from annotation.forms.unread import UnreadForm
from annotation.models import Campaign
from judging.actions.retries import SETTLED
from judging.models import Run
from judging.permissions import lead_required
from judging.reports.mt_bench import unrated_items, unread_reasons

PER_PAGE = 25


@lead_required
@require_http_methods(["GET", "POST"])
def run_unread(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The items without a value, why they have none, and the two ways on: ask the judge again, or people."""
    run: Run = get_object_or_404(Run.objects.select_related("dataset", "judge"), pk=pk)
    form = UnreadForm(request.POST or None, initial={"campaign": _("run %(number)d, unread") % {"number": run.pk}})
    if request.method == "POST" and form.is_valid():
        try:
            campaign, gained = given(run, form.cleaned_data)
        except CampaignRefused as problem:
            form.add_error(None, str(problem))
        else:
            told = ngettext("The campaign has %(n)d more item.", "The campaign has %(n)d more items.", gained)
            messages.success(request, told % {"n": gained})
            return redirect("campaign_detail", campaign.pk)
    return render(request, "annotation/run_unread.html", page_of(request, run, form))


def given(run: Run, said: dict[str, Any]) -> tuple[Campaign, int]:
    """The campaign that a form asks for."""
    return review_unread(
        run,
        name=said["campaign"],
        annotators=[user.username for user in said["annotators"]],
        labels_per_item=said["labels_per_item"],
    )


def page_of(request: HttpRequest, run: Run, form: UnreadForm) -> dict[str, Any]:
    """What the page shows."""
    reasons = unread_reasons(run)
    return {
        "run": run,
        "form": form,
        "page": Paginator(unrated_items(run), PER_PAGE).get_page(request.GET.get("page")),
        "reasons": reasons,
        "can_retry": run.is_over and run.kind == Run.Kind.JUDGE and bool(set(reasons) - SETTLED),
        "campaigns": Campaign.objects.filter(run=run),
    }
