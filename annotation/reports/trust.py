"""What the figures of trust are computed from: labels with their authors, judgments beside them, chances of selection.

Labels are read one by one here, so for campaigns of millions these belong into a job, not into a request; what needs
no names comes from kept counts (`annotation/reports/counts.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, ExtractIsoYear, ExtractWeek
from numpy.typing import NDArray

from annotation.core.aggregation import AnnotatorFigures, Votes, WeekFigure, annotator_figures, drift
from annotation.core.alt_test import AltTest, AltTestOptions, alternative_annotator_test
from annotation.core.correction import post_stratified, strata_of
from annotation.core.intervals import IntArray, Statistic, Undefined
from annotation.core.kept import UNDEFINED
from annotation.core.sampling import ChosenItems, LabelBudget, chosen, label_budget, weighted_agreement, weighted_kappa
from annotation.core.trust import JudgeRandomHuman, judge_random_human
from annotation.models import Annotator, Campaign, CampaignItem, Label
from annotation.reports.counts import JudgedHistogram, LabelHistogram, label_histogram
from judging.models import Judgment, Run

VERDICTS = ("clean", "wrong")
UNDECIDED, NO_WORD = -1, -2
NO_VERDICTS = "labels on this scale mean no verdict"
ROW = np.dtype(
    [
        ("item", np.int64),
        ("revision", np.int64),
        ("annotator", np.int64),
        ("code", np.int64),
        ("week", np.int64),
        ("seconds", np.float64),
    ]
)


@dataclass(frozen=True)
class People:
    """Current labels of a campaign with their authors, each item in its newest labelled text.

    `items`, `revisions`: of each item that `votes` numbers. `scale`: the categories. Undecided labels are in `rows`
    only.
    """

    scale: tuple[str, ...]
    verdicts: bool
    annotators: tuple[Annotator, ...]
    rows: NDArray[np.void]

    @cached_property
    def items(self) -> IntArray:
        """Primary keys of the items with a decided label, sorted."""
        return np.unique(self._decided["item"])

    @cached_property
    def revisions(self) -> IntArray:
        """The text that each item's labels are on."""
        _, first = np.unique(self._decided["item"], return_index=True)
        return np.asarray(self._decided["revision"][first], dtype=np.int64)

    @cached_property
    def votes(self) -> Votes:
        """Decided labels."""
        rows = self._decided
        place = np.searchsorted(self.items, rows["item"])
        return Votes(place, self._people(rows), np.asarray(rows["code"], dtype=np.int64), len(self.scale))

    @property
    def names(self) -> tuple[str, ...]:
        """Of the annotators, as `votes` numbers them."""
        return tuple(person.name for person in self.annotators)

    @property
    def positional(self) -> bool:
        """Whether anybody is only a column of a table."""
        return any(person.identity == Annotator.Identity.POSITIONAL for person in self.annotators)

    @cached_property
    def _decided(self) -> NDArray[np.void]:
        return self.rows[self.rows["code"] >= 0]

    def _people(self, rows: NDArray[np.void]) -> IntArray:
        keys = np.array([person.pk for person in self.annotators], dtype=np.int64)
        return np.asarray(np.searchsorted(keys, rows["annotator"]), dtype=np.int64)

    def figures(self) -> list[AnnotatorFigures]:
        """A row per annotator; columns without people behind them get none."""
        if self.positional:
            return []
        place = self._people(self.rows)
        unknown = np.bincount(place[self.rows["code"] == UNDECIDED], minlength=len(self.names))
        spent = [self.rows["seconds"][place == at] for at in range(len(self.names))]
        seconds = [each[~np.isnan(each)] for each in spent]
        clean = self.scale.index("clean") if "clean" in self.scale else 0
        return annotator_figures(self.votes, self.names, unknown=unknown, seconds=seconds, clean=clean)

    def weeks(self) -> Mapping[str, list[WeekFigure]]:
        """Agreement with the others per annotator and week."""
        if self.positional:
            return {}
        votes, weeks = self.votes, self._decided["week"]
        others = votes.sizes[votes.items] - 1
        kept = others > 0
        same = (votes.counts[votes.items, votes.codes] - 1)[kept] / others[kept]
        found = {}
        for at, name in enumerate(self.names):
            mine = votes.annotators[kept] == at
            found[name] = drift(_weekly(weeks[kept][mine], same[mine]))
        return found


def people_of(campaign: Campaign, criterion: str = "") -> People:
    """Read a campaign's current labels. Where labels mean verdicts, categories are clean and wrong."""
    histogram = label_histogram(campaign, criterion)
    verdicts = _means_verdicts(histogram)
    scale = VERDICTS if verdicts else histogram.values
    labels = Label.objects.current().filter(campaign=campaign, criterion=criterion)
    fields = ("item_id", "item_revision", "annotator_id", "code", "week", "spent")
    coded = labels.annotate(
        code=_coded("verdict" if verdicts else "value", scale),
        week=ExtractIsoYear("at") * 100 + ExtractWeek("at"),
        spent=Coalesce(F("seconds"), Value(-1.0)),
    )
    rows = np.fromiter(coded.order_by("item_id", "item_revision").values_list(*fields).iterator(), dtype=ROW)
    rows["seconds"][rows["seconds"] < 0] = np.nan
    people = Annotator.objects.filter(pk__in=np.unique(rows["annotator"]).tolist()).order_by("pk")
    return People(scale, verdicts, tuple(people), _newest(rows))


def alt_test_of(run: Run, people: People, *, criterion: str = "", options: AltTestOptions | None = None) -> AltTest:
    """The alternative annotator test of a run, on items that it judged in the text people labelled."""
    judge = _judged_codes(run, people, criterion)
    return alternative_annotator_test(people.votes, judge, people.names, options=options, positional=people.positional)


def random_human_of(found: JudgedHistogram) -> JudgeRandomHuman:
    """A judge beside a random person, on the same items."""
    if _means_verdicts(found.labels):
        judge = np.where(found.judge_codes < len(VERDICTS), found.judge_codes, UNDECIDED)
        return judge_random_human(judge, found.labels.verdict_counts[:, : len(VERDICTS)], found.items)
    return judge_random_human(found.judge_places(found.labels.values), found.labels.value_counts, found.items)


def corrected_score_of(found: JudgedHistogram) -> Statistic:
    """The share of clean items, post-stratified on the judge's word, with people's verdict (gold, else majority)."""
    if not _means_verdicts(found.labels):
        return Undefined(NO_VERDICTS)
    return post_stratified(*strata_of(found.judge_codes, found.human_codes, found.items))


def budget_of(found: JudgedHistogram, *, half_width: float = 0.05) -> LabelBudget | Undefined:
    """How many more items people should look at to know the judge's agreement with them this well."""
    cells = found.confusion.decided_cells
    if not cells.sum():
        return Undefined("no item decided by both")
    by_word = cells.sum(axis=1)
    seen = by_word > 0
    weights = found.confusion.cells.sum(axis=1)[: len(VERDICTS)][seen]
    shares = (np.diagonal(cells)[seen] + 0.5) / (by_word[seen] + 1)
    return label_budget(
        float(np.trace(cells) / cells.sum()),
        there=int(cells.sum()),
        population=found.confusion.n,
        half_width=half_width,
        strata=((weights / weights.sum()).tolist(), shares.tolist()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Designed:
    """Agreement of a judge with people over all items, by the chance each had of being chosen."""

    agreement: Statistic
    kappa: Statistic
    items: int
    effective: float
    without_probability: int


def designed_of(run: Run, campaign: Campaign, people: Mapping[int, str], *, criterion: str = "") -> Designed:
    """`people`: item's primary key -> people's verdict. Items picked by hand stay out and are counted."""
    judged = dict(Judgment.objects.filter(run=run, criterion=criterion).values_list("item_id", "verdict"))
    how = CampaignItem.objects.filter(campaign=campaign).values_list("item_id", "probability")
    both = [(judged[item], people[item], chance) for item, chance in how if item in judged and item in people]
    place = {verdict: at for at, verdict in enumerate(VERDICTS)}
    items: ChosenItems = chosen(
        [place.get(word, UNDECIDED) for word, _, _ in both],
        [place.get(word, UNDECIDED) for _, word, _ in both],
        [np.nan if chance is None else chance for *_, chance in both],
    )
    return Designed(
        agreement=weighted_agreement(items),
        kappa=weighted_kappa(items, len(VERDICTS)),
        items=len(items.first),
        effective=items.kish,
        without_probability=sum(chance is None for *_, chance in both),
    )


def _means_verdicts(histogram: LabelHistogram) -> bool:
    return any(verdict in VERDICTS for _, verdict in histogram.columns)


def _coded(field: str, scale: Sequence[str]) -> Case:
    said = [When(**{field: word, "then": Value(code)}) for code, word in enumerate(scale)]
    undecided = When(value=UNDEFINED, then=Value(UNDECIDED))
    return Case(*said, undecided, default=Value(NO_WORD), output_field=IntegerField())


def _newest(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Of each item the labels on its newest labelled text; those without a word on the scale are none."""
    rows = rows[rows["code"] != NO_WORD]
    if not len(rows):
        return rows
    items = rows["item"]
    last = np.append(items[1:] != items[:-1], True)
    newest = rows["revision"][last][np.searchsorted(items[last], items)]
    kept: NDArray[np.void] = rows[rows["revision"] == newest]
    return kept


def _judged_codes(run: Run, people: People, criterion: str) -> IntArray:
    """The judge's category per item of the votes, -1 where it has none or judged another text."""
    field = "verdict" if people.verdicts else "value"
    said = [When(**{field: word, "then": Value(code)}) for code, word in enumerate(people.scale)]
    judged = (
        Judgment.objects.filter(run=run, criterion=criterion)
        .order_by("item_id")
        .annotate(code=Case(*said, default=Value(UNDECIDED), output_field=IntegerField()))
        .values_list("item_id", "item_revision", "code")
    )
    rows = np.fromiter(judged.iterator(), dtype=np.dtype((np.int64, 3)))
    codes = np.full(len(people.items), UNDECIDED, dtype=np.int64)
    if not len(rows) or not len(codes):
        return codes
    at = np.minimum(np.searchsorted(rows[:, 0], people.items), len(rows) - 1)
    same = (rows[at, 0] == people.items) & (rows[at, 1] == people.revisions)
    return np.where(same, rows[at, 2], UNDECIDED)


def _weekly(weeks: IntArray, same: NDArray[np.float64]) -> list[tuple[str, float, int]]:
    found, place = np.unique(weeks, return_inverse=True)
    totals, labels = np.bincount(place, weights=same), np.bincount(place)
    return [
        (f"{week // 100}-W{week % 100:02d}", float(total), int(n))
        for week, total, n in zip(found.tolist(), totals, labels, strict=True)
    ]
