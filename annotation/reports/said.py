"""What people said on a criterion, as far as a report reads it: kept counts at any number of labels, words of few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.agreement import Level
from annotation.core.counts import Patterns, grouped, in_order, patterns
from annotation.core.intervals import Statistic
from annotation.core.kept import folded
from annotation.core.raters import RaterPairs
from annotation.models import Campaign
from annotation.reports.human import HumanColumn, KeptColumn, Rater, human_column, human_counts, kept_column
from annotation.reports.people import pairs_of, score_statistics, statistics
from annotation.reports.which import kept_count
from annotation.reports.words import MOST_VALUES, Scale, Words, read_words, said_in, scale_of
from judging.models import Dataset, Judgment, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`words`, `pairs`: None where there are too many labels to say who said what. `patterns`: on the scale."""

    campaign: Campaign | None
    criterion: str
    scale: Scale
    column: HumanColumn | KeptColumn
    words: Words | None
    patterns: Patterns
    pairs: RaterPairs | None

    def statistics(self) -> dict[str, Statistic]:
        """People among themselves; of scores that mean verdicts, the statistics of numbers as well."""
        between = statistics(self.patterns, self.words, self.scale, self.pairs)
        if self.scale.is_verdict and isinstance(self.column, KeptColumn):
            between |= score_statistics(self.column.histogram, self.words)
        return between

    def raters(self) -> tuple[Rater, ...]:
        """Everybody with labels, and how many."""
        if self.words is None:
            return self.column.raters
        labels = np.bincount(self.words.raters, minlength=len(self.words.names)).tolist()
        return tuple(Rater(one.pk, one.name, one.identity, labels[at]) for at, one in enumerate(self.words.names))

    def counts(self, dataset: Dataset) -> dict[str, Any]:
        """Items and labels by what they say."""
        found = human_counts(dataset, self.column)
        return found if self.scale.is_verdict else found | self._value_counts(dataset)

    def _value_counts(self, dataset: Dataset) -> dict[str, Any]:
        """The same where labels are values that mean no verdict."""
        sizes, items, labels, people = self._sizes()
        counts: dict[str, Any] = {
            "unreviewed": kept_count(dataset) - items,
            "labels": labels,
            "labels_without_verdict": 0,
            "items_with_two_labels": sizes,
            "values": self._by_value(),
        }
        return counts | ({"annotators": people} if people else {})

    def _sizes(self) -> tuple[int, int, int, int]:
        """Items with two labels, items, labels, people."""
        words, found = self.words, self.patterns
        if words is None:
            return found.with_labels(2).n, found.n, int(found.items @ found.sizes), 0
        sizes = np.bincount(np.searchsorted(words.item_keys, words.items)) if len(words.items) else words.items
        return int((sizes >= 2).sum()), len(words.item_keys), len(words.items), len(words.names)

    def _by_value(self) -> Mapping[str, int]:
        found = self.patterns
        return dict(zip(self.scale.values, (found.items @ found.counts).tolist(), strict=False)) if found.n else {}


def read_said(
    campaign: Campaign | None, runs: Sequence[Run], criterion: str, *, level: Level | None, at_most: int
) -> Said:
    """Read what people said. `at_most`: labels that are read word by word. `runs`: they tell the scale where nobody
    labelled anything."""
    column = _column(campaign, criterion)
    words = read_words(campaign, criterion, at_most=at_most, labels=column.labels)
    declared = campaign.declared_scale(criterion) if campaign else ()
    scale = scale_of(said_in(campaign, criterion, words) or _said_by_judges(runs, criterion), level, declared)
    found = column.patterns if scale.is_verdict else _patterns(column, words, scale)
    return Said(
        campaign=campaign,
        criterion=criterion,
        scale=scale,
        column=column,
        words=words,
        patterns=found,
        pairs=pairs_of(words, scale),
    )


def _column(campaign: Campaign | None, criterion: str) -> HumanColumn | KeptColumn:
    """What people say, from kept counts; where those are not kept, item by item."""
    kept = kept_column(campaign, criterion=criterion) if campaign else None
    return kept or human_column(campaign, criterion=criterion)


def _said_by_judges(runs: Sequence[Run], criterion: str) -> set[tuple[str, str]]:
    """Where nobody labelled anything, the scale is that of the judges; one with verdicts is read by them."""
    if not runs:
        return set()
    judged = Judgment.objects.filter(run=runs[0], criterion=criterion, status="scored").order_by()
    return set(judged.values_list("value", "verdict").distinct()[: MOST_VALUES + 2])


def _patterns(column: HumanColumn | KeptColumn, words: Words | None, scale: Scale) -> Patterns:
    if isinstance(column, KeptColumn) and not scale.is_continuous:
        kept = column.histogram
        return in_order(grouped(folded(kept.counts, [value for value, _ in kept.columns], scale.values), kept.items))
    if scale.is_continuous or words is None:
        return patterns(np.zeros((0, 2), dtype=np.int64))
    return words.patterns(scale)
