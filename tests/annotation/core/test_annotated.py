"""Words of an annotation tool as labels."""

import pytest

from annotation.core.annotated import settled
from judging.core.items import NamedWord


def word(criterion: str, value: str = "", *parts: str) -> NamedWord:
    return NamedWord(criterion=criterion, value=value, parts=parts, by="kim")


def labels(*words: NamedWord) -> list[tuple[str, str]]:
    return [(found.criterion, found.value) for found in settled(words).words]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # The only control that says verdicts is the overall word, whatever its name.
        ([word("q", "good"), word("q", "Bad"), word("help", "4")], [("", "clean"), ("", "wrong"), ("help", "4")]),
        ([word("q", "yes"), word("q", "undefined")], [("", "clean"), ("", "undefined")]),
        # Of two nobody says which is the overall one.
        ([word("right", "yes"), word("polite", "no")], [("right", "yes"), ("polite", "no")]),
        ([word("verdict", "yes"), word("polite", "no")], [("", "clean"), ("polite", "no")]),
        # A control with other values beside them says no verdicts.
        ([word("q", "good"), word("q", "so so")], [("q", "good"), ("q", "so so")]),
        ([word("verdict", "good"), word("verdict", "so so")], [("", "good"), ("", "so so")]),
        ([word("pw", "A"), word("pw", "B"), word("len", "long")], [("", "A"), ("", "B"), ("len", "long")]),
        ([word("score", "7.50"), word("len", "long")], [("", "7.5"), ("len", "long")]),
    ],
)
def test_one_control_is_the_overall_word(words: list[NamedWord], expected: list[tuple[str, str]]) -> None:
    assert labels(*words) == expected


def test_several_choices_are_one_value_whatever_their_order() -> None:
    assert labels(word("t", "", "math", "code"), word("t", "", "code", "math", "art"), word("t", "art")) == [
        ("t", "code + math"),
        ("t", "art + code + math"),
        ("t", "art"),
    ]


def test_the_same_things_in_different_orders_are_rankings() -> None:
    assert labels(word("t", "", "x", "y"), word("t", "", "y", "x")) == [("t", "x > y"), ("t", "y > x")]


@pytest.mark.parametrize(
    "values",
    [["short", "x" * 101], ["one\ntwo"], [f"text {number}" for number in range(21)]],
    ids=["long", "lines", "many"],
)
def test_free_texts_are_no_labels(values: list[str]) -> None:
    found = settled([*(word("why", value) for value in values), word("verdict", "good")])
    assert (found.texts, [one.value for one in found.words]) == (("why",), ["clean"])


def test_many_different_numbers_are_labels() -> None:
    found = settled([word("seconds", str(number)) for number in range(50)])
    assert (found.texts, len(found.words)) == ((), 50)
