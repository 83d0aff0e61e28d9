"""A run's judgments beside people's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Case, Count, IntegerField, Sum, Value, When

from annotation.core import confusion
from annotation.core.agreement import GROUP, NOMINAL, PAIR
from annotation.core.confusion import COLUMNS, READINGS, ROWS, Confusion
from annotation.core.intervals import IntArray, Statistic, Undefined, mean
from annotation.core.resolution import VERDICTS, HumanVerdict
from annotation.reports.columns import whole_numbers
from annotation.reports.counts import COLUMN_OF_CODE, JudgedHistogram
from annotation.reports.human import HumanColumn, KeptColumn
from annotation.reports.judged import VERDICTS_ALONE, Asked, BesidePeople, beside_people
from annotation.reports.which import kept
from judging.models import BatchCount, Judgment, Run

NO_SCORES = "this judge gives no scores"
FEW_DECIDED = 20
NO_CODES = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """What one run says, and how it compares with people."""

    judge: str
    version: int
    run: int
    state: str
    counts: Mapping[str, Any]
    human_unknown: Mapping[str, int]
    mean_score: Statistic
    matrix: Confusion
    readings: Mapping[str, Mapping[str, Statistic]]
    majority_baseline: Statistic
    majority_verdict: str
    coverage: Statistic
    human_share: Statistic
    judge_human: Mapping[str, Statistic]
    beside: BesidePeople
    tokens: int | None
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of `report_agreement --json`."""
        return {
            "judge": self.judge,
            "version": self.version,
            "run": self.run,
            "state": self.state,
            "counts": dict(self.counts),
            "human_unknown": dict(self.human_unknown),
            "mean_score": self.mean_score.as_json(),
            "confusion": self.matrix.as_json(),
            **{name: as_json(statistics) for name, statistics in self.readings.items()},
            "majority_baseline": self.majority_baseline.as_json(),
            "majority_verdict": self.majority_verdict,
            "coverage": self.coverage.as_json(),
            "human_share": self.human_share.as_json(),
            "judge_human": as_json(self.judge_human),
            **self.beside.as_json(),
            "notes": list(self.notes),
        }


def as_json(statistics: Mapping[str, Statistic]) -> dict[str, Any]:
    """{name: statistic} as JSON."""
    return {name: statistic.as_json() for name, statistic in statistics.items()}


def judge_report(
    run: Run, column: HumanColumn | KeptColumn, asked: Asked = VERDICTS_ALONE, found: JudgedHistogram | None = None
) -> JudgeReport:
    """Compare a run of a judge with people. ValueError for a run without a judge.

    `found`: the run beside kept counts; None where those are not kept. The matrix is about verdicts; where people gave
    values that mean none, it is empty.
    """
    if run.judge is None:
        raise ValueError(f"Run {run.pk} has no judge.")
    criterion, beside = asked.criterion, beside_people(run, asked, found)
    matrix, unknown = _matrix(run, column, asked, found)
    return JudgeReport(
        judge=run.judge.name,
        version=run.judge.version,
        run=run.pk,
        state=run.state,
        counts=_counts(run, matrix, criterion, found),
        human_unknown=unknown,
        mean_score=_mean_score(run, criterion) if found is None else _mean_of(found),
        matrix=matrix,
        readings={name: reading(matrix) for name, reading in READINGS.items()},
        majority_baseline=confusion.majority_baseline(matrix),
        majority_verdict=confusion.majority_verdict(matrix),
        coverage=confusion.coverage(matrix),
        human_share=confusion.human_share(matrix),
        judge_human=judge_human(matrix) | dict(beside.numbers) if beside.judge_human is None else beside.judge_human,
        beside=beside,
        tokens=_tokens(run),
        notes=_notes(run, matrix),
    )


def _tokens(run: Run) -> int | None:
    """What the run's replies cost; None where that is not known, as of words that came with a file."""
    counted = BatchCount.objects.filter(run=run).exclude(run__kind=Run.Kind.IMPORTED)
    tokens: int | None = counted.aggregate(n=Sum("tokens"))["n"]
    return tokens


def _matrix(
    run: Run, column: HumanColumn | KeptColumn, asked: Asked, found: JudgedHistogram | None
) -> tuple[Confusion, dict[str, int]]:
    """The 3x3, and why people's word is unknown."""
    if found is not None and asked.scale.is_verdict:
        return found.confusion, found.human_unknown
    if isinstance(column, KeptColumn) or not asked.scale.is_verdict:
        return Confusion.of(np.zeros((3, 3), dtype=np.int64)), _human_unknown(NO_CODES, NO_CODES)
    rows = _judged(run, asked.criterion)
    human, other_text = column.beside(rows[:, 0], rows[:, 1])
    return Confusion.of_codes(rows[:, 2], COLUMN_OF_CODE[human]), _human_unknown(human, other_text)


def judge_human(matrix: Confusion) -> dict[str, Statistic]:
    """Judge and people as two raters of the items both decided. One row per statistic."""
    if not matrix.decided:
        return dict.fromkeys([*GROUP, *PAIR], Undefined(confusion.NO_DECIDED))
    group = {name: statistic(matrix.patterns, NOMINAL) for name, statistic in GROUP.items()}
    return group | {name: statistic(matrix.decided_cells, NOMINAL) for name, statistic in PAIR.items()}


def items_of_cell(
    run: Run, column: HumanColumn, *, judge: str, human: str, criterion: str = ""
) -> list[tuple[int, str, HumanVerdict]]:
    """(item's primary key, row, what people say) of a cell's items; '' stands for every row or column."""
    rows = _judged(run, criterion)
    codes, _ = column.beside(rows[:, 0], rows[:, 1])
    kept = np.ones(len(rows), dtype=bool)
    if judge:
        kept &= rows[:, 2] == ROWS.index(judge)
    if human:
        kept &= COLUMN_OF_CODE[codes] == COLUMNS.index(human)
    found = zip(rows[kept, 0].tolist(), rows[kept, 2].tolist(), codes[kept].tolist(), strict=True)
    return [(item, ROWS[row], VERDICTS[code]) for item, row, code in found]


def _judged(run: Run, criterion: str) -> IntArray:
    """Rows (item, revision, row of the matrix). A judgment without a verdict is invalid."""
    said = [When(verdict=word, then=Value(row)) for row, word in enumerate(ROWS[:2])]
    rows = (
        kept(Judgment.objects.filter(run=run, criterion=criterion))
        .order_by("item_id")
        .annotate(row=Case(*said, default=Value(ROWS.index("invalid")), output_field=IntegerField()))
        .values_list("item_id", "item_revision", "row")
    )
    return whole_numbers(rows, 3)


def _counts(run: Run, matrix: Confusion, criterion: str, found: JudgedHistogram | None) -> dict[str, Any]:
    """Judged items by verdict, and those among them from which no value could be read, by reason."""
    by_reason = _by_reason(run, criterion) if found is None else found.by_reason
    judged = (
        kept(Judgment.objects.filter(run=run, criterion=criterion)).count() if found is None else int(found.items.sum())
    )
    verdicts = {word: matrix.row_total(row) for row, word in enumerate(ROWS)}
    return verdicts | {
        "items": judged,
        "unscored": sum(by_reason.values()),
        "unscored_by_reason": by_reason,
    }


def _by_reason(run: Run, criterion: str) -> dict[str, int]:
    unscored = (
        kept(Judgment.objects.filter(run=run, criterion=criterion))
        .unscored()
        .order_by("reason")
        .values_list("reason")
        .annotate(n=Count("pk"))
    )
    return {str(reason): int(n) for reason, n in unscored}


def _human_unknown(codes: IntArray, other_text: IntArray) -> dict[str, int]:
    """Why people's word on judged items is unknown."""
    found = {verdict: int((codes == code).sum()) for code, verdict in enumerate(VERDICTS)}
    elsewhere = int(other_text.sum())
    return {
        "ties": found[HumanVerdict.TIE],
        "undefined": found[HumanVerdict.UNDEFINED],
        "unreviewed": found[HumanVerdict.UNREVIEWED] - elsewhere,
        "labelled_in_another_text": elsewhere,
    }


def _mean_of(found: JudgedHistogram) -> Statistic:
    scored = ~np.isnan(found.judge_scores)
    return mean(np.repeat(found.judge_scores[scored], found.items[scored]), undefined=NO_SCORES)


def _mean_score(run: Run, criterion: str) -> Statistic:
    # Most judges give few different scores: they are counted in the database and written out here.
    scored = kept(Judgment.objects.filter(run=run, criterion=criterion, status="scored", score__isnull=False))
    rows = list(scored.order_by("score").values("score").annotate(n=Count("pk")).values_list("score", "n"))
    scores = np.array([score for score, _ in rows], dtype=np.float64)
    return mean(np.repeat(scores, np.array([n for _, n in rows], dtype=np.int64)), undefined=NO_SCORES)


def _notes(run: Run, matrix: Confusion) -> tuple[str, ...]:
    """What a careful reader would say beside the numbers."""
    accuracy, baseline = confusion.mdk(matrix)["accuracy"], confusion.majority_baseline(matrix)
    notes = []
    if run.state != Run.State.FINISHED:
        notes.append(f"The run is {run.state}: the numbers cover {matrix.n} judged items so far.")
    if _gives_no_verdict(run):
        notes.append("The rubric does not say which scores are clean, so every judgment counts as invalid.")
    if matrix.decided and not isinstance(accuracy, Undefined) and not isinstance(baseline, Undefined):
        if accuracy.value < baseline.value:
            verdict = confusion.majority_verdict(matrix)
            notes.append(f"Always answering {verdict} would reach {baseline.value:.6f}, more than this judge.")
        if matrix.decided < FEW_DECIDED:
            notes.append(f"Only {matrix.decided} items are decided by both: read the intervals, not the values.")
    return tuple(notes)


def _gives_no_verdict(run: Run) -> bool:
    rubric = run.judge.rubric if run.judge else None
    return rubric is not None and all(criterion.clean_if is None for criterion in rubric.parsed_criteria())
