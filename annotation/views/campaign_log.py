"""Opening a folder of mdk's logs that is uploaded."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from annotation.actions.log_folders import GivenFile, OpenedLog, given, open_log
from annotation.actions.people import CampaignRefused
from annotation.forms.log_folder import LogFolderForm
from judging.actions.imports import ImportRefused
from judging.permissions import lead_required


@lead_required
@require_http_methods(["GET", "POST"])
def campaign_open_log(request: HttpRequest) -> HttpResponseBase:
    """Choose the files of a folder; then what became of them, and where to go on."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LogFolderForm(*posted, initial={"annotator": request.user.get_username()})
    context: dict[str, object] = {"form": form}
    if form.is_valid() and isinstance(request.user, User):
        try:
            context["opened"] = opened_from(form, request.user)
        except (ImportRefused, CampaignRefused) as problem:
            form.add_error(None, str(problem))
    return render(request, "annotation/campaign_open_log.html", context)


def opened_from(form: LogFolderForm, by: User) -> OpenedLog:
    """Open the uploaded files; afterwards they are gone from this machine, and their content is in the database."""
    data = form.cleaned_data
    with TemporaryDirectory() as scratch:
        files = [kept(file, Path(scratch), data["modified"]) for file in data["logs"]]
        return open_log(
            files,
            annotator=data["annotator"].username,
            dataset=data["dataset"].strip(),
            take=data["take"].strip(),
            by=by,
        )


def kept(file: "UploadedFile[Any]", folder: Path, modified: dict[str, float]) -> GivenFile:
    """An uploaded file under its own name, with the time that the browser knows."""
    name = Path(file.name or "").name
    path = folder / name
    with path.open("xb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return given(path, modified.get(name))
