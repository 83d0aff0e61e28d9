"""What many labels come to, kept for a while under everything it was made of.

A report on few labels is made anew each time. On many, grouping the judgments of every run beside the counts and going
through items one by one is most of its cost, and between two labels nothing of it changes.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Max, Sum

from annotation.models import Annotator, Campaign, CampaignItem, CountScale, ItemCount, Label
from annotation.reports.counts import JudgedHistogram, LabelHistogram, gold_labels, judge_pattern_histograms
from annotation.reports.which import kept, state_of_part
from judging.models import BatchCount, Dataset, ImportFile, Item, ItemRevision, Run

LEAST = 10_000
"""Labels from which results are kept."""
SECONDS = 600
State = tuple[object, ...]
Found = TypeVar("Found")


def remembered(name: str, state: State | None, make: Callable[[], Found]) -> Found:
    """What `make` gives; kept under `state`, which is everything it follows from. Without a state it is made anew."""
    if state is None:
        return make()
    key = _key(name, *state)
    found: tuple[Found] | None = cache.get(key)
    if found is None:
        found = (make(),)
        cache.set(key, found, SECONDS)
    return found[0]


def known(name: str, state: State) -> Any:
    """What was kept under `state`; None where nothing was."""
    found: tuple[Any] | None = cache.get(_key(name, *state))
    return found[0] if found else None


def histograms_of(
    runs: Sequence[Run], campaign: Campaign, criterion: str, labels: LabelHistogram
) -> dict[int, JudgedHistogram]:
    """`judge_pattern_histograms`; of finished runs beside many labels they are kept."""
    state = state_of(campaign, criterion, labels)
    if state is None:
        return judge_pattern_histograms(runs, campaign, criterion)
    keys = {run: _key("beside", *state, *state_of_run(run)) for run in runs if run.state == Run.State.FINISHED}
    there: dict[str, JudgedHistogram] = cache.get_many(list(keys.values()))
    left = [run for run in runs if keys.get(run) not in there]
    fresh = judge_pattern_histograms(left, campaign, criterion)
    cache.set_many({keys[run]: fresh[run.pk] for run in left if run in keys}, SECONDS)
    return fresh | {run.pk: there[key] for run, key in keys.items() if key in there}


def state_of(campaign: Campaign, criterion: str, labels: LabelHistogram) -> State | None:
    """What a label, its end, and a gold label change: rows of counts are written anew, never edited, and a count that
    went without another is missed by the patterns. None of few labels, of which nothing is kept."""
    if not is_many(labels):
        return None
    newest = [model._default_manager.aggregate(last=Max("pk"))["last"] for model in (ItemCount, Label)]
    gold = gold_labels(campaign, criterion)
    decided = gold.count(), gold.aggregate(last=Max("pk"))["last"]
    patterns = hashlib.sha256(labels.counts.tobytes() + labels.items.tobytes()).hexdigest()
    return campaign.pk, criterion, labels.columns, *newest, *decided, patterns, *state_of_part()


def state_of_measured(campaign: Campaign, criterion: str, runs: Sequence[Run]) -> State | None:
    """The same of many labels nearly each of which has its own value, and of the runs beside them; else None."""
    scale = CountScale.objects.filter(campaign=campaign, criterion=criterion).first()
    if scale is None or scale.kept or any(run.state != Run.State.FINISHED for run in runs):
        return None
    labels = kept(Label.objects.current().filter(campaign=campaign, criterion=criterion)).order_by()
    found = labels.aggregate(n=Count("pk"), total=Sum("pk"))
    if found["n"] < LEAST:
        return None
    gold = gold_labels(campaign, criterion).aggregate(n=Count("pk"), last=Max("pk"))
    judges = [state_of_judge(run) for run in runs]
    beside = *state_of_items(campaign.dataset), *state_of_people(campaign), *judges
    return campaign.pk, criterion, *found.values(), *gold.values(), *state_of_part(), *beside


def is_many(labels: LabelHistogram) -> bool:
    """Whether there are so many labels that results are kept."""
    return int(labels.items @ labels.counts.sum(axis=1)) >= LEAST


def state_of_run(run: Run) -> State:
    """What changes a finished run: its batches are counted anew where some were judged again."""
    last = BatchCount.objects.filter(run=run).aggregate(last=Max("pk"))["last"]
    return run.pk, run.created_at, run.finished_at, last, str(run.judge), run.judge.model if run.judge else ""


def state_of_judge(run: Run) -> State:
    """What changes what is said of a finished run; the other runs of its judge tell how often it repeats itself."""
    again = Run.objects.filter(dataset=run.dataset_id, judge=run.judge_id, state=Run.State.FINISHED)
    return *state_of_run(run), *again.order_by("pk").values_list("pk", "finished_at")


def state_of_items(dataset: Dataset) -> State:
    """What an import and an edited text change."""
    items = Item.objects.filter(dataset=dataset)
    files = ImportFile.objects.filter(dataset=dataset).aggregate(last=Max("pk"))["last"]
    revisions = ItemRevision.objects.aggregate(last=Max("pk"))["last"]
    return dataset.pk, items.count(), files, revisions


def state_of_people(campaign: Campaign) -> State:
    """What a name, a draw of items and a known answer change."""
    chosen = CampaignItem.objects.filter(campaign=campaign)
    found = chosen.aggregate(n=Count("pk"), last=Max("pk"), chance=Sum("probability"))
    known = chosen.exclude(known_value="").order_by("item_id").values_list("item_id", "known_value")
    people = Annotator.objects.order_by("pk").values_list("pk", "name", "identity")
    return *found.values(), tuple(known), tuple(people)


def _key(name: str, *parts: Any) -> str:
    return f"agreement-{name}-{hashlib.sha256(repr(parts).encode()).hexdigest()}"
