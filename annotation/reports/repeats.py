"""How often a judge says the same of the same text again, over all its finished runs."""

from typing import Any

import numpy as np
from django.db.models import Case, IntegerField, QuerySet, When
from django.db.models import Value as DatabaseValue

from annotation.core.agreement import krippendorff_alpha, percent_agreement
from annotation.core.continuous import Numbers, alpha_of_numbers, share_equal
from annotation.core.counts import Patterns, patterns
from annotation.core.intervals import IntArray, Statistic, Undefined, Value
from annotation.reports.columns import numbers, whole_numbers
from annotation.reports.human import REVISION_BITS
from annotation.reports.people import TOO_MANY_LABELS
from annotation.reports.which import kept
from annotation.reports.words import MOST_READ_BY_COMMAND, Scale
from judging.models import Judgment, Run

ONE_RUN = "the judge went through the items once"
FIGURES = ("flip_rate", "percent_agreement", "krippendorff_alpha")
SCORES = np.dtype([("item", np.int64), ("revision", np.int64), ("score", np.float64)])


def self_consistency(run: Run, scale: Scale, criterion: str) -> dict[str, Any]:
    """How often a judge says the same again: over all its finished runs on the dataset."""
    again = Run.objects.filter(dataset=run.dataset_id, judge=run.judge_id, state=Run.State.FINISHED)
    runs = list(again.values_list("pk", flat=True))
    if len(runs) < 2:
        return {"runs": len(runs), **dict.fromkeys(FIGURES, Undefined(ONE_RUN))}
    said = kept(Judgment.objects.filter(run__in=runs, criterion=criterion, status="scored")).order_by()
    if said.count() > MOST_READ_BY_COMMAND:
        return {"runs": len(runs), **dict.fromkeys(FIGURES, Undefined(TOO_MANY_LABELS))}
    wide = scale if scale.is_verdict else scale.with_values(said.values_list("value", flat=True).distinct())
    same, alpha = _of_scores(said, wide) if wide.is_continuous else _of_values(said, wide)
    return {"runs": len(runs), "flip_rate": _turned(same), "percent_agreement": same, "krippendorff_alpha": alpha}


def _of_values(said: "QuerySet[Judgment]", scale: Scale) -> tuple[Statistic, Statistic]:
    found = _repeats(said, scale)
    return percent_agreement(found), krippendorff_alpha(found, scale.measure)


def _of_scores(said: "QuerySet[Judgment]", scale: Scale) -> tuple[Statistic, Statistic]:
    rows = numbers(said.filter(score__isnull=False).values_list("item_id", "item_revision", "score"), SCORES)
    found = Numbers(_texts(rows["item"], rows["revision"]), rows["score"])
    return share_equal(found), alpha_of_numbers(found, scale.level)


def _repeats(said: "QuerySet[Judgment]", scale: Scale) -> Patterns:
    """Judgments of the same text by what they say."""
    column = "verdict" if scale.is_verdict else "value"
    place = [When(**{column: value, "then": DatabaseValue(at)}) for at, value in enumerate(scale.values)]
    coded = said.annotate(code=Case(*place, default=DatabaseValue(-1), output_field=IntegerField()))
    rows = whole_numbers(coded.values_list("item_id", "item_revision", "code"), 3)
    texts, at = np.unique(_texts(rows[:, 0], rows[:, 1]), return_inverse=True)
    wide, told = len(scale.values), rows[:, 2] >= 0
    cells = np.bincount(at.ravel()[told] * wide + rows[told, 2], minlength=len(texts) * wide)
    return patterns(cells.reshape(len(texts), wide).astype(np.int64))


def _texts(items: IntArray, revisions: IntArray) -> IntArray:
    """A number for each text of each item."""
    return (items << REVISION_BITS) | revisions


def _turned(same: Statistic) -> Statistic:
    if isinstance(same, Undefined):
        return same
    return Value(1 - same.value, 1 - same.high, 1 - same.low, same.n, same.method)
