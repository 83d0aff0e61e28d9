"""Items that a cell of a table is about, with what was said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext

from annotation.models import Annotator, Campaign, GoldLabel, Label
from annotation.reports import which
from judging.models import Judgment, Run

Said = tuple[int, str, str]


class NoRater(LookupError):
    """An address names nobody."""


@dataclass(frozen=True, slots=True)
class OneRater:
    """A person, or a run of a judge, of whom an address speaks as `person:12` and `run:7`."""

    person: Annotator | None
    run: Run | None

    @property
    def name(self) -> str:
        """A person, or a judge with the run that is meant."""
        if self.run is not None:
            return gettext("%(judge)s, run %(run)s") % {"judge": self.run.judge, "run": self.run.pk}
        return str(self.person.name if self.person else "")


def rater_of(campaign: Campaign, address: str) -> OneRater:
    """Who an address means; NoRater for nobody, and for a run of another dataset."""
    kind, _, number = address.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NoRater(address)
    if kind == "person":
        person, run = Annotator.objects.filter(pk=int(number)).first(), None
    else:
        runs = Run.objects.filter(pk=int(number), dataset=campaign.dataset_id, judge__isnull=False)
        person, run = None, runs.select_related("judge").first() if kind == "run" else None
    if person is None and run is None:
        raise NoRater(address)
    return OneRater(person, run)


def labelled_by_both(campaign: Campaign, criterion: str, raters: Sequence[OneRater]) -> list[Said]:
    """(item's primary key, word of the first, word of the second), in the order of the items, each on the same text."""
    first, second = (_said_by(campaign, criterion, rater) for rater in raters)
    return [(item, word, second[item, text]) for (item, text), word in first.items() if (item, text) in second]


def of_values(run: Run, campaign: Campaign | None, criterion: str, cell: tuple[str, str]) -> list[Said]:
    """Items of a cell of the table of values: the judge's value and people's, '' for any.

    People's value is the gold label, else the value with more labels than any other on the judged text.
    """
    if campaign is None:
        return []
    judged = _words_of(
        Judgment.objects.filter(run=run, criterion=criterion).exclude(value="").order_by("item__position")
    )
    people = _people(campaign, criterion)
    gold = GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at__isnull=True)
    decided = dict(gold.values_list("item_id", "value"))
    rows = [(item, word, decided.get(item) or people.get((item, text), "")) for (item, text), word in judged.items()]
    judge, human = cell
    return [row for row in rows if row[2] and judge in {"", row[1]} and human in {"", row[2]}]


def _said_by(campaign: Campaign, criterion: str, rater: OneRater) -> dict[tuple[int, int], str]:
    if rater.run is not None:
        judged = Judgment.objects.filter(run=rater.run, criterion=criterion).exclude(value="")
        return _words_of(judged.order_by("item__position"))
    labels = Label.objects.current().filter(campaign=campaign, criterion=criterion, annotator=rater.person)
    return _words_of(labels.order_by("item__position"))


def _words_of(rows: "QuerySet[Label] | QuerySet[Judgment]") -> dict[tuple[int, int], str]:
    found = which.kept(rows).values_list("item_id", "item_revision", "value")
    return {(item, text): value for item, text, value in found.iterator()}


def _people(campaign: Campaign, criterion: str) -> dict[tuple[int, int], str]:
    """The value most people gave each labelled text; none where several lead."""
    counts: dict[tuple[int, int], dict[str, int]] = {}
    labels = Label.objects.current().filter(campaign=campaign, criterion=criterion).exclude(value="")
    for item, text, value in labels.order_by().values_list("item_id", "item_revision", "value").iterator():
        said = counts.setdefault((item, text), {})
        said[value] = said.get(value, 0) + 1
    found = {}
    for key, said in counts.items():
        most = max(said.values())
        leading = [value for value, n in said.items() if n == most]
        if len(leading) == 1:
            found[key] = leading[0]
    return found
