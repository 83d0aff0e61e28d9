"""What would leave, counted without reading any text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from annotation.core.resolution import HumanVerdict, resolve
from judging.core.verdicts import PersonVerdict, Verdict
from judging.models import Judgment
from training_export.core.records import UNREVIEWED, JudgeWord, Origin, PeopleWord, Source, decided
from training_export.core.tally import Tally
from training_export.selection.choosing import Selection
from training_export.selection.words import NOTHING, criteria_of

Word = tuple[Origin, PersonVerdict | None, float | None]


def count_selection(selection: Selection) -> Tally:
    """The counts an export of this selection will have; items of several turns are counted as one answer here."""
    tally = Tally()
    if selection.source != Source.JUDGE:
        count_reviewed(selection, tally)
    if selection.source in {Source.JUDGE, Source.GOLD_THEN_JUDGE}:
        count_judged(selection, tally)
    silent = selection.items().count() - sum(tally.destinations.values())
    tally.add(decided(UNREVIEWED, None, selection.rule), UNREVIEWED, silent)
    return tally


def count_judged(selection: Selection, tally: Tally) -> None:
    """Items with a judgment of the text that leaves, on which people have said nothing."""
    rows = Judgment.objects.filter(
        run=selection.run, criterion=criteria_of(selection).judge, item_revision=F("item__revision")
    )
    if selection.source == Source.GOLD_THEN_JUDGE:
        rows = rows.filter(~Exists(said_of(selection)), ~Exists(gold_of(selection)))
    columns = ("verdict", "item__category") if selection.gate else ("verdict", NOTHING)
    for verdict, category, count in rows.order_by().values_list(*columns).annotate(count=Count("pk")):
        word = JudgeWord(verdict=Verdict(verdict) if verdict else None)
        tally.add(decided(UNREVIEWED, word, selection.rule, category), UNREVIEWED, count)


def said_of(selection: Selection) -> "QuerySet[Any]":
    """The labels on a judged text."""
    labels = selection.labels().filter(criterion=criteria_of(selection).people)
    return labels.filter(item=OuterRef("item"), item_revision=OuterRef("item_revision"))


def gold_of(selection: Selection) -> "QuerySet[Any]":
    """The decisions on a judged item."""
    return selection.gold_labels().filter(criterion=criteria_of(selection).people, item=OuterRef("item"))


def count_reviewed(selection: Selection, tally: Tally) -> None:
    """Items with a label or a decision."""
    for (origin, verdict, agreement), count in Counter(people_words(selection)).items():
        people = PeopleWord(origin=origin, verdict=verdict, agreement=agreement)
        tally.add(decided(people, None, selection.rule), people, count)


def people_words(selection: Selection) -> Iterator[Word]:
    """What people have said of every item on which they have said something."""
    criterion = criteria_of(selection).people
    gold = dict(selection.gold_labels().filter(criterion=criterion).values_list("item_id", "verdict"))
    yield from ((Origin.GOLD, PersonVerdict(verdict), None) for verdict in gold.values())
    labels = selection.labels().filter(criterion=criterion, item_revision=F("item__revision"))
    rows = labels.order_by("item_id").values_list("item_id", "verdict").iterator()
    for item, group in groupby(rows, key=itemgetter(0)):
        if item not in gold:
            yield word_of([verdict for _item, verdict in group])


def word_of(verdicts: Sequence[str]) -> Word:
    """What labels come to, as the record has it."""
    human = resolve(verdicts)
    if human == HumanVerdict.TIE:
        return Origin.TIE, None, None
    return Origin.MAJORITY, PersonVerdict(human.value), verdicts.count(human.value) / len(verdicts)
