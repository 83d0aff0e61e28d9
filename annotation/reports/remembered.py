"""What many labels were grouped to, kept for a while under everything it was made of.

A report on few labels is made anew each time. On many, grouping the judgments of every run beside the counts is most of
its cost, and between two labels nothing of it changes.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Max

from annotation.models import Campaign, ItemCount, Label
from annotation.reports.counts import JudgedHistogram, LabelHistogram, gold_labels, judge_pattern_histograms
from annotation.reports.which import kept_sql
from judging.models import BatchCount, Run

LEAST = 50_000
"""Labels from which results are kept."""
SECONDS = 600
Found = TypeVar("Found")


def histograms_of(
    runs: Sequence[Run], campaign: Campaign, criterion: str, labels: LabelHistogram
) -> dict[int, JudgedHistogram]:
    """`judge_pattern_histograms`; of finished runs beside many labels they are kept."""
    if _is_made_anew(labels):
        return judge_pattern_histograms(runs, campaign, criterion)
    state = state_of(campaign, criterion, labels)
    keys = {run: _key("beside", *state, *_state_of_run(run)) for run in runs if run.state == Run.State.FINISHED}
    kept: dict[str, JudgedHistogram] = cache.get_many(list(keys.values()))
    left = [run for run in runs if keys.get(run) not in kept]
    fresh = judge_pattern_histograms(left, campaign, criterion)
    cache.set_many({keys[run]: fresh[run.pk] for run in left if run in keys}, SECONDS)
    return fresh | {run.pk: kept[key] for run, key in keys.items() if key in kept}


def kept_beside(
    name: str, campaign: Campaign, criterion: str, labels: LabelHistogram, make: Callable[[], Found]
) -> Found:
    """What `make` gives; of many labels it is kept. It follows from the labels and nothing else."""
    if _is_made_anew(labels):
        return make()
    key = _key(name, *state_of(campaign, criterion, labels))
    found: Found | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, SECONDS)
    return found


def state_of(campaign: Campaign, criterion: str, labels: LabelHistogram) -> tuple[object, ...]:
    """What a label, its end, and a gold label change: rows of counts are written anew, never edited, and a count that
    went without another is missed by the patterns."""
    newest = [model._default_manager.aggregate(last=Max("pk"))["last"] for model in (ItemCount, Label)]
    gold = gold_labels(campaign, criterion)
    decided = gold.count(), gold.aggregate(last=Max("pk"))["last"]
    patterns = hashlib.sha256(labels.counts.tobytes() + labels.items.tobytes()).hexdigest()
    return campaign.pk, criterion, labels.columns, *newest, *decided, patterns


def _state_of_run(run: Run) -> tuple[object, ...]:
    return run.pk, run.created_at, run.finished_at, BatchCount.objects.filter(run=run).aggregate(last=Max("pk"))["last"]


def _is_made_anew(labels: LabelHistogram) -> bool:
    """Of few labels, and of a part of the items, whose edges may move without a label."""
    is_part = bool(kept_sql("item")[0])
    return is_part or int(labels.items @ labels.counts.sum(axis=1)) < LEAST


def _key(name: str, *parts: Any) -> str:
    return f"agreement-{name}-{hashlib.sha256(repr(parts).encode()).hexdigest()}"
