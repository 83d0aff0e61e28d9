"""Arrays entry by entry."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.core.readers.files import FileRefused
from judging.core.readers.json_records import BrokenArray, read_array

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@given(st.lists(VALUES, max_size=8), st.integers(1, 40), st.sampled_from([None, 4]))
def test_gives_what_the_whole_file_would_give(values: list[object], size: int, indent: int | None) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    entries = list(read_array(pieces(text, size)))
    assert [value for _, _, value in entries] == values
    assert [number for number, _, _ in entries] == list(range(1, len(values) + 1))


@given(st.lists(st.dictionaries(st.text(), VALUES), min_size=1, max_size=5), st.integers(1, 40), st.data())
def test_cut_file_gives_the_entries_before_the_cut(values: list[object], size: int, data: st.DataObject) -> None:
    text = json.dumps(values)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    found: list[object] = []
    with pytest.raises(BrokenArray) as broken:
        found.extend(value for _, _, value in read_array(pieces(cut, size)))
    assert found == values[: len(found)]
    assert broken.value.entry == len(found) + 1


@pytest.mark.parametrize(
    ("text", "entry", "words"),
    [
        ('[{"a": 1}', 2, "ends before its array"),
        ('[{"a": 1},', 2, "ends before its array"),
        ('[{"a": 1}, {"b": ', 2, "middle of this entry"),
        ('[{"a": 1}, {"b": "text', 2, "middle of this entry"),
        ('[{"a": 1}\n {"b": 2}]', 2, "comma or ] is missing here (line 2)"),
        ('[{"a": 1},\n\n {b: 2}, {"c": 3}]', 2, "not JSON"),
        ('[{"a": 1},]', 2, "not JSON"),
        ('[{"a": 1}] []', 1, "after the end"),
        ("[", 1, "ends before its array"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_says_where_an_array_breaks(text: str, entry: int, words: str, size: int) -> None:
    with pytest.raises(BrokenArray) as broken:
        list(read_array(pieces(text, size)))
    assert broken.value.entry == entry
    assert words in broken.value.message


def test_refuses_what_is_no_array() -> None:
    with pytest.raises(FileRefused):
        list(read_array(["{}"]))


def test_holds_one_entry_at_a_time() -> None:
    taken = 0

    def chunks() -> object:
        nonlocal taken
        yield "["
        for number in range(1000):
            taken += 1
            yield ("," if number else "") + json.dumps({"n": number, "text": "x" * 100_000})
        yield "]"

    entries = read_array(chunks())  # type: ignore[arg-type]
    for _ in range(10):
        next(entries)
    assert taken < 15


def test_entry_longer_than_the_limit_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.core.readers.json_records.MAX_RECORD", 1000)
    with pytest.raises(BrokenArray, match="longer than 1,000 characters"):
        list(read_array(["[", *(['{"a": "'] + ["x" * 500] * 100)]))
