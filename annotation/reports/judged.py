"""A run beside people, word by word: values instead of verdicts, the same items, its own repeats, votes on pairs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from annotation.core.agreement import GROUP, PAIR
from annotation.core.agreement.basis import quotient
from annotation.core.continuous import NO_NAMES
from annotation.core.counts import pair_table, patterns_of_pairs
from annotation.core.graded import GRADED, of_pairs, of_table
from annotation.core.intervals import FloatArray, IntArray, Statistic, Undefined, Value, mean
from annotation.core.label_tables import is_number
from annotation.core.same_items import JudgedRows, SameItems, same_items
from annotation.models import Campaign, GoldLabel
from annotation.reports import which
from annotation.reports.columns import numbers
from annotation.reports.counts import JudgedHistogram, majority_places
from annotation.reports.people import TOO_MANY_LABELS
from annotation.reports.repeats import self_consistency
from annotation.reports.votes import counts_on, is_vote_scale, vote_figures
from annotation.reports.words import NOBODY, Scale, Words, score_scale
from judging.models import Judgment, Run

SCORES = np.dtype([("item", np.int64), ("revision", np.int64), ("score", np.float64)])
NO_BOTH = "no item with a value of both"
OTHER_WORDS = "judge and people have no value in common"


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
    def said(self) -> set[str]:
        """The values that the judge gave."""
        return {self.scale.values[place] for place in np.unique(self.codes).tolist() if place >= 0}

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
    too many to read them; `why` says so."""

    campaign: Campaign | None
    criterion: str
    scale: Scale
    words: Words | None
    why: str = TOO_MANY_LABELS


VERDICTS_ALONE = Asked(campaign=None, criterion="", scale=Scale(), words=NOBODY)
"""A report on the 3x3 and nothing beside it."""


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """What a report on a run says beyond its 3x3. `numbers`: statistics of scores, beside those of their verdicts."""

    same: SameItems
    judge_human: Mapping[str, Statistic] | None = None
    numbers: Mapping[str, Statistic] = field(default_factory=dict)
    pairwise: Mapping[str, Any] | None = None
    self_consistency: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] | None = None
    graded: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        same = self.same
        return {
            "judge_random_human": {
                "percent_agreement": same.judge_agreement.as_json(),
                "kappa": same.judge_kappa.as_json(),
                "human_percent_agreement": same.human_agreement.as_json(),
                "human_kappa": same.human_kappa.as_json(),
                "by_certainty": [row.as_json() for row in same.by_certainty],
            },
            "difference": same.kappa_difference.as_json()
            | {"kappa": same.kappa_difference.as_json(), "percent_agreement": same.agreement_difference.as_json()},
            "self_consistency": plain(self.self_consistency),
            "pairwise": plain(self.pairwise) if self.pairwise is not None else None,
            "values": self.values,
            "graded": self.graded,
        }


def plain(found: Mapping[str, Any]) -> dict[str, Any]:
    """Statistics and numbers as JSON."""
    return {name: one.as_json() if isinstance(one, Value | Undefined) else one for name, one in found.items()}


def beside_people(run: Run, asked: Asked, found: JudgedHistogram | None) -> BesidePeople:
    """A run beside people: from patterns at any number of labels, word by word where counts are not kept."""
    again = self_consistency(run, asked.scale, asked.criterion)
    if found is not None and not asked.scale.is_continuous:
        return _by_pattern(run, asked, found, again)
    if asked.words is None:
        nothing = Undefined(asked.why)
        values = None if asked.scale.is_verdict else dict.fromkeys([*GROUP, *PAIR], nothing)
        return BesidePeople(SameItems.undefined(asked.why), values, self_consistency=again)
    return _by_word(run, asked, asked.words, again)


def _by_word(run: Run, asked: Asked, words: Words, again: Mapping[str, Any]) -> BesidePeople:
    found = judged_words(run, asked.campaign, words, asked.scale, asked.criterion)
    measured = found.scale.is_continuous
    if not measured and not asked.scale.is_of(found.said):
        return _in_other_words(again, value_table(found))
    return BesidePeople(
        same=SameItems.undefined(NO_NAMES) if measured else found.same_items(),
        judge_human=None if asked.scale.is_verdict else value_statistics(found),
        self_consistency=again,
        values=None if asked.scale.is_verdict else value_table(found),
    )


def _by_pattern(run: Run, asked: Asked, found: JudgedHistogram, again: Mapping[str, Any]) -> BesidePeople:
    scale = asked.scale if asked.scale.is_verdict else asked.scale.with_values(found.judge_values)
    rows = rows_by_pattern(found, scale)
    same = same_items(rows, scale.measure.weights(rows.categories))
    if scale.is_verdict:
        return _with_scores(BesidePeople(same, self_consistency=again), found)
    table = value_counts(found, scale)
    if not asked.scale.is_of(found.judge_values):
        return _in_other_words(again, {"values": list(scale.values), "counts": table.tolist()})
    return BesidePeople(
        same,
        _of_table(table, scale) | (_graded_by_pattern(found, scale, table) if scale.is_numeric else {}),
        pairwise=vote_figures(run, found, scale) if is_vote_scale(scale) else None,
        self_consistency=again,
        values={"values": list(scale.values), "counts": table.tolist()},
        graded=graded_panel(found, scale, table) if scale.is_numeric else None,
    )


def _in_other_words(again: Mapping[str, Any], values: Mapping[str, Any] | None) -> BesidePeople:
    """No figure says how far two agree who speak of different things; what they said stands in the table of values."""
    nothing = dict.fromkeys([*GROUP, *PAIR, *GRADED], Undefined(OTHER_WORDS))
    return BesidePeople(SameItems.undefined(OTHER_WORDS), nothing, self_consistency=again, values=values)


def _with_scores(verdicts: BesidePeople, found: JudgedHistogram) -> BesidePeople:
    """Scores that mean verdicts are compared as scores too."""
    scores = score_scale(found.labels.columns)
    if scores is None:
        return verdicts
    scale = scores.with_values(value for value in found.judge_values if is_number(value))
    table = value_counts(found, scale)
    numbers = _graded_by_pattern(found, scale, table)
    return replace(verdicts, numbers=numbers, graded=graded_panel(found, scale, table))


def rows_by_pattern(found: JudgedHistogram, scale: Scale) -> JudgedRows:
    """Kinds of judged items on a scale."""
    if scale.is_verdict:
        judge = np.where(found.judge_codes < 2, found.judge_codes, -1)
        return JudgedRows(judge, found.labels.verdict_counts[:, :2], found.items)
    return JudgedRows(found.judge_places(scale.values), counts_on(found, scale), found.items)


def value_counts(found: JudgedHistogram, scale: Scale) -> IntArray:
    """Judge's value by people's (gold, else the majority), on the items that have both."""
    judge, people = found.judge_places(scale.values), found.human_places(scale.values)
    both = (judge >= 0) & (people >= 0)
    table = np.zeros((len(scale.values), len(scale.values)), dtype=np.int64)
    np.add.at(table, (judge[both], people[both]), found.items[both])
    return table


def _graded_by_pattern(found: JudgedHistogram, scale: Scale, table: IntArray) -> dict[str, Statistic]:
    """The judge's score beside the mean of people's; with one label per item their table says as much."""
    counts = counts_on(found, scale)
    if (counts.sum(axis=1) <= 1).all():
        return of_table(table, scale.measure)
    means = quotient(counts @ scale.measure.numbers(len(scale.values)), counts.sum(axis=1))
    both = ~np.isnan(found.judge_scores) & ~np.isnan(means)
    if not both.any():
        return dict.fromkeys(GRADED, Undefined(NO_BOTH))
    items = found.items[both]
    return of_pairs(np.repeat(found.judge_scores[both], items), np.repeat(means[both], items))


def graded_panel(found: JudgedHistogram, scale: Scale, table: IntArray) -> dict[str, Any]:
    """How scores of the judge and of people lie: their table, both histograms, people's mean at each of the judge's."""
    values = scale.measure.numbers(len(scale.values))
    counts, judge = counts_on(found, scale), found.judge_places(scale.values)
    means = quotient(counts @ values, counts.sum(axis=1))
    by_score = []
    for place, value in enumerate(scale.values):
        kept = (judge == place) & ~np.isnan(means)
        given = np.repeat(means[kept], found.items[kept])
        by_score.append({"score": value, "mean": mean(given, undefined=NO_BOTH).as_json()})
    return {
        "values": list(scale.values),
        "counts": table.tolist(),
        "judge_histogram": np.bincount(judge[judge >= 0], found.items[judge >= 0], len(values)).astype(int).tolist(),
        "human_histogram": (found.items @ counts).tolist(),
        "standard_difference": _standard_difference(table, values).as_json(),
        "human_mean_by_score": by_score,
    }


def _standard_difference(table: IntArray, values: FloatArray) -> Statistic:
    """Mean of the judge less that of people, in standard deviations of people's scores (their square mean)."""
    judge, people = (np.repeat(values, table.sum(axis=axis)) for axis in (1, 0))
    n = len(judge)
    spread = float(np.sqrt((judge.var() + people.var()) / 2)) if n else 0.0
    if not spread:
        return Undefined("the scores do not differ" if n else NO_BOTH)
    first, second = np.nonzero(table)
    apart = np.repeat(values[first] - values[second], table[first, second])
    return mean(apart / spread, undefined=NO_BOTH)


def judged_words(run: Run, campaign: Campaign | None, words: Words, scale: Scale, criterion: str) -> JudgedWords:
    """Read a run's values beside people's words; of measured values no table is made."""
    if scale.is_continuous:
        return _judged_numbers(run, words, scale, criterion)
    rows = list(
        which.kept(Judgment.objects.filter(run=run, criterion=criterion))
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
        people=_with_gold((items, revisions), majority_places(counts), campaign, criterion, wide),
        counts=counts,
        scores=np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=np.float64),
        means=np.where(seen, words.means()[at], np.nan) if len(words.items) else np.full(len(items), np.nan),
    )


def _judged_numbers(run: Run, words: Words, scale: Scale, criterion: str) -> JudgedWords:
    """The judge's scores beside the means of people's numbers."""
    judged = which.kept(Judgment.objects.filter(run=run, criterion=criterion, score__isnull=False)).order_by("item_id")
    rows = numbers(judged.values_list("item_id", "item_revision", "score"), SCORES)
    at, seen = _beside(rows["item"], rows["revision"], words)
    nothing = np.full(len(rows), -1, dtype=np.int64)
    return JudgedWords(
        scale=scale,
        items=rows["item"],
        codes=nothing,
        people=nothing,
        counts=np.zeros((len(rows), 0), dtype=np.int64),
        scores=rows["score"],
        means=np.where(seen, words.means()[at], np.nan) if len(words.items) else np.full(len(rows), np.nan),
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


def _with_gold(
    judged: tuple[IntArray, IntArray], codes: IntArray, campaign: Campaign | None, criterion: str, scale: Scale
) -> IntArray:
    """`judged`: items and the revisions of their judged texts; a decision on another text says nothing of them."""
    if campaign is None:
        return codes
    gold = GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at__isnull=True)
    column = "verdict" if scale.is_verdict else "value"
    decided = {item: (about, said) for item, about, said in gold.values_list("item_id", "item_revision", column)}
    place = {value: at for at, value in enumerate(scale.values)}
    for row, (item, revision) in enumerate(zip(*(of.tolist() for of in judged), strict=True)) if decided else ():
        about, said = decided.get(item, (0, ""))
        if about in (None, revision):
            codes[row] = place.get(said, -1)
    return codes
