"""An annotator's own figures beside the others', who stay nameless."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from annotation.models import Annotator, Campaign
from annotation.reports import MOST_READ_BY_COMMAND, Question, agreement_report, document_of
from annotation.views.agreement_asked import number_in
from judging.permissions import member_required


@member_required
def agreement_own(request: HttpRequest) -> HttpResponseBase:
    """One's own row of the table of annotators, in one of one's own campaigns; the newest where none is named."""
    person = Annotator.objects.filter(user=request.user.pk).first()
    campaigns = list(Campaign.objects.of_user(request.user.pk or 0).select_related("dataset")) if person else []
    campaign = _chosen(campaigns, number_in(request, "campaign"))
    rows = _rows(campaign, person.name) if campaign and person else []
    context = {"campaigns": campaigns, "campaign": campaign, "rows": rows}
    return render(request, "annotation/agreement_own.html", context)


def _chosen(campaigns: list[Campaign], number: int | None) -> Campaign | None:
    if number is None:
        return campaigns[0] if campaigns else None
    found = next((campaign for campaign in campaigns if campaign.pk == number), None)
    if found is None:
        raise Http404("You label nothing in this campaign.")
    return found


def _rows(campaign: Campaign, name: str) -> list[dict[str, Any]]:
    """The person's row of every criterion, and why there is none."""
    question = Question(at_most=MOST_READ_BY_COMMAND, panels=())
    criteria = agreement_report(campaign.dataset, campaign=campaign, runs=[], question=question).criteria
    found = []
    for criterion in criteria:
        asked = replace(question, criterion=criterion, panels=("people",))
        part = document_of(agreement_report(campaign.dataset, campaign=campaign, runs=[], question=asked), asked)
        own = [row for row in part["annotators"] if row["annotator"] == name and row["identity"] == "known"]
        found.append({"criterion": criterion, "people": own, "why": part["left_out"].get("people", "")})
    return found
