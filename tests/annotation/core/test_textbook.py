"""Every published quantity of the shared tables, one test each: for a statistic that there is here, from the count
tables, and, where a report has it, by the commands."""

import csv
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
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
from tests.conftest import SHARED

CHANCES = {
    "fleiss_kappa": FLEISS,
    "gwet_ac1": GWET,
    "gwet_ac2": GWET,
    "brennan_prediger": UNIFORM,
    "randolph_free_marginal_kappa": UNIFORM,
}
NOT_HERE = {"conger_kappa"}
FOLDER = SHARED / "agreement_textbook"
REPORTED = {"value": "value", "ci_low": "low", "ci_high": "high"}


def expected_rows() -> list[dict[str, str]]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def name_of(row: dict[str, str]) -> str:
    source = "gwet" if is_of_gwet(row) else "-"
    return "-".join([row["dataset"], row["statistic"], row["weights"], row["quantity"], source])


ROWS = expected_rows()
HERE = [row for row in ROWS if row["statistic"] not in NOT_HERE]


def is_of_gwet(row: dict[str, str]) -> bool:
    """irrCAC's rows named "ordinal" are about Gwet's ordinal weights, and not Krippendorff's distances."""
    return "irrCAC" in row["source"]


@pytest.mark.parametrize("row", HERE, ids=name_of)
def test_a_published_row_comes_out(row: dict[str, str]) -> None:
    found = computed(FOLDER / row["file"], row)
    assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


def test_no_row_is_left_out_but_those_of_a_statistic_that_is_not_here(shared_data: Path) -> None:
    assert {row["statistic"] for row in ROWS} - {row["statistic"] for row in HERE} == NOT_HERE
    assert len(HERE) >= 172


def reported(row: dict[str, str]) -> tuple[str, str] | None:
    """Level and key under which a report has a row; None where it has none."""
    statistic, weights = row["statistic"], row["weights"]
    if row["quantity"] == "pa" and weights == "identity" and statistic != "krippendorff_alpha":
        return "nominal", "percent_agreement"
    if row["quantity"] not in REPORTED:
        return None
    if statistic == "krippendorff_alpha":
        # With irrCAC's interval for alpha there is none to compare: ours is resampled.
        is_ours = weights in set(Level) and not is_of_gwet(row)
        return (weights, statistic) if is_ours and row["quantity"] == "value" else None
    if statistic == "gwet_ac2":
        level = {"ordinal": "ordinal", "quadratic": "interval"}.get(weights)
        return (level, statistic) if level else None
    if statistic == "randolph_free_marginal_kappa":
        return "nominal", "brennan_prediger"
    named = statistic in {"fleiss_kappa", "gwet_ac1", "brennan_prediger", "cohen_kappa", "weighted_kappa"}
    return ("nominal", statistic) if named and weights in {"identity", "linear"} and not twice_weighted(row) else None


def twice_weighted(row: dict[str, str]) -> bool:
    return row["weights"] == "linear" and row["statistic"] != "weighted_kappa"


BY_COMMAND = [(row, found) for row in HERE if (found := reported(row))]
FILES = sorted({row["file"] for row, _ in BY_COMMAND})


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES)
def test_published_rows_come_out_by_the_commands(file: str) -> None:
    call_command("import_labels", str(FOLDER / file), "--dataset", "d", stdout=StringIO())
    documents = {}
    for level in ("nominal", "ordinal", "interval", "ratio"):
        out = StringIO()
        call_command("report_agreement", "d", "--level", level, "--json", stdout=out)
        documents[level] = json.loads(out.getvalue())["human_human"]
    for row, (level, key) in BY_COMMAND:
        if row["file"] == file:
            quantity = REPORTED.get(row["quantity"], "value")
            found = documents[level][key][quantity]
            assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), name_of(row)


def test_reports_have_rows_of_every_table(shared_data: Path) -> None:
    assert set(FILES) == {row["file"] for row in ROWS}
    assert len(BY_COMMAND) >= 30


def computed(path: Path, row: dict[str, str]) -> float:
    if row["statistic"] in PAIR:
        return of_two(matrix(path), row)
    counts, values = of_file(path)
    if row["weights"] not in WEIGHTS or (row["weights"] in set(Level) and not is_of_gwet(row)):
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
