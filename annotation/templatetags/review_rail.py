"""The queue beside the item."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotation.pages.rail import rail_rows

register = template.Library()
register.simple_tag(rail_rows, name="rail_places")


@register.filter
def count(number: int, name: str) -> SafeString:
    """A number that the page's script keeps right as decisions are made."""
    return format_html('<span data-count="{}">{}</span>', name, number)
