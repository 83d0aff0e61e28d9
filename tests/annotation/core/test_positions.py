"""Numbers of items as people write them."""

import pytest

from annotation.core.positions import MOST, NoPositions, positions_in, text_of


@pytest.mark.parametrize(
    ("text", "positions", "again"),
    [
        ("", [], ""),
        ("2,4", [2, 4], "2, 4"),
        ("4 2 2", [2, 4], "2, 4"),
        ("7-9, 1", [1, 7, 8, 9], "1, 7-9"),
        ("1, 2, 3, 5-6", [1, 2, 3, 5, 6], "1-3, 5, 6"),
        ("3-3", [3], "3"),
    ],
)
def test_numbers_and_runs_of_them(text: str, positions: list[int], again: str) -> None:
    assert positions_in(text) == positions
    assert text_of(positions) == again
    assert positions_in(again) == positions


@pytest.mark.parametrize("word", ["x", "1-", "-3", "9-7", "1-2-3", "1.5", "٣", "9" * 5000])
def test_what_is_no_number_is_named(word: str) -> None:
    with pytest.raises(NoPositions) as odd:
        positions_in(f"1, {word}")
    assert odd.value.word == word[:20]


@pytest.mark.parametrize("text", [f"1-{MOST + 1}", f"1-{MOST - 5}, 200001-200010", "1-999999999"])
def test_there_may_be_only_so_many(text: str) -> None:
    with pytest.raises(NoPositions) as odd:
        positions_in(text)
    assert odd.value.word == ""
