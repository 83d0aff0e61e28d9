"""Coefficients against published tables, against scikit-learn, and against what must hold for any labels."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit
from sklearn.metrics import cohen_kappa_score

from annotation.core import agreement
from annotation.core.agreement import (
    GROUP,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    specific_agreement,
)
from annotation.core.counts import Patterns, label_counts, patterns, patterns_of_pairs
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
        ("fleiss 1971", fleiss_kappa, 0.430245),
        ("fleiss 1971", percent_agreement, 0.555556),
        ("wikipedia fleiss", fleiss_kappa, 0.209931),
        ("gwet 6 raters", gwet_ac1, 0.4448007),
        ("gwet 6 raters", fleiss_kappa, 0.4139265),
        ("gwet 6 raters", krippendorff_alpha, 0.4204384),
        ("gwet abstractors", gwet_ac1, 0.8493305),
        ("gwet abstractors", krippendorff_alpha, 0.7972585),
        ("gwet abstractors", fleiss_kappa, 0.7962397),
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


def test_chance_and_skew_tell_two_tables_of_85_percent_apart() -> None:
    """Feinstein and Cicchetti: kappa .70 and .32. AC1 says most items agree, kappa that the rare class is not found."""
    even, skewed = [[40, 9], [6, 45]], [[80, 10], [5, 5]]
    pairs = [patterns_of_pairs(even), patterns_of_pairs(skewed)]
    assert [round(value_of(cohen_kappa(table)), 3) for table in (even, skewed)] == [0.700, 0.318]
    assert [round(value_of(gwet_ac1(table)), 3) for table in pairs] == [0.701, 0.808]
    assert [round(value_of(krippendorff_alpha(table)), 3) for table in pairs] == [0.701, 0.318]
    per_class = [value_of(specific_agreement(pairs[1], code)) for code in (0, 1)]
    assert [round(value, 3) for value in per_class] == [0.914, 0.400]


def test_every_published_row_of_the_shared_tables_comes_out(shared_data: Path) -> None:
    folder, checked = shared_data / "agreement_textbook", 0
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = computed(folder / row["file"], row)
            if found is not None:
                checked += 1
                assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), row
    assert checked >= 26


def computed(path: Path, row: dict[str, str]) -> float | None:
    """The quantity of a row for the statistics there are here; None for the others."""
    if row["statistic"] == "cohen_kappa":
        found: Statistic = cohen_kappa(matrix(path))
        return {"value": found.value, "ci_low": found.low, "ci_high": found.high}.get(row["quantity"])  # type: ignore[union-attr]
    if row["statistic"] not in GROUP or row["weights"] not in {"identity", "nominal"}:
        return None
    table = of_file(path)
    if row["quantity"] in {"pa", "pe"}:
        splits = {"fleiss_kappa": agreement.fleiss_split, "gwet_ac1": agreement.ac1_split}
        split = splits.get(row["statistic"], agreement.alpha_split)
        return float(split(table, table.items[None, :].astype(float))[row["quantity"] == "pe"][0])
    found = GROUP[row["statistic"]](table)
    assert isinstance(found, Value)
    if row["quantity"] == "value":
        return found.value
    if found.method != "gwet_linearised":
        return None
    error = (found.value - found.low) / float(stdtrit(table.n - 1, 0.975))
    return {"ci_low": found.low, "ci_high": found.high, "se": error}.get(row["quantity"])


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[1:] for row in csv.reader(file)][1:]


def matrix(path: Path) -> list[list[int]]:
    return [[int(cell) for cell in row] for row in rows_of(path)]


def of_file(path: Path) -> Patterns:
    if path.parent.name == "counts":
        return patterns(matrix(path))
    values = sorted({cell for row in rows_of(path) for cell in row if cell})
    units = [[values.index(cell) if cell else None for cell in row] for row in rows_of(path)]
    return patterns(label_counts(units, len(values)))


labels = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=3, max_size=3), min_size=1, max_size=25)


@given(labels)
def test_the_order_of_raters_does_not_matter(units: list[list[int | None]]) -> None:
    straight, mixed = tables.of_units(units, 3), tables.of_units(tables.shuffled(units), 3)
    for statistic in GROUP.values():
        assert statistic(straight) == statistic(mixed)


@given(labels, st.permutations(range(3)))
def test_names_of_the_values_do_not_matter(units: list[list[int | None]], names: list[int]) -> None:
    renamed = [[None if label is None else names[label] for label in unit] for unit in units]
    for statistic in (krippendorff_alpha, gwet_ac1, fleiss_kappa, percent_agreement):
        one, other = statistic(tables.of_units(units, 3)), statistic(tables.of_units(renamed, 3))
        if isinstance(one, Undefined):
            assert one == other
        else:
            assert value_of(other) == pytest.approx(one.value)


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


@given(labels)
def test_a_value_lies_inside_its_interval_and_never_above_one(units: list[list[int | None]]) -> None:
    for statistic in GROUP.values():
        found = statistic(tables.of_units(units, 3))
        if isinstance(found, Value):
            assert np.isfinite([found.value, found.low, found.high]).all()
            assert found.low <= found.value <= found.high <= 1 + 1e-12


@given(labels)
def test_items_with_one_label_change_neither_percent_agreement_nor_alpha(units: list[list[int | None]]) -> None:
    for statistic in (percent_agreement, krippendorff_alpha):
        found = statistic(tables.of_units(units, 3))
        if isinstance(found, Value):
            assert statistic(tables.of_units([*units, [2, None, None]], 3)) == found


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
        found = statistic(patterns_of_pairs([[10, 0], [0, 5]]))
        assert isinstance(found, Value)
        assert found.value == pytest.approx(1)
        assert 0.4 < found.low < 0.9
        assert found.high == 1


def test_nothing_to_compare_is_undefined_with_its_reason() -> None:
    for statistic in GROUP.values():
        assert statistic(patterns(np.zeros((0, 2)))) == Undefined("no labels")
        assert statistic(patterns([[0, 0], [0, 0]])) == Undefined("no labels")
        assert statistic(patterns([[1, 0], [0, 1]])) == Undefined("one label per item")
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


@pytest.mark.parametrize("statistic", [krippendorff_alpha, gwet_ac1], ids=["alpha", "ac1"])
def test_intervals_hold_the_truth_as_often_as_they_say(statistic: Callable[..., Statistic]) -> None:
    """300 samples of 100 items by three raters, each right in 85 % of the cases; a tenth of the labels is missing."""
    generator = np.random.default_rng(7)

    def sample(n: int) -> Patterns:
        truth = generator.random(n) < 0.3
        said = np.where(generator.random((n, 3)) < 0.85, truth[:, None], ~truth[:, None])
        given = generator.random((n, 3)) < 0.9
        return patterns(np.stack([(given & ~said).sum(axis=1), (given & said).sum(axis=1)], axis=1))

    target = value_of(statistic(sample(400_000)))
    found = [statistic(sample(100)) for _ in range(300)]
    held = sum(isinstance(one, Value) and one.low <= target <= one.high for one in found)
    assert 0.92 <= held / 300 <= 0.98
