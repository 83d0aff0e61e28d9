"""Every published quantity of the shared tables for a statistic that there is here."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.special import stdtr, stdtrit

from annotation.core.agreement import (
    FLEISS,
    GWET,
    PAIR,
    UNIFORM,
    WEIGHTS,
    Kappa,
    Level,
    Measure,
    alpha_error,
    kappa_of,
    krippendorff_alpha,
    linearised_error,
    split,
    weighted_alpha_split,
)
from annotation.core.counts import Patterns, label_counts, patterns
from annotation.core.intervals import Value

CHANCES = {
    "fleiss_kappa": FLEISS,
    "gwet_ac1": GWET,
    "gwet_ac2": GWET,
    "brennan_prediger": UNIFORM,
    "randolph_free_marginal_kappa": UNIFORM,
}
NOT_HERE = {"conger_kappa"}


def test_every_published_row_of_the_shared_tables_comes_out(shared_data: Path) -> None:
    folder, checked = shared_data / "agreement_textbook", 0
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["statistic"] in NOT_HERE:
                continue
            checked += 1
            found = computed(folder / row["file"], row)
            assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), row
    assert checked >= 172


def computed(path: Path, row: dict[str, str]) -> float:
    if row["statistic"] in PAIR:
        return of_two(matrix(path), row)
    counts, values = of_file(path)
    # A level of measurement; irrCAC's rows named "ordinal" are about Gwet's ordinal weights instead.
    if row["weights"] not in WEIGHTS or (row["weights"] in set(Level) and "irrCAC" not in row["source"]):
        found = krippendorff_alpha(counts, Measure(Level(row["weights"]), values))
        assert isinstance(found, Value)
        return found.value
    return of_many(counts, WEIGHTS[row["weights"]](np.array(values)), row)


def of_two(table: list[list[int]], row: dict[str, str]) -> float:
    found = kappa_of(table, WEIGHTS[row["weights"]](np.arange(len(table), dtype=float)))
    shown = PAIR[row["statistic"]](table, Measure())
    assert isinstance(found, Kappa)
    assert isinstance(shown, Value)
    return {
        "value": found.value,
        "se": found.error,
        "se_h0": found.null_error,
        "z": found.z,
        "p_one_sided": found.p_one_sided,
        "p_two_sided": found.p_two_sided,
        "ci_low": shown.low,
        "ci_high": shown.high,
    }[row["quantity"]]


def of_many(counts: Patterns, weights: np.ndarray, row: dict[str, str]) -> float:
    if row["statistic"] == "krippendorff_alpha":
        kept = counts.with_labels(2)
        parts = weighted_alpha_split(kept, kept.items[None, :].astype(float), weights)
        error = alpha_error(kept, weights)
    else:
        kept = counts.with_labels(1)
        chance = CHANCES[row["statistic"]]
        parts = split(kept, kept.items[None, :].astype(float), chance, weights)
        error = linearised_error(kept, chance, weights)
    observed, expected = (float(part[0]) for part in parts)
    value, degrees = (observed - expected) / (1 - expected), kept.n - 1
    # The source doubles the tail for every coefficient but this one.
    tails = 1 if row["statistic"] == "brennan_prediger" else 2
    return {
        "value": value,
        "pa": observed,
        "pe": expected,
        "se": error,
        "ci_low": value - stdtrit(degrees, 0.975) * error,
        "ci_high": min(1.0, value + stdtrit(degrees, 0.975) * error),
        "p_value": tails * stdtr(degrees, -abs(value) / error),
    }[row["quantity"]]


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[1:] for row in csv.reader(file)][1:]


def matrix(path: Path) -> list[list[int]]:
    return [[int(cell) for cell in row] for row in rows_of(path)]


def of_file(path: Path) -> tuple[Patterns, tuple[float, ...]]:
    if path.parent.name == "counts":
        table = matrix(path)
        return patterns(table), tuple(float(value) for value in range(1, len(table[0]) + 1))
    values = sorted({cell for row in rows_of(path) for cell in row if cell})
    units = [[values.index(cell) if cell else None for cell in row] for row in rows_of(path)]
    return patterns(label_counts(units, len(values))), tuple(map(float, values))
