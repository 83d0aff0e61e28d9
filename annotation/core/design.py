"""Which items of a dataset a campaign takes, in which order, and with which chance each of them was taken.

A chance is told only where one was drawn: the first items of an order, or items picked because raters disagree, stand
for nobody but themselves.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from annotation.core.assignment import Order
from annotation.core.rules import CampaignRules

BY_DOUBT = {Order.JUDGE_HUMAN, Order.JUDGE_JUDGE, Order.LOWEST_MARGIN}
"""Orders that look at what was said of the items."""
UNJUDGED = "unjudged"
NONE = "none"


class Stratum(StrEnum):
    """What items may be divided by."""

    CATEGORY = "category"
    MODEL = "model"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a campaign is set up beyond its people: the part of the items, who gets how many labels, the rules.

    `sample`: so many items drawn by the seed, per stratum where `stratify_by` is given. `limit`: the first so many of
    the order. `share` of the items get all labels per item, the others one. `group`: a Django group, instead of names.
    """

    sample: int | None = None
    limit: int | None = None
    stratify_by: str = ""
    share: float = 1.0
    distribution: str = "dealt"
    group: str = ""
    hold_seconds: int = 1800
    judge_run2: int | None = None
    rules: CampaignRules = field(default_factory=CampaignRules)

    def problem(self, order: str) -> str:
        """Why no campaign can be set up like this, or ''."""
        if self.sample is not None and self.limit is not None:
            return "Ask for a sample or for a limit: a sample is drawn, a limit takes the first of the order."
        if any(number is not None and number < 1 for number in (self.sample, self.limit)):
            return "A sample or limit is 1 or more items."
        if not 0 < self.share <= 1:
            return "The share of items that get all labels is above 0 and at most 1."
        if self.stratify_by and self.stratify_by not in set(Stratum):
            return f"Items are divided by {', '.join(Stratum)}, not by {self.stratify_by}."
        if order == Order.STRATIFIED and not self.stratify_by:
            return f"A stratified order needs to know what to divide by: {', '.join(Stratum)}."
        if order == Order.JUDGE_JUDGE and self.judge_run2 is None:
            return "The order judge_judge compares two runs: name the second one."
        if self.group and self.distribution == "dealt":
            return "A group draws its items (pulled); to deal them, name the annotators."
        if self.distribution not in ("dealt", "pulled"):
            return f"Items are dealt or pulled, not {self.distribution}."
        if self.hold_seconds < 30:
            return "An item is held for at least 30 seconds."
        return self.rules_problem()

    def rules_problem(self) -> str:
        """The same of the rules."""
        rules = self.rules
        if rules.extra_below is not None and not 0 < rules.extra_below <= 1:
            return "One more label is asked where fewer than a share of the pairs agree: above 0 and at most 1."
        if not 0 <= rules.known_share <= 0.5:
            return "The share of items with a known value is between 0 and 0.5."
        return ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item of the plan; `probability` is None where no chance was drawn."""

    item: int
    how: str
    stratum: str
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a plan may look at: items in file order, the stratum of each, and how doubtful each is (most first)."""

    items: Sequence[int]
    strata: Mapping[int, str] = field(default_factory=dict)
    doubt: Mapping[int, tuple[float, ...]] = field(default_factory=dict)


def plan(facts: Facts, design: Design, *, order: Order, seed: int) -> list[Chosen]:
    """The items of a campaign in its order, each with how it was chosen; the same for the same seed."""
    # The first of a drawn order are a sample.
    drawn = order in (Order.RANDOM, Order.STRATIFIED)
    size = design.sample or (design.limit if drawn else None)
    chances = chances_of(facts, size, design.stratify_by, seed)
    arranged = arrange(facts, [item for item in facts.items if item in chances], order=order, seed=seed)
    cut = None if drawn else design.limit
    taken = arranged[:cut] if cut else arranged
    whole = size is None or size >= len(facts.items)
    picked = cut is not None and cut < len(arranged)
    how = how_chosen(order, whole=whole, picked=picked, stratified=bool(design.stratify_by))
    return [Chosen(item, how, facts.strata.get(item, ""), None if picked else chances[item]) for item in taken]


def how_chosen(order: Order, *, whole: bool, picked: bool, stratified: bool) -> str:
    """The word for it that is stored."""
    if order in BY_DOUBT and (picked or whole):
        return "disagreement"
    if picked:
        return "hand"
    if whole:
        return "all"
    return "stratified" if stratified else "random"


def chances_of(facts: Facts, size: int | None, stratify_by: str, seed: int) -> dict[int, float]:
    """The drawn items, each with the chance it had."""
    total = len(facts.items)
    if size is None or size >= total:
        return dict.fromkeys(facts.items, 1.0)
    strata = by_stratum(facts) if stratify_by else {"": list(facts.items)}
    parts = equal_parts({name: len(items) for name, items in strata.items()}, size)
    draw = Random(f"{seed}/sample")  # noqa: S311 - a draw, not a secret
    return {
        item: parts[name] / len(items) for name, items in strata.items() for item in draw.sample(items, parts[name])
    }


def by_stratum(facts: Facts) -> dict[str, list[int]]:
    """The items of each stratum in file order, the strata in the order of their names."""
    found: dict[str, list[int]] = defaultdict(list)
    for item in facts.items:
        found[facts.strata.get(item, "")].append(item)
    return dict(sorted(found.items()))


def equal_parts(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """The same number from each stratum, as far as its items go; what small ones lack comes from the others."""
    parts = dict.fromkeys(sizes, 0)
    left = min(n, sum(sizes.values()))
    while left:
        open_strata = [name for name in sizes if parts[name] < sizes[name]]
        for at, name in enumerate(open_strata):
            share = left // len(open_strata) + (at < left % len(open_strata))
            parts[name] += min(share, sizes[name] - parts[name])
        left = min(n, sum(sizes.values())) - sum(parts.values())
    return parts


def arrange(facts: Facts, items: Sequence[int], *, order: Order, seed: int) -> list[int]:
    """Items in an order; doubtful ones that are equally so as the seed says."""
    if order is Order.SEQUENTIAL:
        return list(items)
    mixed = list(items)
    Random(seed).shuffle(mixed)  # noqa: S311 - an order, not a secret
    if order is Order.STRATIFIED:
        return interleaved(mixed, facts.strata)
    if order in BY_DOUBT:
        last = (float("-inf"),)
        return sorted(mixed, key=lambda item: facts.doubt.get(item, last), reverse=True)
    return mixed


def interleaved(items: Sequence[int], strata: Mapping[int, str]) -> list[int]:
    """One of each stratum in turn, so that the items seen first hold all of them."""
    turns: dict[str, int] = defaultdict(int)
    placed = []
    for item in items:
        name = strata.get(item, "")
        placed.append((turns[name], name, item))
        turns[name] += 1
    return [item for *_, item in sorted(placed)]


def overlap(count: int, share: float, labels: int, seed: int) -> list[int]:
    """How many labels each of `count` items wants: all for a share of them that the seed draws, else one."""
    many = set(Random(f"{seed}/overlap").sample(range(count), round(share * count)))  # noqa: S311
    return [labels if at in many else 1 for at in range(count)]


def chance_of_either(first: float, second: float) -> float:
    """The chance of having been taken by one draw or, left by it, by a second one."""
    return 1 - (1 - first) * (1 - second)
