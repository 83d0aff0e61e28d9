"""The back office of export."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from judging.admin.base import ReadOnlyAdmin
from training_export.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """What left: looked at, never edited."""

    list_display = ["id", "dataset", "format", "source", "state", "rows", "by", "at"]
    list_filter = ["state", "format", "at"]
    search_fields = ["dataset__name", "by__username", "folder", "error"]
    list_select_related = ["dataset", "by"]
    date_hierarchy = "at"

    @admin.display(description=_("source"))
    def source(self, export: Export) -> str:
        """Whose verdict."""
        return export.source

    @admin.display(description=_("items written"))
    def rows(self, export: Export) -> int:
        """Items in the verdict files."""
        return export.written
