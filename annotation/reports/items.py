"""A run beside people, item by item: for the panels that a pattern of labels does not hold.

Read from kept counts and judgments, so an item costs one row however many labels it has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, Length, Substr
from numpy.typing import NDArray

from annotation.core.intervals import FloatArray, IntArray
from annotation.core.kept import decoded, folded
from annotation.core.resolution import CODES, HumanVerdict, resolve_counts
from annotation.models import Campaign, CampaignItem
from annotation.reports.counts import BESIDE_ITEMS, TABLES, WORDS, columns_of, majority_places
from annotation.reports.which import kept_sql
from annotation.reports.words import Scale
from judging.models import Item, Run

INVALID = 2
TOLD_FROM = 200
"""Letters from which the language of an item is told."""


@dataclass(frozen=True, kw_only=True)
class JudgedItems:
    """What a run said of each item and what people say, rows sorted by item. Codes are places on the scale, for
    verdicts 0 clean and 1 wrong; -1 for none. `labels`: people's labels per item and value of the scale."""

    scale: Scale
    items: IntArray
    judge: IntArray
    people: IntArray
    labels: IntArray
    undefined: IntArray
    scores: FloatArray
    spreads: FloatArray
    flips: FloatArray
    words: tuple[str, ...]
    reasons: tuple[str, ...]

    @cached_property
    def both(self) -> NDArray[np.bool_]:
        """Where the judge and people decided."""
        decided: NDArray[np.bool_] = (self.judge >= 0) & (self.people >= 0)
        return decided

    @cached_property
    def same(self) -> NDArray[np.bool_]:
        """Where they decided the same."""
        agreed: NDArray[np.bool_] = self.both & (self.judge == self.people)
        return agreed

    @property
    def clean_votes(self) -> FloatArray:
        """Share of the judge's replies that say clean; NaN where it was asked once."""
        found: FloatArray = np.where(self.judge == 0, 1 - self.flips, self.flips)
        return np.where(self.judge >= 0, found, np.nan)

    def only(self, kept: NDArray[np.bool_]) -> "JudgedItems":
        """Some of the items."""
        rows = np.flatnonzero(kept).tolist()
        return replace(
            self,
            **{name: getattr(self, name)[kept] for name in _ARRAYS},
            words=tuple(self.words[row] for row in rows),
            reasons=tuple(self.reasons[row] for row in rows),
        )


_ARRAYS = ("items", "judge", "people", "labels", "undefined", "scores", "spreads", "flips")


def judged_items(run: Run, campaign: Campaign | None, criterion: str, scale: Scale) -> JudgedItems:
    """Read a run item by item. CountsNotKept where labels have too many different values."""
    columns = columns_of(campaign, criterion)
    rows = _rows(run, campaign, criterion)
    wide = scale if scale.is_verdict else scale.with_values(row[1] for row in rows)
    kinds = {pattern: at for at, pattern in enumerate(dict.fromkeys(row[8] for row in rows))}
    blank = "|".join("0" * len(columns))
    counts = decoded([pattern or blank for pattern in kinds], len(columns))
    place = np.array([kinds[row[8]] for row in rows], dtype=np.int64)
    verdicts = folded(counts, [verdict for _, verdict in columns], WORDS)
    values = folded(counts, [value for value, _ in columns], wide.values)
    labels = verdicts[:, :2] if scale.is_verdict else values
    people = _decided(verdicts) if scale.is_verdict else majority_places(values)
    code = {value: at for at, value in enumerate(wide.values)}
    said = 2 if scale.is_verdict else 1
    gold = 10 if scale.is_verdict else 9
    given = np.array([code.get(row[gold] or "", -1 if not row[gold] else -2) for row in rows], dtype=np.int64)
    return JudgedItems(
        scale=wide,
        items=np.array([row[0] for row in rows], dtype=np.int64),
        judge=np.array([code.get(row[said], -1) for row in rows], dtype=np.int64),
        people=np.where(given == -1, people[place], np.maximum(given, -1)) if len(rows) else place,
        labels=labels[place],
        undefined=verdicts[place, 2],
        scores=_numbers(rows, 4),
        spreads=_numbers(rows, 5),
        flips=_numbers(rows, 7),
        words=tuple(row[said] or row[3] for row in rows),
        reasons=tuple(row[3] for row in rows),
    )


def _decided(verdicts: IntArray) -> IntArray:
    """0 clean, 1 wrong, -1 for everything else people's labels can come to."""
    codes = resolve_counts(verdicts)
    decided = {CODES[HumanVerdict.CLEAN]: 0, CODES[HumanVerdict.WRONG]: 1}
    return np.array([decided.get(code, -1) for code in codes.tolist()], dtype=np.int64)


def _numbers(rows: Sequence[tuple[Any, ...]], column: int) -> FloatArray:
    return np.array([np.nan if row[column] is None else row[column] for row in rows], dtype=np.float64)


def _rows(run: Run, campaign: Campaign | None, criterion: str) -> list[tuple[Any, ...]]:
    """Rows (item, value, verdict, reason, score, spread, replies read, flip rate, pattern, gold value and verdict)."""
    labelled = [campaign.pk if campaign else None, criterion]
    flips = "(j.detail->>'flip_rate')::float" if connection.vendor == "postgresql" else "j.detail->>'$.flip_rate'"
    said = f"j.item_id, j.value, j.verdict, j.reason, j.score, j.spread, j.n_read, {flips}"
    asked, more = kept_sql("j.item_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {said}, c.pattern, g.value, g.verdict {BESIDE_ITEMS.format(**TABLES)} {asked} ORDER BY j.item_id",
            [*labelled, *labelled, run.pk, criterion, *more],
        )
        return list(cursor.fetchall())


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """What is known of items besides their texts, rows sorted by item. `questions`, `answers`: characters."""

    items: IntArray
    category: NDArray[np.str_]
    model: NDArray[np.str_]
    language: NDArray[np.str_]
    questions: IntArray
    answers: IntArray
    answers_b: IntArray

    def of(self, items: IntArray) -> "ItemFacts":
        """Those of these items, in their order."""
        at = np.searchsorted(self.items, items)
        return ItemFacts(**{name: getattr(self, name)[at] for name in self.__dataclass_fields__})


def item_facts(run: Run, language: Callable[[str], str]) -> ItemFacts:
    """Read what is known of the items of a run's dataset. `language`: tells it from a text."""
    first = KeyTransform("0", "turns")
    question, answer = KeyTextTransform("question", first), KeyTextTransform("answer", first)
    answer_b = KeyTextTransform("answer", KeyTransform("0", "turns_b"))
    rows = list(
        Item.objects.filter(dataset=run.dataset_id)
        .order_by("pk")
        .annotate(
            q=Coalesce(Length(question), Value(0)),
            a=Coalesce(Length(answer), Value(0)),
            b=Coalesce(Length(answer_b), Value(0)),
            start=Substr(answer, 1, TOLD_FROM),
            asked=Substr(question, 1, TOLD_FROM),
        )
        .values_list("pk", "category", "model", "q", "a", "b", "start", "asked")
    )
    return ItemFacts(
        items=np.array([row[0] for row in rows], dtype=np.int64),
        category=np.array([row[1] for row in rows], dtype=np.str_),
        model=np.array([row[2] for row in rows], dtype=np.str_),
        language=np.array([language(f"{row[7] or ''} {row[6] or ''}") for row in rows], dtype=np.str_),
        questions=np.array([row[3] for row in rows], dtype=np.int64),
        answers=np.array([row[4] for row in rows], dtype=np.int64),
        answers_b=np.array([row[5] for row in rows], dtype=np.int64),
    )


def chances(campaign: Campaign) -> dict[int, tuple[str, float | None]]:
    """Item -> how it came into the campaign, and with which probability."""
    how = CampaignItem.objects.filter(campaign=campaign).values_list("item_id", "how", "probability")
    return {item: (by, chance) for item, by, chance in how}
