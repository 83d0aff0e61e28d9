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
    """For each of `count` items, who reviews it: `share_out_each` with the same number of labels for all."""
    return share_out_each([labels_per_item] * count, annotators, seed, loads)


def share_out_each(
    labels: Sequence[int], annotators: Sequence[str], seed: int, loads: Mapping[str, int] | None = None
) -> list[tuple[str, ...]]:
    """For each item, who gives the labels it wants.

    Everybody has the same number of items, give or take one, counting the `loads` they start with; who meets whom
    on an item is drawn by the seed, so that every pair of people meets when there are items enough.
    """
    draw = Random(seed)  # noqa: S311 - an order, not a secret
    load = {name: (loads or {}).get(name, 0) for name in annotators}
    shares = []
    for wanted in labels:
        everybody = wanted == len(annotators)
        by_load = annotators if everybody else sorted(annotators, key=lambda name: (load[name], draw.random()))
        for name in by_load[:wanted]:
            load[name] += 1
        shares.append(tuple(by_load[:wanted]))
    return shares
