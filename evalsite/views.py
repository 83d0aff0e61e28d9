"""The front door: everybody lands where their work is."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static

from judging.permissions import leads, member_required


@member_required
def home(request: HttpRequest) -> HttpResponseBase:
    """Leads start at the datasets, annotators at their queues."""
    return redirect("dataset_list" if leads(request.user) else "review_list")


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the web server answers; reads nothing."""
    return HttpResponse("ok", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponseBase:
    """Where browsers look by themselves, in the back office too."""
    return redirect(static("evalsite/icon.svg"))
