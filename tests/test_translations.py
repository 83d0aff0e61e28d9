"""Every text of ours is said in every language, with the same places for numbers and names, and compiled."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from tests.translations import LANGUAGES, compiled, file_of, of_python, of_template, read, texts_of, wanted

PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]|<(/?\w+)")
SAME = {
    # Names, formats and units that are written alike in every language.
    "evalsite", "sha256", "JSON", "Parquet", "UTF-8", "CSV", "XLSX", "HTML", "GPU", "URL", "n",
    "κ", "p", "ω", "ρ", "MAE", "F1", "MCC", "AC1", "AC2",
    "Krippendorff's alpha",
}  # fmt: skip
"""Texts that may be the same as their source."""


@cache
def sources() -> Catalog:
    return wanted()


def missing(language: str) -> list[str]:
    known = read(language)
    return [
        f"{message.id!r} ({message.locations[0][0]})"
        for message in sources()
        if message.id and not any(texts_of(found) if (found := known.get(message.id, message.context)) else [])
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language: str) -> None:
    found = missing(language)
    assert not found, f"{len(found)} texts have no words in {language}: " + "; ".join(found[:10])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_its_own_translation(language: str) -> None:
    same = [
        message.id
        for message in read(language)
        if isinstance(message.id, str) and message.id and message.string == message.id and wants_words(message.id)
    ]
    assert not same, f"equal to their source in {language}; translate them or list them in SAME: {same[:10]}"


def wants_words(text: str) -> bool:
    """Whether a text has words of a language, not only places, names and signs."""
    bare = PLACES.sub("", text)
    return text not in SAME and re.search(r"[A-Za-z]{2,}", bare) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_names_have_their_places(language: str) -> None:
    wrong = [
        message.id
        for message in read(language)
        if message.id
        for text in texts_of(message)
        if text and moved(message, text)
    ]
    assert not wrong, f"other places than their source in {language}: {wrong[:5]}"


def moved(message: Message, text: str) -> bool:
    """Whether a translation has other places than its source; of a plural, the plural's."""
    source = message.id[-1] if isinstance(message.id, tuple | list) else message.id
    return set(PLACES.findall(source)) != set(PLACES.findall(text))


WIDE = r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]"
NARROW = {
    # Signs of the Latin alphabet beside a letter that is twice as wide: they stand too close, and look like a slip.
    "ja": re.compile(rf"{WIDE}[:?!]|[:?!]{WIDE}|{WIDE}\(|\({WIDE}|{WIDE}\)|\){WIDE}"),
    "zh_Hans": re.compile(rf"{WIDE}[:;,?!]|[:;,?!]{WIDE}|{WIDE}\(|\({WIDE}|{WIDE}\)|\){WIDE}"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_signs_are_as_wide_as_the_letters_beside_them(language: str) -> None:
    wrong = [
        text
        for message in read(language)
        # The answers of the filter yesno are parted by a comma of ASCII.
        if message.id and message.id != "yes,no"
        for text in texts_of(message)
        if NARROW[language].search(PLACES.sub("\u3000", text))
    ]
    assert not wrong, f"narrow signs in {language}: {wrong[:5]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_words(language: str) -> None:
    assert file_of(language, "mo").read_bytes() == compiled(read(language)), "run python -m tests.translations"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_that_nobody_asks_for(language: str) -> None:
    known = {(str(message.id), message.context) for message in sources()}
    left = [message.id for message in read(language) if message.id and (str(message.id), message.context) not in known]
    assert not left, f"run python -m tests.translations: {left[:5]}"


def test_texts_of_python_and_templates_are_found() -> None:
    source = 'a = _("One"); b = ngettext("%(n)s item", "%(n)s items", n); c = pgettext("verb", "Open"); d = _(name)'
    assert [(each.text, each.plural, each.context) for each in of_python(source, "x.py")] == [
        ("One", "", ""),
        ("%(n)s item", "%(n)s items", ""),
        ("Open", "", "verb"),
        ("", "", ""),
    ]
    template = (
        "{% load i18n %}<p title='{% translate \"It's\" %}'>{% blocktranslate count n=x|length %}one{% plural %}"
        "{{ n }} of them{% endblocktranslate %}</p>"
        "{% blocktranslate trimmed %}\n  Two\n  lines\n{% endblocktranslate %}"
    )
    assert [(each.text, each.plural) for each in of_template(template, "x.html")] == [
        ("It's", ""),
        ("one", "%(n)s of them"),
        ("Two lines", ""),
    ]


def test_a_text_that_is_put_together_at_run_time_is_named() -> None:
    with pytest.raises(SyntaxError, match=r"x\.py:1: a text to translate is put together"):
        list(of_python('_(f"{n} items")', "x.py"))
