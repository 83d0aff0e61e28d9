"""When a judge may stand in."""

from dataclasses import replace
from typing import Any

import pytest

from training_export.core.gate import Figures, Marks, gate_of, gated, marks_of, why_not

GOOD = Figures(
    items=200,
    difference=0.01,
    difference_low=-0.03,
    difference_high=0.05,
    balanced_accuracy=0.86,
    invalid=0.01,
    omega=0.67,
)


def test_a_judge_as_good_as_people_may() -> None:
    assert why_not(GOOD) == ()
    assert gated(GOOD, {"pumps": GOOD}).lets("pumps")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"difference_low": -0.05}, "may be as low as -0.050"),
        ({"difference_low": None}, "may be as low as unknown"),
        ({"balanced_accuracy": 0.79}, "balanced accuracy is 0.790"),
        ({"invalid": 0.021}, "0.021 of the judgments are invalid"),
        ({"consistency": 0.84}, "0.840 of the pairs"),
        ({"omega": 0.49}, "omega of the alternative annotator test is 0.490"),
        ({"items": 19}, "only 19 judged items"),
    ],
)
def test_every_threshold_closes_the_gate_with_a_sentence(change: dict[str, Any], sentence: str) -> None:
    (reason,) = why_not(replace(GOOD, **change))
    assert sentence in reason


def test_a_test_that_cannot_be_made_is_said_and_closes_nothing() -> None:
    gate = gated(replace(GOOD, omega=None), {})
    assert gate.why_not == ()
    assert "was not made" in gate.unasked[0]


def test_pairs_judged_alike_in_both_orders_do_not_close_it() -> None:
    assert why_not(replace(GOOD, consistency=0.85)) == ()


def test_a_category_is_closed_by_its_own_figures_and_never_opened_by_them() -> None:
    worse = replace(GOOD, balanced_accuracy=0.7)
    gate = gated(GOOD, {"pumps": worse, "few": replace(worse, items=19), "valves": GOOD})
    assert [gate.lets(name) for name in ("pumps", "few", "valves", "unknown")] == [False, True, True, True]
    assert not gated(worse, {"valves": GOOD}).lets("valves")


def test_the_decision_is_stored_and_read_back() -> None:
    gate = gated(replace(GOOD, omega=0.1), {"pumps": replace(GOOD, invalid=0.5)})
    assert gate_of(gate.as_json()) == gate


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("difference=0", "has to be above 0.00"),
        ("balanced_accuracy=0.9", "0.90 is needed"),
        ("invalid=0.005", "at most 0.005 may be"),
        ("omega=0.7", "0.7 is needed"),
        ("items=201", "201 are needed"),
    ],
)
def test_other_marks_close_the_gate_with_their_own_sentence(mark: str, sentence: str) -> None:
    gate = gated(GOOD, {}, marks_of([mark]))
    (reason,) = gate.why_not
    assert sentence in reason
    assert gate_of(gate.as_json()) == gate


def test_marks_that_nobody_named_are_the_usual_ones() -> None:
    assert marks_of([]) == Marks()
    assert marks_of(["items=5"]) == Marks(items=5)
    assert gate_of({key: value for key, value in gated(GOOD, {}).as_json().items() if key != "marks"}).marks == Marks()


@pytest.mark.parametrize("said", ["kappa=0.5", "omega", "omega=high", "omega=2", "items=2.5", "items=1", "invalid=nan"])
def test_a_mark_that_cannot_be_meant_is_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(ValueError, match=r"is no mark|write a number from"):
        marks_of([said])
