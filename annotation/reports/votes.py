"""Votes on pairs: both orders, ties, and agreement with people."""

from typing import Any

import numpy as np

from annotation.core.counts import Patterns
from annotation.core.intervals import IntArray, Undefined, proportion
from annotation.core.kept import folded
from annotation.core.pairwise import (
    NO_VOTES,
    ONE_ORDER,
    VOTES,
    BothOrders,
    VoteAgreement,
    judge_agreement,
    people_agreement,
)
from annotation.reports.counts import JudgedHistogram
from annotation.reports.which import kept
from annotation.reports.words import Scale
from judging.core.verdicts import Reason
from judging.models import Reply, Run


def counts_on(found: JudgedHistogram, scale: Scale) -> IntArray:
    """People's labels of each value of the scale, one row per kind of items."""
    return folded(found.labels.counts, [value for value, _ in found.labels.columns], scale.values)


def vote_figures(run: Run, found: JudgedHistogram, scale: Scale) -> dict[str, Any]:
    """Votes on pairs: both orders, ties, and agreement as MT-Bench counts it. Inconsistent votes are ties here."""
    votes = np.array([VOTES.index(value) for value in scale.values], dtype=np.int64)
    places, tie = found.judge_places(scale.values), VOTES.index("tie")
    said = np.where(places >= 0, votes[places], -1)
    said[np.array([reason == Reason.INCONSISTENT for reason in found.judge_reasons], dtype=bool)] = tie
    people = np.zeros((len(said), 3), dtype=np.int64)
    people[:, votes] = counts_on(found, scale)
    both, given = BothOrders(_orders(run)), said >= 0
    ties, n = int(found.items[said == tie].sum()), int(found.items[given].sum())
    return {
        **order_figures(both),
        "ties": proportion(ties, n, undefined=NO_VOTES),
        **agreement_figures(judge_agreement(said[given], people[given], found.items[given])),
    }


def order_figures(both: BothOrders) -> dict[str, Any]:
    """What both orders of the same pairs say."""
    return {
        "consistency": both.consistency(),
        "position_bias": both.position_bias(),
        "position_p": both.position_test(),
        "primacy": proportion(both.primacy(), both.n, undefined=ONE_ORDER),
        "recency": proportion(both.recency(), both.n, undefined=ONE_ORDER),
        "orders": both.cells.tolist(),
    }


def people_votes(found: Patterns, scale: Scale) -> dict[str, Any] | None:
    """The same of people alone."""
    if not is_vote_scale(scale):
        return None
    counts = np.zeros((len(found.items), 3), dtype=np.int64)
    counts[:, [VOTES.index(value) for value in scale.values]] = found.counts
    votes, ties = int(found.items @ found.sizes), int(found.items @ counts[:, VOTES.index("tie")])
    nothing = Undefined("no judge")
    return {
        **dict.fromkeys(("consistency", "position_bias", "primacy", "recency"), nothing),
        "position_p": None,
        "orders": [],
        "ties": proportion(ties, votes, undefined=NO_VOTES),
        **agreement_figures(people_agreement(Patterns(counts, found.items))),
    }


def is_vote_scale(scale: Scale) -> bool:
    """Whether values are A, B and tie."""
    return not scale.is_verdict and bool(scale.values) and set(scale.values) <= set(VOTES)


def agreement_figures(found: VoteAgreement) -> dict[str, Any]:
    """By name."""
    return {
        "agreement_all": found.agreement_all,
        "agreement_without_ties": found.agreement_without_ties,
        "n_all": found.n_all,
        "n_without_ties": found.n_without_ties,
    }


def _orders(run: Run) -> IntArray:
    """Votes with A shown first by votes with B shown first, of the pairs that have both."""
    both = kept(Reply.objects.filter(run=run, part__in=["ab", "ba"], status="scored"))
    replies = both.order_by("item_id", "sample", "attempt")
    said: dict[int, dict[str, str]] = {}
    for item, part, value in replies.values_list("item_id", "part", "value"):
        said.setdefault(item, {})[part] = value or ""
    cells = np.zeros((3, 3), dtype=np.int64)
    for votes in said.values():
        if len(votes) == 2 and set(votes.values()) <= set(VOTES):
            cells[VOTES.index(votes["ab"]), VOTES.index(votes["ba"])] += 1
    return cells
