"""A run beside people, word by word: values instead of verdicts, the same items, its own repeats, votes on pairs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotation.core.agreement import GROUP, PAIR, krippendorff_alpha, percent_agreement
from annotation.core.continuous import NO_NAMES
from annotation.core.counts import Patterns, pair_table, patterns, patterns_of_pairs
from annotation.core.graded import GRADED, of_pairs, of_table
from annotation.core.intervals import IntArray, Statistic, Undefined, Value, proportion
from annotation.core.kept import folded
from annotation.core.pairwise import NO_VOTES, VOTES, BothOrders, VoteAgreement, judge_agreement, people_agreement
from annotation.core.same_items import JudgedRows, SameItems, same_items
from annotation.models import Campaign, GoldLabel
from annotation.reports.counts import CountsNotKept, judge_pattern_histogram
from annotation.reports.people import TOO_MANY_LABELS
from annotation.reports.words import Scale, Words, read_words
from judging.core.verdicts import Reason
from judging.models import Judgment, Reply, Run

NO_BOTH = "no item with a value of both"
ONE_RUN = "the judge went through the items once"


@dataclass(frozen=True)
class JudgedWords:
    """What a run said of each item, beside people's labels on the same text. Rows are items, sorted by key.

    `codes`: place of the judge's value on the scale, -1 for none. `people`: place of people's value: the gold label,
    else the value with more labels than any other; -1 for none. `counts`: their labels by value.
    """

    scale: Scale
    items: IntArray
    codes: IntArray
    people: IntArray
    counts: IntArray
    scores: "np.ndarray[Any, np.dtype[np.float64]]"
    means: "np.ndarray[Any, np.dtype[np.float64]]"

    @property
    def table(self) -> IntArray:
        """Judge's value (rows) by people's (columns), on the items that have both."""
        return pair_table(self.codes, self.people, len(self.scale.values))

    @property
    def rows(self) -> JudgedRows:
        """For the comparison on the same items."""
        return JudgedRows(self.codes, self.counts, np.ones(len(self.items), dtype=np.int64))

    def same_items(self) -> SameItems:
        """Judge with a random person beside two random people."""
        return same_items(self.rows, self.scale.measure.weights(len(self.scale.values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is about: the words of a campaign on a criterion, on their scale. `words`: None where there are
    more than `at_most`."""

    campaign: Campaign | None
    criterion: str
    scale: Scale
    words: Words | None
    at_most: int


NOBODY = read_words(None, "", at_most=0)
VERDICTS_ALONE = Asked(campaign=None, criterion="", scale=Scale(), words=NOBODY, at_most=0)
"""A report on the 3x3 and nothing beside it."""


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """What a report on a run says beyond its 3x3."""

    same: SameItems
    judge_human: Mapping[str, Statistic] | None = None
    pairwise: Mapping[str, Any] | None = None
    self_consistency: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        same = self.same
        return {
            "judge_random_human": {
                "percent_agreement": same.judge_agreement.as_json(),
                "kappa": same.judge_kappa.as_json(),
                "human_percent_agreement": same.human_agreement.as_json(),
                "human_kappa": same.human_kappa.as_json(),
            },
            "difference": same.kappa_difference.as_json()
            | {"kappa": same.kappa_difference.as_json(), "percent_agreement": same.agreement_difference.as_json()},
            "self_consistency": plain(self.self_consistency),
            "pairwise": plain(self.pairwise) if self.pairwise is not None else None,
            "values": self.values,
        }


def plain(found: Mapping[str, Any]) -> dict[str, Any]:
    """Statistics and numbers as JSON."""
    return {name: one.as_json() if isinstance(one, Value | Undefined) else one for name, one in found.items()}


def beside_people(run: Run, asked: Asked) -> BesidePeople:
    """A run beside people."""
    again = self_consistency(run, asked.scale, asked.criterion, at_most=asked.at_most)
    if asked.words is None:
        return _by_pattern(run, asked, again)
    found = judged_words(run, asked.campaign, asked.words, asked.scale, asked.criterion)
    measured = found.scale.is_continuous
    return BesidePeople(
        same=SameItems(*[Undefined(NO_NAMES)] * 6) if measured else found.same_items(),
        judge_human=None if asked.scale.is_verdict else value_statistics(found),
        pairwise=vote_figures(run, found, asked.criterion),
        self_consistency=again,
        values=None if asked.scale.is_verdict else value_table(found),
    )


def _by_pattern(run: Run, asked: Asked, again: Mapping[str, Any]) -> BesidePeople:
    """From kept counts, whatever the number of labels. Numbers are then compared with the value most people gave."""
    rows = _rows_by_pattern(run, asked)
    if rows is None:
        nothing = Undefined(TOO_MANY_LABELS)
        values = None if asked.scale.is_verdict else dict.fromkeys([*GROUP, *PAIR], nothing)
        return BesidePeople(SameItems(*[nothing] * 6), values, self_consistency=again)
    same = same_items(rows, asked.scale.measure.weights(rows.categories))
    if asked.scale.is_verdict:
        return BesidePeople(same, self_consistency=again)
    people = _majority(rows.counts)
    both = (rows.judge >= 0) & (people >= 0)
    table = np.zeros((rows.categories, rows.categories), dtype=np.int64)
    np.add.at(table, (rows.judge[both], people[both]), rows.items[both])
    of_values = {"values": list(asked.scale.values), "counts": table.tolist()}
    graded = of_table(table, asked.scale.measure) if asked.scale.is_numeric else {}
    return BesidePeople(same, _of_table(table, asked.scale) | graded, self_consistency=again, values=of_values)


def _rows_by_pattern(run: Run, asked: Asked) -> JudgedRows | None:
    if asked.campaign is None or asked.scale.is_continuous:
        return None
    try:
        found = judge_pattern_histogram(run, asked.campaign, asked.criterion)
    except CountsNotKept:
        return None
    if asked.scale.is_verdict:
        judge = np.where(found.judge_codes < 2, found.judge_codes, -1)
        return JudgedRows(judge, found.labels.verdict_counts[:, :2], found.items)
    values = [value for value, _ in found.labels.columns]
    counts = folded(found.labels.counts, values, asked.scale.values)
    return JudgedRows(found.judge_places(asked.scale.values), counts, found.items)


def judged_words(run: Run, campaign: Campaign | None, words: Words, scale: Scale, criterion: str) -> JudgedWords:
    """Read a run's values beside people's words."""
    rows = list(
        Judgment.objects.filter(run=run, criterion=criterion)
        .order_by("item_id")
        .values_list("item_id", "item_revision", "verdict" if scale.is_verdict else "value", "score")
    )
    wide = scale.with_values(row[2] for row in rows)
    place = {value: at for at, value in enumerate(wide.values)}
    items = np.array([row[0] for row in rows], dtype=np.int64)
    revisions = np.array([row[1] for row in rows], dtype=np.int64)
    at, seen = _beside(items, revisions, words)
    counts = np.where(seen[:, None], words.counts(wide)[at], 0) if len(words.items) else _nobody(items, wide)
    return JudgedWords(
        scale=wide,
        items=items,
        codes=np.array([place.get(row[2], -1) for row in rows], dtype=np.int64),
        people=_with_gold(items, _majority(counts), campaign, criterion, wide),
        counts=counts,
        scores=np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=np.float64),
        means=np.where(seen, words.means()[at], np.nan) if len(words.items) else np.full(len(items), np.nan),
    )


def value_statistics(found: JudgedWords) -> dict[str, Statistic]:
    """Judge and people as two raters: their values, and where those are numbers the judge's score beside the mean of
    people's."""
    scale = found.scale
    if scale.is_continuous:
        return dict.fromkeys([*GROUP, *PAIR], Undefined(NO_NAMES)) | _graded(found)
    return _of_table(found.table, scale) | (_graded(found) if scale.is_numeric else {})


def _of_table(table: IntArray, scale: Scale) -> dict[str, Statistic]:
    if not table.sum():
        return dict.fromkeys([*GROUP, *PAIR], Undefined(NO_BOTH))
    group = {name: statistic(patterns_of_pairs(table), scale.measure) for name, statistic in GROUP.items()}
    return group | {name: statistic(table, scale.measure) for name, statistic in PAIR.items()}


def value_table(found: JudgedWords) -> dict[str, Any] | None:
    """The table of values with their names; None where there are too many."""
    if found.scale.is_continuous:
        return None
    return {"values": list(found.scale.values), "counts": found.table.tolist()}


def vote_figures(run: Run, found: JudgedWords, criterion: str) -> dict[str, Any] | None:
    """Votes on pairs: both orders, ties, and agreement as MT-Bench counts it; None where values are no votes."""
    if not is_vote_scale(found.scale):
        return None
    votes = np.array([VOTES.index(value) for value in found.scale.values], dtype=np.int64)
    said = np.where(found.codes >= 0, votes[found.codes], -1)
    split = Judgment.objects.filter(run=run, criterion=criterion, reason=Reason.INCONSISTENT)
    said[np.isin(found.items, list(split.values_list("item_id", flat=True)))] = VOTES.index("tie")
    people = np.zeros((len(found.items), 3), dtype=np.int64)
    people[:, votes] = found.counts
    both = BothOrders(_orders(run))
    given = said >= 0
    return {
        "consistency": both.consistency(),
        "position_bias": both.position_bias(),
        "position_p": both.position_test(),
        "ties": proportion(int((said == VOTES.index("tie")).sum()), int(given.sum()), undefined=NO_VOTES),
        **agreement_figures(judge_agreement(said[given], people[given])),
    }


def people_votes(found: Patterns, scale: Scale) -> dict[str, Any] | None:
    """The same of people alone."""
    if not is_vote_scale(scale):
        return None
    counts = np.zeros((len(found.items), 3), dtype=np.int64)
    counts[:, [VOTES.index(value) for value in scale.values]] = found.counts
    votes, ties = int(found.items @ found.sizes), int(found.items @ counts[:, VOTES.index("tie")])
    return {
        "consistency": Undefined("no judge"),
        "position_bias": Undefined("no judge"),
        "position_p": None,
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


def self_consistency(run: Run, scale: Scale, criterion: str, *, at_most: int) -> dict[str, Any]:
    """How often a judge says the same again: over all its finished runs on the dataset."""
    runs = list(
        Run.objects.filter(dataset=run.dataset_id, judge=run.judge_id, state=Run.State.FINISHED).values_list("pk")
    )
    names = ("flip_rate", "percent_agreement", "krippendorff_alpha")
    if len(runs) < 2:
        return {"runs": len(runs), **dict.fromkeys(names, Undefined(ONE_RUN))}
    column = "verdict" if scale.is_verdict else "value"
    said = Judgment.objects.filter(run__in=[pk for (pk,) in runs], criterion=criterion, status="scored")
    rows = list(said.order_by().values_list("item_id", "item_revision", column)[: at_most + 1])
    if len(rows) > at_most:
        return {"runs": len(runs), **dict.fromkeys(names, Undefined(TOO_MANY_LABELS))}
    wide = scale.with_values(value for *_, value in rows)
    found = _repeats(rows, wide)
    same = percent_agreement(found)
    return {
        "runs": len(runs),
        "flip_rate": _turned(same),
        "percent_agreement": same,
        "krippendorff_alpha": krippendorff_alpha(found, wide.measure),
    }


def _repeats(rows: list[tuple[int, int, str]], scale: Scale) -> Patterns:
    place = {value: at for at, value in enumerate(scale.values)}
    texts: dict[tuple[int, int], int] = {}
    cells = [(texts.setdefault((item, text), len(texts)), place[value]) for item, text, value in rows if value in place]
    counts = np.zeros((len(texts), len(scale.values)), dtype=np.int64)
    if cells:
        np.add.at(counts, tuple(np.array(cells).T), 1)
    return patterns(counts)


def _turned(same: Statistic) -> Statistic:
    if isinstance(same, Undefined):
        return same
    return Value(1 - same.value, 1 - same.high, 1 - same.low, same.n, same.method)


def _graded(found: JudgedWords) -> dict[str, Statistic]:
    single = (found.counts.sum(axis=1) <= 1).all() and not found.scale.is_continuous
    if single:
        return of_table(found.table, found.scale.measure)
    both = ~np.isnan(found.scores) & ~np.isnan(found.means)
    return of_pairs(found.scores[both], found.means[both]) if both.any() else dict.fromkeys(GRADED, Undefined(NO_BOTH))


def _beside(
    items: IntArray, revisions: IntArray, words: Words
) -> tuple[IntArray, "np.ndarray[Any, np.dtype[np.bool_]]"]:
    """Row of `words` for each item, and whether people saw the same text."""
    if not len(words.items):
        return np.zeros(len(items), dtype=np.int64), np.zeros(len(items), dtype=np.bool_)
    at = np.minimum(np.searchsorted(words.item_keys, items), len(words.item_keys) - 1)
    return at.astype(np.int64), (words.item_keys[at] == items) & (words.revisions[at] == revisions)


def _nobody(items: IntArray, scale: Scale) -> IntArray:
    return np.zeros((len(items), len(scale.values)), dtype=np.int64)


def _majority(counts: IntArray) -> IntArray:
    if not counts.shape[1]:
        return np.full(len(counts), -1, dtype=np.int64)
    most = counts.max(axis=1, initial=0)
    alone = (counts == most[:, None]).sum(axis=1) == 1
    return np.where((most > 0) & alone, counts.argmax(axis=1), -1)


def _with_gold(items: IntArray, codes: IntArray, campaign: Campaign | None, criterion: str, scale: Scale) -> IntArray:
    if campaign is None:
        return codes
    gold = GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at__isnull=True)
    column = "verdict" if scale.is_verdict else "value"
    decided = dict(gold.values_list("item_id", column))
    place = {value: at for at, value in enumerate(scale.values)}
    for row, item in enumerate(items.tolist()) if decided else ():
        if item in decided:
            codes[row] = place.get(decided[item], -1)
    return codes


def _orders(run: Run) -> IntArray:
    """Votes with A shown first by votes with B shown first, of the pairs that have both."""
    replies = Reply.objects.filter(run=run, part__in=["ab", "ba"], status="scored").order_by(
        "item_id", "sample", "attempt"
    )
    said: dict[int, dict[str, str]] = {}
    for item, part, value in replies.values_list("item_id", "part", "value"):
        said.setdefault(item, {})[part] = value or ""
    cells = np.zeros((3, 3), dtype=np.int64)
    for votes in said.values():
        if len(votes) == 2 and set(votes.values()) <= set(VOTES):
            cells[VOTES.index(votes["ab"]), VOTES.index(votes["ba"])] += 1
    return cells
