"""The agreement report as a person reads it in a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from annotation.core.confusion import COLUMNS, ROWS, Confusion
from annotation.core.figures import figure, interval, reason, share_line
from annotation.core.intervals import Statistic, Undefined
from annotation.core.same_items import SameItems
from annotation.reports.agreement import AgreementReport
from annotation.reports.judges import JudgeReport
from annotation.reports.titles import method_title, reading_title, statistic_title
from judging.models import Dataset


def as_text(report: AgreementReport) -> str:
    """The whole report, aligned, ending in a line break."""
    lines = [*_people(report)]
    for judge in report.judges:
        lines += ["", *_judge(judge)]
    if not report.judges:
        lines += ["", "No finished run of a judge yet: start one with run_judge."]
    return "\n".join(lines) + "\n"


def several_as_text(dataset: Dataset, campaigns: Sequence[str]) -> str:
    """What stands before the parts of several campaigns."""
    names = ", ".join(campaigns)
    return f"! {dataset.name} has {len(campaigns)} campaigns, whose labels are not mixed: {names}.\n"


def _people(report: AgreementReport) -> Iterator[str]:
    counts = report.counts
    yield f"# Agreement on {report.dataset}"
    if report.criterion:
        yield f"criterion: {report.criterion}"
    yield f"campaign: {report.campaign or 'none'}"
    yield f"people: {', '.join(f'{rater.name} ({rater.labels})' for rater in report.raters) or 'nobody yet'}"
    yield f"items: {counts['items']}, of which people say " + ", ".join(
        f"{counts[kind]} {kind}" for kind in ("clean", "wrong", "ties", "undefined", "unreviewed")
    )
    yield (
        f"labels: {counts['labels']}, of which {counts['undefined_labels']} undefined; "
        f"{counts['items_with_two_labels']} items have two or more; {counts['gold']} gold labels"
    )
    if counts["labels_of_older_text"]:
        yield f"not compared: {counts['labels_of_older_text']} labels on an older text of their item"
    if counts["labels_without_verdict"]:
        yield f"not compared: {counts['labels_without_verdict']} labels without a verdict"
    yield from _notes(report.notes)
    yield ""
    yield "## People among themselves"
    if not report.scale.is_verdict:
        yield f"values: {', '.join(report.scale.values[:20])} ({report.scale.level})"
    yield from _table(report.human_human)


def _judge(judge: JudgeReport) -> Iterator[str]:
    counts = judge.counts
    yield f"## {judge.judge} v{judge.version}, run {judge.run}"
    for word in ROWS:
        yield share_line(word, counts[word], counts["items"])
    reasons = ", ".join(f"{n} {why}" for why, n in counts["unscored_by_reason"].items())
    yield f"unscored: {counts['unscored']}" + (f" ({reasons})" if reasons else "")
    yield from _notes(judge.notes)
    if judge.matrix.n or judge.beside.judge_human is None:
        yield from _of_matrix(judge)
    yield ""
    yield "### judge and people as two raters"
    yield from _table(judge.judge_human)
    yield ""
    yield "### on the same items"
    yield from _table(_same_items(judge.beside.same))


def _same_items(same: SameItems) -> dict[str, Statistic]:
    return {
        "judge_agreement": same.judge_agreement,
        "human_agreement": same.human_agreement,
        "agreement_difference": same.agreement_difference,
        "judge_kappa": same.judge_kappa,
        "human_kappa": same.human_kappa,
        "kappa_difference": same.kappa_difference,
    }


def _of_matrix(judge: JudgeReport) -> Iterator[str]:
    yield ""
    yield from _matrix(judge.matrix)
    yield "unknown: " + ", ".join(f"{n} {why.replace('_', ' ')}" for why, n in judge.human_unknown.items())
    for name, statistics in judge.readings.items():
        yield ""
        yield f"### {reading_title(name)}"
        yield from _table(statistics)
    yield ""
    yield "### beside it"
    yield from _table(
        {
            "majority_baseline": judge.majority_baseline,
            "coverage": judge.coverage,
            "human_share": judge.human_share,
            "mean_score": judge.mean_score,
        }
    )


def _matrix(matrix: Confusion) -> Iterator[str]:
    """A Markdown table, aligned."""
    rows = [["", *COLUMNS], *([row, *map(str, counts.values())] for row, counts in matrix.as_json().items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield f"|:{'-' * widths[0]}-|" + "|".join(f"{'-' * (width + 1)}:" for width in widths[1:]) + "|"


def _table(statistics: Mapping[str, Statistic]) -> Iterator[str]:
    width = max(len(statistic_title(name)) for name in statistics)
    for name, statistic in statistics.items():
        yield f"{statistic_title(name).ljust(width)}  {_statistic(statistic)}"


def _statistic(statistic: Statistic) -> str:
    if isinstance(statistic, Undefined):
        return f"{figure(statistic)} ({reason(statistic)})"
    return f"{figure(statistic)}  [{interval(statistic)}]  n={statistic.n}  {method_title(statistic.method)}"


def _notes(notes: tuple[str, ...]) -> Iterator[str]:
    yield from (f"! {note}" for note in notes)
