"""Two examined branches of a taxonomy side by side: file by file, as a whole, and what is to be said of their files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from judging.benchmarks.mt_bench.branch_changes import Change, FileChange
from judging.benchmarks.mt_bench_branch import MT_BENCH_BRANCH
from judging.core.figures import Comparison, compare
from judging.models import BenchmarkRun, Dataset, ImportFile, Run
from judging.reports.benchmark_comparisons import Side
from judging.reports.benchmark_rows import final_runs
from judging.reports.mt_bench_branch import branch_changes, branch_ratings, branch_text

VERSION = 1
NEWEST = 50
ORDER = (Change.IMPROVEMENT, Change.REGRESSION, Change.NO_CHANGE, Change.NEW, Change.REMOVED, Change.UNRATED)


class NotComparable(ValueError):
    """Two examinations cannot be compared; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One branch with the model that was examined on it, and its graded answers."""

    side: Side
    run: Run
    branch: str
    commit: str
    problems: Sequence[str]
    """What the official parser refuses of its files, and what was left out, by line."""

    def as_json(self) -> dict[str, Any]:
        """The form of reports."""
        return {
            "model": self.side.model, "branch": self.branch, "commit": self.commit, "run": self.run.pk,
            "problems": list(self.problems),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchComparison:
    """The new branch against the base. `whole`: the questions that read the same on both, all files together."""

    base: Examined
    new: Examined
    band: float
    changes: Sequence[FileChange]
    whole: Comparison

    @property
    def by_change(self) -> Mapping[Change, list[FileChange]]:
        """The files by what became of them: gains from the greatest, losses from the greatest."""
        found = {change: [each for each in self.changes if each.change == change] for change in ORDER}
        found[Change.IMPROVEMENT].sort(key=lambda each: -(each.delta or 0.0))
        found[Change.REGRESSION].sort(key=lambda each: each.delta or 0.0)
        return {change: rows for change, rows in found.items() if rows}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many files became what."""
        counted = Counter(each.change for each in self.changes)
        return {change.value: counted[change] for change in ORDER}

    def as_json(self) -> dict[str, Any]:
        """One document."""
        return {
            "version": VERSION, "base": self.base.as_json(), "new": self.new.as_json(), "band": self.band,
            "counts": dict(self.counts), "whole": self.whole.as_json(),
            "files": [each.as_json() for rows in self.by_change.values() for each in rows],
        }  # fmt: skip

    def as_text(self) -> str:
        """InstructLab's own report. NotComparable where one side has no rating at all."""
        try:
            return branch_text(self.base.run, self.new.run)
        except ValueError as error:
            raise NotComparable(str(error)) from error


def compare_sides(base: Side, new: Side, *, band: float = 0.0) -> BranchComparison:
    """What became of every file; a change of at most `band` is none. NotComparable where nothing is graded."""
    first, second = examined(base), examined(new)
    scores = [
        {(f"{each.qna_file}\x1f{each.question}", ""): each.score for each in branch_ratings(side.run)}
        for side in (second, first)
    ]
    return BranchComparison(
        base=first,
        new=second,
        band=band,
        changes=branch_changes(first.run, second.run, band=band),
        whole=compare(*scores),
    )


def examined(side: Side) -> Examined:
    """The graded answers of a side. NotComparable where there are none."""
    found = side.benchmark_run
    if found.benchmark != MT_BENCH_BRANCH.name:
        raise NotComparable(f"{found} examined no branch. Run {MT_BENCH_BRANCH.title} first.")
    runs = [run for run in final_runs(found, side.place) if run.state == Run.State.FINISHED]
    if not runs:
        raise NotComparable(
            f"The answers of {side.model} in {found} are not graded ({found.state}). Let it finish, or resume it."
        )
    first = found.dataset.items.first()
    told = first.extra if first else {}
    return Examined(
        side=side,
        run=runs[0],
        branch=str(told.get("branch", "")),
        commit=str(told.get("commit", "")),
        problems=said_of_files(found.dataset),
    )


def said_of_files(dataset: Dataset) -> list[str]:
    """What the official parser refuses of a branch's files, and what was left out."""
    headers = ImportFile.objects.filter(dataset=dataset).order_by("name").values_list("header", flat=True)
    return [note for header in headers for name in ("problems", "warnings") for note in (header or {}).get(name, [])]


def branch_sides(most: int = NEWEST) -> list[Side]:
    """Every candidate of the newest examinations of branches."""
    runs = BenchmarkRun.objects.filter(benchmark=MT_BENCH_BRANCH.name).select_related("dataset").order_by("-pk")[:most]
    return [Side(run, place) for run in runs for place in range(len(run.candidates))]
