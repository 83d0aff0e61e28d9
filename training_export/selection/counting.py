"""What would leave, counted without reading any text."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, F

from annotation.core.resolution import HumanVerdict, resolve
from judging.core.verdicts import PersonVerdict, Verdict
from judging.models import Item, Judgment
from training_export.core.records import (
    JudgeWord,
    Origin,
    PeopleWord,
    Source,
    judged_destination,
    reviewed_destination,
)
from training_export.core.tally import Tally
from training_export.selection.choosing import Selection
from training_export.selection.words import criteria_of


def count_selection(selection: Selection) -> Tally:
    """The counts an export of this selection will have; items of several turns are counted as one answer here."""
    items = Item.objects.filter(dataset=selection.dataset).count()
    tally = judged(selection) if selection.source == Source.JUDGE else reviewed(selection)
    silent = items - sum(tally.destinations.values())
    if selection.source == Source.JUDGE:
        tally.add(judged_destination(None), PeopleWord(), silent)
    else:
        tally.add(reviewed_destination(PeopleWord()), PeopleWord(), silent)
    return tally


def judged(selection: Selection) -> Tally:
    """Items with a judgment of the text that leaves."""
    rows = Judgment.objects.filter(
        run=selection.run, criterion=criteria_of(selection).judge, item_revision=F("item__revision")
    )
    tally = Tally()
    for verdict, count in rows.order_by().values_list("verdict").annotate(count=Count("pk")):
        word = JudgeWord(verdict=Verdict(verdict) if verdict else None)
        tally.add(judged_destination(word), PeopleWord(), count)
    return tally


def reviewed(selection: Selection) -> Tally:
    """Items with a label or a decision."""
    tally = Tally()
    for word, count in Counter(people_words(selection)).items():
        people = PeopleWord(origin=word[0], verdict=word[1])
        tally.add(reviewed_destination(people), people, count)
    return tally


def people_words(selection: Selection) -> Iterator[tuple[Origin, PersonVerdict | None]]:
    """Origin and verdict of every item on which people have said something."""
    criterion = criteria_of(selection).people
    decided = selection.gold_labels().filter(criterion=criterion).values_list("item_id", "verdict")
    gold = dict(decided)
    yield from ((Origin.GOLD, PersonVerdict(verdict)) for verdict in gold.values())
    labels = selection.labels().filter(criterion=criterion, item_revision=F("item__revision"))
    rows = labels.order_by("item_id").values_list("item_id", "verdict").iterator()
    for item, group in groupby(rows, key=itemgetter(0)):
        if item not in gold:
            yield word_of(resolve([verdict for _item, verdict in group]))


def word_of(human: HumanVerdict) -> tuple[Origin, PersonVerdict | None]:
    """A resolved verdict as the record has it."""
    if human == HumanVerdict.TIE:
        return Origin.TIE, None
    return Origin.MAJORITY, PersonVerdict(human.value)
