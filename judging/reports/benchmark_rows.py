"""What the runs of a benchmark found, item by item: the rows that its figures are made of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import NamedTuple

from django.db.models import Count

from judging.benchmarks import Stage
from judging.benchmarks.mmlu.scores import PER_CHARACTER, SubjectScore
from judging.benchmarks.mt_bench_branch import FILE
from judging.core.figures import Scores, Told
from judging.core.verdicts import Reason
from judging.models import BenchmarkRun, Judgment, Run
from judging.models.runs import Status

CHUNK = 5000


class Graded(NamedTuple):
    """One part of one answer as its judge sees it. `part`: the criterion, '' where there is one only; `category`: of
    an example of a taxonomy its file."""

    item: int
    position: int
    question: str
    category: str
    part: str
    score: float | None
    reason: str
    spread: float | None = None

    @property
    def told(self) -> Told:
        """The same for a figure."""
        return Told(self.question, self.score, self.reason)


@dataclass(frozen=True, slots=True)
class Repeats:
    """Several gradings of the same answers: the mean of each, the mean standard deviation of a grade, and how many
    grades were not the same each time."""

    means: Sequence[float | None]
    spread: float | None
    moved: int
    n: int


def final_runs(benchmark_run: BenchmarkRun, candidate: int) -> list[Run]:
    """The runs that a candidate's figures are made of: its choices, or the gradings of its answers."""
    stages = [Stage.CHOICES, Stage.JUDGING]
    return list(benchmark_run.runs.filter(stage__in=stages, candidate=candidate).order_by("repeat", "pk"))


def subject_scores(run: Run) -> tuple[list[SubjectScore], dict[str, dict[str, int]]]:
    """Right answers of each subject, added up by the database, and why questions of it have none."""
    if stored := run.snapshot.get("scores"):
        # Figures of a tool that left nothing behind them; the first that were stored have no reasons.
        lost = {subject: dict(counts[2]) if len(counts) > 2 else {} for subject, counts in stored.items()}
        told = [
            SubjectScore(subject, counts[0], counts[1], sum(lost[subject].values()))
            for subject, counts in stored.items()
        ]
        return told, lost
    right: dict[str, int] = defaultdict(int)
    scored: dict[str, int] = defaultdict(int)
    dropped: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Judgment.objects.filter(run=run).order_by().values_list("item__category", "score", "reason")
    for subject, score, reason, n in rows.annotate(n=Count("pk")):
        if score is None:
            why = reason or Reason.NO_REFERENCE.value
            dropped[subject][why] = dropped[subject].get(why, 0) + n
        else:
            right[subject] += n * int(score)
            scored[subject] += n
    names = sorted(set(scored) | set(dropped))
    every = [SubjectScore(name, right[name], scored[name], sum(dropped[name].values())) for name in names]
    return every, {name: dropped[name] for name in names}


def scores_per_character(run: Run) -> list[SubjectScore]:
    """As `subject_scores`, of the choices that are likeliest per character; none where no texts were weighed."""
    right: dict[str, int] = defaultdict(int)
    scored: dict[str, int] = defaultdict(int)
    chosen = f"detail__{PER_CHARACTER}"
    rows = Judgment.objects.filter(run=run, score__isnull=False, detail__has_key=PER_CHARACTER).order_by()
    counted = rows.values_list("item__category", "item__gold_choice", chosen).annotate(n=Count("pk"))
    for subject, gold, letter, n in counted:
        right[subject] += n * (letter == gold)
        scored[subject] += n
    return [SubjectScore(name, right[name], scored[name]) for name in sorted(scored)]


def graded(runs: Sequence[Run]) -> list[Graded]:
    """Every part of every answer; of several gradings the mean of those that have a score."""
    by_repeat = [list(grades_of(run)) for run in runs]
    if len(by_repeat) <= 1:
        return by_repeat[0] if by_repeat else []
    found: dict[tuple[int, str], list[Graded]] = defaultdict(list)
    for grades in by_repeat:
        for grade in grades:
            found[grade.item, grade.part].append(grade)
    return [pooled(grades) for grades in found.values()]


def pooled(grades: Sequence[Graded]) -> Graded:
    """Several grades of one answer as one."""
    scores = [grade.score for grade in grades if grade.score is not None]
    if not scores:
        return grades[0]
    return grades[0]._replace(score=fmean(scores), reason="", spread=pstdev(scores))


def grades_of(run: Run) -> Iterator[Graded]:
    """The grades of one run. A verdict on all criteria together is none of them."""
    rows = Judgment.objects.filter(run=run).order_by("item__position", "criterion")
    if len(run.snapshot.get("judge", {}).get("rubric", {}).get("criteria", [])) > 1:
        rows = rows.exclude(criterion="")
    names = (
        "item_id", "item__position", "item__extra__question", "item__category", "criterion", "score", "status",
        "reason", "spread", "item__question_key", f"item__extra__{FILE}",
    )  # fmt: skip
    for pk, position, key, category, part, score, status, reason, spread, asked, file in rows.values_list(
        *names
    ).iterator(chunk_size=CHUNK):
        why = "" if score is not None else reason or (Reason.NO_VERDICT.value if status == Status.SCORED else "")
        yield Graded(pk, position, key or asked, file or category, part, score, why, spread)


def repeats_of(runs: Sequence[Run]) -> Repeats | None:
    """How steady the judge was; None for a single grading by a judge with a single reply."""
    by_repeat = [list(grades_of(run)) for run in runs]
    if len(by_repeat) > 1:
        spreads = [grade.spread for grade in graded(runs) if grade.spread is not None]
    else:
        spreads = [grade.spread for grades in by_repeat for grade in grades if grade.spread is not None]
        if runs and runs[0].snapshot.get("judge", {}).get("samples", 1) == 1:
            return None
    means = [mean_of([grade.score for grade in grades if grade.score is not None]) for grades in by_repeat]
    return Repeats(means, mean_of(spreads), sum(spread > 0 for spread in spreads), len(spreads)) if runs else None


def mean_of(values: Sequence[float]) -> float | None:
    """A mean, None of nothing."""
    return fmean(values) if values else None


def scores_of(benchmark_run: BenchmarkRun, candidate: int) -> Scores:
    """Every score of a candidate, for comparing it with another one question by question."""
    runs = final_runs(benchmark_run, candidate)
    if not runs:
        return {}
    if runs[0].stage == Stage.CHOICES:
        rows = Judgment.objects.filter(run=runs[0]).order_by("item__position").values_list("item__key", "score")
        return {(key, ""): score for key, score in rows.iterator(chunk_size=CHUNK)}
    return {(grade.question, grade.part): grade.score for grade in graded(runs)}


def items_of_scores(benchmark_run: BenchmarkRun, candidate: int) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Dataset and position of the item behind each score."""
    runs = final_runs(benchmark_run, candidate)
    if not runs:
        return {}
    dataset = runs[0].dataset_id
    if runs[0].stage == Stage.CHOICES:
        rows = Judgment.objects.filter(run=runs[0]).values_list("item__key", "item__position")
        return {(key, ""): (dataset, position) for key, position in rows.iterator(chunk_size=CHUNK)}
    return {(grade.question, grade.part): (dataset, grade.position) for grade in graded(runs)}
