"""Items that a cell of a table is about, with what was said of them."""

from django.db.models import QuerySet

from annotation.models import Campaign, GoldLabel, Label
from annotation.reports import which
from judging.models import Judgment, Run

Said = tuple[int, str, str]
OF_RUN = "run:"


def labelled_by_both(campaign: Campaign, criterion: str, names: list[str]) -> list[Said]:
    """(item's primary key, word of the first, word of the second), in the order of the items, each on the same text.

    A name is that of a person, or `run:` and the number of a run.
    """
    first, second = (_said_by(campaign, criterion, name) for name in names)
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


def _said_by(campaign: Campaign, criterion: str, name: str) -> dict[tuple[int, int], str]:
    number = name.removeprefix(OF_RUN)
    if name.startswith(OF_RUN) and number.isascii() and number.isdigit() and len(number) < 19:
        judged = Judgment.objects.filter(run=int(number), run__dataset=campaign.dataset_id, criterion=criterion)
        return _words_of(judged.exclude(value="").order_by("item__position"))
    labels = Label.objects.current().filter(campaign=campaign, criterion=criterion, annotator__name=name)
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
