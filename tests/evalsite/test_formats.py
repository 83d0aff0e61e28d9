"""Dates and numbers as people of each language read them."""

from datetime import UTC, datetime

import pytest
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context, Template
from django.utils import translation

AT = datetime(2026, 3, 4, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "2026-03-04 17:05 2026-03-04"),
        ("ja", "2026/03/04 17:05 2026/03/04"),
        ("zh-hans", "2026-03-04 17:05 2026-03-04"),
    ],
)
def test_a_day_is_never_taken_for_a_month(language: str, said: str) -> None:
    template = Template('{{ at|date:"SHORT_DATETIME_FORMAT" }} {{ at|date:"SHORT_DATE_FORMAT" }}')
    with translation.override(language):
        assert template.render(Context({"at": AT})) == said


@pytest.mark.parametrize("language", ["en", "ja", "zh-hans"])
def test_large_numbers_are_in_groups_of_three(language: str) -> None:
    with translation.override(language):
        assert intcomma(1234567) == "1,234,567"
