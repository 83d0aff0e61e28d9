"""Tables whose cells are coloured by their number: raters beside each other, and values beside values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from annotation.core import figures
from annotation.core.confusion import COLUMNS, ROWS

Document = Mapping[str, Any]
STEPS = 9
NOBODY: Document = {"n": 0, "agreement": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`kind` colours it; `shown` is its number, `about` the small line under it; `first` and `second` what it is of."""

    shown: str
    kind: str
    about: str = ""
    first: str = ""
    second: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A rater with their cells; `starts_judges` stands under the divider."""

    name: str
    kind: str
    run: int | None
    cells: tuple[Cell, ...]
    rest: Cell
    starts_judges: bool


def step(share: float | None) -> str:
    """A class from heat-0 to heat-9; below 0 there is one colour."""
    if share is None:
        return "heat-none"
    return f"heat-{min(max(round(share * STEPS), 0), STEPS)}"


def raters_heat(matrix: Document, by: str) -> list[HeatRow]:
    """Rows of raters in the order of their clusters, judges after people. `by`: "agreement" or "kappa"."""
    raters, least = matrix["raters"], int(matrix.get("least", 30))
    order = [at for at in matrix["order"] if raters[at]["kind"] == "person"]
    judges = [at for at in matrix["order"] if raters[at]["kind"] != "person"]
    rows = []
    for at in [*order, *judges]:
        cells = tuple(_pair_cell(matrix, by, (at, other), least) for other in [*order, *judges])
        rest = matrix["rest"][at] if at < len(matrix["rest"]) else NOBODY
        rows.append(
            HeatRow(
                name=raters[at]["name"],
                kind=raters[at]["kind"],
                run=raters[at].get("run"),
                cells=cells,
                rest=_cell(rest.get("agreement"), int(rest["n"]), least),
                starts_judges=bool(judges) and at == judges[0],
            )
        )
    return rows


def _pair_cell(matrix: Document, by: str, pair: tuple[int, int], least: int) -> Cell:
    first, second = pair
    if first == second:
        return Cell(shown="", kind="heat-self")
    names = [_address(matrix["raters"][at]) for at in pair]
    found = _cell(matrix[by][first][second], int(matrix["n"][first][second]), least)
    return Cell(shown=found.shown, kind=found.kind, about=found.about, first=names[0], second=names[1], n=found.n)


def _address(rater: Document) -> str:
    """Two people may have one name."""
    return f"person:{rater.get('person')}" if rater["kind"] == "person" else f"run:{rater['run']}"


def _cell(number: float | None, n: int, least: int) -> Cell:
    kind = "heat-few" if n < least else step(number)
    return Cell(shown=figures.short(number) or ("–" if n else ""), kind=kind, about=f"{n:,}" if n else "", n=n)


def values_heat(values: Sequence[str], counts: Sequence[Sequence[int]]) -> list[tuple[str, list[Cell]]]:
    """A table of counts: the root of the share of the fullest cell gives the colour, so that rare cells are seen."""
    most = max((n for row in counts for n in row), default=0) or 1
    return [
        (
            str(value),
            [
                Cell(shown=f"{n:,}", kind=step(sqrt(n / most)) if n else "heat-none", first=str(value),
                     second=str(values[at]), n=n)
                for at, n in enumerate(row)
            ],
        )
        for value, row in zip(values, counts, strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A row of the 3x3: the judge's word, its cells (column, count, how it is written), its sum."""

    name: str
    cells: tuple[tuple[str, int, str], ...]
    total: int


def matrix_rows(judge: Document, view: str) -> list[MatrixRow]:
    """`view`: "counts", "rows" or "columns", the last two as shares."""
    shares = judge.get("confusion_shares", {}).get({"rows": "of_row", "columns": "of_column"}.get(view, ""), {})
    rows = []
    for row in ROWS:
        counts = {column: int(judge["confusion"][row][column]) for column in COLUMNS}
        cells = tuple((column, n, _written(n, shares, row, column)) for column, n in counts.items())
        rows.append(MatrixRow(name=row, cells=cells, total=sum(counts.values())))
    return rows


def _written(n: int, shares: Document, row: str, column: str) -> str:
    if not shares:
        return f"{n:,}"
    share = shares.get(row, {}).get(column)
    return figures.NOT_AVAILABLE if share is None else f"{share:.1%}"


def column_totals(judge: Document) -> list[tuple[str, int]]:
    """Sums of the columns of the 3x3."""
    return [(column, sum(int(judge["confusion"][row][column]) for row in ROWS)) for column in COLUMNS]
