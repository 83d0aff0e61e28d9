"""Results of promptfoo in a dataset: the grades that came with the files, and what people said of them here."""

from collections import defaultdict
from collections.abc import Iterator

from annotation.core.promptfoo import Graded, share_of
from annotation.models import GoldLabel, Label
from judging.core.verdicts import Reason
from judging.models import Dataset, Judgment, Rubric, Run

FORMAT = "promptfoo"
KEPT_BY_PROMPTFOO = "extra__promptfoo__provider"


def is_promptfoo(dataset: Dataset) -> bool:
    """Whether results of promptfoo were imported into the dataset."""
    return bool(dataset.files.filter(format__startswith=FORMAT).exists())


def words_not_taken(dataset: Dataset) -> int:
    """Corrections of people in the dataset's files of which no label was made."""
    if Label.objects.filter(campaign__dataset=dataset, campaign__kind="imported").exists():
        return 0
    headers = dataset.files.filter(format__startswith=FORMAT).values_list("header", flat=True)
    return sum(header.get("human_verdicts", 0) for header in headers)


def graded_items(dataset: Dataset) -> Iterator[Graded]:
    """Every result of the dataset, in its order; texts that changed since lose what was said of them before."""
    machine, people = machine_scores(dataset), people_scores(dataset)
    items = dataset.items.filter(extra__promptfoo__isnull=False).order_by("position")
    for pk, revision, model, provider in items.values_list("pk", "revision", "model", KEPT_BY_PROMPTFOO):
        score, failed = machine.get((pk, revision), (None, False))
        named = provider.get("id", "") if isinstance(provider, dict) else provider
        named = named if isinstance(named, str) and named else model
        yield Graded(provider=named, machine=score, person=people.get((pk, revision)), failed=failed)


def machine_scores(dataset: Dataset) -> dict[tuple[int, int], tuple[float | None, bool]]:
    """The machine's score of each item, the newest import's, and whether it failed: then it is 0."""
    runs = dataset.runs.filter(kind=Run.Kind.IMPORTED, snapshot__format__startswith=FORMAT)
    said = Judgment.objects.filter(run__in=runs, criterion="").order_by("run")
    found: dict[tuple[int, int], tuple[float | None, bool]] = {}
    for item, revision, score, reason in said.values_list("item_id", "item_revision", "score", "reason").iterator():
        failed = score is None and reason == Reason.NO_ANSWER
        found[item, revision] = (0.0 if failed else score, failed)
    return found


def people_scores(dataset: Dataset) -> dict[tuple[int, int], float]:
    """What people came to: the lead's decision where there is one, else the mean of their scores."""
    shares = {None, *(rubric.pk for rubric in Rubric.objects.all() if is_of_shares(rubric))}
    labels = Label.objects.current().filter(campaign__dataset=dataset, criterion="")
    scores: dict[tuple[int, int], list[float]] = defaultdict(list)
    said = labels.values_list("item_id", "item_revision", "verdict", "score", "rubric_id")
    for item, revision, verdict, score, rubric in said.iterator(chunk_size=5000):
        if (share := share_of(verdict, score if rubric in shares else None)) is not None:
            scores[item, revision].append(share)
    decided = GoldLabel.objects.filter(campaign__dataset=dataset, criterion="", ended_at=None)
    said = decided.values_list("item_id", "item__revision", "verdict", "score", "campaign__rubric_id")
    for item, revision, verdict, score, rubric in said.iterator(chunk_size=5000):
        if (share := share_of(verdict, score if rubric in shares else None)) is not None:
            scores[item, revision] = [share]
    return {place: sum(found) / len(found) for place, found in scores.items()}


def is_of_shares(rubric: Rubric) -> bool:
    """Whether its one score is a share of a point, as promptfoo's are."""
    return [(each.scale.low, each.scale.high) for each in rubric.parsed_criteria()] == [(0, 1)]
