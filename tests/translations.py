"""Catalogues of translations: what the sources say, merged into each language, and compiled.

After words have changed: `python -m tests.translations`, then fill what is empty in the files django.po below
evalsite/locale/, and run it again. It needs no gettext.
"""

import ast
import json
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
SENTENCES = LOCALE / "sentences.json"
LANGUAGES = ("ja", "zh_Hans")
SOURCES = ("evalsite", "judging", "annotation", "training_export")
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
SPOKEN = (
    *("judging/core/readers/*.py", "judging/actions/imports/*.py", "annotation/core/tables/*.py"),
    *("annotation/core/label_*.py", "annotation/core/*_tables.py", "annotation/core/table_shapes.py"),
    *("annotation/actions/label_imports/*.py", "annotation/core/tuning/refit.py"),
    *("annotation/core/tuning/sweep.py", "annotation/reports/tuning.py"),
)
"""Where sentences are made that are stored in English, and said by pages in the reader's language."""
STORED = ("judging/actions", "annotation/actions", "training_export/actions", "training_export/selection")
"""Where workers make some, in whose language nobody reads: with gettext, so that they are said here, too."""
SENTENCE = re.compile(
    r"(?=.*[A-Za-z]{2,} )(?:[\"%A-Z'].* .*\.(?: %\(\d\)s| )?|[A-Z][a-z]* .* [a-zA-Z%].*|\S* [a-z].*\.)", re.DOTALL
)
"""At least three words, with a capital at the beginning or a period at the end."""


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
    yield from spoken()


def spoken() -> Iterator[Said]:
    """Sentences that are made without gettext, each as the template that a page can find again."""
    for pattern in SPOKEN:
        for file in sorted(ROOT.glob(pattern)):
            yield from of_sentences(file.read_text("utf-8"), str(file.relative_to(ROOT)))


def stored() -> list[str]:
    """Every template by which a stored sentence may have been made."""
    files = (file for folder in STORED for file in sorted((ROOT / folder).rglob("*.py")))
    by_gettext = (each for file in files for each in of_python(file.read_text("utf-8"), str(file.relative_to(ROOT))))
    return sorted({each.text for each in (*spoken(), *by_gettext) if each.text and not each.context})


def of_sentences(source: str, place: str) -> Iterator[Said]:
    """Texts that read like sentences, and are no docstrings."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    quiet = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    quiet |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node) if part != node}
    for node in nodes:
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in quiet:
            text = template(node)
            if SENTENCE.fullmatch(text):
                yield Said(text, place)


def template(node: ast.JoinedStr | ast.Constant) -> str:
    """`f"The {name!r} is {n:,}."` as "The %(1)s is %(2)s.", whatever the source calls them; a plain text as it is."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    values = [ast.unparse(part) for part in node.values if isinstance(part, ast.FormattedValue)]
    number = {value: at for at, value in enumerate(dict.fromkeys(values), 1)}
    return "".join(
        str(part.value).replace("%", "%%") if isinstance(part, ast.Constant) else f"%({number[ast.unparse(part)]})s"
        for part in node.values
    )


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
    SENTENCES.write_text(json.dumps(stored(), ensure_ascii=False, indent=1) + "\n", "utf-8")
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
