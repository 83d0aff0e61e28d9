"""Tuning a judge on one page: the locked split, the rubric, saved and new side by side, thresholds, drafts, flags."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotation.actions.flags import decide_flag
from annotation.actions.proposals import Proposer, propose_rubric
from annotation.actions.splits import lock_split, look_at_test
from annotation.actions.tuning import accept_draft, decline_draft, refitted, save_rubric, with_refit, with_threshold
from annotation.core import figures
from annotation.core.splits import SplitRule
from annotation.core.tuning.paired import BETTER, WORSE
from annotation.core.tuning.refit import as_yaml
from annotation.core.tuning.sweep import as_csv, best, sweep
from annotation.models import RubricDraft
from annotation.pages.tuning import changed_prompts, sweep_chart
from annotation.permissions import account
from annotation.reports import ReportRefused
from annotation.reports.flagged import flagged_list
from annotation.reports.looks import items_by_side, looks_at, newest_looks
from annotation.reports.tuning import SideBySide, Sweepable, criterion_asked, side_by_side, sweepable, tuned_runs
from annotation.reports.which import DEV, locked_split
from annotation.views.agreement_asked import Asked, about_asked, asked_of, number_in
from judging.actions.runs import RunScope, start_run
from judging.models import Dataset, Item, Judge, Run
from judging.pages.sentences import sentence
from judging.permissions import lead_required

DRAFTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What the address of the page means: the saved run, and the new one beside it."""

    asked: Asked
    saved: Run | None
    new: Run | None
    criterion: str | None

    @property
    def can_compare(self) -> bool:
        """Whether there are two runs and somebody's word to compare them by."""
        return None not in (self.saved, self.new, self.asked.campaign, self.criterion)


@lead_required
@about_asked
def agreement_tune(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The page. What is chosen on it is in the address; of a locked split it shows the items to tune on."""
    tuned = tuned_of(request, dataset_pk)
    asked, dataset = tuned.asked, tuned.asked.dataset
    context: dict[str, Any] = {
        "dataset": dataset,
        "asked": asked,
        "tuned": tuned,
        "campaigns": asked.campaigns,
        "runs": tuned_runs(dataset),
        "split": locked_split(dataset),
        "sides": items_by_side(dataset),
        "looks": newest_looks(dataset),
        "looks_of": [{"judge": name, "version": version, "n": n} for (name, version), n in looks_at(dataset).items()],
        "drafts": drafts_of(dataset),
        "flagged": flagged_list(asked.campaign, asked.which) if asked.campaign else [],
        "query": request.GET.urlencode(),
    }
    return render(request, "annotation/agreement_tune.html", context | _compared(tuned) | _swept(tuned))


@lead_required
@about_asked
def agreement_sweep_csv(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The rows of the sweep, as mdk writes them."""
    found = _sweepable(tuned_of(request, dataset_pk))
    if found is None:
        messages.error(request, _("This judge gives no scores to move a threshold along."))
        return _back(request, dataset_pk)
    headers = {"Content-Disposition": 'attachment; filename="plot.csv"'}
    rows = sweep(found.scored, found.steps)
    return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


@lead_required
@require_POST
def agreement_split(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Lock the test part."""
    asked = asked_of(request, dataset_pk)
    try:
        rule = SplitRule(seed=int(request.POST.get("seed", "0")), test_share=float(request.POST["test_share"]) / 100)
        found = lock_split(asked.dataset, rule, campaign=asked.campaign, by=account(request.user))
        said = _("%(dev)s items are there to tune on, %(test)s are locked away.") % found
        messages.success(request, said)
    except ValueError as refusal:
        messages.error(request, sentence(str(refusal)))
    return _back(request, dataset_pk)


@lead_required
@require_POST
def agreement_look(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Look at the test part: kept first, then shown."""
    tuned = tuned_of(request, dataset_pk)
    judges = {run.judge.pk: run.judge for run in (tuned.saved, tuned.new) if run and run.judge}
    if not judges:
        judges = {run.judge.pk: run.judge for run in tuned.asked.runs() if run.judge}
    try:
        by = account(request.user)
        look = look_at_test(tuned.asked.dataset, judges=judges.values(), where="agreement_tune", by=by)
    except ValueError as refusal:
        messages.error(request, sentence(str(refusal)))
        return _back(request, dataset_pk)
    address = reverse("agreement_tune", args=[dataset_pk])
    query = request.GET.copy()
    query["split"], query["look"] = "test", str(look.pk)
    return redirect(f"{address}?{query.urlencode()}")


@lead_required
@require_POST
def agreement_rubric(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Save the edited prompts as a new version, and put it to work on the items to tune on."""
    tuned = tuned_of(request, dataset_pk)
    judge = _judge(tuned)
    prompts = {
        part: {role: request.POST.get(f"{part}:{role}", text).replace("\r\n", "\n") for role, text in roles.items()}
        for part, roles in (judge.rubric.prompts if judge.rubric else {}).items()
    }
    by = account(request.user)
    return _made(request, tuned, lambda: save_rubric(tuned.asked.dataset, judge, prompts, by=by))


@lead_required
@require_POST
def agreement_threshold(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Make the version that decides by another threshold, and put it to work on the items to tune on."""
    tuned = tuned_of(request, dataset_pk)
    return _made(request, tuned, lambda: with_threshold(_judge(tuned), float(request.POST.get("threshold", ""))))


@lead_required
def agreement_refit(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Fit the attribute judge's coefficients to the items to tune on: as a file, or sent, as a new version at work."""
    tuned = tuned_of(request, dataset_pk)
    saved, campaign = tuned.saved, tuned.asked.campaign
    if saved is None or campaign is None or tuned.criterion is None:
        messages.error(request, _("A refit needs a run of a judge and people's labels."))
        return _back(request, dataset_pk)
    try:
        found = refitted(saved, campaign, tuned.criterion)
    except ValueError as refusal:
        messages.error(request, sentence(str(refusal)))
        return _back(request, dataset_pk)
    if request.method != "POST":
        headers = {"Content-Disposition": 'attachment; filename="coefficients.yaml"'}
        return HttpResponse(as_yaml(found.coefficients), content_type="application/yaml", headers=headers)
    sides = {"before": found.before["accuracy"], "after": found.after["accuracy"]}
    said = {side: figures.with_interval(one) for side, one in sides.items()}
    messages.info(request, _("Accuracy on held-out items: %(before)s before, %(after)s after.") % said)
    return _made(request, tuned, lambda: with_refit(_judge(tuned), found.coefficients))


@lead_required
@require_POST
def agreement_propose(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """Ask a model for better prompts; what comes is a draft."""
    tuned = tuned_of(request, dataset_pk)
    if tuned.saved is None or tuned.asked.campaign is None or tuned.criterion is None:
        raise Http404("A proposal needs a run and people's word.")
    given = {name: request.POST.get(name, "").strip() for name in ("engine", "model", "base_url")}
    try:
        by = account(request.user)
        propose_rubric(tuned.saved, tuned.asked.campaign, tuned.criterion, Proposer(**given), by=by)
        messages.success(request, _("The model proposed a draft. Nothing uses it until somebody accepts it."))
    except ValueError as refusal:
        messages.error(request, sentence(str(refusal)))
    return _back(request, dataset_pk)


@lead_required
@require_POST
def agreement_draft(request: HttpRequest, dataset_pk: int, pk: int) -> HttpResponseBase:
    """Accept a draft, which makes it a version and puts that to work, or decline it."""
    tuned = tuned_of(request, dataset_pk)
    draft = get_object_or_404(RubricDraft, pk=pk, dataset=dataset_pk)
    by = account(request.user)
    if request.POST.get("decision") == "accept":
        return _made(request, tuned, lambda: accept_draft(draft, by=by))
    try:
        decline_draft(draft, by=by)
    except ValueError as refusal:
        messages.error(request, sentence(str(refusal)))
    return _back(request, dataset_pk)


@lead_required
@require_POST
def agreement_flag(request: HttpRequest, dataset_pk: int, position: int) -> HttpResponseBase:
    """A lead's word on whether an item's question or reference is bad."""
    asked = asked_of(request, dataset_pk)
    item = get_object_or_404(Item, dataset=dataset_pk, position=position)
    if asked.campaign is None:
        raise Http404("Flags are of one campaign.")
    is_bad = request.POST.get("decision") == "bad"
    decide_flag(asked.campaign, item, is_bad=is_bad, comment=request.POST.get("comment", ""), by=account(request.user))
    return _back(request, dataset_pk, "#flagged")


def tuned_of(request: HttpRequest, dataset_pk: int) -> Tuned:
    """Read the address; the saved run is the newest where none is named."""
    asked = asked_of(request, dataset_pk)
    saved = asked.run or next(iter(tuned_runs(asked.dataset)), None)
    number = number_in(request, "new")
    runs = Run.objects.filter(dataset=dataset_pk, judge__isnull=False).select_related("judge__rubric")
    new = get_object_or_404(runs, pk=number) if number else None
    return Tuned(asked=asked, saved=saved, new=new, criterion=_criterion(asked, saved))


def _criterion(asked: Asked, run: Run | None) -> str | None:
    if run is None or asked.campaign is None:
        return None
    try:
        return criterion_asked(asked.campaign, run, asked.criterion)
    except ReportRefused:
        return None


def _compared(tuned: Tuned) -> dict[str, Any]:
    found = _side_by_side(tuned)
    if found is None:
        return {"compared": None}
    return {"compared": found.compared.as_json(), "better": found.flips(BETTER), "worse": found.flips(WORSE)}


def _side_by_side(tuned: Tuned) -> SideBySide | None:
    campaign = tuned.asked.campaign
    if tuned.saved is None or tuned.new is None or campaign is None or tuned.criterion is None:
        return None
    try:
        return side_by_side(tuned.saved, tuned.new, campaign, tuned.criterion)
    except ReportRefused:
        return None


def _swept(tuned: Tuned) -> dict[str, Any]:
    found = _sweepable(tuned)
    if found is None:
        return {"sweep": None}
    rows = sweep(found.scored, found.steps)
    chart = sweep_chart(rows, "thresholds", mark=found.threshold)
    return {"sweep": found, "sweep_chart": chart, "best": best(rows), "is_low_clean": found.scored.direction == "lower"}


def _sweepable(tuned: Tuned) -> Sweepable | None:
    if tuned.saved is None or tuned.asked.campaign is None or tuned.criterion is None:
        return None
    try:
        return sweepable(tuned.saved, tuned.asked.campaign, tuned.criterion)
    except ReportRefused:
        return None


def drafts_of(dataset: Dataset) -> list[dict[str, Any]]:
    """The newest drafts with what they change."""
    drafts = RubricDraft.objects.filter(dataset=dataset)
    found = drafts.select_related("base", "judge", "accepted", "made_by", "decided_by")[:DRAFTS]
    return [{"draft": draft, "changes": changed_prompts(draft.base.prompts, draft.prompts)} for draft in found]


def _judge(tuned: Tuned) -> Judge:
    if tuned.saved is None or tuned.saved.judge is None:
        raise Http404("Choose a run of a judge first.")
    judge: Judge = tuned.saved.judge
    return judge


def _made(request: HttpRequest, tuned: Tuned, make: Any) -> HttpResponseBase:
    """A new version at work on the items to tune on, beside the saved one; a refusal as a message."""
    dataset = tuned.asked.dataset
    scope = RunScope(split=DEV if locked_split(dataset) else "")
    address = str(tuned.saved.snapshot.get("base_url", "")) if tuned.saved else ""
    try:
        with transaction.atomic():
            judge = make()
            run = start_run(judge, dataset, scope=scope, base_url=address, by=account(request.user))
    except ValueError as refusal:
        messages.error(request, sentence(str(refusal)))
        return _back(request, dataset.pk)
    messages.success(request, _("%(judge)s was saved, and judges the items to tune on.") % {"judge": judge})
    query = request.GET.copy()
    query["new"] = str(run.pk)
    if tuned.saved:
        query["run"] = str(tuned.saved.pk)
    return redirect(f"{reverse('agreement_tune', args=[dataset.pk])}?{query.urlencode()}#compared")


def _back(request: HttpRequest, dataset_pk: int, place: str = "") -> HttpResponseBase:
    query = request.GET.urlencode()
    return redirect(f"{reverse('agreement_tune', args=[dataset_pk])}{'?' if query else ''}{query}{place}")
