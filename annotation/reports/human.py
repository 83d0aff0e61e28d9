"""People's words on the items of a campaign, as count tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Count

from annotation.core.counts import Patterns, patterns
from annotation.core.intervals import IntArray
from annotation.core.resolution import CODES, VERDICTS, HumanVerdict, resolve_counts
from annotation.models import Campaign, GoldLabel, Label
from annotation.querysets import LabelQuerySet
from judging.models import Dataset

REVISION_BITS = 20


@dataclass(frozen=True, slots=True)
class Rater:
    """A person with labels in the campaign."""

    pk: int
    name: str
    identity: str
    labels: int


def rows_of(rows: Iterable[tuple[int, ...]], width: int) -> IntArray:
    """Database rows of integers as a table, without a Python object per row left behind."""
    return np.fromiter(rows, dtype=np.dtype((np.int64, width)))


@dataclass(frozen=True)
class HumanColumn:
    """Labels counted per item and revision of its text, and gold labels; everything about people follows from it.

    `units`: rows (item, revision, clean, wrong, undefined), sorted. Labels on different texts are not compared: an
    item speaks through its newest labelled revision, or, beside a judgment, through the judged one.
    `gold`: rows (item, code of the verdict), sorted.
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

    def beside(self, items: IntArray, revisions: IntArray) -> tuple[IntArray, IntArray]:
        """For judged items: the code of people's verdict on the same text, and whether they only saw another one."""
        keys = (self.units[:, 0] << REVISION_BITS) | self.units[:, 1]
        codes = _found((items << REVISION_BITS) | revisions, keys, resolve_counts(self.units[:, 2:]))
        unseen = codes == CODES[HumanVerdict.UNREVIEWED]
        codes = self._with_gold(items, codes)
        still = unseen & (codes == CODES[HumanVerdict.UNREVIEWED])
        return codes, still & np.isin(items, self.newest[:, 0])

    def _with_gold(self, items: IntArray, codes: IntArray) -> IntArray:
        gold = _found(items, self.gold[:, 0], self.gold[:, 1], missing=-1)
        return np.where(gold >= 0, gold, codes)


def human_column(campaign: Campaign | None, *, criterion: str = "") -> HumanColumn:
    """Read a campaign's current labels; without a campaign nobody labelled anything."""
    if campaign is None:
        return HumanColumn(np.empty((0, 5), np.int64), np.empty((0, 2), np.int64), (), 0)
    labels = _labels(campaign, criterion)
    given = labels.exclude(verdict="")
    return HumanColumn(
        units=rows_of(given.counts_by_item().iterator(), 5),
        gold=_gold_rows(campaign, criterion),
        raters=_raters(given),
        without_verdict=labels.filter(verdict="").count(),
    )


def human_verdicts(dataset: Dataset, campaign: Campaign | None, *, criterion: str = "") -> dict[int, HumanVerdict]:
    """Item's primary key -> what people say of it, for every item of the dataset that has a label or a gold label.

    An item that is not in it is unreviewed.
    """
    if campaign is not None and campaign.dataset_id != dataset.pk:
        raise ValueError(f"Campaign {campaign} is of another dataset.")
    items, codes = human_column(campaign, criterion=criterion).items
    return {item: VERDICTS[code] for item, code in zip(items.tolist(), codes.tolist(), strict=True)}


def human_counts(dataset: Dataset, column: HumanColumn) -> dict[str, int]:
    """How many items and labels there are of each kind; the kinds of items add up to all items."""
    items, codes = column.items
    found = np.bincount(codes, minlength=len(VERDICTS))
    total = dataset.items.count()
    labels = int(column.newest[:, 2:].sum())
    return {
        "items": total,
        "clean": int(found[CODES[HumanVerdict.CLEAN]]),
        "wrong": int(found[CODES[HumanVerdict.WRONG]]),
        "ties": int(found[CODES[HumanVerdict.TIE]]),
        "undefined": int(found[CODES[HumanVerdict.UNDEFINED]]),
        "unreviewed": total - len(items),
        "gold": len(column.gold),
        "annotators": len(column.raters),
        "labels": labels,
        "undefined_labels": int(column.newest[:, 4].sum()),
        "labels_of_older_text": int(column.units[:, 2:].sum()) - labels,
        "labels_without_verdict": column.without_verdict,
        "items_with_two_labels": int((column.newest[:, 2:4].sum(axis=1) >= 2).sum()),
    }


def _labels(campaign: Campaign, criterion: str) -> LabelQuerySet:
    return Label.objects.current().filter(campaign=campaign, criterion=criterion)


def _raters(labels: LabelQuerySet) -> tuple[Rater, ...]:
    rows = (
        labels.order_by("annotator__name", "annotator_id")
        .values_list("annotator_id", "annotator__name", "annotator__identity")
        .annotate(labels=Count("pk"))
    )
    return tuple(Rater(*row) for row in rows)


def _gold_rows(campaign: Campaign, criterion: str) -> IntArray:
    rows = (
        GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at__isnull=True)
        .exclude(verdict="")
        .order_by("item_id")
        .values_list("item_id", "verdict")
    )
    return rows_of(((item, CODES[HumanVerdict(verdict)]) for item, verdict in rows.iterator()), 2)


def _found(
    wanted: IntArray, keys: IntArray, values: IntArray, *, missing: int = CODES[HumanVerdict.UNREVIEWED]
) -> IntArray:
    """`values` of the sorted `keys` for each wanted key; `missing` where there is none."""
    if not len(keys):
        return np.full(len(wanted), missing, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], missing)
