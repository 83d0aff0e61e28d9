"""Pages of benchmarks: models side by side, the items behind every figure, two models compared."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from judging.actions.benchmarks import (
    Graders,
    RecipeWish,
    Wish,
    cancel_benchmark,
    fetch_questions,
    go_on,
    grading_judge,
    open_benchmark,
    published_folder,
    questions_of,
    recipe_for,
    resume_benchmark,
)
from judging.actions.candidates import candidates_of
from judging.actions.judges import JudgeChoice
from judging.actions.runs import RunRefused
from judging.benchmarks import BENCHMARKS, Benchmark, Stage
from judging.benchmarks.mt_bench.answering import Asking
from judging.benchmarks.mt_bench.prompt_kinds import SINGLE
from judging.forms import BenchmarkForm
from judging.models import BenchmarkRun, Run
from judging.pages.benchmark_pairs import pair_biases, pair_table, rating_biases
from judging.pages.benchmarks import is_share, sections_of
from judging.pages.sentences import by_fields
from judging.permissions import lead_required
from judging.reports import queue_of, queue_state
from judging.reports.benchmark_comparisons import OUTCOMES, comparable, meeting_of, question_texts
from judging.reports.benchmark_documents import report_document
from judging.reports.benchmark_items import DROPPED, OF_FIGURES, RIGHT, SCORED, WRONG, behind, n_items
from judging.reports.benchmark_rows import final_runs
from judging.reports.benchmark_steps import step_progress
from judging.reports.benchmarks import BenchmarkReport, benchmark_report
from judging.reports.mt_bench import unrated_items
from judging.views.runs import STOP_POLLING, wants_fragment

PER_PAGE = 25
ITEMS_PER_PAGE = 50


@lead_required
@require_GET
def benchmark_list(request: HttpRequest) -> HttpResponse:
    """Every examination, newest first, or those of one benchmark."""
    chosen = request.GET.get("benchmark", "")
    found = BenchmarkRun.objects.select_related("dataset", "judge", "made_by")
    if chosen:
        found = found.filter(benchmark=chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"run": run, "title": BENCHMARKS[run.benchmark].title} for run in page]
    context = {"page": page, "rows": rows, "chosen": chosen, "benchmarks": BENCHMARKS.values()}
    return render(request, "judging/benchmark_list.html", context)


@lead_required
@require_http_methods(["GET", "POST"])
def benchmark_start(request: HttpRequest) -> HttpResponseBase:
    """Choose models and a benchmark."""
    form = BenchmarkForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            found = started(form, request)
        except RunRefused as error:
            form.add_error(None, by_fields(str(error)))
        else:
            return redirect(found)
    return render(request, "judging/benchmark_start.html", {"form": form})


@transaction.atomic
def started(form: BenchmarkForm, request: HttpRequest) -> BenchmarkRun:
    """The examination that the answers mean, on its queue."""
    by = request.user if isinstance(request.user, User) else None
    benchmark = BENCHMARKS[form.cleaned_data["benchmark"]]
    found = open_benchmark(benchmark, form.cleaned_data["dataset"], wish_from(benchmark, form.cleaned_data), by=by)
    if found.state == BenchmarkRun.State.FAILED:
        resume_benchmark(found)
    go_on(found.pk)
    return found


def wish_from(benchmark: Benchmark, said: dict[str, Any]) -> Wish:
    """What the answers of the form ask for."""
    choice = JudgeChoice(name=said["judge"], engine=said["judge_engine"], model=said["judge_model"].strip())
    graders = Graders(choice=choice, data=str(published_folder(benchmark)), mode=said["mode"] or SINGLE)
    return Wish(
        candidates=candidates_of(said["models"], engine=said["engine"], base_url=said["base_url"]),
        part=next(iter(benchmark.parts), ""),
        first_n=said["first_n"],
        seed=said["seed"] or 0,
        recipe=recipe_for(benchmark, said["dataset"], recipe_wish(said)),
        asking=Asking(system=said["system"]),
        mode=said["mode"] or SINGLE,
        baseline=said["baseline"].strip(),
        judge=grading_judge(benchmark, graders) if benchmark.is_graded else None,
        judge_base_url=said["judge_base_url"],
        repeats=said["repeats"],
    )


@lead_required
@require_POST
def benchmark_fetch(request: HttpRequest) -> HttpResponseBase:
    """Get MT-Bench's published files from the network, as a dataset to start with."""
    benchmark = BENCHMARKS["mt_bench"]
    try:
        fetched = fetch_questions(benchmark)
        by = request.user if isinstance(request.user, User) else None
        dataset = questions_of(benchmark, str(fetched.folder), by=by)
    except RunRefused as error:
        messages.error(request, str(error))
        return redirect("benchmark_start")
    told = ", ".join(f"{name} sha256 {digest[:16]}…" for name, digest in fetched.checksums.items())
    messages.success(request, _("The published files are here: %(files)s") % {"files": told})
    return redirect(f"{reverse('benchmark_start')}?benchmark={benchmark.name}&dataset={dataset.pk}")


def recipe_wish(said: dict[str, Any]) -> RecipeWish:
    """How questions with choices are to be put."""
    return RecipeWish(shots=said["shots"], chat=said["chat"], system=said["system"], continued=said["continued"])


@lead_required
@require_GET
def benchmark_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Models side by side; while it runs htmx asks for its progress alone, and for the whole page when it is over."""
    found = found_run(pk)
    live = not found.is_over
    steps = step_progress(found)
    working = next((each.run for each in steps if each.run is not None and not each.run.is_over), None)
    context: dict[str, Any] = {
        "benchmark_run": found,
        "live": live,
        "steps": steps,
        "queue": queue_state(queue_of(working)) if live and working is not None else None,
    }
    if wants_fragment(request):
        response = render(request, "judging/_benchmark_progress.html", context, status=200 if live else STOP_POLLING)
        if not live:
            response["HX-Refresh"] = "true"
        return response
    report = benchmark_report(found)
    context |= {"report": report, "sections": sections_of(report), "share": is_share(report)}
    if report.pairs is not None:
        context["table"] = pair_table(report.pairs, found)
    context["unread"] = unread_of(report)
    context["biases"] = [*pair_biases(report.pairs), *rating_biases(report)]
    return render(request, "judging/benchmark_detail.html", context)


def unread_of(report: BenchmarkReport) -> list[tuple[Run, str, int]]:
    """The runs whose judge could not be read on some items: each with the model's name, '' for pairs, and how many."""
    if not report.benchmark.is_graded:
        return []
    graded = [(run, model.name) for model in report.models for run in model.runs]
    if report.pairs is not None and report.pairs.run is not None:
        graded.append((report.pairs.run, ""))
    counted = [(run, name, unrated_items(run).count()) for run, name in graded if run.is_over]
    return [each for each in counted if each[2]]


def found_run(pk: int) -> BenchmarkRun:
    """An examination with what its page names."""
    found: BenchmarkRun = get_object_or_404(BenchmarkRun.objects.select_related("dataset", "judge", "made_by"), pk=pk)
    return found


@lead_required
@require_GET
def benchmark_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report as JSON."""
    found = found_run(pk)
    response = JsonResponse(
        report_document(benchmark_report(found)), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="{found.benchmark}-{found.pk}.json"'
    return response


@lead_required
@require_GET
def benchmark_items(request: HttpRequest, pk: int) -> HttpResponse:
    """The items behind a figure: of one candidate, of a group or a part, by what came of them."""
    found = found_run(pk)
    run = run_of(found, request.GET.get("candidate", "0"))
    chosen = {name: request.GET.get(name, "") for name in OF_FIGURES}
    rows = behind(run, chosen)
    page = Paginator(rows, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    chooses = run.stage == Stage.CHOICES
    context = {
        "benchmark_run": found,
        "title": BENCHMARKS[found.benchmark].title,
        "run": run,
        "candidate": found.candidates[run.candidate or 0]["model"],
        "chosen": chosen,
        "page": page,
        "chooses": chooses,
        "outcomes": [("", _("all")), *((each, label) for each, label in outcome_labels(chooses))],
        "query": without_page(request),
        "n_items": n_items(rows),
        "behind": urlencode(chosen),
    }
    return render(request, "judging/benchmark_items.html", context)


def without_page(request: HttpRequest) -> str:
    """The address's choices, but for the page."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def outcome_labels(chooses: bool) -> list[tuple[str, str]]:
    """What may have come of an item, in words."""
    if chooses:
        return [(RIGHT, _("right")), (WRONG, _("wrong")), (DROPPED, _("without a score"))]
    return [(SCORED, _("with a score")), (DROPPED, _("without a score"))]


def run_of(benchmark_run: BenchmarkRun, candidate: str) -> Run:
    """The run behind a candidate's figures; 404 where there is none yet."""
    known = candidate.isdecimal() and int(candidate) < len(benchmark_run.candidates)
    runs = final_runs(benchmark_run, int(candidate)) if known else []
    if not runs:
        raise Http404
    return runs[0]


@lead_required
@require_GET
def benchmark_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Any two models on the same questions."""
    found = found_run(pk)
    sides = {side.value: side for side in comparable(found)}
    first, second = (sides.get(request.GET.get(name, "")) for name in ("first", "second"))
    meeting = meeting_of(first, second) if first and second else None
    outcome = request.GET.get("outcome", "")
    met = [each for each in meeting.met if not outcome or each.outcome == outcome] if meeting else []
    page = Paginator(met, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    texts = question_texts(list(page))
    context = {
        "benchmark_run": found,
        "title": BENCHMARKS[found.benchmark].title,
        "chooses": Stage.CHOICES in BENCHMARKS[found.benchmark].stages,
        "sides": sides.values(),
        "meeting": meeting,
        "outcome": outcome,
        "outcomes": OUTCOMES,
        "page": page,
        "rows": [(texts[each.items[0]], each) for each in page],
        "chosen": {"first": request.GET.get("first", ""), "second": request.GET.get("second", "")},
    }
    return render(request, "judging/benchmark_compare.html", context)


@lead_required
@require_POST
def benchmark_cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop an examination and keep what it found."""
    found = found_run(pk)
    if cancel_benchmark(found):
        messages.success(request, _("The benchmark stops within one batch. What it found stays."))
    else:
        messages.warning(request, _("The benchmark was over already."))
    return redirect(found)


@lead_required
@require_POST
def benchmark_resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let an examination go on: what failed, what was cancelled, what a dead worker left."""
    found = resume_benchmark(found_run(pk))
    if go_on(found.pk) is None:
        messages.warning(request, _("There was nothing left to do."))
    else:
        messages.success(request, _("The benchmark goes on."))
    return redirect(found)
