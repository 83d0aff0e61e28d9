"""The form of a kept count: '2|1|0' says how many labels an item has of each column, in the order of the scale.

A column is what a label said: its value and the verdict that the value means ('' where it means none). People's plain
verdicts are columns too, so one form holds verdicts, scores, choices and votes on pairs.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import isclose, log2
from operator import itemgetter

import numpy as np

from annotation.core.intervals import IntArray
from judging.core.scales import Criterion

Column = tuple[str, str]
Columns = tuple[Column, ...]
Group = tuple[int, int, str, str, int]

UNDEFINED = "undefined"
VERDICT_COLUMNS: Columns = (("clean", "clean"), ("wrong", "wrong"), (UNDEFINED, UNDEFINED))
MOST_COLUMNS = 100
PAIR_ORDER = ("A", "tie", "B")


@dataclass(frozen=True, slots=True)
class Kept:
    """The labels on one text of an item. `newest`: no label of the item is on a later text."""

    item: int
    item_revision: int
    newest: bool
    pattern: str
    n: int
    entropy: float

    def equals(self, other: "Kept") -> bool:
        """Whether both say the same, the doubt but for rounding."""
        return replace(self, entropy=0.0) == replace(other, entropy=0.0) and isclose(
            self.entropy, other.entropy, abs_tol=1e-9
        )


def columns_of(criterion: Criterion | None) -> Columns:
    """The columns a criterion's scale asks for: none where it is open, people's verdicts for clean and wrong."""
    if criterion is None:
        return ()
    values = criterion.scale.values or _steps(criterion)
    if set(values) <= {"clean", "wrong"} and values:
        return VERDICT_COLUMNS
    scores = [float(value) if criterion.scale.is_numeric else None for value in values]
    verdicts = [criterion.verdict_of(value, score) for value, score in zip(values, scores, strict=True)]
    return tuple((value, verdict or "") for value, verdict in zip(values, verdicts, strict=True))


def declared_columns(values: Iterable[str]) -> Columns:
    """The columns of a scale that is a list of values; people's verdicts mean themselves, unless beside others."""
    found = tuple(values)
    verdicts = {value for value, _ in VERDICT_COLUMNS}
    meant = verdicts if set(found) <= verdicts else {UNDEFINED}
    return tuple((value, value if value in meant else "") for value in found)


def widened(columns: Columns, found: Collection[Column]) -> Columns:
    """The columns with those that labels gave beyond them; the same object where there are none."""
    fresh = set(found) - set(columns)
    if not fresh:
        return columns
    if not columns and fresh <= set(VERDICT_COLUMNS):
        return VERDICT_COLUMNS
    if _all_numbers(columns) and any(_is_number(value) for value, _ in fresh):
        return tuple(sorted({*columns, *fresh}, key=_place))
    return (*columns, *sorted(fresh, key=_place))


def told_by(columns: Columns, found: Collection[Column]) -> Columns:
    """`widened`, up to the columns that are kept. Beyond them the scale is only told from its columns, so that of
    numbers there are just enough: more than are kept, and one with a verdict and one without, where there are such."""
    wider = widened(columns, found)
    if len(wider) <= MOST_COLUMNS or wider == columns:
        return wider
    known, fresh = list(columns), set(found) - set(columns)
    values = {value for value, _ in columns} - {UNDEFINED}
    kinds = {bool(verdict) for value, verdict in columns if _is_number(value)}
    for value, verdict in sorted(fresh, key=_place):
        if not _is_number(value) or len(values) <= MOST_COLUMNS or bool(verdict) not in kinds:
            known.append((value, verdict))
            values |= {value} - {UNDEFINED}
            kinds |= {bool(verdict)} if _is_number(value) else set()
    return tuple(known)


def kept_rows(groups: Iterable[Group], columns: Columns) -> Iterator[Kept]:
    """Groups (item, revision, value, verdict, labels), sorted by item and revision, as rows of kept counts."""
    place = {column: at for at, column in enumerate(columns)}
    for item, of_item in groupby(groups, key=itemgetter(0)):
        texts = [(revision, list(rows)) for revision, rows in groupby(of_item, key=itemgetter(1))]
        for revision, rows in texts:
            counts = [0] * len(columns)
            for _, _, value, verdict, labels in rows:
                counts[place[value, verdict]] += labels
            said = [count for count, (value, _) in zip(counts, columns, strict=True) if value != UNDEFINED]
            yield Kept(item, revision, revision == texts[-1][0], encoded(counts), sum(counts), entropy(said))


def encoded(counts: Sequence[int]) -> str:
    """Counts as a pattern."""
    return "|".join(map(str, counts))


def decoded(patterns: Sequence[str], columns: int) -> IntArray:
    """Patterns as a table with one row each."""
    table = [[int(count) for count in pattern.split("|")] for pattern in patterns]
    return np.array(table, dtype=np.int64).reshape(len(patterns), columns)


def entropy(counts: Sequence[int]) -> float:
    """Bits of doubt in an item's labels: 0 where they agree, 1 at an even split between two values."""
    total = sum(counts)
    return sum(count / total * log2(total / count) for count in counts if count)


def folded(counts: IntArray, names: Sequence[str], wanted: Sequence[str]) -> IntArray:
    """Columns of the same name added up, in the order of `wanted`; columns of other names are left out."""
    match = np.array([[name == word for word in wanted] for name in names], dtype=np.int64)
    return counts @ match.reshape(len(names), len(wanted))


def _steps(criterion: Criterion) -> tuple[str, ...]:
    scale = criterion.scale
    if scale.low is None or scale.high is None or not scale.step:
        return ()
    steps = round((scale.high - scale.low) / scale.step)
    if steps >= MOST_COLUMNS:
        return ()
    return tuple(f"{scale.low + step * scale.step:g}" for step in range(steps + 1))


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _all_numbers(columns: Columns) -> bool:
    return all(_is_number(value) or value == UNDEFINED for value, _ in columns)


def _place(column: Column) -> tuple[int, float, str, str]:
    """Numbers by size, sides of a pair as they are shown, words by alphabet, undefined last."""
    value, verdict = column
    if value in PAIR_ORDER:
        return 1, PAIR_ORDER.index(value), value, verdict
    if value in {"clean", "wrong"}:
        return 1, 0, value, verdict
    if value == UNDEFINED:
        return 3, 0, value, verdict
    return (0, float(value), "", verdict) if _is_number(value) else (2, 0, value, verdict)
