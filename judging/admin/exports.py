"""The form that asks for the columns of an exported table: each under its name in the file, and what it is."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _
from import_export.forms import SelectableFieldsExportForm

WORDS = {
    "dataset": _("dataset"), "question": _("question"), "answer": _("answer"), "reference": _("reference"),
    "guideline_version": _("version of the guideline"),
}  # fmt: skip
"""Columns that are no column of the row's own table."""


class ColumnsForm(SelectableFieldsExportForm):  # type: ignore[misc]
    """Columns by the names that the file will say."""

    def _get_field_label(self, resource: Any, field_name: str) -> str:
        field = resource.fields[field_name]
        try:
            word = resource._meta.model._meta.get_field(field_name).verbose_name
        except FieldDoesNotExist:
            word = WORDS.get(field_name, field.column_name)
        return f"{field.column_name} ({word})" if str(word) != field.column_name else str(word)
