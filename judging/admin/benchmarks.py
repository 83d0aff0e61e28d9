"""Admin of benchmarks: looked at, never edited. Their pages are where work is steered."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from judging.admin.base import ReadOnlyAdmin, ReadOnlyInline
from judging.models import BenchmarkRun, Run


class RunsInline(ReadOnlyInline):
    """The runs of a benchmark, in the order in which they were opened."""

    model = Run
    fields = ["stage", "candidate", "repeat", "kind", "judge", "model", "state", "finished_at"]
    readonly_fields = ["stage", "candidate", "repeat", "kind", "judge", "model", "state", "finished_at"]
    ordering = ["pk"]
    show_change_link = True


@admin.register(BenchmarkRun)
class BenchmarkRunAdmin(ReadOnlyAdmin):
    """Benchmarks, with the way to their pages."""

    list_display = ["id", "benchmark", "dataset", "judge", "state", "made_by", "created_at", "finished_at", "page"]
    list_filter = ["benchmark", "state", "created_at"]
    list_select_related = ["dataset", "judge", "made_by"]
    search_fields = ["=id", "benchmark", "dataset__name"]
    inlines = [RunsInline]
    view_on_site = False

    @admin.display(description=gettext_lazy("page"))
    def page(self, benchmark_run: BenchmarkRun) -> SafeString:
        """The page with its figures."""
        return format_html('<a href="{}">{}</a>', benchmark_run.get_absolute_url(), benchmark_run)
