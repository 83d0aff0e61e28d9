"""Stored facts as a person can read them."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def in_percent(share: float | None) -> float | None:
    """A share as a number of hundredths."""
    return None if share is None else 100 * share


@register.filter
def as_json(value: Any) -> str:
    """Indented JSON, characters as they are; '' for nothing."""
    return json.dumps(value, ensure_ascii=False, indent=2) if value else ""
