"""The figures behind the judge gate, from the labels and judgments of a selection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, F
from numpy.typing import NDArray

from annotation.core.aggregation import Votes
from annotation.core.alt_test import alternative_annotator_test
from annotation.core.confusion import Confusion, balanced_accuracy
from annotation.core.intervals import Statistic, Undefined, Value
from annotation.core.pairwise import VOTES, BothOrders
from annotation.core.same_items import JudgedRows, same_items
from annotation.models import Annotator
from judging.models import Item, Judgment, Reply
from training_export.core.gate import USUAL, Figures, Gate, Marks, gated
from training_export.selection.choosing import Selection
from training_export.selection.columns import plain_rows
from training_export.selection.words import CHUNK, criteria_of

CODES = {"clean": 0, "wrong": 1}
NO_WORD = -1
AGREE = np.eye(len(CODES))
# Categories that are looked at one by one; further ones share the fate of all.
MOST_CATEGORIES = 200
Ints = NDArray[np.int64]


def judge_gate(selection: Selection, marks: Marks = USUAL) -> Gate:
    """Whether and where the run of a selection may stand in for people, by their labels in it."""
    words = decided_words(selection)
    shares = invalid_shares(selection)
    by_category = {
        name: figures_of(words.only(words.categories == name), invalid)
        for name, invalid in list(shares.items())[:MOST_CATEGORIES]
        if name
    }
    everywhere = figures_of(words, invalid_of(selection), omega=omega_of(words), consistency=consistency_of(selection))
    return gated(everywhere, by_category, marks)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A row per label that says clean or wrong, on an item that the judge judged in the same text.

    `judge`: code of the judge's verdict, NO_WORD for invalid.
    """

    items: Ints
    annotators: Ints
    codes: Ints
    judge: Ints
    categories: NDArray[Any]

    def only(self, kept: Any) -> "Words":
        """Some of the labels."""
        return Words(*(getattr(self, name)[kept] for name in self.__slots__))


def decided_words(selection: Selection) -> Words:
    """The labels beside the judgments of the same text."""
    criteria = criteria_of(selection)
    rows = selection.labels().filter(criterion=criteria.people, item_revision=F("item__revision"))
    found = rows.filter(verdict__in=CODES).values_list("item_id", "annotator_id", "verdict", "item__category")
    labels = [
        (item, person, CODES[verdict], category) for item, person, verdict, category in plain_rows(found, size=CHUNK)
    ]
    judged = Judgment.objects.filter(run=selection.run, criterion=criteria.judge, item_revision=F("item__revision"))
    said = dict(plain_rows(judged.values_list("item_id", "verdict"), size=CHUNK))
    kept = [label for label in labels if label[0] in said]
    numbers = np.array([label[:3] for label in kept], dtype=np.int64).reshape(-1, 3)
    return Words(
        items=numbers[:, 0],
        annotators=numbers[:, 1],
        codes=numbers[:, 2],
        judge=np.array([CODES.get(said[label[0]], NO_WORD) for label in kept], dtype=np.int64),
        categories=np.array([label[3] for label in kept], dtype=object),
    )


def figures_of(
    words: Words, invalid: float | None, *, omega: float | None = None, consistency: float | None = None
) -> Figures:
    """The figures of these labels."""
    counts, judge = by_item(words)
    two = (counts.sum(axis=1) >= 2) & (judge >= 0)
    difference = same_items(JudgedRows(judge, counts, np.ones(len(judge), dtype=np.int64)), AGREE).agreement_difference
    known = difference if isinstance(difference, Value) else None
    return Figures(
        items=int(two.sum()),
        difference=known.value if known else None,
        difference_low=known.low if known else None,
        difference_high=known.high if known else None,
        balanced_accuracy=value_of(balanced_accuracy(cells_of(counts, judge))),
        invalid=invalid,
        omega=omega,
        consistency=consistency,
    )


def by_item(words: Words) -> tuple[Ints, Ints]:
    """Labels of each code and the judge's code, per item."""
    items, first, place = np.unique(words.items, return_index=True, return_inverse=True)
    counts = np.zeros((len(items), len(CODES)), dtype=np.int64)
    np.add.at(counts, (place.ravel(), words.codes), 1)
    return counts, words.judge[first]


def cells_of(counts: Ints, judge: Ints) -> Ints:
    """The judge's verdict by the majority's, of the items that have both."""
    both = (counts[:, 0] != counts[:, 1]) & (judge >= 0)
    return Confusion.of_codes(judge[both], counts[both].argmax(axis=1)).decided_cells


def omega_of(words: Words) -> float | None:
    """Share of people the judge does as well as; None where there are too few people or labels."""
    if not len(words.items):
        return None
    people, person = np.unique(words.annotators, return_inverse=True)
    _items, first, place = np.unique(words.items, return_index=True, return_inverse=True)
    rows = Annotator.objects.in_bulk(people.tolist())
    raters = [rows[pk] for pk in people.tolist()]
    positional = any(rater.identity == Annotator.Identity.POSITIONAL for rater in raters)
    votes = Votes(place.ravel(), person.ravel(), words.codes, len(CODES))
    names = [rater.name for rater in raters]
    return value_of(alternative_annotator_test(votes, words.judge[first], names, positional=positional).omega)


def value_of(statistic: Statistic) -> float | None:
    """The number, where there is one."""
    return None if isinstance(statistic, Undefined) else float(statistic.value)


def invalid_shares(selection: Selection) -> dict[str, float]:
    """Share of the run's judgments without a verdict, by category."""
    totals = judgments_by(selection, "item__category")
    return {name: invalid / total for name, (total, invalid) in sorted(totals.items())}


def invalid_of(selection: Selection) -> float | None:
    """The same of all judgments."""
    totals = list(judgments_by(selection, "run_id").values())
    return totals[0][1] / totals[0][0] if totals else None


def judgments_by(selection: Selection, column: str) -> Mapping[Any, tuple[int, int]]:
    """Judgments, and those of them without a verdict, by what this column holds."""
    rows = Judgment.objects.filter(run=selection.run, criterion=criteria_of(selection).judge).order_by()
    found: dict[Any, tuple[int, int]] = {}
    for name, verdict, count in rows.values_list(column, "verdict").annotate(n=Count("pk")):
        total, invalid = found.get(name, (0, 0))
        found[name] = (total + count, invalid + (count if verdict not in CODES else 0))
    return found


def consistency_of(selection: Selection) -> float | None:
    """Share of pairs with the same vote in both orders; None where the dataset has no pairs."""
    if not Item.objects.filter(dataset=selection.dataset, kind=Item.Kind.PAIR).exists():
        return None
    replies = Reply.objects.filter(run=selection.run, part__in=["ab", "ba"], value__in=VOTES).order_by("attempt")
    said: dict[tuple[int, int], dict[str, str]] = {}
    for item, sample, part, value in replies.values_list("item_id", "sample", "part", "value"):
        said.setdefault((item, sample), {})[part] = value or ""
    cells = np.zeros((len(VOTES), len(VOTES)), dtype=np.int64)
    for votes in said.values():
        if len(votes) == 2:
            cells[VOTES.index(votes["ab"]), VOTES.index(votes["ba"])] += 1
    return value_of(BothOrders(cells).consistency())
