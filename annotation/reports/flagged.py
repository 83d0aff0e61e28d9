"""Items whose question or reference is bad: which, and what leaving them out does to every figure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from annotation.core.words import FLAGS
from annotation.models import Campaign, FlagDecision
from annotation.reports.which import Which, flagged_items, flagging_labels, items_of
from judging.models import Item

OF_PEOPLE = ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "mean_pairwise_kappa")
OF_A_JUDGE = (
    ("mdk", "accuracy"),
    ("decided", "accuracy"),
    ("decided", "precision"),
    ("decided", "recall"),
    ("decided", "f1"),
    ("judge_human", "cohen_kappa"),
    ("judge_human", "krippendorff_alpha"),
    ("judge_random_human", "percent_agreement"),
)
MOST_LISTED = 200
Document = Mapping[str, Any]


def flagged_of(without: Document, with_all: Document, campaign: Campaign | None, which: Which) -> dict[str, Any]:
    """How many items are left out, and each figure with and without them."""
    rows = [*_rows(None, OF_PEOPLE, with_all["human_human"], without["human_human"])]
    for before, after in zip(with_all["judges"], without["judges"], strict=True):
        for group, name in OF_A_JUDGE:
            if name in before[group] and name in after[group]:
                rows += _rows(before, (name,), before[group], after[group], group)
    return {"items": flagged_count(campaign, which), "by_flag": flags_given(campaign, which), "rows": rows}


def _rows(
    judge: Document | None, names: tuple[str, ...], before: Document, after: Document, group: str = "human_human"
) -> Iterator[dict[str, Any]]:
    for name in names:
        if name in before and name in after:
            yield {
                "judge": judge["judge"] if judge else None,
                "version": judge["version"] if judge else None,
                "run": judge["run"] if judge else None,
                "group": group,
                "statistic": name,
                "with": before[name],
                "without": after[name],
            }


def flagged_count(campaign: Campaign | None, which: Which) -> int:
    """Items of the part that are left out."""
    if campaign is None:
        return 0
    items = flagged_items(campaign)
    part = items_of(campaign.dataset, campaign, which)
    return items.count() if part is None else items.filter(pk__in=part).count()


def flags_given(campaign: Campaign | None, which: Which) -> dict[str, int]:
    """Items that somebody flagged, by flag, whatever a lead decided."""
    if campaign is None:
        return {}
    labels = flagging_labels(campaign)
    part = items_of(campaign.dataset, campaign, which)
    if part is not None:
        labels = labels.filter(item__in=part)
    found = {}
    for flag in FLAGS:
        said = labels.filter(flags_text__contains=f'"{flag}"').order_by()
        found[flag] = said.aggregate(n=Count("item", distinct=True))["n"]
    return found


@dataclass(slots=True)
class Flagged:
    """An item that somebody flagged, and what a lead decided of it."""

    item: Item
    flags: dict[str, set[str]] = field(default_factory=dict)
    decision: FlagDecision | None = None


def flagged_list(campaign: Campaign, which: Which) -> list[Flagged]:
    """The items with a flag or a decision, in their order, as far as the part has them."""
    part = items_of(campaign.dataset, campaign, which)
    labels = flagging_labels(campaign).select_related("annotator")
    decisions = FlagDecision.objects.filter(campaign=campaign, ended_at=None).select_related("by")
    if part is not None:
        labels, decisions = labels.filter(item__in=part), decisions.filter(item__in=part)
    decided = {decision.item_id: decision for decision in decisions[:MOST_LISTED]}
    said: dict[int, dict[str, set[str]]] = {}
    for label in labels.order_by("item__position")[: MOST_LISTED * 3]:
        for flag in set(label.flags) & set(FLAGS):
            said.setdefault(label.item_id, {}).setdefault(flag, set()).add(label.annotator.name)
    items = Item.objects.filter(pk__in=[*said, *decided]).order_by("position")[:MOST_LISTED]
    return [Flagged(item, said.get(item.pk, {}), decided.get(item.pk)) for item in items]
