"""Admin of runs and what they found: looked at, never edited. The pages of runs are where work is steered."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from judging.admin.base import ReadOnlyAdmin
from judging.admin.facts import NOTHING
from judging.models import Judgment, Reply, Run, RunBatch
from judging.pages.words import unscored_word

MOST_ROWS = 10_000
"""As many rows as a list lets people page through: counting millions would take longer than reading them."""


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than MOST_ROWS."""

    @cached_property
    def count(self) -> int:
        """Rows, or MOST_ROWS where there are more."""
        rows = self.object_list
        return rows[:MOST_ROWS].count() if isinstance(rows, QuerySet) else len(rows)


class BigTableAdmin(ReadOnlyAdmin):
    """A table of millions of rows, newest first."""

    paginator = CappedPaginator
    show_full_result_count = False
    ordering = ["-pk"]
    list_per_page = 50


class ReasonFilter(admin.ChoicesFieldListFilter):
    """Reasons in the words of a language."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The same, told."""
        for choice in super().choices(changelist):
            yield {**choice, "display": unscored_word(str(choice["display"]))}


class UnscoredAdmin(BigTableAdmin):
    """Rows that say why they have no value."""

    shown_as = {"reason": "why"}

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, row: Any) -> str:
        """The reason in the words of a language."""
        return unscored_word(row.reason) or NOTHING


@admin.register(Run)
class RunAdmin(BigTableAdmin):
    """Runs, with the way to their pages."""

    list_display = ["id", "dataset", "judge", "kind", "state", "made_by", "created_at", "finished_at", "page"]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["dataset", "judge", "made_by"]
    search_fields = ["=id", "dataset__name", "judge__name", "model"]
    view_on_site = False

    @admin.display(description=gettext_lazy("page"))
    def page(self, run: Run) -> SafeString:
        """The page where the run is watched."""
        return format_html('<a href="{}">{}</a>', run.get_absolute_url(), run)


@admin.register(RunBatch)
class RunBatchAdmin(BigTableAdmin):
    """Who had which batch, how often, and what went wrong."""

    list_display = ["run", "number", "first_position", "last_position", "state", "attempts", "claimed_by", "claimed_at"]
    list_filter = ["state"]
    list_select_related = ["run"]
    search_fields = ["=run__id", "=claimed_by"]


@admin.register(Reply)
class ReplyAdmin(UnscoredAdmin):
    """What engines said."""

    list_display = ["id", "run", "item", "part", "sample", "status", "value", "why", "finish", "tokens", "ms"]
    list_filter = ["status", ("reason", ReasonFilter)]
    list_select_related = ["run", "item__dataset"]
    search_fields = ["=run__id", "=item__key"]


@admin.register(Judgment)
class JudgmentAdmin(UnscoredAdmin):
    """What was made of it."""

    list_display = ["id", "run", "item", "criterion", "verdict", "value", "score", "status", "why", "spread"]
    list_filter = ["verdict", "status", ("reason", ReasonFilter), "imported"]
    list_select_related = ["run", "item__dataset"]
    search_fields = ["=run__id", "=item__key"]
