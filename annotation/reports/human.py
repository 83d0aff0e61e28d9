"""People's words on the items of a campaign, as count tables."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Count, Sum

from annotation.core.counts import Patterns, in_order, patterns
from annotation.core.intervals import IntArray
from annotation.core.kept import decoded, folded
from annotation.core.resolution import CODES, VERDICTS, HumanVerdict, resolve_counts
from annotation.models import Annotator, Campaign, CountScale, GoldLabel, ItemCount, Label
from annotation.querysets import LabelQuerySet
from annotation.reports.counts import (
    WORDS,
    CountsNotKept,
    LabelHistogram,
    columns_of,
    gold_histogram,
    label_histogram,
    rows_of,
)
from annotation.reports.remembered import remembered, state_of
from annotation.reports.which import kept, kept_count
from judging.models import Dataset

REVISION_BITS = 20


@dataclass(frozen=True, slots=True)
class Rater:
    """A person with labels in the campaign."""

    pk: int
    name: str
    identity: str
    labels: int


@dataclass(frozen=True)
class HumanColumn:
    """Labels counted per item and revision of its text, and gold labels; everything about people follows from it.

    `units`: rows (item, revision, clean, wrong, undefined), sorted. Labels on different texts are not compared: an
    item speaks through its newest labelled revision, or, beside a judgment, through the judged one.
    `gold`: rows (item, code of the verdict, revision of the text it is about, 0 for every text), sorted.
    """

    units: IntArray
    gold: IntArray
    raters: tuple[Rater, ...]
    without_verdict: int

    @cached_property
    def newest(self) -> IntArray:
        """The unit of every labelled item."""
        items = self.units[:, 0]
        return self.units[np.append(items[1:] != items[:-1], True)] if len(items) else self.units

    @cached_property
    def patterns(self) -> Patterns:
        """What statistics between people are computed from: undefined is a missing label."""
        return patterns(self.newest[:, 2:4])

    @cached_property
    def items(self) -> tuple[IntArray, IntArray]:
        """Every item with a label or a gold label, and the code of what its labels come to."""
        items = np.union1d(self.newest[:, 0], self.gold[:, 0])
        codes = _found(items, self.newest[:, 0], resolve_counts(self.newest[:, 2:]))
        return items, self._with_gold(items, codes)

    @cached_property
    def by_verdict(self) -> IntArray:
        """Items by what people say of them, in the order of the codes."""
        return np.bincount(self.items[1], minlength=len(VERDICTS)).astype(np.int64)

    @cached_property
    def label_totals(self) -> IntArray:
        """Labels that say clean, wrong and undefined, each item through its newest labelled text."""
        return np.asarray(self.newest[:, 2:].sum(axis=0), dtype=np.int64)

    @property
    def older_labels(self) -> int:
        """Labels on a text that has a newer labelled one."""
        return int(self.units[:, 2:].sum() - self.label_totals.sum())

    @property
    def labels(self) -> int:
        """Labels on any text."""
        return int(self.units[:, 2:].sum()) + self.without_verdict

    def beside(self, items: IntArray, revisions: IntArray) -> tuple[IntArray, IntArray]:
        """For judged items: the code of people's verdict on the same text, and whether they only saw another one."""
        keys = (self.units[:, 0] << REVISION_BITS) | self.units[:, 1]
        codes = _found((items << REVISION_BITS) | revisions, keys, resolve_counts(self.units[:, 2:]))
        unseen = codes == CODES[HumanVerdict.UNREVIEWED]
        about = _found(items, self.gold[:, 0], self.gold[:, 2], missing=-1)
        codes = np.where((about == 0) | (about == revisions), self._with_gold(items, codes), codes)
        still = unseen & (codes == CODES[HumanVerdict.UNREVIEWED])
        return codes, still & (np.isin(items, self.newest[:, 0]) | (about >= 0))

    def _with_gold(self, items: IntArray, codes: IntArray) -> IntArray:
        gold = _found(items, self.gold[:, 0], self.gold[:, 1], missing=-1)
        return np.where(gold >= 0, gold, codes)


def human_column(campaign: Campaign | None, *, criterion: str = "") -> HumanColumn:
    """What a campaign's current labels and gold labels say of each item, from their kept counts; where those are not
    kept (too many different values), from the labels. Without a campaign nobody labelled anything."""
    if campaign is None:
        return HumanColumn(np.empty((0, 5), np.int64), np.empty((0, 3), np.int64), (), 0)
    labels = _labels(campaign, criterion)
    return HumanColumn(
        units=_units(campaign, criterion, labels),
        gold=_gold_rows(campaign, criterion),
        raters=_raters(_labels_of_each(labels.exclude(verdict=""))),
        without_verdict=labels.filter(verdict="").count(),
    )


def _units(campaign: Campaign, criterion: str, labels: LabelQuerySet) -> IntArray:
    try:
        columns = columns_of(campaign, criterion)
    except CountsNotKept:
        if not _may_mean_verdicts(campaign, criterion):
            return np.empty((0, 5), np.int64)
        return rows_of(labels.exclude(verdict="").counts_by_item().iterator(), 5)
    counts = kept(ItemCount.objects.filter(campaign=campaign, criterion=criterion)).order_by("item_id", "item_revision")
    rows = list(counts.values_list("item_id", "item_revision", "pattern").iterator())
    kinds = {pattern: at for at, pattern in enumerate(dict.fromkeys(pattern for *_, pattern in rows))}
    words = folded(decoded(list(kinds), len(columns)), [verdict for _, verdict in columns], WORDS)
    keys = rows_of(((item, revision, kinds[pattern]) for item, revision, pattern in rows), 3)
    units = np.concatenate([keys[:, :2], words[keys[:, 2]]], axis=1)
    return np.asarray(units[units[:, 2:].sum(axis=1) > 0], dtype=np.int64)


def _may_mean_verdicts(campaign: Campaign, criterion: str) -> bool:
    """Measured values mean none: nobody has to look for them among a million labels."""
    scale = CountScale.objects.filter(campaign=campaign, criterion=criterion).first()
    return scale is None or any(verdict for _, verdict in scale.columns)


def human_verdicts(dataset: Dataset, campaign: Campaign | None, *, criterion: str = "") -> dict[int, HumanVerdict]:
    """Item's primary key -> what people say of it, for every item of the dataset that has a label or a gold label.

    An item that is not in it is unreviewed.
    """
    if campaign is not None and campaign.dataset_id != dataset.pk:
        raise ValueError(f"Campaign {campaign} is of another dataset.")
    items, codes = human_column(campaign, criterion=criterion).items
    return {item: VERDICTS[code] for item, code in zip(items.tolist(), codes.tolist(), strict=True)}


def human_counts(dataset: Dataset, column: "HumanColumn | KeptColumn") -> dict[str, int]:
    """How many items and labels there are of each kind; the kinds of items add up to all items."""
    found = column.by_verdict
    total, labelled = kept_count(dataset), int(found.sum())
    given = column.label_totals
    return {
        "items": total,
        "clean": int(found[CODES[HumanVerdict.CLEAN]]),
        "wrong": int(found[CODES[HumanVerdict.WRONG]]),
        "ties": int(found[CODES[HumanVerdict.TIE]]),
        "undefined": int(found[CODES[HumanVerdict.UNDEFINED]]),
        "unreviewed": total - labelled,
        "gold": len(column.gold),
        "annotators": len(column.raters),
        "labels": int(given.sum()),
        "undefined_labels": int(given[2]),
        "labels_of_older_text": column.older_labels,
        "labels_without_verdict": column.without_verdict,
        "items_with_two_labels": column.patterns.with_labels(2).n,
    }


@dataclass(frozen=True)
class KeptColumn:
    """The same from kept counts grouped by pattern, at the same cost for any number of labels: no item has a name here.

    `gold`: (pattern of the item's labels or None, gold verdict, items).
    """

    histogram: LabelHistogram
    gold_labels: tuple[tuple[str | None, str, int], ...]
    raters: tuple[Rater, ...]
    older_labels: int

    @property
    def gold(self) -> range:
        """As long as there are gold labels."""
        return range(sum(items for *_, items in self.gold_labels))

    @property
    def patterns(self) -> Patterns:
        """What statistics between people are computed from."""
        return in_order(self.histogram.by_verdict)

    @cached_property
    def label_totals(self) -> IntArray:
        """Labels that say clean, wrong and undefined, each item through its newest labelled text."""
        return self.histogram.items @ self.histogram.verdict_counts

    @cached_property
    def by_verdict(self) -> IntArray:
        """Items by what people say of them, in the order of the codes: gold, else the majority."""
        found = self._resolved(self.histogram.verdict_counts, self.histogram.items)
        if not self.gold_labels:
            return found
        labelled = [(pattern, items) for pattern, _, items in self.gold_labels if pattern is not None]
        counts = decoded([pattern for pattern, _ in labelled], len(self.histogram.columns))
        words = folded(counts, [verdict for _, verdict in self.histogram.columns], WORDS)
        found = found - self._resolved(words, np.array([items for _, items in labelled], dtype=np.int64))
        for _, verdict, items in self.gold_labels:
            found[CODES[HumanVerdict(verdict)]] += items
        return found

    @property
    def labels(self) -> int:
        """Labels on any text."""
        return int(self.histogram.items @ self.histogram.counts.sum(axis=1)) + self.older_labels

    @staticmethod
    def _resolved(counts: IntArray, items: IntArray) -> IntArray:
        labelled = counts.sum(axis=1) > 0
        codes = resolve_counts(counts[labelled])
        return np.bincount(codes, weights=items[labelled], minlength=len(VERDICTS)).astype(np.int64)

    @property
    def without_verdict(self) -> int:
        """Labels whose value means no verdict."""
        plain = [not verdict for _, verdict in self.histogram.columns]
        return int((self.histogram.items @ self.histogram.counts)[plain].sum())


def kept_column(campaign: Campaign, *, criterion: str = "") -> KeptColumn | None:
    """A campaign's labels from their kept counts; None where those are not kept."""
    try:
        histogram = label_histogram(campaign, criterion)
    except CountsNotKept:
        return None
    later = kept(ItemCount.objects.filter(campaign=campaign, criterion=criterion, newest=False))
    older = later.aggregate(n=Sum("n"))["n"]
    state = state_of(campaign, criterion, histogram)
    labels = remembered("raters", state, lambda: _labels_of_each(_labels(campaign, criterion)))
    return KeptColumn(histogram, tuple(gold_histogram(campaign, criterion)), _raters(labels), int(older or 0))


def _labels(campaign: Campaign, criterion: str) -> LabelQuerySet:
    return kept(Label.objects.current().filter(campaign=campaign, criterion=criterion))


def _labels_of_each(labels: LabelQuerySet) -> dict[int, int]:
    """Labels of each annotator. Counted before they are named: that is read from the index alone."""
    return dict(labels.order_by().values_list("annotator_id").annotate(labels=Count("*")))


def _raters(labels: dict[int, int]) -> tuple[Rater, ...]:
    """By name."""
    people = Annotator.objects.filter(pk__in=labels).order_by("name", "pk")
    return tuple(Rater(one.pk, one.name, one.identity, labels[one.pk]) for one in people)


def _gold_rows(campaign: Campaign, criterion: str) -> IntArray:
    rows = (
        kept(GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at__isnull=True))
        .exclude(verdict="")
        .order_by("item_id")
        .values_list("item_id", "verdict", "item_revision")
    )
    return rows_of(((item, CODES[HumanVerdict(verdict)], about or 0) for item, verdict, about in rows.iterator()), 3)


def _found(
    wanted: IntArray, keys: IntArray, values: IntArray, *, missing: int = CODES[HumanVerdict.UNREVIEWED]
) -> IntArray:
    """`values` of the sorted `keys` for each wanted key; `missing` where there is none."""
    if not len(keys):
        return np.full(len(wanted), missing, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], missing)
