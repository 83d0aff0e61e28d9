"""The printed form of a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.core.readers.literals import decode_printed_list

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(TEXT))
def test_gives_back_what_was_printed(texts: list[str]) -> None:
    assert decode_printed_list(str(texts)) == texts


@given(st.text())
def test_never_gives_anything_but_texts(text: str) -> None:
    try:
        decoded = decode_printed_list(text)
    except ValueError:
        return
    assert all(isinstance(entry, str) for entry in decoded)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "['a'",
        "['a' 'b']",
        "[a]",
        "[1]",
        "[None]",
        "['a', ['b']]",
        "('a',)",
        "{'a'}",
        "[b'a']",
        "[f'{1}']",
        "['''a''']",
        "['a'] + ['b']",
        "__import__('os').system('true')",
        "[__import__('os')]",
        "['a'.upper()]",
        "['\\q']",
        "['\\N{BULLET}']",
        "['\\U00110000']",
        "['\\x00']",
        "['\\ud800']",
        "[" * 5000 + "]" * 5000,
        "-" * 5000 + "1",
        "a reply that somebody typed over",
    ],
)
def test_refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        decode_printed_list(text)


def test_refuses_what_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.core.readers.literals.MAX_PRINTED", 10)
    with pytest.raises(ValueError, match="longer than 10"):
        decode_printed_list(str(["x" * 20]))


def test_long_hostile_text_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="printed form"):
        decode_printed_list("['" + "a', '" * 200_000)
