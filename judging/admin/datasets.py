"""Admin of datasets and items. Text is read-only here: a change of text is a new revision, made by an import."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from judging.admin.base import LeadAdmin, ReadOnlyAdmin, ReadOnlyInline
from judging.admin.exports import ColumnsForm
from judging.admin.facts import told
from judging.admin.imports import ImportFilesMixin
from judging.models import Dataset, ImportFile, Item, ItemRevision
from judging.pages.sentences import sentence
from judging.permissions import leads
from judging.resources import ItemResource


class ImportFileInline(ReadOnlyInline):
    """Where the items came from."""

    model = ImportFile
    fields = ["name", "format", "rows", "at"]
    readonly_fields = ["name", "format", "rows", "at"]
    show_change_link = True


@admin.register(Dataset)
class DatasetAdmin(ImportFilesMixin, LeadAdmin):
    """Datasets are made by importing; only their name is changed here."""

    list_display = ["name", "state", "items_count", "runs_count", "made_by", "at"]
    list_filter = ["state", "at"]
    list_select_related = ["made_by"]
    search_fields = ["name"]
    fields = ["name", "state", "made_by", "at"]
    readonly_fields = ["state", "made_by", "at"]
    inlines = [ImportFileInline]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Dataset]":
        return Dataset.objects.with_sizes().order_by("-at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("items"))
    def items_count(self, dataset: Any) -> str:
        return format_html("<a href='{}'>{}</a>", dataset.get_absolute_url(), dataset.n_items)

    @admin.display(description=_("runs"))
    def runs_count(self, dataset: Any) -> int:
        return int(dataset.n_runs)


@admin.register(ImportFile)
class ImportFileAdmin(ReadOnlyAdmin):
    """Every file that came in."""

    list_display = ["name", "dataset", "format", "rows", "at"]
    list_filter = ["format", "at"]
    list_select_related = ["dataset"]
    search_fields = ["name", "=sha256", "dataset__name"]


class ItemRevisionInline(ReadOnlyInline):
    """What the item said before."""

    model = ItemRevision
    fields = ["number", "before", "author", "why", "at"]
    readonly_fields = ["number", "before", "author", "why", "at"]

    @admin.display(description=_("before"))
    def before(self, revision: ItemRevision) -> SafeString:
        """The texts that were replaced."""
        return told(revision.fields)

    @admin.display(description=_("reason"))
    def why(self, revision: ItemRevision) -> str:
        """The reason in the reader's language."""
        return sentence(revision.reason)


@admin.register(Item)
class ItemAdmin(ImportFilesMixin, ExportMixin, ReadOnlyAdmin):  # type: ignore[misc]
    """Items as they stand."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    resource_classes = [ItemResource]
    export_form_class = ColumnsForm
    list_display = ["place", "question_start", "answer_start", "category", "model", "answer_state", "revision"]
    list_filter = ["answer_state", "kind", "split", ("dataset", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["dataset"]
    search_fields = ["=key", "context", "turns__0__question", "turns__0__answer", "category", "model"]
    show_full_result_count = False
    inlines = [ItemRevisionInline]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return leads(request.user)

    @admin.display(description=_("item"), ordering="position")
    def place(self, item: Item) -> str:
        return f"{item.dataset} {item.position}"

    @admin.display(description=_("question"))
    def question_start(self, item: Item) -> str:
        return item.question[:80]

    @admin.display(description=_("answer"))
    def answer_start(self, item: Item) -> str:
        return item.answer[:80]


@admin.register(ItemRevision)
class ItemRevisionAdmin(ReadOnlyAdmin):
    """Every text that was replaced."""

    list_display = ["item", "number", "author", "why", "at"]
    list_filter = ["at"]
    list_select_related = ["item__dataset", "author"]
    search_fields = ["=item__key", "reason"]
    shown_as = {"reason": "why"}

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, revision: ItemRevision) -> str:
        """The reason in the reader's language."""
        return sentence(revision.reason)
