"""Campaigns as leads see them: making one, changing its rules, who reviews what, how far they are."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.actions.bulk_undo import last_bulk_action
from annotation.actions.campaign_rules import Changes, change_campaign, close_campaign, open_campaign
from annotation.actions.campaigns import assign_items
from annotation.actions.people import CampaignRefused, add_annotators, hand_over, remove_annotators
from annotation.actions.picked import Picked, review_picked
from annotation.core.differences import differences
from annotation.core.positions import text_of
from annotation.forms.campaigns import CampaignForm, PeopleForm, RulesForm, initial_of
from annotation.models import Annotator, Assignment, Campaign
from annotation.reports.progress import campaign_progress, places_wanted
from annotation.reports.promptfoo import is_promptfoo
from annotation.reports.stale import stale_of
from annotation.reports.strata import parts_left_out
from annotation.views.campaign_undo import last_done, say_done, user_of
from judging.core.builtin.promptfoo import PROMPTFOO_RESULT
from judging.models import Dataset, Rubric, Run
from judging.permissions import lead_required
from judging.reports.benchmark_items import behind, positions_of

PER_PAGE = 25
MOST_VERSIONS = 50


@lead_required
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponseBase:
    """All campaigns, newest first, each with how far its people are."""
    page = Paginator(Campaign.objects.select_related("dataset"), PER_PAGE).get_page(request.GET.get("page"))
    rows: dict[int, dict[str, Any]] = {c.pk: {"campaign": c, "people": 0, "total": 0, "done": 0} for c in page}
    for one in Assignment.objects.filter(campaign__in=list(rows)).progress():
        row = rows[one["campaign_id"]]
        row["people"] += 1
        row["total"] += one["total"]
        row["done"] += one["done"]
    for pk, places in places_wanted(page).items():
        rows[pk]["total"] = max(rows[pk]["total"], places)
    return render(request, "annotation/campaign_list.html", {"page": page, "rows": rows.values()})


@lead_required
@require_http_methods(["GET", "POST"])
def campaign_create(request: HttpRequest) -> HttpResponseBase:
    """A new campaign, empty or like another one."""
    form = CampaignForm(request.POST or None, initial=initial(request))
    if form.is_valid():
        try:
            campaign = made_from(form)
        except CampaignRefused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Campaign %(name)s is ready for its annotators.") % {"name": campaign.name})
            if sentence := parts_left_out(campaign):
                messages.warning(request, sentence)
            return redirect("campaign_detail", campaign.pk)
    return render(request, "annotation/campaign_create.html", {"form": form})


def initial(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form of a new campaign."""
    like = request.GET.get("like", "")
    if not like.isdecimal():
        dataset, run = request.GET.get("dataset", ""), request.GET.get("run")
        return {"dataset": dataset, "run": run, "rubric": usual_rubric(dataset)} | picked_in(request)
    campaign = get_object_or_404(Campaign, pk=like)
    name = _("%(name)s, once more") % {"name": campaign.name}
    return initial_of(campaign, newest_guideline(campaign)) | {"name": name[:200]}


def picked_in(request: HttpRequest) -> dict[str, str]:
    """The items that an address names: by their numbers, or as those behind a figure of a benchmark."""
    if "positions" in request.GET:
        return {"positions": request.GET["positions"]}
    number, asked = request.GET.get("run", ""), request.GET.get("behind", "")
    run = Run.objects.filter(pk=number, benchmark_run__isnull=False).first() if asked and number.isdecimal() else None
    if run is None:
        return {}
    return {"positions": text_of(positions_of(behind(run, dict(parse_qsl(asked)))))}


def usual_rubric(dataset: str) -> Rubric | None:
    """What is asked of the dataset in a form value, if nobody chooses otherwise."""
    found = Dataset.objects.ready().filter(pk=dataset).first() if dataset.isdecimal() else None
    if found is None or not is_promptfoo(found):
        return None
    rubric: Rubric | None = Rubric.objects.newest(PROMPTFOO_RESULT.name).first()
    return rubric


def newest_guideline(campaign: Campaign) -> str:
    """The text people label by now."""
    newest = campaign.guidelines.order_by("-version").first()
    return newest.text if newest else ""


def picked_from(form: CampaignForm) -> Picked:
    """The items that a form names, and their people."""
    data = form.cleaned_data
    return Picked(
        name=data["name"],
        positions=data["positions"],
        annotators=[user.username for user in data["annotators"]],
        run=data["run"],
        labels_per_item=data["labels_per_item"],
        terms=form.terms(),
        design=form.design(),
    )


def made_from(form: CampaignForm) -> Campaign:
    """The campaign that a form asks for."""
    data = form.cleaned_data
    if data["positions"]:
        return review_picked(data["dataset"], picked_from(form))
    return assign_items(
        data["dataset"],
        name=data["name"],
        run=data["run"],
        annotators=[user.username for user in data["annotators"]],
        labels_per_item=data["labels_per_item"],
        order=data["order"],
        seed=data["seed"],
        terms=form.terms(),
        design=form.design(),
    )


@lead_required
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rules that may change while people work, and those that no longer may."""
    campaign = found(pk)
    form = RulesForm(request.POST or None, initial=initial_of(campaign, newest_guideline(campaign)))
    if form.is_valid():
        since = last_bulk_action(campaign)
        try:
            change_campaign(campaign, changes_of(form), by=user_of(request))
        except CampaignRefused as problem:
            form.add_error(None, str(problem))
        else:
            say_done(request, campaign, _("The rules are stored."), since=since)
            return redirect("campaign_detail", campaign.pk)
    return render(request, "annotation/campaign_edit.html", {"campaign": campaign, "form": form})


def changes_of(form: RulesForm) -> Changes:
    """What a form asks for."""
    data = form.cleaned_data
    return Changes(
        name=data["name"],
        run=data["run"],
        terms=form.terms(),
        rules=form.rules(),
        hold_seconds=data["hold_minutes"] * 60,
    )


@lead_required
@require_POST
def campaign_preview(request: HttpRequest) -> HttpResponseBase:
    """A guideline as annotators will read it."""
    return render(request, "annotation/_campaign_preview.html", {"text": request.POST.get("guideline", "")})


@lead_required
@require_GET
def campaign_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One campaign: its rules, and its people with what they have done."""
    campaign = found(pk)
    context = {
        "campaign": campaign,
        "progress": campaign_progress(campaign, timezone.now()),
        "stale": stale_of(campaign).counts(),
        "guideline": campaign.guidelines.order_by("-version").first(),
        "now": timezone.now(),
        "typed_names": request.GET.get("names", ""),
        **last_done(request, campaign),
    }
    return render(request, "annotation/campaign_detail.html", context)


def found(pk: int) -> Campaign:
    """A campaign with what its page names."""
    campaign: Campaign = get_object_or_404(Campaign.objects.select_related("dataset", "run__judge", "rubric"), pk=pk)
    return campaign


@lead_required
@require_GET
def campaign_guideline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every version of the guideline, each with what it changed."""
    campaign = found(pk)
    versions = list(campaign.guidelines.order_by("-version")[:MOST_VERSIONS])
    before = ["", *(one.text for one in reversed(versions))]
    rows = [(one, differences(old, one.text)) for one, old in zip(reversed(versions), before, strict=False)][::-1]
    return render(request, "annotation/campaign_guideline.html", {"campaign": campaign, "rows": rows})


@lead_required
@require_POST
def campaign_state(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Close or open it."""
    campaign = found(pk)
    if request.POST.get("state") == Campaign.State.CLOSED:
        close_campaign(campaign)
        messages.success(request, _("The campaign is closed: its labels can be read and no longer changed."))
    else:
        open_campaign(campaign)
        messages.success(request, _("The campaign is open again."))
    return redirect("campaign_detail", pk)


@lead_required
@require_POST
def campaign_people(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add, remove, or hand somebody's open items over."""
    campaign = found(pk)
    form = PeopleForm(request.POST, people=dict(Annotator.objects.values_list("pk", "name")))
    if not form.is_valid():
        messages.error(request, _("Choose people for this."))
        return redirect("campaign_detail", pk)
    since = last_bulk_action(campaign)
    try:
        said = changed_people(campaign, form.cleaned_data, by=user_of(request))
    except CampaignRefused as problem:
        messages.error(request, str(problem))
        typed = {"names": form.cleaned_data["names"]} if form.cleaned_data["action"] == PeopleForm.ADD else {}
        return redirect(f"{reverse('campaign_detail', args=[pk])}{'?' if typed else ''}{urlencode(typed)}")
    say_done(request, campaign, said, since=since)
    return redirect("campaign_detail", pk)


def changed_people(campaign: Campaign, data: dict[str, Any], *, by: User | None) -> str:
    """Do it, and say what was done."""
    names = [name.strip() for name in data["names"].split(",") if name.strip()]
    if data["action"] == PeopleForm.HAND_OVER:
        giver = get_object_or_404(Annotator, pk=data["giver"])
        takers = list(Annotator.objects.filter(pk__in=data["takers"]).select_related("user"))
        if not takers:
            raise CampaignRefused(_("Choose who takes the items over."))
        moved = hand_over(campaign, giver, takers, count=data["count"], by=by)
    elif not names:
        raise CampaignRefused(_("Name at least one person."))
    elif data["action"] == PeopleForm.ADD:
        add_annotators(campaign, names, by=by)
        return _("%(names)s can review now.") % {"names": ", ".join(names)}
    else:
        moved = remove_annotators(campaign, names, by=by)
    return ngettext("%(n)d item moved.", "%(n)d items moved.", moved) % {"n": moved}
