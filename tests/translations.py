"""Catalogues of translations: what the sources say, merged into each language, and compiled.

After words have changed: `python -m tests.translations`, then fill what is empty in the files django.po below
evalsite/locale/, and run it again. It needs no gettext.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "evalsite" / "locale"
LANGUAGES = ("ja", "zh_Hans")
SOURCES = ("evalsite", "judging", "annotation", "training_export")
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}


@dataclass(frozen=True, slots=True)
class Said:
    """A text of ours, where it is said, and its plural where it has one."""

    text: str
    place: str
    plural: str = ""
    context: str = ""


def said() -> Iterator[Said]:
    """Every text of the sources that wants translating."""
    for app in SOURCES:
        for file in sorted((ROOT / app).rglob("*.py")):
            yield from of_python(file.read_text("utf-8"), str(file.relative_to(ROOT)))
        for file in sorted((ROOT / app).rglob("*.html")):
            yield from of_template(file.read_text("utf-8"), str(file.relative_to(ROOT)))


def of_python(source: str, place: str) -> Iterator[Said]:
    """Texts in calls of gettext and its like. A text that is put together at run time is a mistake, and named."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in ONE | MANY | WITH_CONTEXT or not node.args:
            continue
        words = [literal(each, place) for each in node.args[: 1 if name in ONE else 2]]
        if name in ONE:
            yield Said(words[0], place)
        elif name in MANY:
            yield Said(words[0], place, plural=words[1])
        else:
            yield Said(words[1], place, context=words[0])


def literal(node: ast.expr, place: str) -> str:
    """A text as it stands in the source; '' for a variable, whose texts are said elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise SyntaxError(f"{place}:{node.lineno}: a text to translate is put together at run time.")
    return ""


CALL = re.compile(r"\b(?:gettext|_|ngettext|pgettext)\((?:[^()'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")*\)")


def of_template(source: str, place: str) -> Iterator[Said]:
    """Texts of {% translate %} and {% blocktranslate %}, as Django itself finds them."""
    for found in CALL.finditer(templatize(source)):
        # What stands between the texts (counts, filters) is no Python, and nobody asks for it.
        texts = re.findall(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", found[0])
        words = [ast.literal_eval(text) for text in texts]
        name = found[0].partition("(")[0]
        if not words:
            continue
        if name == "ngettext":
            yield Said(words[0], place, plural=words[1])
        elif name == "pgettext":
            yield Said(words[1], place, context=words[0])
        else:
            yield Said(words[0], place)


def wanted() -> Catalog:
    """What every language should say."""
    catalog = Catalog(fuzzy=False)
    for each in said():
        if each.text.strip():
            texts = (each.text, each.plural) if each.plural else each.text
            catalog.add(texts, locations=[(each.place, 1)], context=each.context or None)
    return catalog


def file_of(language: str, ending: str = "po") -> Path:
    """The catalogue of a language."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def read(language: str) -> Catalog:
    """What a language says; an empty catalogue where it says nothing yet."""
    if not file_of(language).exists():
        return Catalog(locale=language, fuzzy=False)
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """The form that Django reads."""
    from io import BytesIO

    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def merged(language: str) -> Catalog:
    """A language's words for what the sources say now, without those for what they no longer say."""
    known, catalog = read(language), Catalog(locale=language, fuzzy=False, project="evalsite", version="1")
    catalog.header_comment = f"# {language} for evalsite: python -m tests.translations"
    # No times of day: what did not change leaves the file as it is.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    for message in sorted(wanted(), key=lambda each: (str(each.id), each.context or "")):
        if message.id:
            catalog[message.id] = with_words(message, known)
    return catalog


def with_words(message: Message, known: Catalog) -> Message:
    """A text with what the language says for it, or nothing."""
    old = known.get(message.id, context=message.context)
    words = old.string if old else (("",) if isinstance(message.id, tuple) else "")
    files = sorted({(file, None) for file, _ in message.locations})
    return Message(message.id, words, locations=files, flags=message.flags, context=message.context)


def update() -> int:
    """Merge and compile every language; how many texts have no words yet."""
    empty = 0
    for language in LANGUAGES:
        catalog = merged(language)
        file_of(language).parent.mkdir(parents=True, exist_ok=True)
        with file_of(language).open("wb") as file:
            write_po(file, catalog, width=110, omit_header=False, include_lineno=False)
        file_of(language, "mo").write_bytes(compiled(catalog))
        open_ones = [message for message in catalog if message.id and not any(texts_of(message))]
        print(f"{language}: {len(catalog)} texts, {len(open_ones)} without words")
        empty += len(open_ones)
    return empty


def texts_of(message: Message) -> list[str]:
    """What a language says for a text: one, or one per plural form."""
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    sys.exit(1 if update() else 0)
