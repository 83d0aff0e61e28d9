"""The agreement report of a dataset: people among themselves, then every judge against people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotation.core.intervals import Statistic, Undefined
from annotation.models import Campaign
from annotation.reports.human import HumanColumn, Rater, human_column, human_counts, human_human
from annotation.reports.judges import JudgeReport, as_json, judge_report
from annotation.reports.refusals import ReportRefused
from judging.models import Dataset, Run

TENTATIVE = 0.667
RARE = 0.15
FAR_APART = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """Everything that the command prints, the page shows and the files hold."""

    dataset: str
    dataset_pk: int
    campaign: str
    campaign_pk: int | None
    counts: Mapping[str, int]
    raters: tuple[Rater, ...]
    human_human: Mapping[str, Statistic]
    judges: tuple[JudgeReport, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of `report_agreement --json`."""
        return {
            "dataset": self.dataset,
            "campaign": self.campaign or None,
            "counts": dict(self.counts),
            "annotators": [{"annotator": rater.name, "labels": rater.labels} for rater in self.raters],
            "human_human": as_json(self.human_human),
            "judges": [judge.as_json() for judge in self.judges],
            "notes": list(self.notes),
        }


def agreement_report(
    dataset: Dataset, *, campaign: Campaign | None = None, runs: Sequence[Run] | None = None, criterion: str = ""
) -> AgreementReport:
    """Report on a dataset. Without a campaign: its only one. Without runs: every finished run of a judge.

    ReportRefused where there are several campaigns, and for a run without a judge or of another dataset.
    """
    campaign = chosen_campaign(dataset, campaign)
    compared = judged_runs(dataset) if runs is None else [_checked(run, dataset) for run in runs]
    column = human_column(campaign, criterion=criterion)
    between = human_human(campaign, column, criterion=criterion)
    return AgreementReport(
        dataset=dataset.name,
        dataset_pk=dataset.pk,
        campaign=campaign.name if campaign else "",
        campaign_pk=campaign.pk if campaign else None,
        counts=human_counts(dataset, column),
        raters=column.raters,
        human_human=between,
        judges=tuple(judge_report(run, column, criterion=criterion) for run in compared),
        notes=_notes(column, between),
    )


def chosen_campaign(dataset: Dataset, campaign: Campaign | None = None) -> Campaign | None:
    """The campaign asked for, or the dataset's only one; None where there is none, ReportRefused where several are."""
    if campaign is not None:
        if campaign.dataset_id != dataset.pk:
            raise ReportRefused(f"Campaign {campaign.name!r} is not of dataset {dataset.name!r}.")
        return campaign
    campaigns = list(Campaign.objects.filter(dataset=dataset).order_by("name"))
    if len(campaigns) > 1:
        names = ", ".join(repr(found.name) for found in campaigns)
        raise ReportRefused(f"Dataset {dataset.name!r} has {len(campaigns)} campaigns: {names}. Choose one.")
    return campaigns[0] if campaigns else None


def judged_runs(dataset: Dataset) -> "QuerySet[Run]":
    """Finished runs of judges over a dataset, newest first."""
    runs: QuerySet[Run] = (
        Run.objects.filter(dataset=dataset, judge__isnull=False, state=Run.State.FINISHED)
        .select_related("judge__rubric")
        .order_by("-pk")
    )
    return runs


def _checked(run: Run, dataset: Dataset) -> Run:
    if run.dataset_id != dataset.pk:
        raise ReportRefused(f"Run {run.pk} is not of dataset {dataset.name!r}.")
    if run.judge_id is None:
        raise ReportRefused(f"Run {run.pk} has no judge: a model answered there, nothing was judged.")
    return run


def _notes(column: HumanColumn, between: Mapping[str, Statistic]) -> tuple[str, ...]:
    """What a careful reader would say beside the numbers."""
    notes = []
    alpha, ac1 = between["krippendorff_alpha"], between["gwet_ac1"]
    if not isinstance(alpha, Undefined) and alpha.low < TENTATIVE:
        notes.append(
            f"People may not agree reliably among themselves (lower bound of alpha {alpha.low:.4f}, "
            f"below {TENTATIVE}): mend the guideline before trusting any number about a judge."
        )
    if _skewed(column, alpha, ac1):
        notes.append("The labels are skewed to one verdict: read the agreement per verdict, not one coefficient alone.")
    return tuple(notes)


def _skewed(column: HumanColumn, alpha: Statistic, ac1: Statistic) -> bool:
    totals = column.newest[:, 2:4].sum(axis=0)
    if not totals.sum():
        return False
    apart = not isinstance(alpha, Undefined) and not isinstance(ac1, Undefined) and abs(ac1.value - alpha.value)
    return bool(totals.min() < RARE * totals.sum() or apart > FAR_APART)
