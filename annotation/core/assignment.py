"""Who reviews which item, and in which order: decided from names and numbers alone, and the same for the same seed."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from random import Random


class Order(StrEnum):
    """Orders of a campaign. The last three look at what was said of the items; the items seen first are no sample."""

    SEQUENTIAL = "sequential"
    RANDOM = "random"
    STRATIFIED = "stratified"
    JUDGE_HUMAN = "judge_human"
    JUDGE_JUDGE = "judge_judge"
    LOWEST_MARGIN = "lowest_margin"


def ordered(items: Sequence[int], order: Order, seed: int) -> list[int]:
    """The items in the order of the campaign: as they come, or shuffled by the seed."""
    made = list(items)
    if order is Order.RANDOM:
        Random(seed).shuffle(made)  # noqa: S311 - an order, not a secret
    return made


def check_places(annotators: Sequence[str], labels_per_item: int) -> str:
    """Why this many labels per item cannot be had from these people, or ''."""
    if not annotators:
        return "A campaign needs at least one annotator."
    doubles = sorted({name for name in annotators if list(annotators).count(name) > 1})
    if doubles:
        return f"{', '.join(doubles)} is named twice; name every annotator once."
    if labels_per_item < 1:
        return "Every item needs at least one label; ask for 1 or more labels per item."
    if labels_per_item > len(annotators):
        return (
            f"{labels_per_item} labels per item need at least {labels_per_item} annotators, and there are "
            f"{len(annotators)}: name more people or ask for fewer labels."
        )
    return ""


def share_out(
    count: int, annotators: Sequence[str], labels_per_item: int, seed: int, loads: Mapping[str, int] | None = None
) -> list[tuple[str, ...]]:
    """For each of `count` items, who reviews it.

    Everybody has the same number of items, give or take one, counting the `loads` they start with; who meets whom
    on an item is drawn by the seed, so that every pair of people meets when there are items enough.
    """
    if labels_per_item == len(annotators):
        return [tuple(annotators)] * count
    draw = Random(seed)  # noqa: S311 - an order, not a secret
    load = {name: (loads or {}).get(name, 0) for name in annotators}
    shares = []
    for _ in range(count):
        chosen = sorted(annotators, key=lambda name: (load[name], draw.random()))[:labels_per_item]
        for name in chosen:
            load[name] += 1
        shares.append(tuple(chosen))
    return shares
