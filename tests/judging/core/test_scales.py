"""Scales and criteria."""

import pytest

from judging.core.scales import LOWER, Criterion, Scale, criterion_from_json


@pytest.mark.parametrize("score", [1, 4.67, 5])
def test_a_scale_is_a_closed_interval_with_decimals(score: float) -> None:
    assert Scale(1, 5, 1).allows(score)


@pytest.mark.parametrize("score", [0.99, 5.01, -1, float("inf"), float("nan")])
def test_a_scale_ends_at_its_ends(score: float) -> None:
    assert not Scale(1, 5).allows(score)


def test_named_values_allow_no_number() -> None:
    assert not Scale(values=("clean", "wrong")).allows(1)


@pytest.mark.parametrize("fields", [{}, {"low": 1}, {"low": 5, "high": 1}, {"low": 1, "high": 5, "values": ("a",)}])
def test_a_scale_that_is_none_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(**fields)


@pytest.mark.parametrize(
    ("criterion", "value", "score", "verdict"),
    [
        (Criterion("", Scale(1, 5), clean_if=4), "4", 4.0, "clean"),
        (Criterion("", Scale(1, 5), clean_if=4), "3.9", 3.9, "wrong"),
        (Criterion("", Scale(1, 5), clean_if=4), "", None, None),
        (Criterion("", Scale(0, 9), LOWER, 0), "0", 0.0, "clean"),
        (Criterion("", Scale(0, 9), LOWER, 0), "1", 1.0, "wrong"),
        (Criterion("", Scale(values=("clean", "wrong")), clean_if="clean"), "clean", None, "clean"),
        (Criterion("", Scale(values=("clean", "wrong")), clean_if="clean"), "wrong", None, "wrong"),
        (Criterion("", Scale(1, 5)), "5", 5.0, None),
    ],
)
def test_a_value_means_a_verdict(criterion: Criterion, value: str, score: float | None, verdict: str | None) -> None:
    assert criterion.verdict_of(value, score) == verdict


@pytest.mark.parametrize(
    "criterion",
    [
        Criterion("accuracy", Scale(1, 5, 1), clean_if=4),
        Criterion("", Scale(0, 9), LOWER, 0),
        Criterion("", Scale(values=("clean", "wrong")), clean_if="clean"),
    ],
)
def test_a_criterion_comes_back_from_json(criterion: Criterion) -> None:
    assert criterion_from_json(criterion.as_json()) == criterion


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "x"}, "Criterion 'x' has no scale"),
        ({"name": "x", "scale": {"low": 1, "high": 5}, "direction": "up"}, "direction of a criterion"),
        ({"name": "x", "scale": {}}, "A scale is either"),
        ({"name": "x", "scale": {"low": "1", "high": "5"}}, "numbers"),
    ],
)
def test_a_criterion_that_is_none_is_refused(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        criterion_from_json(data)
