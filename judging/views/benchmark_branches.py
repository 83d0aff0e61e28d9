"""Two branches of a taxonomy side by side."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from judging.benchmarks.mt_bench.branch_changes import Change
from judging.permissions import lead_required
from judging.reports.branch_comparisons import (
    BranchComparison,
    Examined,
    NotComparable,
    branch_sides,
    compare_sides,
)

MOST_PROBLEMS = 50


@lead_required
@require_GET
def benchmark_branches(request: HttpRequest) -> HttpResponseBase:
    """What became of every file between two examined branches; as a page, as InstructLab's text, or as JSON."""
    sides = {side.value: side for side in branch_sides()}
    base, new = (sides.get(request.GET.get(name, "")) for name in ("base", "new"))
    band, problem = band_of(request.GET.get("band", ""))
    found: BranchComparison | None = None
    form = request.GET.get("form", "")
    try:
        found = compare_sides(base, new, band=band) if base and new else None
        if found and form == "text":
            return HttpResponse(found.as_text(), content_type="text/plain; charset=utf-8")
    except NotComparable as error:
        found, problem = None, str(error)
    if found and form == "json":
        return JsonResponse(found.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    context = {"sides": sides.values(), "report": found, "problem": problem, "chosen": request.GET, "band": band}
    return render(request, "judging/benchmark_branches.html", context | (tables_of(found) if found else {}))


def band_of(text: str) -> tuple[float, str]:
    """The band of a form, and what is wrong with it."""
    try:
        band = float(text or 0)
    except ValueError:
        band = -1.0
    if not 0 <= band <= 10:
        return 0.0, _("The band is a number from 0 to 10.")
    return band, ""


def tables_of(report: BranchComparison) -> dict[str, Any]:
    """The files by what became of them, each with the addresses of its items on both sides."""
    titles = titles_of()
    groups = [
        {
            "title": titles[change],
            "rows": [
                {
                    "file": each,
                    "base": items_url(report.base, each.qna_file),
                    "new": items_url(report.new, each.qna_file),
                }
                for each in rows
            ],
        }
        for change, rows in report.by_change.items()
    ]
    notes = [
        {"side": side, "problems": side.problems[:MOST_PROBLEMS], "more": max(0, len(side.problems) - MOST_PROBLEMS)}
        for side in (report.base, report.new)
        if side.problems
    ]
    counts = [{"title": titles[Change(name)], "n": n} for name, n in report.counts.items()]
    return {"groups": groups, "notes": notes, "counts": counts}


def titles_of() -> dict[Change, str]:
    """What may become of a file, in words."""
    return {
        Change.IMPROVEMENT: _("Improvements"), Change.REGRESSION: _("Regressions"), Change.NO_CHANGE: _("No change"),
        Change.NEW: _("New"), Change.REMOVED: _("Removed"), Change.UNRATED: _("Without a rating on one side"),
    }  # fmt: skip


def items_url(side: Examined, file: str) -> str:
    """The page with the items of a file on one side."""
    query = urlencode({"candidate": side.side.place, "group": file})
    return f"{reverse('benchmark_items', args=[side.side.benchmark_run.pk])}?{query}"
