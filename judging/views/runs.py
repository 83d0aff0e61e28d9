"""Pages of runs: started, watched while they work, cancelled, resumed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from judging.actions.judges import JudgeChoice, UnknownName, chosen_judge
from judging.actions.retries import SETTLED, retry_unscored
from judging.actions.runs import RunRefused, RunScope, cancel_run, restart_run, start_run
from judging.forms import RunForm
from judging.models import Dataset, Run
from judging.permissions import lead_required
from judging.reports import (
    GPU_QUEUE,
    gpus_of_workers,
    judge_stability,
    judgments_of,
    queue_of,
    queue_state,
    run_progress,
)

RUNS_PER_PAGE = 25
ITEMS_PER_PAGE = 50
STOP_POLLING = 286
"""The status that tells htmx to ask no more."""


@lead_required
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """Every run, newest first, or those of one dataset."""
    chosen = request.GET.get("dataset", "")
    dataset = Dataset.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    runs = Run.objects.with_batches().select_related("dataset", "judge", "made_by")
    if chosen:
        runs = runs.filter(dataset=dataset)
    page = Paginator(runs, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "dataset": dataset, "datasets": Dataset.objects.ready().order_by("name")}
    return render(request, "judging/run_list.html", context)


@lead_required
@require_http_methods(["GET", "POST"])
def run_start(request: HttpRequest) -> HttpResponseBase:
    """Choose a judge and put it to work."""
    asked = {name: request.GET.get(name) for name in ("dataset", "judge", "limit")}
    form = RunForm(request.POST or None, initial=asked | {"seed": 0})
    if request.method == "POST" and form.is_valid():
        try:
            run = started(form, request)
        except (UnknownName, RunRefused) as error:
            form.add_error(None, str(error))
        else:
            return redirect(run)
    return render(request, "judging/run_start.html", {"form": form})


@transaction.atomic
def started(form: RunForm, request: HttpRequest) -> Run:
    """The run that the answers mean; a refused one leaves no new version of its judge behind."""
    by = request.user if isinstance(request.user, User) else None
    chosen = form.cleaned_data
    judge = chosen_judge(
        JudgeChoice(
            name=chosen["judge"], engine=chosen["engine"], model=chosen["model"].strip(), samples=chosen["samples"]
        )
    )
    scope = RunScope(limit=chosen["limit"], seed=chosen["seed"] or 0)
    return start_run(judge, chosen["dataset"], scope=scope, base_url=chosen["base_url"], by=by)


@lead_required
@require_GET
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A run while it works and after; htmx asks for the live part alone until the run is over."""
    run = get_object_or_404(Run.objects.select_related("dataset", "judge__rubric", "made_by"), pk=pk)
    live = not run.is_over and run.kind != Run.Kind.IMPORTED
    queue = queue_state(queue_of(run)) if live else None
    progress = run_progress(run)
    context: dict[str, Any] = {
        "run": run,
        "progress": progress,
        "queue": queue,
        "gpus": gpus_of_workers() if queue and queue.answers and queue.name == GPU_QUEUE else [],
        "live": live,
        "has_samples": not live and run.snapshot.get("judge", {}).get("samples", 1) > 1,
        "can_retry": run.is_over and run.kind == Run.Kind.JUDGE and bool(set(progress.unscored_by_reason) - SETTLED),
        "can_resume": run.state in {Run.State.CANCELLED, Run.State.FAILED} and run.kind != Run.Kind.IMPORTED,
    }
    if wants_fragment(request):
        return render(request, "judging/_run_progress.html", context, status=200 if live else STOP_POLLING)
    return render(request, "judging/run_detail.html", context)


@lead_required
@require_GET
def run_stability(request: HttpRequest, pk: int) -> HttpResponse:
    """How steady the judge of a run is; loaded on its own, because it reads every judgment."""
    run = get_object_or_404(Run.objects.select_related("dataset", "judge"), pk=pk)
    template = "judging/_run_stability.html" if wants_fragment(request) else "judging/run_stability.html"
    return render(request, template, {"run": run, "criteria": judge_stability(run)})


@lead_required
@require_GET
def run_items(request: HttpRequest, pk: int) -> HttpResponse:
    """Items of a run by verdict or by the reason why they have none; the next page begins after the last item."""
    run = get_object_or_404(Run.objects.select_related("dataset", "judge"), pk=pk)
    chosen = {name: request.GET.get(name, "") for name in ("verdict", "reason")}
    after = request.GET.get("after", "")
    found = judgments_of(run).filter(**{name: value for name, value in chosen.items() if value})
    if after.isdecimal():
        found = found.filter(item_id__gt=int(after))
    rows = list(found.select_related("item").order_by("item_id")[: ITEMS_PER_PAGE + 1])
    context = {
        "run": run,
        "chosen": chosen,
        "judgments": rows[:ITEMS_PER_PAGE],
        "graded": any(judgment.verdict for judgment in rows),
        "valued": any(judgment.value != judgment.verdict or not judgment.verdict for judgment in rows),
        "after": rows[ITEMS_PER_PAGE - 1].item_id if len(rows) > ITEMS_PER_PAGE else None,
    }
    return render(request, "judging/run_items.html", context)


@lead_required
@require_POST
def run_cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop a run and keep what it judged."""
    run = get_object_or_404(Run, pk=pk)
    if cancel_run(run):
        messages.success(request, _("The run stops within one batch. What it judged stays."))
    else:
        messages.warning(request, _("The run was over already."))
    return redirect(run)


@lead_required
@require_POST
def run_resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a run go on: what a dead worker left is put back, and so is what failed."""
    run = restart_run(get_object_or_404(Run.objects.worked_here(), pk=pk))
    if run.is_over:
        messages.warning(request, _("There was nothing left to do."))
    else:
        messages.success(request, _("The run is back on its queue."))
    return redirect(run)


@lead_required
@require_POST
def run_retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask again what has no value, and nothing else."""
    run = get_object_or_404(Run, pk=pk)
    try:
        retry_unscored(run, by=request.user if isinstance(request.user, User) else None)
    except RunRefused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("What has no value is asked again."))
    return redirect(run)


def wants_fragment(request: HttpRequest) -> bool:
    """htmx asks for the live part alone; a page that it puts back from its history is a whole one."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
