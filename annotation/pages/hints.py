"""How a table of labels was read, in the reader's language, and what to choose on the page where it is meant otherwise.

A table's hints are English sentences that name options of the command; a page looks them up here.
"""

from functools import cache
from re import Pattern

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from annotation.pages.reasons import pattern_of

_WIDE = " Where the columns are raters and the numbers what they said, say so with --shape wide."
HINTS = (
    (
        "Read as counts: a number says how many raters gave the value of its column." + _WIDE,
        _(
            "Read as counts: a number says how many raters gave the value of its column. Where the columns are raters "
            "and the numbers what they said, choose the shape “a row per item, a column per rater”."
        ),
    ),
    (
        "Read as the table of two raters: a number says of how many items the one said the value of its row and the "
        "other that of its column." + _WIDE,
        _(
            "Read as the table of two raters: a number says of how many items the one said the value of its row and "
            "the other that of its column. Where the columns are raters and the numbers what they said, choose the "
            "shape “a row per item, a column per rater”."
        ),
    ),
    (
        "Read with a rater per row and an item per column. Where a row is an item, say so with --shape wide.",
        _(
            "Read with a rater per row and an item per column. Where a row is an item, choose the shape “a row per "
            "item, a column per rater”."
        ),
    ),
    (
        "Read as %(items)s items of %(raters)s raters. Where a row is a rater, say so with --shape turned.",
        _(
            "Read as %(items)s items of %(raters)s raters. Where a row is a rater, choose the shape “a row per rater, "
            "a column per item”."
        ),
    ),
    (
        "Where a number says how many raters gave the value of its column, say --shape counts.",
        _("Where a number says how many raters gave the value of its column, choose the shape “counts”."),
    ),
    (
        "Read with a label per row: %(value)s is what %(rater)s says of %(item)s.",
        _("Read with a label per row: %(value)s is what %(rater)s says of %(item)s."),
    ),
    (
        "No column names the items: every row was read as one, and %(first)s as a rater's.",
        _("No column names the items: every row was read as one, and %(first)s as a rater's."),
    ),
    (
        "The column %(first)s was read as the names of the items. Where it is a rater's, name all raters' columns: "
        "--columns %(names)s.",
        _(
            "The column %(first)s was read as the names of the items. Where it is a rater's, choose all raters' "
            "columns: %(names)s."
        ),
    ),
    (
        "The column %(first)s is made of the others, and was left out.",
        _("The column %(first)s is made of the others, and was left out."),
    ),
    (
        "%(others)s and %(first)s were read as one value, %(value)s.",
        _("%(others)s and %(first)s were read as one value, %(value)s."),
    ),
    (
        "%(values)s was read as a value. Where it means no label, say --missing=%(missing)s",
        _("%(values)s was read as a value. Where it means no label, write it under “No label”: %(missing)s"),
    ),
    (
        "%(values)s were read as values. Where it means no label, say --missing=%(missing)s",
        _("%(values)s were read as values. Where they mean no label, write them under “No label”: %(missing)s"),
    ),
    (
        "%(value)s was read as a name, not as a number. Write numbers like 1234.5.",
        _("%(value)s was read as a name, not as a number. Write numbers like 1234.5."),
    ),
)
"""What the reader of tables says, and what a page says instead."""


def hint_shown(english: str) -> str:
    """A hint as a page says it; one that is not known stays as it is."""
    for pattern, shown in _patterns():
        if found := pattern.fullmatch(english):
            return gettext(shown) % found.groupdict()
    return english


@cache
def _patterns() -> tuple[tuple["Pattern[str]", str], ...]:
    return tuple((pattern_of(said), shown) for said, shown in HINTS)
