"""What an export was asked for, in the words of the page on which it is asked."""

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.utils.translation import gettext as _

from training_export.core.flags import SET_ALONE, SPLIT
from training_export.core.records import Source
from training_export.forms import FORMATS, SOURCES, ExportForm

register = template.Library()
FIELD_OF = {"files": "written_as"}
"""Fields of the form whose options have another name."""


@register.filter
def source_words(source: str) -> str:
    """Whose verdict decided; '' where it is not known."""
    return str(SOURCES[Source(source)]) if source in set(Source) else source


@register.filter
def format_words(name: str) -> str:
    """A format and what is in its files."""
    return str(FORMATS.get(name, name))


@register.filter
def filter_words(filters: Mapping[str, Any]) -> list[str]:
    """Each thing that was asked for, under the label that it has in the form."""
    return [said(name, value) for name, value in filters.items()]


def said(name: str, value: Any) -> str:
    """One choice with its label."""
    field = ExportForm.base_fields.get(FIELD_OF.get(name, name))
    label = field.label if field else name
    if name in SET_ALONE:
        return str(label)
    return _("%(label)s: %(value)s") % {"label": label, "value": shown(name, value, field)}


def shown(name: str, value: Any, field: forms.Field | None) -> str:
    """A value as the form shows it."""
    if name == SPLIT:
        return "/".join(map(str, value))
    known = dict(field.choices) if isinstance(field, forms.ChoiceField) and isinstance(field.choices, list) else {}
    return str(known.get(value, value))
