"""Files of a report to take away: the whole as JSON and as one HTML page, matrix and tables of counts as CSV."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from annotation.pages.html import agreement_html as html_of
from annotation.views.agreement_asked import Asked, asked_of
from judging.permissions import lead_required

TABLES = ("patterns", "judge_patterns", "judge_human", "pairs")


@lead_required
def agreement_csv(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The matrix of a run as mdk writes it; without a run in the address, of the newest."""
    asked = _asked(request, dataset_pk)
    judges = asked.report().judges
    number = asked.run.pk if asked.run else None
    judge = next((judge for judge in judges if number in {None, judge.run}), None)
    if judge is None:
        raise Http404("There is no finished run of a judge yet.")
    return _file(judge.matrix.as_csv(), "confusion_matrix.csv")


@lead_required
def agreement_json(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The report as `report_agreement --json` prints it."""
    return _json(_asked(request, dataset_pk).document(), "agreement.json")


@lead_required
def agreement_html(request: HttpRequest, dataset_pk: int) -> HttpResponseBase:
    """The report as `report_agreement --html` writes it."""
    asked = _asked(request, dataset_pk)
    return _file(html_of(asked.document()), "agreement.html", kind="text/html")


@lead_required
def agreement_table(request: HttpRequest, dataset_pk: int, name: str, form: str) -> HttpResponseBase:
    """A table of counts, as CSV or JSON."""
    if name not in TABLES or form not in {"csv", "json"}:
        raise Http404("There is no such table.")
    part, _ = _asked(request, dataset_pk).part(("people",))
    table = (part["tables"] or {}).get(name)
    if table is None:
        raise Http404("This report has no such table.")
    if form == "json":
        return _json(table, f"{name}.json")
    return _file(_as_csv(table["columns"], table["rows"]), f"{name}.csv")


def _asked(request: HttpRequest, dataset_pk: int) -> Asked:
    asked = asked_of(request, dataset_pk)
    if asked.has_to_choose:
        raise Http404("The dataset has several campaigns: the address names one.")
    return asked


def _as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _file(text: str, name: str, *, kind: str = "text/csv") -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=headers)


def _json(document: Any, name: str) -> JsonResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2}, headers=headers)
