"""Pages on which leads bring files in: send, look, confirm, follow."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.actions.uploads import (
    MOST_FILES,
    UploadRefused,
    cancel_upload,
    change_upload,
    problems_file,
    progress_of,
    put_back_lost,
    receive_files,
    repeat_upload,
    store_upload,
)
from annotation.actions.uploads.files import defused, not_kept, too_large
from annotation.forms.uploads import UploadForm
from annotation.models import Upload
from judging.models import Dataset
from judging.pages.sentences import sentence
from judging.permissions import lead_required
from judging.reports import queue_state

PER_PAGE = 25
MOST_NAMES = 200
ROOM_FOR_FIELDS = 100_000
# htmx stops asking when it gets this status.
STOP_POLLING = 286


# Checking the token reads the whole body, so that a file that is too large has to be refused before.
@csrf_exempt
@lead_required
@require_http_methods(["GET", "POST"])
def upload_create(request: HttpRequest) -> HttpResponseBase:
    """Choose files and send them."""
    sent = request.META.get("CONTENT_LENGTH") or "0"
    if request.method == "POST" and sent.isdecimal() and int(sent) > settings.MAX_UPLOAD_BYTES + ROOM_FOR_FIELDS:
        return create_page(request, problem=too_large(), status=413)
    try:
        return received(request)
    except OSError as error:
        # Large files go to the disk before anybody here sees them.
        return create_page(request, problem=not_kept(error))


@csrf_protect
def received(request: HttpRequest) -> HttpResponseBase:
    """The page, or what becomes of what it sent."""
    if request.method != "POST" or not isinstance(request.user, User):
        return create_page(request)
    try:
        name = request.POST.get("name", "").strip()
        files: Sequence[Any] = request.FILES.getlist("files")
        upload = receive_files(files, name=name, by=request.user)
    except UploadRefused as refusal:
        return create_page(request, problem=str(refusal))
    if not request.headers.get("HX-Request"):
        return redirect(upload)
    return HttpResponse(headers={"HX-Redirect": upload.get_absolute_url()})


def create_page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page on which files are chosen; htmx shows a refusal only with status 200."""
    asked = request.GET.get("dataset", "")
    dataset = Dataset.objects.ready().filter(pk=asked).first() if asked.isdecimal() else None
    context = {
        "problem": problem,
        "dataset": dataset,
        "names": Dataset.objects.ready().values_list("name", flat=True)[:MOST_NAMES],
        "most_bytes": settings.MAX_UPLOAD_BYTES,
        "most_files": MOST_FILES,
        "latest": Upload.objects.select_related("by")[:5],
    }
    return render(request, "annotation/upload_create.html", context, status=status)


@lead_required
@require_GET
def upload_list(request: HttpRequest) -> HttpResponse:
    """Past and present imports, the newest first; those of one dataset where one is asked for."""
    put_back_lost()
    asked = request.GET.get("dataset", "")
    dataset = get_object_or_404(Dataset.objects.ready(), pk=asked) if asked.isdecimal() else None
    uploads = Upload.objects.select_related("by", "dataset")
    page = Paginator(uploads.filter(dataset=dataset) if dataset else uploads, PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "annotation/upload_list.html", {"page": page, "dataset": dataset})


@lead_required
@require_GET
def upload_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the files hold, how far the work is, and what became of them."""
    upload = found(pk)
    if upload.state == Upload.State.RUNNING and put_back_lost():
        upload = found(pk)
    context = context_of(upload)
    if not request.headers.get("HX-Request"):
        return render(request, "annotation/upload_detail.html", context)
    if not upload.is_live:
        # The page as a whole is another one now: preview, outcome or refusal.
        return HttpResponse(status=STOP_POLLING, headers={"HX-Redirect": upload.get_absolute_url()})
    return render(request, "annotation/_upload_progress.html", context)


def found(pk: int) -> Upload:
    """An upload with what its page names."""
    upload: Upload = get_object_or_404(Upload.objects.select_related("dataset", "by"), pk=pk)
    return upload


def context_of(upload: Upload, form: UploadForm | None = None) -> dict[str, Any]:
    """What the page of an upload shows."""
    progress = progress_of(upload)
    total = upload.counts.get("items", 0) if upload.phase == Upload.Phase.STORE else 0
    return {
        "upload": upload,
        "form": form or UploadForm(upload=upload),
        "progress": progress,
        "total": total,
        "percent": min(100, round(100 * progress.rows / total)) if total else None,
        "queue": queue_state("default") if upload.is_live else None,
        "has_problems": upload.problems and problems_file(upload).exists(),
        "names": Dataset.objects.ready().values_list("name", flat=True)[:MOST_NAMES],
    }


@lead_required
@require_POST
def upload_look(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Look at the files in another way."""
    upload = found(pk)
    form = UploadForm(request.POST, upload=upload)
    if not form.is_valid():
        return render(request, "annotation/upload_detail.html", context_of(upload, form))
    try:
        data = form.cleaned_data
        change_upload(upload, kind=data["kind"], name=data["name"].strip(), options=form.options())
    except UploadRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(upload)


@lead_required
@require_POST
def upload_store(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Confirm what was looked at."""
    upload = found(pk)
    try:
        store_upload(upload)
    except UploadRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(upload)


@lead_required
@require_POST
def upload_cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop it."""
    upload = cancel_upload(found(pk))
    messages.success(request, _("Cancelled: what was begun is taken back."))
    return redirect(upload)


@lead_required
@require_POST
def upload_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Try again."""
    try:
        return redirect(repeat_upload(found(pk)))
    except UploadRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("upload_detail", args=[pk]))


@lead_required
@require_GET
def upload_problems(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every problem of the files as a table."""
    path = problems_file(found(pk))
    if not path.is_file():
        raise Http404(_("There is no list of problems here."))
    rows = problems_said(path, get_language() or settings.LANGUAGE_CODE)
    headers = {"Content-Disposition": f'attachment; filename="problems-{pk}.csv"'}
    return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


def problems_said(path: Path, language: str) -> Iterator[str]:
    """The table of all problems, each in the reader's language."""
    out = StringIO()
    table = csv.writer(out)
    yield "\ufeff"
    with path.open(encoding="utf-8-sig", newline="") as kept:
        for file, line, problem in csv.reader(kept):
            with override(language):
                table.writerow([file, line, defused(sentence(problem))])
            yield out.getvalue()
            out.seek(out.truncate(0))
