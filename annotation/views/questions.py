"""Questions with choices from documents: a teacher makes them, people review every one, the good ones are asked."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.actions.kept_questions import UNREADABLE, Reviewers, keep_questions, review_questions
from annotation.actions.people import CampaignRefused
from annotation.core.resolution import HumanVerdict
from annotation.forms.questions import DocumentForm, ReviewersForm
from annotation.models import Campaign
from judging.actions.candidates import candidates_of
from judging.actions.document_questions import Teaching, start_teaching
from judging.actions.runs import RunRefused
from judging.benchmarks.mmlu.teaching import Bad
from judging.models import Run
from judging.permissions import lead_required
from judging.reports import run_progress
from judging.reports.document_questions import STAGE, made_questions
from judging.views.runs import STOP_POLLING, wants_fragment

PER_PAGE = 25
SHOWN = 20
REASONS: Mapping[str, Any] = {
    Bad.NO_QUESTION: gettext_lazy("the reply holds no question in the form that was asked for"),
    Bad.NOT_FOUR: gettext_lazy("not four choices, A to D"),
    Bad.SAME_CHOICES: gettext_lazy("two choices are the same"),
    Bad.NO_ANSWER: gettext_lazy("no letter of a right choice"),
    Bad.OTHER_ANSWER: gettext_lazy("letter and text of the answer are different choices"),
    Bad.CUT_OFF: gettext_lazy("cut off, because the reply was too long"),
    Bad.REPEATED: gettext_lazy("the same as an earlier question"),
}
LEFT_OUT: Mapping[str, Any] = {
    HumanVerdict.WRONG: gettext_lazy("bad"),
    HumanVerdict.UNDEFINED: gettext_lazy("undefined"),
    HumanVerdict.TIE: gettext_lazy("people do not agree"),
    HumanVerdict.UNREVIEWED: gettext_lazy("not reviewed yet"),
    UNREADABLE: gettext_lazy("no question with four choices after it was mended"),
}


@lead_required
@require_http_methods(["GET", "POST"])
def benchmark_questions(request: HttpRequest) -> HttpResponseBase:
    """Let a teacher make questions of a document; what teachers made so far."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = taught(form.cleaned_data, request)
        except RunRefused as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("run_questions", run.pk)
    runs = Run.objects.filter(stage=STAGE, kind=Run.Kind.GENERATE).select_related("dataset", "made_by")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "annotation/benchmark_questions.html", {"form": form, "page": page})


def taught(said: dict[str, Any], request: HttpRequest) -> Run:
    """The run of the teacher that was chosen."""
    teacher, *more = candidates_of([said["model"]], engine=said["engine"], base_url=said["base_url"])
    if more:
        raise RunRefused(_("This folder holds several models; name one of them."))
    teaching = Teaching(teacher=teacher, per_passage=said["per_passage"], seed=said["seed"] or 0)
    by = request.user if isinstance(request.user, User) else None
    return start_teaching([said["document"]], teaching, by=by)


@lead_required
@require_GET
def run_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """What a teacher made, what of it is no question and why, and who reviews it; live while it works."""
    run = teachers_run(pk)
    if wants_fragment(request):
        context = {"run": run, "live": not run.is_over, "progress": run_progress(run)}
        status = STOP_POLLING if run.is_over else 200
        response = render(request, "annotation/_run_questions_progress.html", context, status=status)
        if run.is_over:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "annotation/run_questions.html", page_of(run, ReviewersForm(initial=initial(run))))


def teachers_run(pk: int) -> Run:
    """The run of a teacher; 404 for any other."""
    run: Run = get_object_or_404(Run.objects.select_related("dataset"), pk=pk)
    if run.stage != STAGE:
        raise Http404
    return run


def initial(run: Run) -> dict[str, Any]:
    """What the form for reviewers begins with."""
    return {"campaign": run.dataset.name}


def page_of(run: Run, form: ReviewersForm) -> dict[str, Any]:
    """What the page of a teacher's run shows."""
    made = made_questions(run) if run.state == Run.State.FINISHED else None
    stored = run.snapshot.get(STAGE)
    return {
        "run": run,
        "live": not run.is_over,
        "progress": run_progress(run),
        "made": made,
        "shown": made.questions[:SHOWN] if made else [],
        "bad": [(REASONS.get(reason, reason), n) for reason, n in made.bad.items()] if made else [],
        "form": form,
        "campaigns": Campaign.objects.filter(dataset=stored) if stored else [],
    }


@lead_required
@require_POST
def run_questions_review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the questions to people."""
    run, form = teachers_run(pk), ReviewersForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        reviewers = Reviewers(
            campaign=said["campaign"],
            annotators=[user.username for user in said["annotators"]],
            group=said["group"].name if said["group"] else "",
            labels_per_item=said["labels_per_item"],
        )
        try:
            campaign = review_questions(run, reviewers)
        except (RunRefused, CampaignRefused) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Campaign %(name)s is ready for its annotators.") % {"name": campaign.name})
            return redirect("run_questions", run.pk)
    return render(request, "annotation/run_questions.html", page_of(run, form))


@lead_required
@require_POST
def campaign_keep(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a dataset of the questions that people approved, and go on to examining models with it."""
    campaign: Campaign = get_object_or_404(Campaign.objects.select_related("dataset"), pk=pk)
    try:
        kept = keep_questions(campaign, by=request.user if isinstance(request.user, User) else None)
    except CampaignRefused as problem:
        messages.error(request, str(problem))
        return redirect("campaign_detail", campaign.pk)
    left_out = ", ".join(f"{LEFT_OUT.get(reason, reason)} {n}" for reason, n in kept.left_out.items()) or _("none")
    told = ngettext(
        "%(n)d approved question is in %(name)s (mended: %(mended)d; left out: %(left_out)s).",
        "%(n)d approved questions are in %(name)s (mended: %(mended)d; left out: %(left_out)s).",
        kept.kept,
    ) % {"n": kept.kept, "name": kept.dataset.name, "mended": kept.mended, "left_out": left_out}
    messages.success(request, told)
    return redirect(f"{reverse('benchmark_start')}?benchmark=mmlu_branch&dataset={kept.dataset.pk}")
