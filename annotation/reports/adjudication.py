"""Which items of a campaign a lead should decide, the worst first, and everything that was said of one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, FloatField, Max, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from annotation.core.kept import UNDEFINED
from annotation.core.lead_reasons import BY_LEADS, HANDED_OVER
from annotation.core.rules import CampaignRules
from annotation.core.words import BAD_QUESTION, BAD_REFERENCE
from annotation.models import Assignment, Campaign, CountScale, GoldLabel, ItemCount, Label
from judging.models import Item, Judgment

LOW_AGREEMENT = 0.7
Items = QuerySet[Any, Any]


class Filter(StrEnum):
    """Why an item is to be decided."""

    DISAGREEMENT = "disagreement"
    TIE = "tie"
    JUDGE = "judge"
    LOW = "low"
    SKIPPED = "skipped"
    BAD_QUESTION = BAD_QUESTION
    BAD_REFERENCE = BAD_REFERENCE
    SENT = "sent"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The items that a filter finds: how many there are, how many are decided, and the worst open one."""

    filter: Filter
    total: int
    decided: int

    @property
    def open(self) -> int:
        """Items without a decision."""
        return self.total - self.decided

    @property
    def percent(self) -> int:
        """How much is decided."""
        return 100 * self.decided // self.total if self.total else 0


def queue_of(campaign: Campaign, chosen: Filter) -> Queue:
    """How far a lead is with the items of a filter."""
    found = chosen_by(campaign, chosen)
    gold = Q(Exists(standing_gold(campaign).filter(item=OuterRef("pk")))) if has_gold(campaign) else Q(pk__in=[])
    return Queue(filter=chosen, **found.aggregate(total=Count("pk"), decided=Count("pk", filter=gold)))


def has_open(campaign: Campaign, chosen: Filter) -> bool:
    """Whether a filter has something to decide."""
    return undecided(campaign, chosen_by(campaign, chosen)).exists()


def chosen_by(campaign: Campaign, chosen: Filter) -> Items:
    """The campaign's items that a filter finds."""
    return items_of(campaign) if chosen == Filter.ALL else Item.objects.filter(CONDITIONS[chosen](campaign)).order_by()


def found_by(campaign: Campaign, chosen: Filter) -> Items:
    """The same, each with its doubt, the worst first."""
    items = chosen_by(campaign, chosen)
    if chosen in {Filter.ALL, Filter.SENT}:
        as_imported: Items = items.annotate(doubt=Value(0.0, output_field=FloatField())).order_by("position")
        return as_imported
    counts = ItemCount.objects.filter(
        campaign=campaign, criterion__in=criteria_of(campaign), item=OuterRef("pk"), newest=True
    )
    doubt = counts.order_by().values("item").annotate(most=Max("entropy")).values("most")
    worst_first: Items = items.annotate(doubt=Coalesce(Subquery(doubt), 0.0)).order_by("-doubt", "position")
    return worst_first


def items_of(campaign: Campaign) -> Items:
    """What people were given; of imported labels, what has some."""
    # Looked up item by item, so that the first of an order is found without going through all of them.
    labelled: Items = Label.objects.current().filter(campaign=campaign)
    given = labelled if campaign.kind == Campaign.Kind.IMPORTED else campaign.campaign_items.all()
    return Item.objects.filter(Exists(given.filter(item=OuterRef("pk")).order_by()), dataset=campaign.dataset_id)


def has_gold(campaign: Campaign) -> bool:
    """Whether a lead has decided anything."""
    return GoldLabel.objects.filter(campaign=campaign, ended_at__isnull=True).exists()


def undecided(campaign: Campaign, items: Items) -> Items:
    """Those without a gold label."""
    return items.filter(~Exists(standing_gold(campaign).filter(item=OuterRef("pk"))))


def standing_gold(campaign: Campaign) -> Items:
    """The decisions that stand."""
    rows = GoldLabel.objects.filter(campaign=campaign, ended_at__isnull=True)
    # Named, so that the database looks an item up in the key of the table, which has the criterion before nothing.
    return rows.filter(criterion__in=list(rows.order_by().values_list("criterion", flat=True).distinct()))


def criteria_of(campaign: Campaign) -> list[str]:
    """Criteria that the campaign has labels on."""
    return list(CountScale.objects.filter(campaign=campaign).values_list("criterion", flat=True))


def first_open(campaign: Campaign, chosen: Filter) -> Item | None:
    """The worst item without a decision."""
    return first_of(undecided(campaign, found_by(campaign, chosen)))


def neighbours(campaign: Campaign, chosen: Filter, here: Item) -> tuple[Item | None, Item | None]:
    """The items before and after one in the order of a filter, decided or not."""
    items = found_by(campaign, chosen)
    place = doubt_of(items, here)
    if place is None:
        return None, first_of(items)
    if chosen in {Filter.ALL, Filter.SENT}:
        before, after = items.filter(position__lt=here.position), items.filter(position__gt=here.position)
        return first_of(before.order_by("-position")), first_of(after)
    worse = items.filter(Q(doubt__gt=place) | Q(doubt=place, position__lt=here.position))
    return first_of(worse.order_by("doubt", "-position")), first_of(items.filter(behind(place, here)))


def next_open(campaign: Campaign, chosen: Filter, here: Item) -> Item | None:
    """The next item to decide: behind this one, else the worst of all."""
    items = found_by(campaign, chosen)
    place = doubt_of(items, here)
    others = undecided(campaign, items).exclude(pk=here.pk)
    found = first_of(others.filter(behind(place, here))) if place is not None else None
    return found or first_of(others)


def first_of(items: Items) -> Item | None:
    """The first of an order. It is looked for by number: a database that sorts should not carry the texts along."""
    pk = items.values_list("pk", flat=True).first()
    found: Item | None = None if pk is None else Item.objects.filter(pk=pk).first()
    return found


def doubt_of(items: Items, here: Item) -> float | None:
    """An item's place in the order; None where the filter does not find it."""
    doubt: float | None = items.filter(pk=here.pk).values_list("doubt", flat=True).first()
    return doubt


def behind(place: float, here: Item) -> Q:
    """Items that come later."""
    return Q(doubt__lt=place) | Q(doubt=place, position__gt=here.position)


def in_counts(campaign: Campaign, **conditions: Any) -> Q:
    """Items one of whose kept counts is so."""
    counts = ItemCount.objects.filter(campaign=campaign, newest=True, **conditions)
    return Q(pk__in=counts.values("item"))


def patterns_where(campaign: Campaign, holds: Callable[[Sequence[int]], bool]) -> Q:
    """Items whose labels make a pattern of which something holds; `undefined` is no opinion."""
    condition = Q(pk__in=[])
    for scale in CountScale.objects.filter(campaign=campaign):
        places = [at for at, (value, _verdict) in enumerate(scale.columns) if value != UNDEFINED]
        found = [
            pattern
            for pattern, _items in ItemCount.objects.histogram(campaign.pk, scale.criterion)
            if holds([counts_of(pattern)[at] for at in places])
        ]
        if found:
            condition |= in_counts(campaign, criterion=scale.criterion, pattern__in=found)
    return condition


def counts_of(pattern: str) -> list[int]:
    """The numbers of a pattern."""
    return [int(count) for count in pattern.split("|")]


def agreeing_pairs(counts: Sequence[int]) -> float | None:
    """Share of the pairs of labels that say the same; None where there are no two."""
    n = sum(counts)
    return sum(count * (count - 1) for count in counts) / (n * (n - 1)) if n > 1 else None


def is_tie(counts: Sequence[int]) -> bool:
    """Whether two values have the same and the largest number of labels."""
    return max(counts, default=0) > 0 and sorted(counts)[-2:].count(max(counts)) == 2


def low(campaign: Campaign) -> Q:
    """Agreement below the campaign's own threshold, else below the usual one."""
    least = CampaignRules.from_json(campaign.rules).extra_below or LOW_AGREEMENT
    return patterns_where(campaign, lambda counts: (agreeing_pairs(counts) or 0) < least and sum(counts) > 1)


def against_judge(campaign: Campaign) -> Q:
    """The judge says something else than most people: another verdict, or where there is none another value."""
    condition = Q(pk__in=[])
    if campaign.run_id is None:
        return condition
    for scale in CountScale.objects.filter(campaign=campaign):
        for word, patterns in majorities(campaign, scale).items():
            column, said = word
            judged = Judgment.objects.filter(run=campaign.run_id, criterion=scale.criterion, status="scored")
            other = judged.exclude(**{column: said}).filter(item=OuterRef("pk"))
            condition |= in_counts(campaign, criterion=scale.criterion, pattern__in=patterns) & Q(Exists(other))
    return condition


def majorities(campaign: Campaign, scale: CountScale) -> Mapping[tuple[str, str], list[str]]:
    """What most people say -> the patterns in which they do. What they say is a verdict, else a value."""
    found: dict[tuple[str, str], list[str]] = {}
    for pattern, _items in ItemCount.objects.histogram(campaign.pk, scale.criterion):
        counts = counts_of(pattern)
        by_word: dict[tuple[str, str], int] = {}
        for count, (value, verdict) in zip(counts, scale.columns, strict=True):
            word = ("verdict", verdict) if verdict else ("value", value)
            by_word[word] = by_word.get(word, 0) + count
        most = max(by_word.values(), default=0)
        winners = [word for word, count in by_word.items() if count == most]
        if most and len(winners) == 1 and winners[0][1] != UNDEFINED:
            found.setdefault(winners[0], []).append(pattern)
    return found


def skipped(campaign: Campaign) -> Q:
    """Put aside by somebody."""
    places = Assignment.objects.filter(campaign=campaign, state=Assignment.State.SKIPPED)
    places = places.exclude(skip_reason__in=[*BY_LEADS, _(HANDED_OVER)])
    return Q(pk__in=places.values("campaign_item__item"))


def flagged(name: str) -> Callable[[Campaign], Q]:
    """Somebody's label says that the question or the reference is bad."""

    def condition(campaign: Campaign) -> Q:
        labels = Label.objects.current().filter(campaign=campaign).exclude(flags=[])
        said = labels.annotate(words=Cast(F("flags"), TextField())).filter(words__contains=name)
        return Q(pk__in=said.values("item"))

    return condition


CONDITIONS: dict[Filter, Callable[[Campaign], Q]] = {
    Filter.DISAGREEMENT: lambda campaign: in_counts(campaign, entropy__gt=0),
    Filter.TIE: lambda campaign: patterns_where(campaign, is_tie),
    Filter.JUDGE: against_judge,
    Filter.LOW: low,
    Filter.SKIPPED: skipped,
    Filter.BAD_QUESTION: flagged(BAD_QUESTION),
    Filter.BAD_REFERENCE: flagged(BAD_REFERENCE),
    Filter.SENT: lambda campaign: Q(pk__in=campaign.campaign_items.filter(for_adjudication=True).values("item")),
    Filter.ALL: lambda _campaign: Q(),
}
