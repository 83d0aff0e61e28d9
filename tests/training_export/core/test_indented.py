"""JSON with an indent: the same text as the standard library makes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training_export.core.writers.base import indented

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(value=VALUES)
def test_it_is_the_text_of_the_standard_library(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=4)


@pytest.mark.parametrize("value", [[], {}, {"a": []}, [{}], "", 0, None, ("x", ["y"]), {"\ud800": "日本\n"}])
def test_what_is_empty_stays_on_its_line(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=4)
