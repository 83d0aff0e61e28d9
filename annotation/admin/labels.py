"""Admin of labels and gold labels: read, filtered, exported, never edited."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from annotation.models import GoldLabel, Label
from annotation.resources import LabelResource
from judging.admin.base import ReadOnlyAdmin
from judging.admin.exports import ColumnsForm
from judging.admin.facts import NOTHING
from judging.pages.words import verdict_word


class CurrentFilter(admin.SimpleListFilter):
    """Labels that stand, or those that were superseded or undone."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request, model_admin):  # type: ignore[no-untyped-def]
        return [("current", _("current")), *((by.value, by.label) for by in Label.EndedBy if by.value)]

    def queryset(self, request, queryset):  # type: ignore[no-untyped-def]
        if self.value() == "current":
            return queryset.current()
        return queryset.filter(ended_by=self.value()) if self.value() else queryset


class WordAdmin(ReadOnlyAdmin):
    """What somebody said, told in the reader's language where it is a verdict."""

    shown_as = {"value": "value_word"}

    @admin.display(description=_("value"), ordering="value")
    def value_word(self, row: Any) -> str:
        """The value; one that a rubric names stays as it is."""
        return verdict_word(row.value) if row.value else NOTHING


@admin.register(Label)
class LabelAdmin(ExportMixin, WordAdmin):  # type: ignore[misc]
    """Every word a person gave, with those that were superseded or undone."""

    class Media:
        css = {"all": ["judging/admin.css"]}

    resource_classes = [LabelResource]
    export_form_class = ColumnsForm
    list_display = ["campaign", "item_name", "annotator", "verdict", "error_count", "comment_start", "at", "ended_by"]
    list_filter = [CurrentFilter, "verdict", "judge_visible", "campaign", "annotator"]
    list_select_related = ["campaign", "item", "annotator"]
    search_fields = ["=item__key", "comment", "annotator__name", "campaign__name"]
    date_hierarchy = "at"
    show_full_result_count = False

    @admin.display(description=_("item"), ordering="item__position")
    def item_name(self, label: Label) -> str:
        return f"{label.item.position}: {label.item.question[:60]}"

    @admin.display(description=_("comment"))
    def comment_start(self, label: Label) -> str:
        return label.comment[:80]


@admin.register(GoldLabel)
class GoldLabelAdmin(WordAdmin):
    """What leads decided, and what was imported as decided."""

    list_display = ["campaign", "item", "criterion", "value_word", "verdict", "method", "by", "at", "ended_at"]
    list_filter = ["method", "verdict", "campaign"]
    list_select_related = ["campaign", "item__dataset", "by"]
    search_fields = ["=item__key", "campaign__name"]
    show_full_result_count = False
