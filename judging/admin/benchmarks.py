"""Admin of benchmarks: started by the form of their pages, stopped, gone on with and looked at; never edited."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from judging.actions.benchmarks import cancel_benchmark, go_on, resume_benchmark
from judging.admin.base import ReadOnlyAdmin, ReadOnlyInline
from judging.models import BenchmarkRun, Run
from judging.pages.benchmark_pairs import pair_table
from judging.pages.benchmarks import sections_of
from judging.permissions import leads
from judging.reports.benchmarks import benchmark_report

FACTS = (
    "page", "benchmark", "dataset", "judge", "state", "what_went_wrong", "figures", "options", "candidates", "made_by",
    "created_at", "finished_at",
)  # fmt: skip


class RunsInline(ReadOnlyInline):
    """The runs of a benchmark, in the order in which they were opened."""

    model = Run
    fields = ["stage", "candidate", "repeat", "kind", "judge", "model", "state", "finished_at"]
    readonly_fields = ["stage", "candidate", "repeat", "kind", "judge", "model", "state", "finished_at"]
    ordering = ["pk"]
    show_change_link = True


@admin.register(BenchmarkRun)
class BenchmarkRunAdmin(ReadOnlyAdmin):
    """Benchmarks with their figures, and the way to their pages."""

    list_display = ["id", "benchmark", "models", "dataset", "judge", "state", "made_by", "created_at", "page"]
    list_filter = ["benchmark", "state", "created_at"]
    list_select_related = ["dataset", "judge", "made_by"]
    search_fields = ["=id", "benchmark", "dataset__name"]
    readonly_fields = FACTS
    fields = FACTS
    inlines = [RunsInline]
    view_on_site = False
    actions = ["stop", "resume"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return leads(request.user)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page on which models and a benchmark are chosen."""
        return redirect("benchmark_start")

    @admin.display(description=gettext_lazy("page"))
    def page(self, benchmark_run: BenchmarkRun) -> SafeString:
        """The page with its figures."""
        return format_html('<a href="{}">{}</a>', benchmark_run.get_absolute_url(), benchmark_run)

    @admin.display(description=gettext_lazy("models"))
    def models(self, benchmark_run: BenchmarkRun) -> str:
        """Who is examined."""
        return ", ".join(str(candidate["model"]) for candidate in benchmark_run.candidates)

    @admin.display(description=gettext_lazy("figures"))
    def figures(self, benchmark_run: BenchmarkRun) -> SafeString:
        """The table of its page."""
        report = benchmark_report(benchmark_run)
        context: dict[str, Any] = {"report": report, "benchmark_run": benchmark_run, "sections": sections_of(report)}
        if report.pairs is not None:
            context["table"] = pair_table(report.pairs, benchmark_run)
        return render_to_string("judging/_benchmark_admin.html", context)

    @admin.action(description=gettext_lazy("Stop, and keep what was found"))
    def stop(self, request: HttpRequest, queryset: QuerySet[BenchmarkRun]) -> None:
        n = sum(cancel_benchmark(each) for each in queryset)
        told = ngettext("%(n)d benchmark stops within one batch.", "%(n)d benchmarks stop within one batch.", n)
        self.message_user(request, told % {"n": n}, messages.SUCCESS if n else messages.WARNING)

    @admin.action(description=gettext_lazy("Go on with what failed, was stopped or lost its worker"))
    def resume(self, request: HttpRequest, queryset: QuerySet[BenchmarkRun]) -> None:
        n = sum(go_on(resume_benchmark(each).pk) is not None for each in queryset)
        told = ngettext("%(n)d benchmark goes on.", "%(n)d benchmarks go on.", n)
        self.message_user(request, told % {"n": n}, messages.SUCCESS if n else messages.WARNING)
