"""Every published table, as its source prints it, by the commands: the figures of the source, digit by digit."""

import csv
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.annotation.published_tables import COUNTS, RAW, SQUARES, Counts, Figures, Raw, Square

pytestmark = pytest.mark.django_db
PRINTED: dict[str, Square | Counts | Raw] = {**SQUARES, **COUNTS, **RAW}


def rows_of(table: Square | Counts | Raw) -> Iterable[Sequence[Any]]:
    """As it is printed: two raters as a square, counts as such, raters in columns."""
    if isinstance(table, Square):
        return [["", *table.names], *([name, *row] for name, row in zip(table.names, table.cells, strict=True))]
    if isinstance(table, Counts):
        return [["subject", *table.names], *([at, *row] for at, row in enumerate(table.rows, 1))]
    units = ([unit.get(rater, ".") for rater in table.raters] for unit in table.units)
    return [["unit", *table.raters], *([at, *unit] for at, unit in enumerate(units, 1))]


def asked(figures: Figures) -> dict[str, dict[tuple[str, str], str]]:
    """Level -> figure and its part -> what is printed."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for key, printed in figures.items():
        name, _, level = key.partition("@")
        name, _, part = name.partition(".")
        found.setdefault(level or "nominal", {})[name, part or "value"] = printed
    return found


def rounded(value: float, printed: str) -> str:
    digits = len(printed.partition(".")[2])
    # A last digit of 5 is rounded up by hand, and to the even one by a program.
    return printed if abs(value - float(printed)) <= 0.5 * 10**-digits + 1e-9 else f"{value:.{digits}f}"


@pytest.mark.parametrize("name", PRINTED)
def test_a_published_table_has_its_figures(name: str, tmp_path: Path) -> None:
    table, path = PRINTED[name], tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows_of(table))
    shape = ("--shape", "counts") if isinstance(table, Counts) else ()
    call_command("import_labels", str(path), "--dataset", "d", *shape, stdout=StringIO())
    for level, figures in asked(table.figures).items():
        out = StringIO()
        call_command("report_agreement", "d", "--level", level, "--json", stdout=out)
        between = json.loads(out.getvalue())["human_human"]
        found = {key: rounded(between[key[0]][key[1]], printed) for key, printed in figures.items()}
        assert found == figures


def test_there_are_many() -> None:
    assert len(PRINTED) >= 45
