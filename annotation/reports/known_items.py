"""How people do on items whose answer is known. For leads: annotators never see which items these are."""

from collections import defaultdict
from dataclasses import dataclass, field

from annotation.core.intervals import wilson
from annotation.models import Campaign, CampaignItem, Label
from judging.models import Item

MOST_WRONG = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A known item that somebody labelled otherwise."""

    item: Item
    said: str
    known: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFigures:
    """One person on the known items."""

    name: str
    labelled: int
    right: int
    misses: list[Miss] = field(default_factory=list)

    @property
    def percent(self) -> float:
        """How many of them they got right."""
        return 100 * self.right / self.labelled

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares, in percent, it is with 95 % confidence."""
        low, high = wilson(self.right, self.labelled)
        return 100 * low, 100 * high


def known_figures(campaign: Campaign) -> list[KnownFigures]:
    """Everybody who has labelled known items, those with most mistakes first."""
    known = dict(
        CampaignItem.objects.filter(campaign=campaign).exclude(known_value="").values_list("item", "known_value")
    )
    first = campaign.count_scales.order_by("pk").values_list("criterion", flat=True).first() or ""
    labels = Label.objects.current().filter(campaign=campaign, item__in=known, criterion=first)
    by_person: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for name, item, value in labels.order_by("annotator__name", "pk").values_list("annotator__name", "item", "value"):
        by_person[name].append((item, value))
    missed = {item for said in by_person.values() for item, value in said if not same(value, known[item])}
    items = Item.objects.in_bulk(sorted(missed))
    found = [figures(name, said, known, items) for name, said in by_person.items()]
    return sorted(found, key=lambda one: (one.percent, one.name))


def figures(name: str, said: list[tuple[int, str]], known: dict[int, str], items: dict[int, Item]) -> KnownFigures:
    """One person's."""
    misses = [
        Miss(item=items[item], said=value, known=known[item]) for item, value in said if not same(value, known[item])
    ]
    return KnownFigures(name=name, labelled=len(said), right=len(said) - len(misses), misses=misses[:MOST_WRONG])


def same(said: str, known: str) -> bool:
    """Whether a value is the known one; numbers are compared as numbers."""
    try:
        return float(said) == float(known)
    except ValueError:
        return said.casefold() == known.casefold()
