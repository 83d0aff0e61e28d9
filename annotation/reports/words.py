"""What people said, word by word, and on which scale: for the figures that a pattern of labels does not hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.db.models import Case, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from annotation.core.aggregation import Votes
from annotation.core.agreement import NOMINAL, Level, Measure, order_of
from annotation.core.agreement.basis import quotient
from annotation.core.continuous import Numbers
from annotation.core.counts import Patterns, patterns
from annotation.core.intervals import FloatArray, IntArray
from annotation.core.label_tables import is_number
from annotation.core.raters import RaterPairs, rater_pairs
from annotation.models import Annotator, Campaign, CountScale, Label
from annotation.reports.columns import numbers, whole_numbers
from annotation.reports.counts import rows_of
from annotation.reports.which import kept

MOST_READ = 50_000
"""Labels that a page reads word by word; a command reads more."""
MOST_READ_BY_COMMAND = 1_000_000
MOST_VALUES = 100
"""Different values of which tables are still made; more are taken as measured numbers."""
WIDEST_SMALL_SCALE = 10
VERDICTS = ("clean", "wrong")
_FIELDS = ("item_id", "item_revision", "annotator_id")
UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Scale:
    """How the labels of a criterion are read: the values in order, and what they are. `declared`: the values that a
    table declares, in its order."""

    values: tuple[str, ...] = VERDICTS
    level: Level = Level.NOMINAL
    is_verdict: bool = True
    declared: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether every value is a number."""
        return bool(self.values) and all(is_number(value) for value in self.values)

    @property
    def is_continuous(self) -> bool:
        """Whether there are too many values for a table of them."""
        return len(self.values) > MOST_VALUES

    @property
    def measure(self) -> Measure:
        """The scale as statistics know it."""
        if self.is_numeric:
            return Measure(self.level, tuple(float(value) for value in self.values))
        in_order_of_table = set(self.values) <= set(self.declared)
        return NOMINAL if self.is_verdict else Measure(self.level, names=self.values, is_order=in_order_of_table)

    def is_of(self, found: Iterable[str]) -> bool:
        """Whether somebody who gave these values speaks of the same: by one of its values, or in numbers as it does."""
        known = {*found} - {"", UNDEFINED}
        if self.is_verdict or not known or not self.values:
            return True
        return any(map(is_number, known)) if self.is_numeric else not known.isdisjoint({*self.values, *self.declared})

    def with_values(self, found: Iterable[str]) -> "Scale":
        """The scale with values that somebody else gave too."""
        if self.is_verdict:
            return self
        wider = in_order({*self.values, *found} - {"", UNDEFINED}, self.declared)
        return Scale(wider, self.level, False, self.declared)


def scale_of(values: Iterable[tuple[str, str]], level: Level | None, declared: tuple[str, ...] = ()) -> Scale:
    """From the different (value, verdict) of labels: verdicts where there are any, unless a level asks for numbers."""
    pairs = {(value, verdict) for value, verdict in values if value != UNDEFINED}
    found = {value for value, _ in pairs}
    numeric = bool(found) and all(is_number(value) for value in found)
    if (not pairs or any(verdict for _, verdict in pairs)) and not (numeric and level not in {None, Level.NOMINAL}):
        return Scale()
    return Scale(in_order(found, declared), level or _level_of(found), False, declared)


def score_scale(said: Iterable[tuple[str, str]]) -> Scale | None:
    """The scale of scores that mean verdicts; None where values are verdicts or words, or too many."""
    found = {value for value, _ in said if value != UNDEFINED}
    if not found or not all(is_number(value) for value in found) or len(found) > MOST_VALUES:
        return None
    return Scale(in_order(found), _level_of(found), False)


def in_order(values: Iterable[str], declared: Sequence[str] = ()) -> tuple[str, ...]:
    """Numbers by size, words as a table declares them, words of a known scale in its order, other names by alphabet."""
    values = set(values)
    if values <= set(declared) and not all(map(is_number, values)):
        return tuple(value for value in declared if value in values)
    if found := order_of(values):
        return found
    return tuple(sorted(values, key=lambda value: (0, float(value), "") if is_number(value) else (1, 0.0, value)))


def _level_of(values: Iterable[str]) -> Level:
    """Small whole numbers are an order, other numbers are measured, the rest are names."""
    found = list(values)
    if not all(is_number(value) for value in found):
        return Level.NOMINAL
    numbers = [float(value) for value in found]
    small = all(number.is_integer() for number in numbers) and max(numbers) - min(numbers) <= WIDEST_SMALL_SCALE
    return Level.ORDINAL if small else Level.INTERVAL


MEASURED = np.dtype(
    [(name, np.int64) for name in ("label", "item", "revision", "annotator", "told")] + [("number", np.float64)]
)
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"


@dataclass(frozen=True, kw_only=True)
class Words:
    """Current labels of a criterion, each item speaking through its newest labelled text. `labels`: primary keys.

    `codes`: place on `said`, which holds every different (value, verdict) that was said. `revisions`: of the text of
    every labelled item.
    """

    labels: IntArray
    items: IntArray
    raters: IntArray
    codes: IntArray
    revisions: IntArray
    said: tuple[tuple[str, str], ...] = ()
    names: tuple[Annotator, ...] = field(default=())

    @property
    def has_places(self) -> bool:
        """Whether some raters are only columns of a table."""
        return any(rater.identity == Annotator.Identity.POSITIONAL for rater in self.names)

    @cached_property
    def item_keys(self) -> IntArray:
        """Primary keys of the labelled items, sorted."""
        return np.unique(self.items)

    def on(self, scale: Scale) -> IntArray:
        """Place of every label on a scale; -1 where it is not on it."""
        place = {value: at for at, value in enumerate(scale.values)}
        column = 1 if scale.is_verdict else 0
        codes = np.array([place.get(pair[column], -1) for pair in self.said], dtype=np.int64)
        return codes[self.codes] if len(codes) else self.codes

    def values(self) -> FloatArray:
        """Every label as a number; NaN where it is none."""
        found = np.array([float(value) if is_number(value) else np.nan for value, _ in self.said], dtype=np.float64)
        return found[self.codes] if len(found) else np.empty(0)

    def numbers(self) -> Numbers:
        """Labels that are numbers, as such."""
        found = self.values()
        kept = ~np.isnan(found)
        return Numbers(self.items[kept], found[kept])

    def means(self) -> FloatArray:
        """Mean of each item's labels, rows as `item_keys`; NaN where none is a number."""
        numbers, size = self.numbers(), len(self.item_keys)
        rows = np.searchsorted(self.item_keys, numbers.items)
        many = np.bincount(rows, minlength=size).astype(np.float64)
        sums = np.bincount(rows, weights=numbers.values, minlength=size).astype(np.float64)
        return quotient(sums, many)

    def counts(self, scale: Scale) -> IntArray:
        """Labels per item (rows as `item_keys`) and value."""
        rows, codes = np.searchsorted(self.item_keys, self.items), self.on(scale)
        kept, wide = codes >= 0, len(scale.values)
        flat = np.bincount(rows[kept] * wide + codes[kept], minlength=len(self.item_keys) * wide)
        return flat.reshape(-1, wide).astype(np.int64)

    def patterns(self, scale: Scale) -> Patterns:
        """Patterns over a scale."""
        return patterns(self.counts(scale))

    def votes(self, scale: Scale) -> Votes:
        """Labels on the scale, items numbered as `item_keys`; made once for each scale."""
        if scale not in self._votes:
            codes = self.on(scale)
            kept = codes >= 0
            items = np.searchsorted(self.item_keys, self.items[kept])
            self._votes[scale] = Votes(items, self.raters[kept], codes[kept], len(scale.values))
        return self._votes[scale]

    @cached_property
    def _votes(self) -> dict[Scale, Votes]:
        return {}

    def pairs(self, scale: Scale) -> RaterPairs:
        """Every two raters beside each other."""
        return rater_pairs(self.votes(scale), len(self.names))


@dataclass(frozen=True, kw_only=True)
class MeasuredWords(Words):
    """Labels nearly each of which has its own value: numbers, on no scale. `given`: NaN where a label is no number."""

    given: FloatArray

    def on(self, scale: Scale) -> IntArray:
        """On no scale."""
        return np.full(len(self.labels), -1, dtype=np.int64)

    def values(self) -> FloatArray:
        """Every label as a number."""
        return self.given


def read_words(campaign: Campaign | None, criterion: str, *, at_most: int, labels: int) -> Words | None:
    """Read the labels of a criterion; None where there are more than are to be read. `labels`: how many there are."""
    if campaign is None:
        return NOBODY
    current = kept(Label.objects.current().filter(campaign=campaign, criterion=criterion)).order_by()
    scale = CountScale.objects.filter(campaign=campaign, criterion=criterion).first()
    said = tuple((value, verdict) for value, verdict in scale.columns) if scale is not None else ()
    if labels > at_most:
        return None
    if scale is not None and not scale.kept and _are_measured(said):
        return _measured(current, said)
    if scale is not None and scale.kept:
        return _words(_coded_rows(current, said), said)
    return _words(*_rows_with_codes(current))


def _are_measured(said: Sequence[tuple[str, str]]) -> bool:
    """Whether labels are numbers that mean no verdict, and too many different ones for a table."""
    pairs = {(value, verdict) for value, verdict in said if value != UNDEFINED}
    found = {value for value, _ in pairs}
    return len(found) > MOST_VALUES and not any(verdict for _, verdict in pairs) and all(map(is_number, found))


def _measured(labels: "QuerySet[Label]", said: tuple[tuple[str, str], ...]) -> Words:
    """The database writes the numbers. `said`: some of them, from which the scale is told."""
    is_number_there = Q(value__regex=NUMBER)
    written = labels.annotate(
        told=Case(When(is_number_there, then=Value(1)), default=Value(0), output_field=IntegerField()),
        number=Case(When(is_number_there, then=Cast("value", FloatField())), default=Value(0.0)),
    )
    found = numbers(written.values_list("pk", *_FIELDS, "told", "number"), MEASURED)
    places = [found[name] for name in ("label", "item", "revision", "annotator")]
    people = np.unique(found["annotator"])
    rows, newest = _newest(np.column_stack([*places, np.arange(len(found))]))
    given = np.where(found["told"] == 1, found["number"], np.nan)[rows[:, 4]]
    names, raters = _names(people, rows)
    return MeasuredWords(
        labels=rows[:, 0],
        items=rows[:, 1],
        raters=raters,
        codes=np.zeros(len(rows), dtype=np.int64),
        revisions=newest,
        said=said,
        names=names,
        given=given,
    )


def _coded_rows(labels: "QuerySet[Label]", said: Sequence[tuple[str, str]]) -> IntArray:
    """Rows (label, item, revision, annotator, code of what it says): the database writes the codes."""
    place = [When(value=value, verdict=verdict, then=Value(at)) for at, (value, verdict) in enumerate(said)]
    coded = labels.annotate(code=Case(*place, default=Value(-1), output_field=IntegerField()))
    return whole_numbers(coded.values_list("pk", *_FIELDS, "code"), 5)


def _rows_with_codes(labels: "QuerySet[Label]") -> tuple[IntArray, tuple[tuple[str, str], ...]]:
    said: dict[tuple[str, str], int] = {}
    found = labels.values_list("pk", *_FIELDS, "value", "verdict").iterator()
    rows = [(*row[:4], said.setdefault((row[4], row[5]), len(said))) for row in found]
    return rows_of(rows, 5), tuple(said)


def said_in(campaign: Campaign | None, criterion: str, words: Words | None) -> set[tuple[str, str]]:
    """Every different (value, verdict) of the labels, and of the scale that the campaign asks for."""
    if campaign is None:
        return set()
    wanted = set(campaign.columns_asked(criterion))
    if words is not None:
        return set(words.said) | (wanted if words.said else set())
    scale = CountScale.objects.filter(campaign=campaign, criterion=criterion).first()
    return {(value, verdict) for value, verdict in scale.columns} if scale else set()


def _words(rows: IntArray, said: tuple[tuple[str, str], ...]) -> Words:
    people = np.unique(rows[:, 3])
    rows, newest = _newest(rows)
    names, raters = _names(people, rows)
    used = np.unique(rows[:, 4])
    return Words(
        labels=rows[:, 0],
        items=rows[:, 1],
        raters=raters,
        codes=np.searchsorted(used, rows[:, 4]).astype(np.int64),
        revisions=newest,
        said=tuple(said[code] for code in used.tolist()),
        names=names,
    )


def _newest(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Labels (label, item, revision, ...) on the newest labelled text of their item, and that of every item."""
    items, at = np.unique(rows[:, 1], return_inverse=True)
    newest = np.full(len(items), rows[:, 2].max(initial=0))
    if (rows[:, 2] != newest.max(initial=0)).any():
        newest[:] = 0
        np.maximum.at(newest, at, rows[:, 2])
        rows = rows[rows[:, 2] == newest[at]]
    return rows, newest


def _names(people: IntArray, rows: IntArray) -> tuple[tuple[Annotator, ...], IntArray]:
    """Who labelled any text, by name, and the place of every label's author among them."""
    names = tuple(Annotator.objects.filter(pk__in=people.tolist()).order_by("name", "pk"))
    keys = np.array([one.pk for one in names], dtype=np.int64)
    order = np.argsort(keys)
    raters = order[np.searchsorted(keys, rows[:, 3], sorter=order)] if len(keys) else rows[:, 3]
    return names, np.asarray(raters, dtype=np.int64)


_NONE = np.empty(0, dtype=np.int64)
NOBODY = Words(labels=_NONE, items=_NONE, raters=_NONE, codes=_NONE, revisions=_NONE)
"""Nobody labelled anything."""
