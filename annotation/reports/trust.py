"""Figures of trust in a judge that follow from kept counts: its corrected score, and how many labels are missing."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotation.core.confusion import NO_DECIDED
from annotation.core.correction import (
    Calibration,
    post_stratified,
    prediction_powered,
    rogan_gladen,
    strata_of,
)
from annotation.core.intervals import IntArray, Statistic, Undefined, proportion
from annotation.core.resolution import CODES, HumanVerdict
from annotation.core.sampling import LabelBudget, label_budget
from annotation.reports.counts import JudgedHistogram

VERDICTS = ("clean", "wrong")
NO_VERDICTS = "labels on this scale mean no verdict"
NO_JUDGED = "the judge decided no item"
HALF_WIDTH = 0.05


def corrected_scores(judge: IntArray, people: IntArray, items: IntArray) -> dict[str, Statistic]:
    """The share of clean items: as the judge counts it, and corrected for its errors in four ways.

    `judge`: 0 clean, 1 wrong, 2 invalid. `people`: 0 clean, 1 wrong, anything else no verdict. A row per kind of items.
    """
    told, decided = judge < 2, (people == 0) | (people == 1)
    called = int(items[judge == 0].sum())
    both = told & decided
    human = np.repeat((people[both] == 0).astype(np.float64), items[both])
    beside = np.repeat((judge[both] == 0).astype(np.float64), items[both])
    alone = np.repeat((judge[told & ~decided] == 0).astype(np.float64), items[told & ~decided])
    n = int(items[told].sum())
    return {
        "corrected": post_stratified(*strata_of(judge, people, items)),
        "raw": proportion(called, n, undefined=NO_JUDGED),
        "rogan_gladen": rogan_gladen(called, n, _known(judge, people, items)),
        "ppi": prediction_powered(human, beside, alone, tuned=False),
        "ppi_plus": prediction_powered(human, beside, alone),
    }


def corrected_scores_of(found: JudgedHistogram | None) -> dict[str, Statistic]:
    """The same from kept counts, with people's verdict (gold, else majority)."""
    if found is None or not means_verdicts(found):
        return dict.fromkeys(("corrected", "raw", "rogan_gladen", "ppi", "ppi_plus"), Undefined(NO_VERDICTS))
    return corrected_scores(found.judge_codes, people_codes(found), found.items)


def people_codes(found: JudgedHistogram) -> IntArray:
    """0 clean, 1 wrong, -1 for no verdict, per kind of items."""
    codes = np.full(len(found.human_codes), -1, dtype=np.int64)
    for code, verdict in enumerate((HumanVerdict.CLEAN, HumanVerdict.WRONG)):
        codes[found.human_codes == CODES[verdict]] = code
    return codes


def _known(judge: IntArray, people: IntArray, items: IntArray) -> Calibration:
    def many(row: int, column: int) -> int:
        return int(items[(judge == row) & (people == column)].sum())

    return Calibration(
        clean=many(0, 0) + many(1, 0),
        clean_called_clean=many(0, 0),
        wrong=many(0, 1) + many(1, 1),
        wrong_called_wrong=many(1, 1),
    )


def budget_of(found: JudgedHistogram | None, *, half_width: float = HALF_WIDTH) -> LabelBudget | Undefined:
    """How many more items people should look at to know the judge's agreement with them this well."""
    if found is None:
        return Undefined(NO_VERDICTS)
    cells = found.confusion.decided_cells
    if not cells.sum():
        return Undefined(NO_DECIDED)
    by_word = cells.sum(axis=1)
    seen = by_word > 0
    weights = found.confusion.cells.sum(axis=1)[: len(VERDICTS)][seen]
    shares = (np.diagonal(cells)[seen] + 0.5) / (by_word[seen] + 1)
    return label_budget(
        float(np.trace(cells) / cells.sum()),
        there=int(cells.sum()),
        population=found.confusion.n,
        half_width=half_width,
        strata=((weights / weights.sum()).tolist(), shares.tolist()),
    )


def budget_as_json(found: LabelBudget | Undefined) -> Mapping[str, Any]:
    """The form of reports."""
    if isinstance(found, Undefined):
        nothing = dict.fromkeys(("there", "random", "stratified"))
        return {"half_width": HALF_WIDTH, **nothing, "reason": found.reason}
    return {**found.as_json(), "reason": None}


def means_verdicts(found: JudgedHistogram) -> bool:
    """Whether people's values mean verdicts."""
    return any(verdict in VERDICTS for _, verdict in found.labels.columns)
