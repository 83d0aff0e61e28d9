"""Two answers shown in both orders: what was shown first is mapped back, and only what both orders say counts.

Part `ab` shows answer A first, part `ba` answer B. A judge that says "A" of part `ba` means the answer shown first,
which is B. Where the two orders disagree the pair is inconsistent: a state of its own, neither a tie nor a win.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from judging.core.decisions import Decision, decide, flips
from judging.core.parts import ORDERS, order_of
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Reading, Reason, Scored, Verdict

__all__ = ["A_B_TIE", "A_FIRST", "B_FIRST", "ORDERS", "as_shown", "decide_pair"]

A_FIRST, B_FIRST = ORDERS
A_B_TIE = Criterion("", Scale(values=("A", "B", "tie")))
OTHER = {"A": "B", "B": "A"}


def as_shown(reading: Reading, part: str) -> Reading:
    """What a reply says of the answers themselves: in part `ba` its A is our B."""
    if order_of(part) != B_FIRST or not isinstance(reading, Scored):
        return reading
    return replace(reading, value=OTHER.get(reading.value, reading.value))


def decide_pair(
    a_first: Sequence[Reading], b_first: Sequence[Reading], criterion: Criterion, decision: Mapping[str, Any]
) -> Decision:
    """Decide each order by the rule, then compare: the same value, or `inconsistent`, or what made one unreadable.

    The readings are already mapped back. `detail` keeps the value or the reason of each order.
    """
    orders = {A_FIRST: decide(a_first, criterion, decision), B_FIRST: decide(b_first, criterion, decision)}
    both = [*a_first, *b_first]
    detail: dict[str, Any] = {order: made.value or made.reason for order, made in orders.items()}
    detail |= {f"{order}_replies": made.detail for order, made in orders.items() if made.n_replies > 1}
    counted = Decision(n_read=sum(made.n_read for made in orders.values()), n_replies=len(both), detail=detail)
    reason = next((made.reason for made in orders.values() if made.reason), "")
    if not reason and orders[A_FIRST].value != orders[B_FIRST].value:
        reason = Reason.INCONSISTENT
    if reason:
        return replace(counted, verdict=Verdict.INVALID, reason=reason)
    made = orders[A_FIRST]
    values = [reading.value for reading in both if isinstance(reading, Scored)]
    return replace(counted, value=made.value, verdict=made.verdict, detail=detail | flips(values, made.value))
