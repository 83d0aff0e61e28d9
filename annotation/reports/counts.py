"""What reports read instead of labels: kept counts grouped by pattern, alone and beside a run's judgments.

A campaign of ten million labels has a few hundred patterns, so everything behind these functions costs the same at
any size. What needs to know who said what (pairs of people, the alternative annotator test) is not in a pattern.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery

from annotation.core.confusion import COLUMNS, ROWS, Confusion
from annotation.core.counts import Patterns, patterns
from annotation.core.intervals import FloatArray, IntArray
from annotation.core.kept import MOST_COLUMNS, VERDICT_COLUMNS, Columns, decoded, folded
from annotation.core.resolution import CODES, VERDICTS, HumanVerdict, resolve_counts
from annotation.models import Campaign, CountScale, GoldLabel, ItemCount, Label
from annotation.reports.which import kept, kept_sql
from judging.models import Judgment, Run

WORDS = ("clean", "wrong", "undefined")
COLUMN_OF_CODE = np.array([COLUMNS.index(verdict.column) for verdict in VERDICTS], dtype=np.int64)


def rows_of(rows: Iterable[tuple[int, ...]], width: int) -> IntArray:
    """Database rows of integers as a table, without a Python object per row left behind."""
    return np.fromiter(rows, dtype=np.dtype((np.int64, width)))


class CountsNotKept(LookupError):
    """The labels have too many different values to be kept as patterns; read the labels themselves."""


@dataclass(frozen=True)
class LabelHistogram:
    """How many items have each pattern. `counts`: one row per pattern, one column per member of `columns`."""

    columns: Columns
    counts: IntArray
    items: IntArray

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The scale: every value but `undefined`, which is a missing label."""
        return tuple(dict.fromkeys(value for value, _ in self.columns if value != HumanVerdict.UNDEFINED))

    @cached_property
    def by_value(self) -> Patterns:
        """Patterns over the scale."""
        return _grouped(self.value_counts, self.items)

    @cached_property
    def value_counts(self) -> IntArray:
        """Labels of each value of the scale, one row per pattern."""
        return folded(self.counts, [value for value, _ in self.columns], self.values)

    @cached_property
    def by_verdict(self) -> Patterns:
        """Patterns over clean and wrong."""
        return _grouped(self.verdict_counts[:, :2], self.items)

    @cached_property
    def verdict_counts(self) -> IntArray:
        """Labels that say clean, wrong and undefined, one row per pattern."""
        return folded(self.counts, [verdict for _, verdict in self.columns], WORDS)


@dataclass(frozen=True)
class JudgedHistogram:
    """How many judged items have each judge's word, pattern of labels on the judged text, and gold label.

    `judge_reasons`: why there is no value, '' where there is one. `gold`: (value, verdict), both '' without.
    """

    judge_values: tuple[str, ...]
    judge_verdicts: tuple[str, ...]
    judge_reasons: tuple[str, ...]
    judge_scores: FloatArray
    gold: tuple[tuple[str, str], ...]
    labels: LabelHistogram
    labelled_in_another_text: int

    @property
    def items(self) -> IntArray:
        """Items of each row."""
        return self.labels.items

    @cached_property
    def judge_codes(self) -> IntArray:
        """Row of the 3x3 for each row: a judgment without a verdict is invalid."""
        return np.array([ROWS.index(word) if word in ROWS else 2 for word in self.judge_verdicts], dtype=np.int64)

    @cached_property
    def human_codes(self) -> IntArray:
        """Code of people's verdict for each row: gold, else the majority."""
        codes = resolve_counts(self.labels.verdict_counts)
        decided = [CODES[HumanVerdict(verdict)] if verdict else -1 for _, verdict in self.gold]
        return _with_gold(codes, decided)

    @cached_property
    def confusion(self) -> Confusion:
        """The 3x3 of the judge against people."""
        cells = np.zeros((3, 3), dtype=np.int64)
        np.add.at(cells, (self.judge_codes, COLUMN_OF_CODE[self.human_codes]), self.items)
        return Confusion.of(cells)

    @cached_property
    def human_unknown(self) -> dict[str, int]:
        """Why people's word on judged items is unknown."""
        found = {word: int(self.items[self.human_codes == code].sum()) for code, word in enumerate(VERDICTS)}
        return {
            "ties": found[HumanVerdict.TIE],
            "undefined": found[HumanVerdict.UNDEFINED],
            "unreviewed": found[HumanVerdict.UNREVIEWED] - self.labelled_in_another_text,
            "labelled_in_another_text": self.labelled_in_another_text,
        }

    def human_places(self, values: Sequence[str]) -> IntArray:
        """Place of people's value on a scale: gold, else the value with more labels than any other; -1 for none."""
        counts = folded(self.labels.counts, [value for value, _ in self.labels.columns], values)
        place = {value: at for at, value in enumerate(values)}
        return _with_gold(majority_places(counts), [place.get(value, -1) for value, _ in self.gold])

    @cached_property
    def by_reason(self) -> dict[str, int]:
        """Judgments without a value by reason."""
        found: dict[str, int] = {}
        for reason, items in zip(self.judge_reasons, self.items.tolist(), strict=True):
            if reason:
                found[reason] = found.get(reason, 0) + items
        return dict(sorted(found.items()))

    def judge_places(self, values: Sequence[str]) -> IntArray:
        """Place of the judge's value on a scale, -1 where it is none of them."""
        place = {value: at for at, value in enumerate(values)}
        return np.array([place.get(value, -1) for value in self.judge_values], dtype=np.int64)


def label_histogram(campaign: Campaign, criterion: str = "") -> LabelHistogram:
    """Current labels of a campaign by pattern, each item speaking through its newest labelled text."""
    columns = columns_of(campaign, criterion)
    rows = kept(ItemCount.objects.all()).histogram(campaign.pk, criterion)
    items = np.array([items for _, items in rows], dtype=np.int64)
    return LabelHistogram(columns, decoded([pattern for pattern, _ in rows], len(columns)), items)


def pattern_histogram(campaign: Campaign, criterion: str = "") -> Patterns:
    """Patterns between people: over clean and wrong where labels mean a verdict, else over the values."""
    found = label_histogram(campaign, criterion)
    return found.by_verdict if any(verdict for _, verdict in found.columns) else found.by_value


def judge_pattern_histogram(run: Run, campaign: Campaign, criterion: str = "") -> JudgedHistogram:
    """A run's judgments beside the labels of a campaign, grouped by what either said."""
    return judge_pattern_histograms([run], campaign, criterion)[run.pk]


def judge_pattern_histograms(
    runs: Sequence[Run], campaign: Campaign | None, criterion: str = ""
) -> dict[int, JudgedHistogram]:
    """Primary key of each run -> its judgments beside the labels, without a campaign beside none. One query, so the
    counts are read once for all."""
    columns = columns_of(campaign, criterion)
    rows: dict[int, list[_Row]] = {run.pk: [] for run in runs}
    if not rows:
        return {}
    for run_pk, *row in _judged(list(rows), campaign, criterion):
        rows[run_pk].append(_Row(*row))
    return {run.pk: _beside(run, campaign, criterion, columns, rows[run.pk]) for run in runs}


class _Row(NamedTuple):
    value: str
    verdict: str
    reason: str
    score: float | None
    pattern: str | None
    gold: str | None
    gold_verdict: str | None
    items: int


def _beside(
    run: Run, campaign: Campaign | None, criterion: str, columns: Columns, rows: Sequence[_Row]
) -> JudgedHistogram:
    blank = "|".join("0" * len(columns))
    counts = decoded([row.pattern or blank for row in rows], len(columns))
    unseen = any(row.pattern is None and not row.gold_verdict for row in rows)
    return JudgedHistogram(
        judge_values=tuple(row.value for row in rows),
        judge_verdicts=tuple(row.verdict for row in rows),
        judge_reasons=tuple(row.reason for row in rows),
        judge_scores=np.array([np.nan if row.score is None else row.score for row in rows], dtype=np.float64),
        gold=tuple((row.gold or "", row.gold_verdict or "") for row in rows),
        labels=LabelHistogram(columns, counts, np.array([row.items for row in rows], dtype=np.int64)),
        labelled_in_another_text=_in_another_text(run, campaign, criterion) if unseen and campaign else 0,
    )


def columns_of(campaign: Campaign | None, criterion: str) -> Columns:
    """What each place of a pattern stands for. CountsNotKept where there are too many values."""
    scale = CountScale.objects.filter(campaign=campaign, criterion=criterion).first() if campaign else None
    if scale is None:
        if campaign and Label.objects.current().filter(campaign=campaign, criterion=criterion).exists():
            raise CountsNotKept(f"Labels of campaign {campaign.name!r} were never counted: run rebuild_counts.")
        return VERDICT_COLUMNS
    if campaign and not scale.kept:
        raise CountsNotKept(f"Labels of campaign {campaign.name!r} have more than {MOST_COLUMNS} different values.")
    return tuple((value, verdict) for value, verdict in scale.columns)


def _grouped(counts: IntArray, items: IntArray) -> Patterns:
    """Patterns that became one by folding are added up."""
    distinct = patterns(counts)
    if not len(counts):
        return distinct
    kinds, inverse = np.unique(counts, axis=0, return_inverse=True)
    return Patterns(kinds, np.bincount(inverse.ravel(), weights=items, minlength=len(kinds)).astype(np.int64))


def majority_places(counts: IntArray) -> IntArray:
    """The category with more labels than any other, per row; -1 at a tie and where there is no label."""
    if not counts.shape[1]:
        return np.full(len(counts), -1, dtype=np.int64)
    most = counts.max(axis=1, initial=0)
    alone = (counts == most[:, None]).sum(axis=1) == 1
    return np.where((most > 0) & alone, counts.argmax(axis=1), -1)


def _with_gold(codes: IntArray, gold: Sequence[int]) -> IntArray:
    given = np.array(gold, dtype=np.int64)
    return np.where(given >= 0, given, codes)


# Judgments and counts have no relation that the ORM could join by: judging knows nothing of labels.
_BESIDE = """
    FROM {judgment} j
    LEFT JOIN {count} c ON c.item_id = j.item_id AND c.item_revision = j.item_revision
        AND c.campaign_id = %s AND c.criterion = %s
    {gold_join}
    WHERE j.run_id IN ({runs}) AND j.criterion = %s
"""
_GOLD = """
    LEFT JOIN {gold} g ON g.item_id = j.item_id AND g.campaign_id = %s AND g.criterion = %s
        AND g.ended_at IS NULL AND (g.item_revision IS NULL OR g.item_revision = j.item_revision)
"""
_ELSEWHERE = """
    LEFT JOIN {count} o ON o.item_id = j.item_id AND o.newest AND o.campaign_id = %s AND o.criterion = %s
    LEFT JOIN {gold} og ON og.item_id = j.item_id AND og.campaign_id = %s AND og.criterion = %s
        AND og.ended_at IS NULL AND og.verdict <> '' AND og.item_revision <> j.item_revision
"""
TABLES = {
    "judgment": Judgment._meta.db_table,
    "count": ItemCount._meta.db_table,
    "gold": GoldLabel._meta.db_table,
}
BESIDE_ITEMS = _BESIDE.replace("{gold_join}", _GOLD).replace("{runs}", "%s")
"""Judgments `j` of one run, counts `c` of the judged text and gold labels `g`. It asks for campaign and criterion
twice, for the run and the criterion."""


def _judged(runs: Sequence[int], campaign: Campaign | None, criterion: str) -> list[tuple[Any, ...]]:
    """Rows (run, judge's value, verdict, reason and score, pattern, gold value and verdict, items)."""
    with_gold = campaign is not None and gold_labels(campaign, criterion).exists()
    said = "j.run_id, j.value, j.verdict, j.reason, j.score, c.pattern"
    gold = "g.value, g.verdict" if with_gold else "NULL, NULL"
    beside = _BESIDE.format(gold_join=_GOLD.format(**TABLES) if with_gold else "", runs=_places(runs), **TABLES)
    group = f"{said}, {gold}" if with_gold else said
    labelled: list[int | str | None] = [campaign.pk if campaign else None, criterion]
    asked, more = kept_sql("j.item_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {said}, {gold}, COUNT(*) {beside} {asked} GROUP BY {group}",
            [*labelled, *(labelled if with_gold else []), *runs, criterion, *more],
        )
        return list(cursor.fetchall())


def gold_labels(campaign: Campaign, criterion: str) -> "QuerySet[GoldLabel]":
    """The decisions that count."""
    return kept(GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at__isnull=True))


def decoded_labels(campaign: Campaign, criterion: str, found: Sequence[str]) -> list[dict[str, int]]:
    """Patterns as {value: labels}."""
    if not found:
        return []
    names = [value for value, _ in columns_of(campaign, criterion)]
    rows = decoded(found, len(names)).tolist()
    return [{value: n for value, n in zip(names, row, strict=True) if n} for row in rows]


def gold_histogram(campaign: Campaign, criterion: str = "") -> list[tuple[str | None, str, int]]:
    """(pattern of the labels or None, gold verdict, items) of the items with a gold verdict."""
    found = gold_labels(campaign, criterion).exclude(verdict="").order_by()
    if not found.exists():
        return []
    newest = ItemCount.objects.filter(
        campaign=campaign, criterion=criterion, newest=True, item=OuterRef("item")
    ).values("pattern")
    rows = found.annotate(pattern=Subquery(newest[:1])).values_list("pattern", "verdict").annotate(items=Count("pk"))
    return list(rows)


def _places(runs: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(runs)) or "NULL"


def _in_another_text(run: Run, campaign: Campaign, criterion: str) -> int:
    """Judged items whose labels and gold label are all on texts other than the judged one."""
    if not _several_texts(run, campaign, criterion):
        return 0
    joined = (_GOLD + _ELSEWHERE).format(**TABLES)
    sql = "SELECT COUNT(*)" + _BESIDE.format(gold_join=joined, runs="%s", **TABLES)
    nothing_here = " AND c.id IS NULL AND (g.id IS NULL OR g.verdict = '') AND (o.id IS NOT NULL OR og.id IS NOT NULL)"
    labelled: list[int | str] = [campaign.pk, criterion]
    asked, more = kept_sql("j.item_id")
    with connection.cursor() as cursor:
        cursor.execute(sql + nothing_here + asked, [*labelled * 4, run.pk, criterion, *more])
        return int(cursor.fetchone()[0])


def _several_texts(run: Run, campaign: Campaign, criterion: str) -> bool:
    """Whether labels or judgments are on anything but the first text of their item; mostly they are not."""
    later = {"criterion": criterion, "item_revision__gt": 1}
    return (
        ItemCount.objects.filter(campaign=campaign, **later).exists()
        or Judgment.objects.filter(run=run, **later).exists()
        or gold_labels(campaign, criterion).filter(item_revision__gt=1).exists()
    )
