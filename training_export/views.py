"""Pages of export, for leads: what left, what could leave, and the files."""

import json
from pathlib import Path

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.core.rules import CampaignRules
from annotation.permissions import own_assignment, queue_owner, review_campaign
from annotation.views.review_screen import decide_screen, rank_on_screen, show_again
from annotation.views.review_steps import refused
from judging.models import Dataset
from judging.pages.sentences import by_fields
from judging.permissions import lead_required, member_required
from training_export.actions import order_export, repeat_export
from training_export.actions.log_saving import save_log
from training_export.forms import ExportForm
from training_export.models import Export
from training_export.selection import ExportProblem, count_selection

PAGE_SIZE = 50
# htmx stops asking when it gets this status.
STOP_POLLING = 286
UNPROCESSABLE = 422


@lead_required
@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """Past exports, newest first."""
    exports = Export.objects.select_related("dataset", "by")
    page = Paginator(exports, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "training_export/export_list.html", {"page": page})


@lead_required
@require_http_methods(["GET", "POST"])
def export_create(request: HttpRequest) -> HttpResponseBase:
    """Choose what leaves, see how much that is, and order it."""
    if request.method == "POST":
        form = ExportForm(request.POST, dataset=dataset_in(request.POST.get("dataset", "")))
        if export := ordered(form, request):
            return redirect("export_detail", pk=export.pk)
        return render(request, "training_export/export_create.html", {"form": form})
    return render(request, *choices_page(request))


def ordered(form: ExportForm, request: HttpRequest) -> Export | None:
    """The export that the form asks for; None where it is refused, which the form then says."""
    if not form.is_valid() or not isinstance(request.user, User):
        return None
    name = form.cleaned_data["format"]
    try:
        return order_export(form.selection, format_name=name, options=form.options, by=request.user)
    except ExportProblem as problem:
        form.refuse(problem)
    return None


def choices_page(request: HttpRequest) -> tuple[str, dict[str, object]]:
    """Template and context of the choices made so far; the counts come with the fragment, so the page opens at once."""
    dataset = dataset_in(request.GET.get("dataset", ""))
    if not request.headers.get("HX-Request") and "source" not in request.GET:
        return "training_export/export_create.html", {
            "form": ExportForm(initial=request.GET.dict(), dataset=dataset),
            "dataset": dataset,
        }
    form = ExportForm(with_defaults(request, dataset), dataset=dataset)
    template = "_export_form.html" if request.headers.get("HX-Request") else "export_create.html"
    return f"training_export/{template}", {"form": form, "dataset": dataset, **counts_of(form)}


def with_defaults(request: HttpRequest, dataset: Dataset | None) -> dict[str, str]:
    """The choices made; a campaign or run of a dataset that is no longer chosen falls away."""
    chosen = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    form = ExportForm(chosen, dataset=dataset)
    form.is_valid()
    stale = {name for name in ("campaign", "run") if name in form.errors}
    return {name: value for name, value in chosen.items() if name not in stale}


def counts_of(form: ExportForm) -> dict[str, object]:
    """What would leave, where the choices are complete, else what is still to be chosen."""
    if not form.is_valid():
        return {"still_to_choose": form.still_to_choose()}
    try:
        tally = count_selection(form.selection)
    except ExportProblem as problem:
        return {"still_to_choose": [by_fields(str(problem))]}
    return {"counts": tally.as_json(form.selection.source), "selection": form.selection, "nothing": not tally.written}


def dataset_in(number: str) -> Dataset | None:
    """The dataset of a form value; None for anything else."""
    if not number.isdecimal():
        return None
    dataset: Dataset | None = Dataset.objects.ready().filter(pk=int(number)).first()
    return dataset


@lead_required
@require_http_methods(["GET", "POST"])
def export_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """State, files and manifest of an export; a POST asks a worker for it again."""
    export = get_object_or_404(Export.objects.select_related("dataset", "by"), pk=pk)
    if request.method == "POST":
        repeat_export(export)
        return redirect("export_detail", pk=pk)
    waiting = export.state in {Export.State.PENDING, Export.State.RUNNING}
    manifest = json.dumps(export.manifest, ensure_ascii=False, indent=2)
    context = {"export": export, "waiting": waiting, "missing": missing_files(export), "manifest": manifest}
    if not request.headers.get("HX-Request"):
        return render(request, "training_export/export_detail.html", context)
    return render(request, "training_export/_export_state.html", context, status=200 if waiting else STOP_POLLING)


def missing_files(export: Export) -> bool:
    """Whether the files of a finished export are no longer where they were written."""
    return export.state == Export.State.READY and not Path(export.folder).is_dir()


@lead_required
@require_GET
def export_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A file of an export, by the names that the export recorded and no other."""
    export = get_object_or_404(Export, pk=pk, state=Export.State.READY)
    if name not in {file["name"] for file in export.files}:
        raise Http404(_("This export has no file of that name."))
    folder = Path(export.folder).resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise Http404(_("The file is no longer where it was written."))
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@member_required
@require_POST
def review_save_log(request: HttpRequest, campaign_pk: int) -> HttpResponseBase:
    """Save my decisions as mdk does, that on the screen too, and stay there."""
    campaign = review_campaign(request.user, campaign_pk)
    if not CampaignRules.from_json(campaign.rules).opened_log:
        raise Http404
    place = own_assignment(request.user, campaign_pk, rank_on_screen(request))
    decided = decide_screen(place, request.POST)
    if decided.status:
        return refused(request, place, decided.sentence, decided.status)
    try:
        saved = save_log(campaign, queue_owner(request.user), by=place.annotator.user)
    except ExportProblem as problem:
        return refused(request, place, str(problem), UNPROCESSABLE)
    return show_again(request, place, f"{saved.sentence} {decided.sentence}".strip())
