"""Two judged branches of a taxonomy side by side."""

from collections.abc import Iterator

from judging.benchmarks.mt_bench.branch_changes import (
    FileChange,
    FileRating,
    Side,
    compare_branches,
    file_means,
    peer_report,
)
from judging.benchmarks.mt_bench.scores import Rated, peer_scores
from judging.models import Run
from judging.reports.mt_bench import turn_judgments


def branch_ratings(run: Run) -> Iterator[FileRating]:
    """The rating of every question of a judged branch, in order."""
    for judgment in turn_judgments(run).filter(item__extra__has_key="qna_file"):
        item = judgment.item
        yield FileRating(qna_file=item.extra["qna_file"], question=item.question_key, score=judgment.score)


def branch_changes(base: Run, new: Run, *, band: float = 0.0) -> list[FileChange]:
    """What became of every file; a change of at most `band` is none."""
    return compare_branches(branch_ratings(base), branch_ratings(new), band=band)


def branch_text(base: Run, new: Run) -> str:
    """InstructLab's own report of the two."""
    return peer_report(branch_side(base), branch_side(new))


def branch_side(run: Run) -> Side:
    """A judged branch as InstructLab's report has it; ValueError for one without any rating."""
    judgments = list(turn_judgments(run))
    rows = [
        Rated(question=row.item.key, category=row.item.category, turn=1, score=row.score, reason=row.reason)
        for row in judgments
    ]
    scores = peer_scores(rows, branch=True)
    if scores is None:
        raise ValueError(f"Run {run.pk} has no rating, so there is nothing to compare. Ask the judge again.")
    return Side(
        model=judgments[0].item.model,
        score=scores.overall,
        files=file_means(branch_ratings(run)),
        error_rate=scores.error_rate,
    )
