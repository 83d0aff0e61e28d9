"""The panel about people: everyone beside the others and week by week, every two raters, what labels resolve to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, F, Func, IntegerField, Max, Value, When
from django.db.models.functions import Coalesce, TruncDate

from annotation.core.aggregation import DawidSkene, Votes, dawid_skene, majority_codes
from annotation.core.agreement import Level
from annotation.core.alt_test import POSITIONAL, AltTest, AltTestOptions, alternative_annotator_test
from annotation.core.annotators import AnnotatorFigures, Known, WeekFigure, annotator_figures, drift
from annotation.core.continuous import NO_NAMES
from annotation.core.intervals import FloatArray, IntArray, Undefined
from annotation.core.raters import agreement_with_rest, rater_matrix
from annotation.models import Campaign, CampaignItem, Label
from annotation.reports.columns import numbers, whole_numbers
from annotation.reports.counts import gold_labels
from annotation.reports.which import kept as kept_rows
from annotation.reports.words import Scale, Words
from judging.models import Judgment, Run

MOST_IN_MATRIX = 60
LEAST_SHARED = 30
STATISTICS = ("agreement_with_others", "leniency", "kappa_with_others", "unknown", "gold_accuracy", "known_items")
TIMES = np.dtype([("label", np.int64), ("day", np.int64), ("spent", np.float64)])
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """An annotator beside the others; in place of figures the reason why there are none."""

    figures: AnnotatorFigures | Undefined
    weeks: Sequence[WeekFigure]
    last_at: str | None

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        figures = self.figures.as_json()
        if isinstance(self.figures, Undefined):
            figures = dict.fromkeys(STATISTICS, figures)
        return figures | {
            "last_at": self.last_at,
            "alarms": sum(week.alarm for week in self.weeks),
            "weeks": [week.as_json() for week in self.weeks],
        }


def errors_of(words: Words, scale: Scale) -> DawidSkene | Undefined:
    """Who errs how, and what labels then resolve to. Judges have no vote."""
    if words.has_places:
        return Undefined(POSITIONAL)
    return Undefined(NO_NAMES) if scale.is_continuous else dawid_skene(words.votes(scale))


def people_of(
    campaign: Campaign, criterion: str, words: Words, scale: Scale, errors: DawidSkene | Undefined
) -> list[Person]:
    """Everybody in the order of `words.names`."""
    if words.has_places or scale.is_continuous:
        reason = Undefined(POSITIONAL if words.has_places else NO_NAMES)
        return [Person(reason, (), None) for _ in words.names]
    votes = words.votes(scale)
    weeks, seconds = _times(campaign, criterion, words.labels)
    known = Known(
        heights=heights(scale),
        unknown=np.bincount(words.raters[words.on(scale) < 0], minlength=len(words.names)),
        gold=_right(campaign, criterion, words, scale),
        checks=_checks(campaign, words, scale),
        errors=errors,
        seconds=[_spent(seconds[words.raters == rater]) for rater in range(len(words.names))],
    )
    figures = annotator_figures(votes, len(words.names), known)
    by_week = _weeks(votes, weeks[words.on(scale) >= 0], len(words.names))
    last = _last(campaign, criterion)
    return [Person(figures[at], by_week[at], last.get(person.pk)) for at, person in enumerate(words.names)]


def heights(scale: Scale) -> FloatArray:
    """Values as numbers, clean above wrong; names have no height, and everybody's leniency is 0."""
    if scale.is_verdict:
        return np.array([1.0, 0.0])
    return scale.measure.numbers(len(scale.values)) if scale.is_numeric else np.zeros(len(scale.values))


def alt_test_of(
    judge: IntArray, words: Words, scale: Scale, options: AltTestOptions | None = None
) -> AltTest | Undefined:
    """The alternative annotator test of a run (`judge_codes`), on items judged in the text people labelled."""
    if scale.is_continuous:
        return Undefined(NO_NAMES)
    names = [person.name for person in words.names]
    is_graded = scale.is_numeric and scale.level is not Level.NOMINAL
    values = scale.measure.numbers(len(scale.values)).tolist() if is_graded else ()
    asked = options or AltTestOptions(values=values)
    return alternative_annotator_test(words.votes(scale), judge, names, options=asked, positional=words.has_places)


def alt_test_as_json(found: AltTest | Undefined) -> dict[str, Any]:
    """The form of reports; `reason` says why there is no test."""
    if isinstance(found, Undefined):
        nothing = found.as_json()
        epsilon = AltTestOptions().epsilon
        refused = {"omega": nothing, "rho": nothing, "epsilon": epsilon, "passed": None, "per_annotator": []}
        return refused | {"reason": found.reason}
    reason = found.omega.reason if isinstance(found.omega, Undefined) else None
    return found.as_json() | {"reason": reason}


def judge_codes(run: Run, words: Words, scale: Scale, criterion: str) -> IntArray:
    """The judge's place on the scale per labelled item, -1 where it has none or judged another text."""
    field = "verdict" if scale.is_verdict else "value"
    said = [When(**{field: word, "then": Value(code)}) for code, word in enumerate(scale.values)]
    judged = (
        Judgment.objects.filter(run=run, criterion=criterion)
        .order_by("item_id")
        .annotate(code=Case(*said, default=Value(-1), output_field=IntegerField()))
        .values_list("item_id", "item_revision", "code")
    )
    rows = whole_numbers(judged, 3)
    items, revisions = words.item_keys, words.revisions
    if not len(rows) or not len(items):
        return np.full(len(items), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(rows[:, 0], items), len(rows) - 1)
    same = (rows[at, 0] == items) & (rows[at, 1] == revisions)
    return np.where(same, rows[at, 2], -1)


def matrix_of(words: Words, scale: Scale, judges: Mapping[Run, IntArray]) -> dict[str, Any] | None:
    """Every rater beside every other, the judges last; those with most labels where there are too many."""
    if words.has_places or scale.is_continuous or not words.names:
        return None
    votes = words.votes(scale)
    most = np.argsort(-np.bincount(votes.annotators, minlength=len(words.names)), kind="stable")[:MOST_IN_MATRIX]
    people = np.sort(most)
    found = rater_matrix(_with_judges(votes, people, list(judges.values())), len(people) + len(judges))
    places = rater_matrix(_with_judges(votes, people, []), len(people)).order()
    raters = [
        {"name": one.name, "kind": "person", "run": None, "person": one.pk}
        for one in (words.names[at] for at in people.tolist())
    ]
    raters += [{"name": str(run.judge), "kind": "judge", "run": run.pk, "person": None} for run in judges]
    rest, many = agreement_with_rest(votes, len(words.names))
    return {
        "least": LEAST_SHARED,
        "order": [*places, *range(len(people), len(raters))],
        "raters": raters,
        "n": found.shared.tolist(),
        "agreement": _numbers(found.agreement),
        "kappa": _numbers(found.kappa),
        "rest": [{"n": int(many[at]), "agreement": _number(rest[at])} for at in people.tolist()]
        + [_judge_and_people(judge, votes) for judge in judges.values()],
        "more": len(words.names) - len(people),
    }


def _judge_and_people(judge: IntArray, votes: Votes) -> dict[str, Any]:
    """How often a judge says what a random person says, over the items people labelled."""
    said = judge[: votes.n_items]
    both = np.flatnonzero((said >= 0) & (votes.sizes > 0))
    shares = votes.counts[both, said[both]] / votes.sizes[both]
    return {"n": len(both), "agreement": _number(float(shares.mean()) if len(both) else np.nan)}


def aggregation_of(words: Words, scale: Scale, found: DawidSkene | Undefined) -> dict[str, Any] | None:
    """What labels resolve to by majority, and beside it by Dawid and Skene."""
    if isinstance(found, Undefined):
        return None
    votes = words.votes(scale)
    majority = majority_codes(votes)
    labelled = votes.sizes > 0
    decided = labelled & (majority >= 0)
    same = int((found.decided == majority)[decided].sum())
    size = len(scale.values)
    return {
        "items": int(labelled.sum()),
        "same": same,
        "different": int(decided.sum()) - same,
        "undecided_by_majority": int((labelled & (majority < 0)).sum()),
        "majority": _by_value(np.bincount(majority[decided], minlength=size), scale),
        "dawid_skene": _by_value(np.bincount(found.decided[labelled], minlength=size), scale),
        "prevalence": dict(zip(scale.values, found.prevalence.tolist(), strict=True)),
        "reason": None,
    }


def posteriors(
    words: Words, scale: Scale, found: DawidSkene | Undefined, items: Sequence[int]
) -> dict[int, dict[str, float]]:
    """Item -> how likely each value is by Dawid and Skene, of the labelled ones among some items."""
    if isinstance(found, Undefined):
        return {}
    rows = np.searchsorted(words.item_keys, items)
    return {
        item: dict(zip(scale.values, found.posterior[row].tolist(), strict=True))
        for item, row in zip(items, rows.tolist(), strict=True)
        if row < len(found.posterior) and words.item_keys[row] == item
    }


def _with_judges(votes: Votes, people: IntArray, judges: Sequence[IntArray]) -> Votes:
    """Some of the people, numbered anew, and the judges behind them."""
    place = np.full(votes.n_annotators + 1, -1, dtype=np.int64)
    place[people[people < votes.n_annotators]] = np.flatnonzero(people < votes.n_annotators)
    kept = place[votes.annotators] >= 0
    items, raters, codes = [votes.items[kept]], [place[votes.annotators[kept]]], [votes.codes[kept]]
    for number, judge in enumerate(judges):
        said = np.flatnonzero(judge >= 0)
        items.append(said)
        raters.append(np.full(len(said), len(people) + number, dtype=np.int64))
        codes.append(judge[said])
    return Votes(np.concatenate(items), np.concatenate(raters), np.concatenate(codes), votes.categories)


class _Days(Func):
    """A date as days since 1970, which a database tells faster than the week it is in."""

    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '1970-01-01')", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(julianday(%(expressions)s) - 2440587.5 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


def _times(campaign: Campaign, criterion: str, labels: IntArray) -> tuple[IntArray, FloatArray]:
    """The week of every label, as year and number in one, and the seconds it took; -1 where nobody knows."""
    current = kept_rows(Label.objects.current().filter(campaign=campaign, criterion=criterion)).order_by()
    timed = current.annotate(day=_Days(TruncDate("at")), spent=Coalesce(F("seconds"), Value(-1.0)))
    found = numbers(timed.values_list("pk", "day", "spent"), TIMES)
    # Mostly both were read in the same order; sorting a million labels costs more than looking.
    if not np.array_equal(found["label"], labels):
        found = found[np.argsort(found["label"])]
        found = found[np.searchsorted(found["label"], labels)]
    days, at = np.unique(found["day"], return_inverse=True)
    dates = [(EPOCH + timedelta(days=day)).isocalendar() for day in days.tolist()]
    weeks = np.array([one.year * 100 + one.week for one in dates], dtype=np.int64)
    return weeks[at] if len(weeks) else days, found["spent"]


def _spent(seconds: FloatArray) -> FloatArray:
    return seconds[seconds >= 0]


def _last(campaign: Campaign, criterion: str) -> dict[int, str]:
    labels = kept_rows(Label.objects.current().filter(campaign=campaign, criterion=criterion)).order_by()
    rows = labels.values_list("annotator_id").annotate(last=Max("at"))
    return {annotator: at.isoformat() for annotator, at in rows}


def _weeks(votes: Votes, weeks: IntArray, people: int) -> list[list[WeekFigure]]:
    """Agreement with the others per annotator and week."""
    others = votes.sizes[votes.items] - 1
    kept = others > 0
    same = (votes.counts[votes.items, votes.codes] - 1)[kept] / others[kept]
    order = np.argsort(votes.annotators[kept], kind="stable")
    weeks, same = weeks[kept][order], same[order]
    ends = np.cumsum(np.bincount(votes.annotators[kept], minlength=people))[:people]
    parts = zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)
    return [drift(_weekly(weeks[start:end], same[start:end])) for start, end in parts]


def _weekly(weeks: IntArray, same: FloatArray) -> list[tuple[str, float, int]]:
    found, place = np.unique(weeks, return_inverse=True)
    totals, labels = np.bincount(place, weights=same), np.bincount(place)
    return [
        (f"{week // 100}-W{week % 100:02d}", float(total), int(n))
        for week, total, n in zip(found.tolist(), totals, labels, strict=True)
    ]


def _right(campaign: Campaign, criterion: str, words: Words, scale: Scale) -> IntArray:
    field = "verdict" if scale.is_verdict else "value"
    return _codes_of(dict(gold_labels(campaign, criterion).values_list("item_id", field)), words, scale)


def _checks(campaign: Campaign, words: Words, scale: Scale) -> IntArray:
    """Items that are in the campaign to check people, with what is known of them."""
    known = CampaignItem.objects.filter(campaign=campaign).exclude(known_value="")
    return _codes_of(dict(known.values_list("item_id", "known_value")), words, scale)


def _codes_of(right: Mapping[int, str], words: Words, scale: Scale) -> IntArray:
    codes = np.full(len(words.item_keys), -1, dtype=np.int64)
    place = {value: at for at, value in enumerate(scale.values)}
    known = np.array(sorted(right), dtype=np.int64)
    labelled = known[np.isin(known, words.item_keys)]
    codes[np.searchsorted(words.item_keys, labelled)] = [place.get(right[item], -1) for item in labelled.tolist()]
    return codes


def _by_value(found: IntArray, scale: Scale) -> dict[str, int]:
    return dict(zip(scale.values, found.tolist(), strict=True))


def _numbers(table: FloatArray) -> list[list[float | None]]:
    return [[_number(cell) for cell in row] for row in table]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
