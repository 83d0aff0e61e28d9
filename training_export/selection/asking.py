"""From what is asked to the selection of this moment."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from annotation.models import Campaign
from judging.models import Dataset, Run
from training_export.core.gate import USUAL, Marks
from training_export.core.records import PEOPLE, Source
from training_export.selection.choosing import (
    EXCLUDE,
    ExportProblem,
    Selection,
    check_run,
    labelled_campaign,
    newest_judge_run,
    now_of,
    only_campaign,
    run_beside,
)
from training_export.selection.gates import judge_gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a selection is limited to. `judge_gate`: the judge stands in only where it may; `leakage`: what becomes of
    items that repeat a question of `leakage_against`; `criterion`: whose verdicts decide, where there are several;
    `marks`: what the judge has to reach."""

    min_agreement: float = 0.0
    judge_gate: bool = False
    leakage_against: Dataset | None = None
    leakage: str = EXCLUDE
    criterion: str = ""
    marks: Marks = USUAL


NOTHING_ASKED = Asked()


def select(
    dataset: Dataset,
    *,
    source: str = "",
    campaign: Campaign | None = None,
    run: Run | None = None,
    asked: Asked = NOTHING_ASKED,
) -> Selection:
    """Decide what leaves now. Without a source: gold where people labelled; the judge has to be asked for by name."""
    check_asked(asked, source, dataset)
    if run is not None:
        check_run(run)
    if source == Source.JUDGE:
        # The gate measures the judge by the people of a campaign; nothing else of theirs leaves.
        campaign = (campaign or only_campaign(dataset)) if asked.judge_gate else None
        run = run or newest_judge_run(dataset)
    else:
        campaign = labelled_campaign(dataset, campaign)
        run = run or run_beside(campaign)
        if source == Source.GOLD_THEN_JUDGE:
            run = run or newest_judge_run(dataset)
    selection = Selection(
        dataset=dataset,
        source=Source(source or Source.GOLD),
        campaign=campaign,
        run=run,
        as_of=now_of(campaign, run),
        min_agreement=asked.min_agreement,
        leakage_against=asked.leakage_against,
        leakage=asked.leakage,
        criterion=asked.criterion,
    )
    return replace(selection, gate=judge_gate(selection, asked.marks)) if asked.judge_gate else selection


def check_asked(asked: Asked, source: str, dataset: Dataset) -> None:
    """Refuse what cannot be meant."""
    check_agreement(asked.min_agreement, source)
    if asked.judge_gate and Source(source or Source.GOLD) in PEOPLE:
        raise ExportProblem(
            _(
                "Where a judge may stand in is asked, and every verdict here is a person's: take the judge's, or "
                "people's and the judge's where nobody labelled."
            ),
            choice="source",
        )
    if asked.leakage_against == dataset:
        raise ExportProblem(
            _("A dataset repeats all of its own questions: name another one."), choice="leakage_against"
        )


def check_agreement(share: float, source: str) -> None:
    """A share of the labels is between 0 and 1, and a judge gives none."""
    if not 0 <= share <= 1:
        raise ExportProblem(
            _("{share} is no share of the labels: it is a number from 0 to 1.").format(share=share),
            choice="min_agreement",
        )
    if share and source == Source.JUDGE:
        raise ExportProblem(
            _("A least agreement is one of people's labels, and the judge's verdicts have none: leave one out."),
            choice="min_agreement",
        )
