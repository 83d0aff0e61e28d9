"""Two candidates on the same questions: who is better how often, by how much, and on which."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from judging.benchmarks.mt_bench_branch import FILE
from judging.core.figures import Comparison, Scores, compare
from judging.models import BenchmarkRun, Item
from judging.reports.benchmark_rows import items_of_scores, scores_of

Key = tuple[str, str]
FIRST, TIE, SECOND = "first", "tie", "second"
OUTCOMES = (FIRST, TIE, SECOND)


@dataclass(frozen=True, slots=True)
class Side:
    """One candidate of one benchmark run."""

    benchmark_run: BenchmarkRun
    place: int

    @property
    def model(self) -> str:
        """What it is called."""
        return str(self.benchmark_run.candidates[self.place]["model"])

    @property
    def value(self) -> str:
        """What stands for it in an address."""
        return f"{self.benchmark_run.pk}:{self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One question (or a part of it) that both have a score for, with their items as (dataset, position)."""

    question: str
    part: str
    first: float
    second: float
    items: tuple[tuple[int, int], tuple[int, int]]

    @property
    def outcome(self) -> str:
        """Who is better here."""
        return FIRST if self.first > self.second else SECOND if self.second > self.first else TIE


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Two candidates side by side: as a whole, by group, and question by question."""

    first: Side
    second: Side
    comparison: Comparison
    by_group: Mapping[str, Comparison]
    met: Sequence[Met]


def meeting_of(first: Side, second: Side) -> Meeting:
    """Both candidates on the questions that both were scored on."""
    scores = [scores_of(side.benchmark_run, side.place) for side in (first, second)]
    places = [items_of_scores(side.benchmark_run, side.place) for side in (first, second)]
    met = [
        Met(question=key[0], part=key[1], first=one, second=other, items=(places[0][key], places[1][key]))
        for key, one in scores[0].items()
        if one is not None and (other := scores[1].get(key)) is not None
    ]
    groups = groups_of(first.benchmark_run)
    return Meeting(
        first=first,
        second=second,
        comparison=compare(*scores),
        by_group=by_group(scores[0], scores[1], groups),
        met=met,
    )


def groups_of(benchmark_run: BenchmarkRun) -> dict[str, str]:
    """The category of each question."""
    rows = Item.objects.filter(dataset=benchmark_run.dataset_id).exclude(category="")
    found = rows.order_by("category", "position").values_list("key", "category", f"extra__{FILE}")
    return {key: file or category for key, category, file in found}


def question_texts(found: Collection[Met]) -> dict[tuple[int, int], str]:
    """What these questions ask, by the item of the first side."""
    places = {each.items[0] for each in found}
    items = Item.objects.filter(dataset__in={place[0] for place in places}, position__in={place[1] for place in places})
    return {(item.dataset_id, item.position): item.question for item in items}


def by_group(first: Scores, second: Scores, groups: Mapping[str, str]) -> dict[str, Comparison]:
    """The same for each group of questions that has any."""
    parted: tuple[dict[str, dict[Key, float | None]], ...] = (defaultdict(dict), defaultdict(dict))
    for found, scores in zip(parted, (first, second), strict=True):
        for key, score in scores.items():
            found[groups.get(key[0], "")][key] = score
    names = sorted(name for name in set(parted[0]) & set(parted[1]) if name)
    return {name: compare(parted[0][name], parted[1][name]) for name in names}


def comparable(benchmark_run: BenchmarkRun, most: int = 20) -> list[Side]:
    """Every candidate that can be compared with those of a run: of the newest runs of the same questions."""
    runs = BenchmarkRun.objects.filter(benchmark=benchmark_run.benchmark, dataset=benchmark_run.dataset_id)
    every = {run.pk: run for run in [benchmark_run, *runs.order_by("-pk")[:most]]}
    return [Side(run, place) for run in every.values() for place in range(len(run.candidates))]
