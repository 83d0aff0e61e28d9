"""What must hold of every figure whatever the labels are: order, names, repetition, gaps, direction, idle raters."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.core.aggregation import Votes
from annotation.core.agreement import GROUP, NOMINAL, PAIR, Level, Measure, specific_agreement
from annotation.core.continuous import Numbers, alpha_of_numbers, pair_differences, share_equal
from annotation.core.counts import label_counts, pair_table, patterns
from annotation.core.graded import icc_one, of_pairs, of_patterns, of_table
from annotation.core.intervals import Statistic, Undefined, Value
from annotation.core.raters import rater_pairs
from annotation.core.same_items import JudgedRows, same_items

K, RATERS = 4, 3
VALUES = (1.0, 2.0, 3.0, 4.0)
LEVELS = {level: Measure(level, VALUES) for level in Level}
Units = Sequence[Sequence[int | None]]
Statistics = Mapping[str, Statistic]

cells = st.one_of(st.none(), st.integers(0, K - 1))
tables = st.lists(st.lists(cells, min_size=RATERS, max_size=RATERS), min_size=1, max_size=14)
few = settings(deadline=None, max_examples=25)


def coefficients(units: Units) -> Statistics:
    """Coefficients of names between many."""
    found = patterns(label_counts(units, K))
    return {name: one(found, NOMINAL) for name, one in GROUP.items()}


def levelled(units: Units) -> Statistics:
    """Coefficients of ordered values and of distances."""
    found = patterns(label_counts(units, K))
    return {
        f"{name} {level}": GROUP[name](found, LEVELS[level])
        for name in ("krippendorff_alpha", "gwet_ac2")
        for level in (Level.ORDINAL, Level.INTERVAL)
    }


def ratios(units: Units) -> Statistics:
    found = patterns(label_counts(units, K))
    return {name: GROUP[name](found, LEVELS[Level.RATIO]) for name in ("krippendorff_alpha", "gwet_ac2")}


def specific(units: Units) -> Statistics:
    found = patterns(label_counts(units, K))
    return {str(code): specific_agreement(found, code) for code in range(K)}


def numbers(units: Units) -> Statistics:
    """Statistics of numbers between any two of many."""
    found = patterns(label_counts(units, K))
    return of_patterns(found, LEVELS[Level.INTERVAL]) | {"icc": icc_one(found, LEVELS[Level.INTERVAL])}


def codes_of(units: Units) -> np.ndarray:
    return np.array([[-1 if cell is None else cell for cell in unit] for unit in units], dtype=np.int64)


def of_two(units: Units) -> Statistics:
    codes = codes_of(units)
    table = pair_table(codes[:, 0], codes[:, 1], K)
    return {name: one(table, LEVELS[Level.ORDINAL]) for name, one in PAIR.items()} | of_table(
        table, LEVELS[Level.INTERVAL]
    )


def pairwise(units: Units) -> Statistics:
    codes = codes_of(units)
    items, raters = np.nonzero(codes >= 0)
    return {"mean kappa": rater_pairs(Votes(items, raters, codes[items, raters], K), codes.shape[1]).mean_kappa}


def measured(units: Units) -> Statistics:
    """As if nearly every label had its own value."""
    codes = codes_of(units)
    items, raters = np.nonzero(codes >= 0)
    found = Numbers(items, codes[items, raters] + 1.0)
    alphas = {f"alpha {level}": alpha_of_numbers(found, level) for level in (Level.ORDINAL, Level.INTERVAL)}
    return {**alphas, "equal": share_equal(found), **pair_differences(found)}


def measured_by_two(units: Units) -> Statistics:
    codes = codes_of(units)
    both = (codes[:, :2] >= 0).all(axis=1)
    return of_pairs(codes[both, 0] + 1.0, codes[both, 1] + 1.0)


def judged(units: Units) -> Statistics:
    """The first rater is a judge beside the others."""
    codes = codes_of(units)
    counts = label_counts([unit[1:] for unit in units], K)
    same = same_items(JudgedRows(codes[:, 0], counts, np.ones(len(codes), dtype=np.int64)), np.eye(K))
    names = ("judge_agreement", "human_agreement", "judge_kappa", "human_kappa", "agreement_difference",
             "kappa_difference")  # fmt: skip
    return {name: getattr(same, name) for name in names}


EVERY: Mapping[str, Callable[[Units], Statistics]] = {
    one.__name__: one
    for one in (coefficients, levelled, ratios, specific, numbers, of_two, pairwise, measured, measured_by_two, judged)
}
AMONG_MANY = ("coefficients", "levelled", "ratios", "specific", "numbers", "pairwise", "measured")
OF_NAMES = ("coefficients", "pairwise", "judged")
WITH_DIRECTION = ("levelled", "numbers", "of_two", "measured", "measured_by_two")
# What corrects itself for a small sample, or compares with a mean over one item less, moves by about 1 / n.
ABOUT = {"krippendorff_alpha", "icc", *(f"alpha {level}" for level in Level)}
ABOUT |= {f"krippendorff_alpha {level}" for level in Level}


def assert_same(one: Statistics, other: Statistics, *, off: float = 1e-9) -> None:
    """The same values, or undefined for the same reasons."""
    assert one.keys() == other.keys()
    for name, first in one.items():
        second = other[name]
        if isinstance(first, Undefined) or isinstance(second, Undefined):
            assert first == second, name
        else:
            assert second.value == pytest.approx(first.value, abs=off), name


@pytest.mark.parametrize("kind", EVERY)
@few
@given(units=tables)
def test_a_figure_is_finite_and_inside_its_interval_or_has_a_reason(kind: str, units: Units) -> None:
    for name, found in EVERY[kind](units).items():
        if isinstance(found, Undefined):
            assert found.reason
        else:
            assert np.isfinite([found.value, found.low, found.high]).all(), name
            assert found.low <= found.value <= found.high, name
            assert found.n > 0, name


@pytest.mark.parametrize("kind", AMONG_MANY)
@few
@given(units=tables, order=st.permutations(range(RATERS)))
def test_the_order_of_raters_changes_nothing(kind: str, units: Units, order: list[int]) -> None:
    assert_same(EVERY[kind](units), EVERY[kind]([[unit[at] for at in order] for unit in units]))


@few
@given(units=tables)
def test_two_raters_may_change_places_but_for_their_bias(units: Units) -> None:
    one, other = of_two(units), of_two([[unit[1], unit[0]] for unit in units])
    turned = {name: found for name, found in other.items() if name != "bias"}
    assert_same({name: found for name, found in one.items() if name != "bias"}, turned)
    if isinstance(first := one["bias"], Value):
        assert isinstance(second := other["bias"], Value)
        assert second.value == pytest.approx(-first.value)


@pytest.mark.parametrize("kind", OF_NAMES)
@few
@given(units=tables, names=st.permutations(range(K)))
def test_other_names_change_nothing(kind: str, units: Units, names: list[int]) -> None:
    renamed = [[None if cell is None else names[cell] for cell in unit] for unit in units]
    assert_same(EVERY[kind](units), EVERY[kind](renamed))


@pytest.mark.parametrize("kind", WITH_DIRECTION)
@few
@given(units=tables)
def test_a_scale_may_be_turned_round(kind: str, units: Units) -> None:
    turned = [[None if cell is None else K - 1 - cell for cell in unit] for unit in units]
    one, other = (
        {name: found for name, found in EVERY[kind](rows).items() if name != "bias"} for rows in (units, turned)
    )
    assert_same(one, other)


@pytest.mark.parametrize("kind", AMONG_MANY)
@few
@given(units=tables)
def test_a_rater_without_labels_changes_nothing(kind: str, units: Units) -> None:
    assert EVERY[kind]([[*unit, None] for unit in units]) == EVERY[kind](units)


@pytest.mark.parametrize("kind", AMONG_MANY)
@few
@given(units=tables)
def test_an_item_without_labels_changes_nothing(kind: str, units: Units) -> None:
    assert_same(EVERY[kind](units), EVERY[kind]([*units, [None] * RATERS]))


def agreeing(n: int, seed: int, *, missing: float = 0.1) -> Units:
    generator = np.random.default_rng(seed)
    truth = generator.choice(K, size=(n, 1), p=[0.3, 0.3, 0.2, 0.2])
    off = np.clip(truth + generator.choice([-1, 1], size=(n, RATERS)), 0, K - 1)
    said = np.where(generator.random((n, RATERS)) < 0.7, truth, off)
    given_labels = generator.random((n, RATERS)) >= missing
    return [
        [int(cell) if there else None for cell, there in zip(*row, strict=True)]
        for row in zip(said, given_labels, strict=True)
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", EVERY)
def test_data_four_times_has_the_same_value_and_about_half_the_interval(kind: str, seed: int) -> None:
    units = agreeing(60, seed)
    once, often = EVERY[kind](units), EVERY[kind](units * 4)
    for name, one in once.items():
        four = often[name]
        assert isinstance(one, Value), name
        assert isinstance(four, Value), name
        assert four.value == pytest.approx(one.value, abs=0.02 if name in ABOUT else 1e-9), name
        assert four.n == 4 * one.n, name
        assert 0.2 * (one.high - one.low) < four.high - four.low < 0.6 * (one.high - one.low), name


@pytest.mark.parametrize("kind", EVERY)
def test_labels_missing_at_random_leave_the_figures_where_they_are(kind: str) -> None:
    units = agreeing(6000, 5, missing=0.0)
    generator = np.random.default_rng(6)
    thinned = [[cell if generator.random() < 0.6 else None for cell in unit] for unit in units]
    assert_same(EVERY[kind](units), EVERY[kind](thinned), off=0.045)
