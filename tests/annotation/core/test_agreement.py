"""Coefficients against published tables, against scikit-learn, and against what must hold for any labels."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit
from sklearn.metrics import cohen_kappa_score

from annotation.core.agreement import (
    GROUP,
    NOMINAL,
    Level,
    Measure,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    fleiss_null_error,
    gwet_ac1,
    gwet_ac2,
    kappa_of,
    krippendorff_alpha,
    percent_agreement,
    scott_pi,
    specific_agreement,
    weighted_kappa,
)
from annotation.core.confusion import matthews
from annotation.core.counts import Patterns, patterns, patterns_of_pairs
from annotation.core.intervals import Statistic, Undefined, Value
from tests.annotation.core import published as tables

DATA = {
    "krippendorff A": tables.of_units(tables.KRIPPENDORFF_A, 2),
    "krippendorff B": tables.of_units(tables.KRIPPENDORFF_B, 5),
    "krippendorff C": tables.of_units(tables.KRIPPENDORFF_C, 5),
    "fleiss 1971": patterns(tables.FLEISS_1971),
    "gwet 6 raters": patterns(tables.FLEISS_1971[:15]),
    "wikipedia fleiss": patterns(tables.WIKIPEDIA_FLEISS),
    "gwet abstractors": patterns_of_pairs(tables.GWET_ABSTRACTORS),
}


def value_of(statistic: Statistic) -> float:
    assert isinstance(statistic, Value)
    return statistic.value


@pytest.mark.parametrize(
    ("data", "statistic", "expected"),
    [
        ("krippendorff A", krippendorff_alpha, 0.095238),
        ("krippendorff B", krippendorff_alpha, 0.691964),
        ("krippendorff C", krippendorff_alpha, 0.743421),
        ("krippendorff C", percent_agreement, 0.818182),
        ("krippendorff C", gwet_ac1, 0.775444),
        ("krippendorff C", fleiss_kappa, 0.761169),
        ("krippendorff C", brennan_prediger, 0.772727),
        ("fleiss 1971", fleiss_kappa, 0.430245),
        ("fleiss 1971", percent_agreement, 0.555556),
        ("wikipedia fleiss", fleiss_kappa, 0.209931),
        ("gwet 6 raters", gwet_ac1, 0.4448007),
        ("gwet 6 raters", fleiss_kappa, 0.4139265),
        ("gwet 6 raters", krippendorff_alpha, 0.4204384),
        ("gwet abstractors", gwet_ac1, 0.8493305),
        ("gwet abstractors", krippendorff_alpha, 0.7972585),
        ("gwet abstractors", fleiss_kappa, 0.7962397),
        ("gwet abstractors", scott_pi, 0.7962397),
        ("gwet 6 raters", brennan_prediger, 0.4388889),
    ],
)
def test_equals_the_published_value(data: str, statistic: Callable[..., Statistic], expected: float) -> None:
    digits = len(str(expected)) - 2
    assert round(value_of(statistic(DATA[data])), digits) == expected


@pytest.mark.parametrize(
    ("data", "statistic", "error"),
    [
        ("krippendorff C", gwet_ac1, 0.142950),
        ("krippendorff C", fleiss_kappa, 0.153019),
        ("gwet 6 raters", gwet_ac1, 0.0841876),
        ("gwet 6 raters", fleiss_kappa, 0.0811929),
    ],
)
def test_interval_follows_from_the_published_standard_error(
    data: str, statistic: Callable[..., Statistic], error: float
) -> None:
    found = statistic(DATA[data])
    assert isinstance(found, Value)
    degrees = DATA[data].n - 1
    assert (found.value - found.low) / stdtrit(degrees, 0.975) == pytest.approx(error, abs=1e-6)
    assert found.method == "gwet_linearised"


def test_cohen_kappa_equals_published_values_and_errors() -> None:
    sas, gwet, cohen = (cohen_kappa(table) for table in (tables.SAS, tables.GWET_ABSTRACTORS, tables.COHEN_1968))
    assert isinstance(sas, Value)
    assert (round(sas.value, 4), round(sas.low, 4), round(sas.high, 4), sas.n) == (0.4842, 0.2137, 0.7547, 19)
    assert isinstance(gwet, Value)
    assert round(gwet.value, 7) == 0.7964094
    assert (gwet.high - gwet.low) / 2 / 1.959964 == pytest.approx(0.0589107, abs=1e-6)
    assert round(value_of(cohen), 3) == 0.492


@pytest.mark.parametrize(
    ("level", "expected"), [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)]
)
def test_alpha_equals_the_published_value_at_every_level(level: str, expected: float) -> None:
    measure = Measure(Level(level), (1.0, 2.0, 3.0, 4.0, 5.0))
    assert round(value_of(krippendorff_alpha(DATA["krippendorff C"], measure)), 6) == expected


def test_ordinal_alpha_sees_the_order_and_not_the_numbers() -> None:
    near, far = (Measure(Level.ORDINAL, values) for values in ((1.0, 2.0, 3.0, 4.0, 5.0), (1.0, 2.0, 30.0, 31.0, 99.0)))
    assert krippendorff_alpha(DATA["krippendorff C"], near) == krippendorff_alpha(DATA["krippendorff C"], far)


def test_ratios_of_negative_values_are_refused() -> None:
    measure = Measure(Level.RATIO, (-1.0, 0.0, 1.0))
    for statistic in (krippendorff_alpha, gwet_ac2):
        refused = statistic(patterns_of_pairs([[3, 1, 0], [0, 3, 1], [0, 0, 3]]), measure)
        assert refused == Undefined("ratios need values that are not negative")


def test_ac2_is_ac1_for_names_and_takes_the_weights_of_the_level() -> None:
    data = DATA["krippendorff C"]
    assert gwet_ac2(data) == gwet_ac1(data)
    assert round(value_of(gwet_ac2(data, Measure(Level.ORDINAL))), 6) == 0.898940


def test_weighted_kappa_equals_that_of_cohen_1968_and_of_sas() -> None:
    sas = weighted_kappa(tables.SAS)
    assert isinstance(sas, Value)
    assert (round(sas.value, 4), round(sas.low, 4), round(sas.high, 4)) == (0.4701, 0.1845, 0.7558)
    # Cohen (1968) gives disagreements 0, 1, 3; 1, 0, 6; 3, 6, 0 as weights of his own.
    own = 1 - np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6
    found = kappa_of(tables.COHEN_1968, own)
    assert not isinstance(found, Undefined)
    assert round(found.value, 3) == 0.348


def test_scott_leaves_items_with_one_label_out_of_the_shares() -> None:
    units = [[0, 0], [0, 0], [1, 1], [0, 1]]
    alone = [*units, [1, None], [1, None]]
    assert scott_pi(tables.of_units(alone, 2)) == fleiss_kappa(tables.of_units(units, 2))
    assert fleiss_kappa(tables.of_units(alone, 2)) != fleiss_kappa(tables.of_units(units, 2))


def test_brennan_prediger_of_two_values_is_twice_the_agreement_less_one() -> None:
    assert value_of(brennan_prediger(patterns_of_pairs([[40, 9], [6, 45]]))) == pytest.approx(2 * 0.85 - 1)


def test_hundreds_of_raters_with_few_labels_each() -> None:
    """Krippendorff's definition, label by label, beside the count tables."""
    generator = np.random.default_rng(2)
    units = [list(generator.choice(5, size=generator.integers(0, 9), p=[0.1, 0.1, 0.2, 0.3, 0.3])) for _ in range(40)]
    pairs = [(a, b, len(unit) - 1) for unit in units for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j]
    every = [label for unit in units if len(unit) > 1 for label in unit]
    apart = sum((a - b) ** 2 / others for a, b, others in pairs) / len(every)
    chance = sum((a - b) ** 2 for a in every for b in every) / (len(every) * (len(every) - 1))
    found = krippendorff_alpha(tables.of_units(units, 5), Measure(Level.INTERVAL))
    assert value_of(found) == pytest.approx(1 - apart / chance)


def test_kappa_of_every_diagnosis_is_that_of_it_against_the_rest() -> None:
    table = np.array(tables.FLEISS_1971)
    against_rest = [patterns(np.stack([table[:, at], 6 - table[:, at]], axis=1)) for at in range(5)]
    kappas = [fleiss_kappa(found) for found in against_rest]
    assert [round(kappa.value, 3) for kappa in kappas if isinstance(kappa, Value)] == [0.245, 0.245, 0.52, 0.471, 0.566]


def test_fleiss_kappa_lies_as_far_from_chance_as_published() -> None:
    data = DATA["fleiss 1971"]
    assert round(value_of(fleiss_kappa(data)) / fleiss_null_error(data), 4) == 17.6518
    with pytest.raises(ValueError, match="different numbers"):
        fleiss_null_error(DATA["krippendorff C"])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ([[40, 9], [6, 45]], (0.700, 0.699, 0.701, 0.701, 0.700, 0.701, 0.842, 0.857)),
        ([[80, 10], [5, 5]], (0.318, 0.314, 0.318, 0.808, 0.700, 0.327, 0.914, 0.400)),
    ],
    ids=["even", "skewed"],
)
def test_the_table_of_the_paradox_of_kappa(table: list[list[int]], expected: tuple[float, ...]) -> None:
    """Kappa, pi, alpha, AC1, PABAK, Matthews, and agreement on either value: both tables agree in 85 of 100 cases."""
    pairs = patterns_of_pairs(table)
    group = [one(pairs) for one in (scott_pi, krippendorff_alpha, gwet_ac1, brennan_prediger)]
    specific = [specific_agreement(pairs, code) for code in (0, 1)]
    found = [cohen_kappa(table), *group, matthews(np.array(table)), *specific]
    assert [round(value_of(one), 3) for one in found] == list(expected)
    assert value_of(percent_agreement(pairs)) == 0.85


def test_chance_and_skew_tell_two_tables_of_85_percent_apart() -> None:
    """Feinstein and Cicchetti: kappa .70 and .32. AC1 says most items agree, kappa that the rare class is not found."""
    even, skewed = [[40, 9], [6, 45]], [[80, 10], [5, 5]]
    pairs = [patterns_of_pairs(even), patterns_of_pairs(skewed)]
    assert [round(value_of(cohen_kappa(table)), 3) for table in (even, skewed)] == [0.700, 0.318]
    assert [round(value_of(gwet_ac1(table)), 3) for table in pairs] == [0.701, 0.808]
    assert [round(value_of(krippendorff_alpha(table)), 3) for table in pairs] == [0.701, 0.318]
    per_class = [value_of(specific_agreement(pairs[1], code)) for code in (0, 1)]
    assert [round(value, 3) for value in per_class] == [0.914, 0.400]


labels = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=3, max_size=3), min_size=1, max_size=25)


@settings(deadline=None)
@given(labels)
def test_the_order_of_raters_does_not_matter(units: list[list[int | None]]) -> None:
    straight, mixed = tables.of_units(units, 3), tables.of_units(tables.shuffled(units), 3)
    for statistic in GROUP.values():
        assert statistic(straight, NOMINAL) == statistic(mixed, NOMINAL)


@settings(deadline=None)
@given(labels, st.permutations(range(3)))
def test_names_of_the_values_do_not_matter(units: list[list[int | None]], names: list[int]) -> None:
    renamed = [[None if label is None else names[label] for label in unit] for unit in units]
    for statistic in (krippendorff_alpha, gwet_ac1, fleiss_kappa, percent_agreement):
        one, other = statistic(tables.of_units(units, 3)), statistic(tables.of_units(renamed, 3))
        if isinstance(one, Undefined):
            assert one == other
        else:
            assert value_of(other) == pytest.approx(one.value)


@settings(deadline=None)
@given(labels)
def test_every_item_twice_changes_no_value_but_that_of_alpha_for_small_samples(units: list[list[int | None]]) -> None:
    for statistic in (percent_agreement, fleiss_kappa, gwet_ac1):
        once, twice = statistic(tables.of_units(units, 3)), statistic(tables.of_units(units * 2, 3))
        if isinstance(once, Undefined):
            assert once == twice
        else:
            assert isinstance(twice, Value)
            assert twice.value == pytest.approx(once.value)
            assert twice.n == 2 * once.n


@settings(deadline=None)
@given(labels)
def test_a_value_lies_inside_its_interval_and_never_above_one(units: list[list[int | None]]) -> None:
    for statistic in GROUP.values():
        found = statistic(tables.of_units(units, 3), NOMINAL)
        if isinstance(found, Value):
            assert np.isfinite([found.value, found.low, found.high]).all()
            assert found.low <= found.value <= found.high <= 1 + 1e-12


@settings(deadline=None)
@given(labels)
def test_items_with_one_label_change_neither_percent_agreement_nor_alpha(units: list[list[int | None]]) -> None:
    for statistic in (percent_agreement, krippendorff_alpha):
        found = statistic(tables.of_units(units, 3))
        if isinstance(found, Value):
            assert statistic(tables.of_units([*units, [2, None, None]], 3)) == found


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=40))
def test_cohen_kappa_equals_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (first, second), 1)
    found = cohen_kappa(table)
    if isinstance(found, Undefined):
        assert len(set(first) | set(second)) == 1
    else:
        assert found.value == pytest.approx(cohen_kappa_score(first, second, labels=[0, 1, 2]))


def test_perfect_agreement_is_one_with_an_interval_below_it() -> None:
    for statistic in GROUP.values():
        found = statistic(patterns_of_pairs([[10, 0], [0, 5]]), NOMINAL)
        assert isinstance(found, Value)
        assert found.value == pytest.approx(1)
        assert 0.4 < found.low < 0.9
        assert found.high == 1


def test_nothing_to_compare_is_undefined_with_its_reason() -> None:
    for statistic in GROUP.values():
        assert statistic(patterns(np.zeros((0, 2))), NOMINAL) == Undefined("no labels")
        assert statistic(patterns([[0, 0], [0, 0]]), NOMINAL) == Undefined("no labels")
        assert statistic(patterns([[1, 0], [0, 1]]), NOMINAL) == Undefined("one label per item")
    assert cohen_kappa([[0, 0], [0, 0]]) == Undefined("no item with both labels")


def test_agreement_beyond_chance_is_undefined_where_every_label_is_the_same() -> None:
    same = patterns_of_pairs([[7, 0], [0, 0]])
    for statistic in (krippendorff_alpha, fleiss_kappa):
        assert statistic(same) == Undefined("every label has the same value")
    assert cohen_kappa([[7, 0], [0, 0]]) == Undefined("every label has the same value")
    assert value_of(percent_agreement(same)) == 1
    assert specific_agreement(same, 1) == Undefined("nobody gave this value")


def test_the_same_data_gives_the_same_interval() -> None:
    first, second = (krippendorff_alpha(DATA["fleiss 1971"]) for _ in range(2))
    assert first == second


@settings(deadline=None)
@given(labels, st.floats(0.1, 0.9))
def test_missing_at_random_leaves_a_value_that_can_still_be_a_value(
    units: list[list[int | None]], share: float
) -> None:
    generator = np.random.default_rng(0)
    thinned = [[label if generator.random() < share else None for label in unit] for unit in units]
    for statistic in GROUP.values():
        found = statistic(tables.of_units(thinned, 3), NOMINAL)
        shared = sum(sum(label is not None for label in unit) > 1 for unit in units)
        assert isinstance(found, Undefined) or found.n <= shared


LEVELS = [Measure(level, (1.0, 2.0, 3.0)) for level in Level]


@pytest.mark.parametrize("measure", LEVELS, ids=lambda measure: str(measure.level))
def test_missing_at_random_does_not_shift_alpha(measure: Measure) -> None:
    full = sampled(20_000, missing=0.0)
    thinned = sampled(20_000, missing=0.4)
    assert value_of(krippendorff_alpha(thinned, measure)) == pytest.approx(
        value_of(krippendorff_alpha(full, measure)), abs=0.02
    )


def sampled(n: int, *, missing: float = 0.1, seed: int = 7, generator: np.random.Generator | None = None) -> Patterns:
    """Items of three values, labelled by three raters who are right in 75 % of the cases and else one off."""
    drawn = generator or np.random.default_rng(seed)
    truth = drawn.choice(3, size=(n, 1), p=[0.2, 0.3, 0.5])
    off = np.where(truth == 1, drawn.choice([0, 2], size=(n, 3)), 1)
    said = np.where(drawn.random((n, 3)) < 0.75, truth, off)
    given = drawn.random((n, 3)) >= missing
    return patterns(np.stack([(given & (said == value)).sum(axis=1) for value in range(3)], axis=1))


SLOW = {"alpha ordinal", "alpha interval"}
COVERED = {
    "alpha nominal": (krippendorff_alpha, NOMINAL),
    "alpha ordinal": (krippendorff_alpha, LEVELS[1]),
    "alpha interval": (krippendorff_alpha, LEVELS[2]),
    "ac1": (gwet_ac1, NOMINAL),
    "ac2": (gwet_ac2, LEVELS[1]),
    "fleiss": (fleiss_kappa, NOMINAL),
    "brennan-prediger": (brennan_prediger, NOMINAL),
    "percent agreement": (percent_agreement, NOMINAL),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in COVERED]
)
def test_intervals_hold_the_truth_as_often_as_they_say(name: str) -> None:
    """300 samples of 100 items."""
    statistic, measure = COVERED[name]
    target = value_of(statistic(sampled(400_000), measure))
    drawn = np.random.default_rng(11)
    found = [statistic(sampled(100, generator=drawn), measure) for _ in range(300)]
    held = sum(isinstance(one, Value) and one.low <= target <= one.high for one in found)
    assert 0.92 <= held / 300 <= 0.98
