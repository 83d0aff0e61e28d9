"""Kinds of items beside all others."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from annotation.core.intervals import Undefined, Value
from annotation.core.slices import bands, benjamini_hochberg, language_of, newcombe, slices, two_proportions


def test_the_difference_of_two_shares_is_newcombes() -> None:
    found = newcombe((56, 70), (48, 80), undefined="")
    assert isinstance(found, Value)
    # Newcombe 1998, table II, example (a), method 10.
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)
    assert newcombe((0, 0), (1, 2), undefined="nothing") == Undefined("nothing")


def test_the_p_of_two_shares_is_that_of_the_pooled_test() -> None:
    expected = chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue
    assert two_proportions((56, 70), (48, 80)) == pytest.approx(expected)
    assert two_proportions((5, 5), (7, 7)) == 1.0
    assert two_proportions((0, 0), (7, 7)) is None


def test_a_planted_weakness_stands_out_and_small_kinds_are_left_out() -> None:
    draw = np.random.default_rng(0)
    kind = np.array(["maths"] * 60 + ["prose"] * 400 + ["code"] * 5 + [""] * 35)
    both = np.ones(500, dtype=bool)
    same = draw.random(500) < np.where(kind == "maths", 0.5, 0.9)
    found = slices({"category": kind, "model": np.array(["one"] * 500)}, both, same)
    assert (found[0].by, found[0].value, found[0].stands_out) == ("category", "maths", True)
    assert {row.value for row in found} == {"maths", "prose"}
    gap = found[0].gap
    assert isinstance(gap, Value)
    assert gap.high < 0


def test_chance_alone_rarely_stands_out() -> None:
    draw, alarms = np.random.default_rng(1), 0
    for _ in range(200):
        kinds = {"category": draw.choice(list("abcdefgh"), 400)}
        alarms += any(row.stands_out for row in slices(kinds, np.ones(400, bool), draw.random(400) < 0.8))
    assert alarms / 200 < 0.09


def test_of_many_differences_the_procedure_keeps_those_below_their_step() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.5], 0.05) == [True, False, False, False]
    assert benjamini_hochberg([0.01, 0.02, 0.03, 0.5], 0.05) == [True, True, True, False]
    assert benjamini_hochberg([], 0.05) == []


def test_sizes_are_cut_into_fifths_with_their_bounds_as_names() -> None:
    names, many = np.unique(bands(np.arange(100)), return_counts=True)
    assert len(names) == 5
    assert many.min() >= 19
    assert "0-18" in names or "0-19" in names
    assert set(bands(np.full(9, 7)).tolist()) == {"7-7"}
    assert bands(np.empty(0, dtype=int)).tolist() == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the capital of France?", "latin"),
        ("日本の首都はどこですか。", "ja"),
        ("中国的首都是哪里？", "zh"),
        ("대한민국의 수도는 어디입니까?", "ko"),
        ("Какая столица России?", "cyrillic"),
        ("ما هي عاصمة مصر؟", "arabic"),
        ("Python で書かれた関数", "ja"),
        ("Explain the word 道 in one sentence, please.", "latin"),
        ("12 + 34 = ?", ""),
    ],
)
def test_a_language_is_told_by_its_letters(text: str, language: str) -> None:
    assert language_of(text) == language
