"""The parts of a rubric's prompts by name: which turn they judge, which order of a pair they show, what they speak of.

`turn_1` judges the first turn, `ab` shows answer A first, `turn_2_ba` shows the second turns with answer B first.
"""

import re
from collections.abc import Sequence

from judging.core.scales import Criterion

ORDERS = ("ab", "ba")
TURN = re.compile(r"turn_([1-9]\d?)(?:_(?:ab|ba))?")


def turn_number(part: str) -> int | None:
    """The turn that a part judges, from 1; None for one that judges no turn of its own."""
    found = TURN.fullmatch(part)
    return int(found[1]) if found else None


def order_of(part: str) -> str:
    """The order in which a part shows a pair: ab or ba; '' for a part that shows one answer."""
    last = part.rpartition("_")[2]
    return last if last in ORDERS else ""


def spoken_of(criteria: Sequence[Criterion], part: str) -> tuple[Criterion, ...]:
    """The criteria that the replies to a part are about: the one of its turn where there is such a one, else all."""
    number = turn_number(part)
    named = tuple(each for each in criteria if number is not None and each.name == f"turn_{number}")
    return named or tuple(criteria)


def pair_part(criteria: Sequence[Criterion], criterion: Criterion, order: str) -> str:
    """The part that shows a pair in this order for a criterion: one for all of them, or one for each turn."""
    return order if len(criteria) == 1 and not turn_number(criterion.name) else f"{criterion.name}_{order}"


def pair_parts(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    """The parts that a rubric which compares pairs has: no more, no fewer."""
    return tuple(pair_part(criteria, each, order) for each in criteria for order in ORDERS)
