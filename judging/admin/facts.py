"""Facts as a person reads them: JSON as names and values, and no help that only programmers understand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

NOTHING = "–"


def told(value: Any) -> SafeString:
    """A value out of JSON without braces and quotes; line ends of texts stay."""
    if value is None or value in ("", [], {}):
        return SafeString(NOTHING)
    if isinstance(value, bool):
        return SafeString(_("yes") if value else _("no"))
    if isinstance(value, Mapping):
        rows = ((name or NOTHING, told(each)) for name, each in value.items())
        return format_html('<dl class="told">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))
    if isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
        return format_html('<ol class="told">{}</ol>', format_html_join("", "<li>{}</li>", ((told(e),) for e in value)))
    if isinstance(value, list):
        return format_html('<span class="told">{}</span>', ", ".join(map(str, value)))
    return format_html('<span class="told">{}</span>', value)


@dataclass(frozen=True)
class Told:
    """A column of a page that is only read, in place of its field."""

    field: models.Field  # type: ignore[type-arg]

    @property
    def __name__(self) -> str:
        """The field's, by which its help is found, where that help is a sentence in the reader's language."""
        return self.field.name if isinstance(self.field.help_text, Promise) else f"{self.field.name}_told"

    @property
    def short_description(self) -> Any:
        """What stands before it."""
        return self.field.verbose_name

    def __call__(self, row: models.Model) -> Any:
        """What the row says."""
        value = getattr(row, self.field.name)
        if isinstance(self.field, models.JSONField):
            return told(value)
        return NOTHING if value in (None, "") else value


def wants_telling(field: Any) -> bool:
    """Whether Django would show braces, or help in no language."""
    if isinstance(field, models.JSONField):
        return True
    plain = isinstance(field.help_text, str) and field.help_text and not field.is_relation
    return bool(plain) and not field.choices
