"""Cells that a spreadsheet would run."""

import pytest

from training_export.core.sheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-cmd|'/c calc'!A1", "@x", "\t=1", "\r=1"])
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "-5", "+3.25", "日本", "'=1"])
def test_anything_else_stays(text: str) -> None:
    assert harmless(text) == text
