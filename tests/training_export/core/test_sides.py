"""Splits, and texts that are the same."""

import pytest

from training_export.core.sides import parse_split, plain, side_of


@pytest.mark.parametrize(("text", "shares"), [("90/5/5", (90, 5, 5)), ("80/20", (80, 20))])
def test_a_split_is_percentages(text: str, shares: tuple[int, ...]) -> None:
    assert parse_split(text) == shares


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("90", "is no split"),
        ("a/b", "is no split"),
        ("9０/10", "is no split"),
        ("25/25/25/25", "is no split"),
        ("90/5/4", "come to 99"),
        ("100/0", "must be over 0"),
    ],
)
def test_anything_else_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_split(text)


def test_the_side_is_a_matter_of_the_question_alone() -> None:
    assert side_of("ポンプの電圧は?", (50, 50)) == side_of("ポンプの、電圧は？", (50, 50))
    assert side_of("anything", ()) == "train"
    assert side_of("?!", (50, 50)) in {"train", "test"}
    assert {side_of(f"q{n}", (34, 33, 33)) for n in range(50)} == {"train", "validation", "test"}


@pytest.mark.parametrize(("one", "other"), [("１２ V", "12 v"), (" a\n b ", "A b")])
def test_width_case_and_space_teach_nothing(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("12.5", "125"), ("5", "-5")])
def test_a_point_and_a_sign_teach_something(one: str, other: str) -> None:
    assert plain(one) != plain(other)
