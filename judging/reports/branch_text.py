"""Two branches side by side as lines of text."""

from collections.abc import Iterator

from judging.benchmarks.mt_bench.branch_changes import Change, FileChange
from judging.reports.branch_comparisons import BranchComparison, Examined

MOST_PROBLEMS = 20
HEADINGS = {
    Change.IMPROVEMENT: "improvements", Change.REGRESSION: "regressions", Change.NO_CHANGE: "no change",
    Change.NEW: "new", Change.REMOVED: "removed", Change.UNRATED: "without a rating on one side",
}  # fmt: skip


def branch_lines(report: BranchComparison) -> Iterator[str]:
    """The whole comparison."""
    yield "MT-Bench-Branch, file by file"
    yield from (side_line("base", report.base), side_line("new", report.new))
    whole = report.whole
    if whole.difference is not None:
        bounds = f" [{whole.low:+.2f}, {whole.high:+.2f}]" if whole.low is not None else ""
        yield f"  all questions that are on both: {whole.difference:+.2f}{bounds}  n {whole.n}"
    for change, rows in report.by_change.items():
        yield from ("", f"{HEADINGS[change]} ({len(rows)})")
        yield from (file_line(each) for each in rows)
    for side in (report.base, report.new):
        if side.problems:
            yield from ("", f"what is to be said of the files of {side.branch}")
            yield from (f"  {note}" for note in side.problems[:MOST_PROBLEMS])
            if len(side.problems) > MOST_PROBLEMS:
                yield f"  and {len(side.problems) - MOST_PROBLEMS} more"


def side_line(label: str, side: Examined) -> str:
    """One branch."""
    return f"  {label}: {side.side.model} on {side.branch} ({side.commit[:12]})"


def file_line(each: FileChange) -> str:
    """One file: both means, the difference, that of its pairs with the interval."""
    means = " -> ".join("n/a" if mean is None else f"{mean:.2f}" for mean in (each.base, each.new))
    if each.change in {Change.NEW, Change.REMOVED}:
        mean, n = (each.new, each.n_new) if each.change == Change.NEW else (each.base, each.n_base)
        return f"  {each.qna_file}: {'n/a' if mean is None else f'{mean:.2f}'}  n {n}"
    delta = "" if each.delta is None else f" ({each.delta:+.2f})"
    paired = "" if each.paired is None else f"  pairs {each.pairs}: {each.paired:+.2f}"
    bounds = "" if each.low is None else f" [{each.low:+.2f}, {each.high:+.2f}]"
    reworded = f"  reworded {each.reworded}" if each.reworded else ""
    return f"  {each.qna_file}: {means}{delta}{paired}{bounds}{reworded}"
