"""Sentences that were made in English, said in the reader's language.

What reads files, and what a worker stores, speaks English whoever reads it later: `core` knows of no language, and
commands print what they always printed. A page finds the template that a sentence was made by, and says that one with
the same names and numbers. The templates are taken from the sources with the catalogues (`locale/sentences.json`).
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

WORDS = (
    _("null"), _("true or false"), _("a number"), _("text"), _("a list"), _("an object"),
    _("line %(1)s"), _("%(1)s, line %(2)s"), _("items in a column item_id"), _("labels in a column value"),
    _("imported again from %(1)s"),
    _("adjudicated in campaign %(1)s"), _("taken back in campaign %(1)s"),
)  # fmt: skip
"""Parts of sentences that are no sentences themselves."""
FIELDS = {
    "annotator": _("Who said this?"),
    "campaign": _("Campaign"),
    "column": _("What the columns are"),
    "columns": _("Raters' columns"),
    "criterion": _("Criterion"),
    "data": _("Questions"),
    "encoding": _("Encoding"),
    "judge": _("Judge"),
    "scale": _("Scale"),
    "question": _("Question"),
    "reference": _("Reference"),
}
"""What pages call the options of commands, and the fields that a column may be."""
_OPTION = re.compile(
    r"--column (?P<field>question|reference)=(?P<column>[^.。 ]+)|--columns (?P<raters>[^.。）) ]+)"
    r"|--(?P<with_word>data|judge) [A-Z]+|--(?P<name>name)\b"
    r"|--(?P<option>annotator|campaign|column|criterion|encoding|scale)\b"
)
_PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def sentence(english: str) -> str:
    """A stored sentence in the reader's language; one that nobody knows stays as it is."""
    text = str(english)
    if not text or ((get_language() or "en").startswith("en") and "--" not in text):
        return text
    place, between, rest = text.partition(": ")
    if said := _known(text):
        return by_fields(said)
    return f"{place}{between}{by_fields(said)}" if (said := _known(rest)) else text


def by_fields(said: str) -> str:
    """A sentence in the reader's language that names a page's fields where it named options of a command."""
    return _OPTION.sub(_field, said)


def _field(found: "re.Match[str]") -> str:
    if found["name"]:
        return gettext("name")
    label = FIELDS[found["field"] or found["with_word"] or found["option"] or "columns"]
    field = gettext("“%(field)s”") % {"field": gettext(label)}
    value = found["raters"] or (found["column"] if found["column"] != "NAME" else "")
    return f"{field} = {value}" if value else field


def _known(text: str) -> str:
    """What a text says in the reader's language; '' for what is no sentence of ours."""
    if text in _templates():
        return gettext(text)
    for template, head in _with_places():
        if text.startswith(head) and (found := pattern_of(template).fullmatch(text)):
            values = {name[1:]: _known(value) or value for name, value in found.groupdict().items()}
            return filled(gettext(template), values)
    return ""


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its names and numbers, all of them texts already."""
    if "%(" in template:
        return re.sub(r"(%\(\w+\))d", r"\1s", template) % values
    return _PLACE.sub(lambda place: values[place[2]], template)


@cache
def _templates() -> frozenset[str]:
    return frozenset([*json.loads((Path(settings.LOCALE_PATHS[0]) / "sentences.json").read_text("utf-8")), *WORDS])


@cache
def _with_places() -> tuple[tuple[str, str], ...]:
    """Templates with names, and how each begins; those that say most of themselves first."""
    found = [template for template in _templates() if _PLACE.search(template)]
    found.sort(key=lambda template: (-len(_PLACE.sub("", template)), template))
    return tuple((template, _PLACE.split(template)[0].replace("%%", "%")) for template in found)


@cache
def pattern_of(template: str) -> "re.Pattern[str]":
    """The words as they stand, and anything where a name is; the same where it comes again."""
    parts, at, names = [], 0, set()
    for place in _PLACE.finditer(template):
        name = f"_{place[1] or place[2]}"
        parts += [_escaped(template[at : place.start()]), f"(?P={name})" if name in names else f"(?P<{name}>.*)"]
        at = place.end()
        names.add(name)
    return re.compile("".join([*parts, _escaped(template[at:])]), re.DOTALL)


def _escaped(text: str) -> str:
    return re.escape(text.replace("%%", "%"))
