"""People among themselves: every statistic of a criterion, raters and pairs of raters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.agreement import GROUP, NO_LABELS, PAIR, Level, Measure, specific_agreement
from annotation.core.agreement.weights import NO_NUMBERS
from annotation.core.alt_test import POSITIONAL
from annotation.core.continuous import (
    NO_NAMES,
    Numbers,
    alpha_of_numbers,
    pair_differences,
    patterns_of_many,
    share_equal,
)
from annotation.core.counts import Patterns, grouped, in_order
from annotation.core.graded import ceiling, icc_one, of_pairs, of_patterns, of_table
from annotation.core.intervals import IntArray, Statistic, Undefined, Value
from annotation.core.kept import folded
from annotation.core.raters import PairTable, RaterPairs
from annotation.reports.counts import LabelHistogram
from annotation.reports.words import UNDEFINED, Scale, Words, score_scale

TOO_MANY_LABELS = "it needs every label, and there are too many to read them here"
FOR_TWO = "for two people; {} labelled"


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two raters beside each other."""

    first: str
    second: str
    figures: PairTable

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "first": self.first,
            "second": self.second,
            "n": self.figures.n,
            "percent_agreement": self.figures.percent_agreement.as_json(),
            "cohen_kappa": self.figures.cohen_kappa.as_json(),
        }

    def cells(self, values: Sequence[str]) -> list[list[Any]]:
        """Their table, a row per pair of values that was said."""
        table = self.figures.table
        return [
            [self.first, self.second, values[one], values[other], int(table[one, other])]
            for one, other in zip(*np.nonzero(table), strict=True)
        ]


def statistics(
    found: Patterns, words: Words | None, scale: Scale, pairs: RaterPairs | None = None
) -> dict[str, Statistic]:
    """Every statistic between people. `found`: their patterns on the scale; `words`, `pairs`: None where there are too
    many labels to say who said what."""
    if scale.is_continuous:
        return _of_measured(words, scale)
    group = {name: statistic(found, scale.measure) for name, statistic in GROUP.items()}
    of_two = _table_of_two(words, scale, pairs)
    return {
        **group,
        "mean_pairwise_kappa": _mean_pairwise(words, pairs),
        **_of_two(of_two, scale),
        **_graded(found, of_two, scale),
        **_specific(found, scale),
    }


def score_statistics(column: LabelHistogram, words: Words | None) -> dict[str, Statistic]:
    """Of scores that mean verdicts, the statistics of numbers; nothing where labels are no scores."""
    scale = score_scale(column.columns)
    if scale is None:
        return {}
    counts = folded(column.counts, [value for value, _ in column.columns], scale.values)
    pairs = pairs_of(words, scale) if words is not None and len(words.names) == 2 else None
    return _graded(in_order(grouped(counts, column.items)), _table_of_two(words, scale, pairs), scale)


def pairs_of(words: Words | None, scale: Scale) -> RaterPairs | None:
    """Every two known raters; None where raters are not known, or values are measured."""
    if words is None or words.has_places or scale.is_continuous:
        return None
    return words.pairs(scale)


def pair_rows(words: Words, pairs: RaterPairs | None) -> tuple[PairRow, ...]:
    """Every two known raters with an item in common."""
    names = [rater.name for rater in words.names]
    return tuple(PairRow(names[pair.first], names[pair.second], pair) for pair in (pairs.tables if pairs else ()))


def _mean_pairwise(words: Words | None, pairs: RaterPairs | None) -> Statistic:
    refused = _refusal(words)
    return Undefined(refused or TOO_MANY_LABELS) if refused or pairs is None else pairs.mean_kappa


def _refusal(words: Words | None) -> str:
    if words is None:
        return TOO_MANY_LABELS
    if not words.names:
        return NO_LABELS
    return POSITIONAL if words.has_places else ""


def _table_of_two(words: Words | None, scale: Scale, pairs: RaterPairs | None) -> IntArray | str:
    """The table of two people with names, or why there are not two."""
    if words is not None and words.names and len(words.names) != 2:
        return FOR_TWO.format(len(words.names))
    refused = _refusal(words)
    return refused or TOO_MANY_LABELS if refused or pairs is None else pairs.table_of_two(len(scale.values))


def _of_two(of_two: IntArray | str, scale: Scale) -> dict[str, Statistic]:
    if isinstance(of_two, str):
        return dict.fromkeys(PAIR, Undefined(of_two))
    return {name: statistic(of_two, scale.measure) for name, statistic in PAIR.items()}


def _graded(found: Patterns, of_two: IntArray | str, scale: Scale) -> dict[str, Statistic]:
    """Statistics of numbers: of the two people, else of two people drawn at random. Words in an order have the one that
    their ranks are enough for."""
    if not scale.is_numeric and (scale.is_verdict or len(scale.values) < 3 or not scale.measure.has_order):
        return {}
    graded = of_patterns(found, scale.measure) if isinstance(of_two, str) else of_table(of_two, scale.measure)
    if not scale.is_numeric:
        return {"quadratic_kappa": graded["quadratic_kappa"]}
    icc = icc_one(found, scale.measure)
    return {**graded, "icc": icc, "ceiling": _ceiling(icc, found)}


def _ceiling(icc: Statistic, found: Patterns) -> Statistic:
    """The best correlation with the mean of people, at the mean number of labels of the items that have two."""
    if isinstance(icc, Undefined):
        return icc
    compared = found.with_labels(2)
    raters = float(compared.items @ compared.sizes) / compared.n
    low, value, high = (ceiling(min(max(bound, 0.0), 1.0), raters) for bound in (icc.low, icc.value, icc.high))
    if value is None:
        return Undefined("people agree no better than chance")
    return Value(value, low or 0.0, high or value, icc.n, icc.method)


def _specific(found: Patterns, scale: Scale) -> dict[str, Statistic]:
    return {f"specific_agreement_{value}": specific_agreement(found, at) for at, value in enumerate(scale.values)}


def _of_measured(words: Words | None, scale: Scale) -> dict[str, Statistic]:
    names: dict[str, Statistic] = dict.fromkeys([*GROUP, "mean_pairwise_kappa", *PAIR], Undefined(NO_NAMES))
    graded = ("mae", "pearson", "spearman", "kendall_tau_b", "quadratic_kappa")
    if words is None:
        return names | dict.fromkeys(("percent_agreement", "krippendorff_alpha", *graded), Undefined(TOO_MANY_LABELS))
    if not scale.is_numeric:
        names |= _of_many(_patterns_of_names(words), Measure(scale.level, names=scale.values))
        return names | dict.fromkeys(graded, Undefined(NO_NUMBERS))
    numbers = words.numbers()
    names["percent_agreement"] = share_equal(numbers)
    names["krippendorff_alpha"] = alpha_of_numbers(numbers, scale.level)
    if scale.level in {Level.NOMINAL, Level.RATIO}:
        values, codes = np.unique(numbers.values, return_inverse=True)
        names |= _of_many(patterns_of_many(numbers.items, codes), Measure(scale.level, tuple(values.tolist())))
    return names | dict.fromkeys(graded, Undefined(FOR_TWO.format(len(words.names)))) | _measured_pairs(words, numbers)


def _patterns_of_names(words: Words) -> Patterns | None:
    undecided = [code for code, (value, _) in enumerate(words.said) if value == UNDEFINED]
    given = ~np.isin(words.codes, undecided)
    return patterns_of_many(words.items[given], words.codes[given])


def _of_many(found: Patterns | None, measure: Measure) -> dict[str, Statistic]:
    """What can be said of more values than a page shows a table of: as names, or as ratios."""
    if found is None:
        return {}
    wanted = ("krippendorff_alpha",) if measure.level is Level.RATIO else GROUP
    return {name: GROUP[name](found, measure) for name in wanted}


def _measured_pairs(words: Words, numbers: Numbers) -> dict[str, Statistic]:
    if len(words.names) != 2 or words.has_places:
        return pair_differences(numbers)
    values = words.values()
    sheet = np.full((len(words.item_keys), 2), np.nan)
    sheet[np.searchsorted(words.item_keys, words.items), words.raters] = values
    both = ~np.isnan(sheet).any(axis=1)
    return of_pairs(sheet[both, 0], sheet[both, 1])
