"""The agreement report of a dataset: people among themselves, then every judge against people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db.models import QuerySet

from annotation.core.agreement import GROUP, PAIR, Level
from annotation.core.counts import Patterns
from annotation.core.intervals import Statistic, Undefined
from annotation.core.raters import RaterPairs
from annotation.models import Campaign, CampaignItem, CountScale, Label
from annotation.reports.counts import JudgedHistogram, LabelHistogram, judge_pattern_histograms
from annotation.reports.human import HumanColumn, KeptColumn, Rater, human_column, human_counts
from annotation.reports.judged import Asked
from annotation.reports.judges import JudgeReport, judge_report
from annotation.reports.people import TOO_MANY_LABELS
from annotation.reports.refusals import ReportRefused
from annotation.reports.remembered import histograms_of, known, remembered, state_of, state_of_judge, state_of_measured
from annotation.reports.said import Said, read_said
from annotation.reports.votes import people_votes
from annotation.reports.which import EVERY, Which, about
from annotation.reports.words import MOST_READ, Scale, Words
from judging.models import Dataset, Judgment, Run

SEVERAL = "several criteria: choose one with --criterion"
SEVERAL_CAMPAIGNS = "several campaigns: choose one with --campaign"
PANELS = ("people", "slices", "calibration", "scores", "bias", "weighted", "disagreements")
WITH_THE_PANEL = "it needs every label, and is worked out with the panel of people"
PICKED_FOR_DISAGREEMENT = (
    "The items were picked because raters disagree on them: the figures are about those items, not about the dataset."
)
HARD_ITEMS_FIRST = (
    "The items on which raters disagree come first, and {left} items are still to be reviewed: until then the figures "
    "are about the hardest items, not about the dataset."
)
TENTATIVE = 0.667
RARE = 0.15
FAR_APART = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a report was made from: panels go on from here without reading it again."""

    dataset: Dataset
    campaign: Campaign | None
    criterion: str
    scale: Scale
    words: Words | None
    pairs: RaterPairs | None
    patterns: Patterns
    labels: LabelHistogram | None
    runs: tuple[Run, ...]
    beside: Mapping[int, JudgedHistogram]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """What follows from kept counts, of one criterion: the whole report but its panels.

    `criterion` is None where there are several and none was chosen: then there are no figures.
    """

    dataset: str
    dataset_pk: int
    campaign: str
    campaign_pk: int | None
    criterion: str | None
    criteria: tuple[str, ...]
    scale: Scale
    counts: Mapping[str, Any]
    raters: tuple[Rater, ...]
    human_human: Mapping[str, Statistic]
    pairwise: Mapping[str, Any] | None
    judges: tuple[JudgeReport, ...]
    notes: tuple[str, ...]
    is_skewed: bool = False
    refused: str = ""
    material: Material | None = None
    which: Which = EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a report. `criterion`: None for the only one. `level`: None for what the labels are.

    `at_most`: labels that are read word by word; beyond them what needs to know who said what is left out.
    `panels`: which parts are made that need more than kept counts. `which`: the items it is about.
    """

    criterion: str | None = None
    level: Level | None = None
    at_most: int = MOST_READ
    panels: tuple[str, ...] = PANELS
    which: Which = EVERY


def agreement_report(
    dataset: Dataset,
    *,
    campaign: Campaign | None = None,
    runs: Sequence[Run] | None = None,
    criterion: str | None = None,
    question: Question | None = None,
) -> AgreementReport:
    """Report on a dataset. Without a campaign: its only one. Without runs: every finished run of a judge.

    ReportRefused where there are several campaigns, for a run without a judge or of another dataset, and for a
    criterion that nobody was asked about.
    """
    asked = question or Question(criterion=criterion)
    campaign = chosen_campaign(dataset, campaign)
    compared = list(judged_runs(dataset)) if runs is None else [_checked(run, dataset) for run in runs]
    criteria = criteria_of(campaign, compared)
    chosen = _chosen_criterion(criteria, asked.criterion)
    if chosen is None:
        names = ", ".join(name or "(none)" for name in criteria)
        note = f"There are {len(criteria)} criteria, and figures of one are not mixed with those of another: {names}."
        return without_figures(dataset, campaign, criteria, refused=SEVERAL, note=note)
    which = asked.which.settled(dataset)
    with about(dataset, campaign, which):
        return replace(_kept_or_made(dataset, campaign, compared, _Chosen(criteria, chosen, asked)), which=which)


@dataclass(frozen=True, slots=True)
class _Chosen:
    criteria: tuple[str, ...]
    criterion: str
    question: Question


def _kept_or_made(dataset: Dataset, campaign: Campaign | None, runs: Sequence[Run], chosen: _Chosen) -> AgreementReport:
    """Of measured labels there are no counts: a report on many of them is kept as a whole, and a page that may not read
    them shows what a panel or a command made of them before."""
    state = state_of_measured(campaign, chosen.criterion, runs) if campaign else None
    make = partial(_report, dataset, campaign, runs, chosen)
    if state is None:
        return make()
    key = (*state, chosen.question.level, chosen.criteria)
    if _most_read(chosen.question) > MOST_READ:
        return remembered("measured", key, lambda: _without_words(make()))
    return known("measured", key) or make()


def _without_words(report: AgreementReport) -> AgreementReport:
    """Small enough to be kept."""
    found = report.material
    return replace(report, material=replace(found, words=None, pairs=None)) if found else report


def _report(dataset: Dataset, campaign: Campaign | None, runs: Sequence[Run], chosen: _Chosen) -> AgreementReport:
    said = read_said(campaign, runs, chosen.criterion, level=chosen.question.level, at_most=_most_read(chosen.question))
    between, beside = said.statistics(), judged_histograms(runs, said.column, campaign, chosen.criterion)
    # What needs every label is left to the panel that reads them.
    why = TOO_MANY_LABELS if "people" in chosen.question.panels else WITH_THE_PANEL
    between = {name: Undefined(why) if one == Undefined(TOO_MANY_LABELS) else one for name, one in between.items()}
    judges = _judges(runs, said, beside, why=why)
    return AgreementReport(
        dataset=dataset.name,
        dataset_pk=dataset.pk,
        campaign=campaign.name if campaign else "",
        campaign_pk=campaign.pk if campaign else None,
        criterion=chosen.criterion,
        criteria=chosen.criteria,
        scale=said.scale,
        counts=said.counts(dataset),
        raters=said.raters(),
        human_human=between,
        pairwise=_pairwise(judges, said.patterns, said.scale),
        judges=judges,
        notes=(*_notes(said, between), *_hard_items(campaign, said.column)),
        is_skewed=_is_skewed(said, between),
        material=_material(dataset, runs, said, beside),
    )


def _most_read(question: Question) -> int:
    """Only the panel of people is worth reading as many labels as a command does."""
    return question.at_most if "people" in question.panels else min(question.at_most, MOST_READ)


def _judges(
    runs: Sequence[Run], said: Said, beside: Mapping[int, JudgedHistogram], *, why: str
) -> tuple[JudgeReport, ...]:
    """Every run beside people; beside many labels what a finished one comes to is kept. `why`: of figures that need
    every label, why there are none."""
    column = said.column
    labels = column.histogram if isinstance(column, KeptColumn) and said.campaign else None
    state = state_of(said.campaign, said.criterion, labels) if said.campaign and labels else None
    asked = Asked(campaign=said.campaign, criterion=said.criterion, scale=said.scale, words=said.words, why=why)
    found = []
    for run in runs:
        make = partial(judge_report, run, column, asked, beside.get(run.pk))
        own = (*state, said.scale, *state_of_judge(run)) if state and run.state == Run.State.FINISHED else None
        found.append(remembered("judge", own, make))
    return tuple(found)


def _material(dataset: Dataset, runs: Sequence[Run], said: Said, beside: Mapping[int, JudgedHistogram]) -> Material:
    return Material(
        dataset=dataset,
        campaign=said.campaign,
        criterion=said.criterion,
        scale=said.scale,
        words=said.words,
        pairs=said.pairs,
        patterns=said.patterns,
        labels=said.column.histogram if isinstance(said.column, KeptColumn) else None,
        runs=tuple(runs),
        beside=beside,
    )


def judged_histograms(
    runs: Sequence[Run], column: HumanColumn | KeptColumn, campaign: Campaign | None, criterion: str
) -> dict[int, JudgedHistogram]:
    """Primary key of each run -> what it said beside kept counts; none where counts are not kept."""
    if campaign is None:
        return judge_pattern_histograms(runs, None, criterion)
    if not isinstance(column, KeptColumn):
        return {}
    return histograms_of(runs, campaign, criterion, column.histogram)


def criteria_of(campaign: Campaign | None, runs: Sequence[Run]) -> tuple[str, ...]:
    """What people were asked about, or, where nobody labelled anything, judges."""
    found: set[str] = set()
    if campaign is not None:
        found = set(CountScale.objects.filter(campaign=campaign).values_list("criterion", flat=True))
        labels = Label.objects.current().filter(campaign=campaign)
        found = found or set(labels.order_by().values_list("criterion", flat=True).distinct())
    if not found and runs:
        judged = Judgment.objects.filter(run__in=[run.pk for run in runs])
        found = set(judged.order_by().values_list("criterion", flat=True).distinct())
    return tuple(sorted(found))


def _chosen_criterion(criteria: tuple[str, ...], wanted: str | None) -> str | None:
    """The criterion asked for, or the only one; None where several could be meant."""
    if wanted is None:
        return None if len(criteria) > 1 else next(iter(criteria), "")
    if criteria and wanted not in criteria:
        names = ", ".join(repr(name) for name in criteria)
        raise ReportRefused(f"There is no criterion {wanted!r}. Criteria: {names}.")
    return wanted


def without_figures(
    dataset: Dataset, campaign: Campaign | None, criteria: tuple[str, ...], *, refused: str, note: str
) -> AgreementReport:
    """A report that only says why it has no figures: there is more than one thing that they could be about."""
    return AgreementReport(
        dataset=dataset.name,
        dataset_pk=dataset.pk,
        campaign=campaign.name if campaign else "",
        campaign_pk=campaign.pk if campaign else None,
        criterion=None,
        criteria=criteria,
        scale=Scale(),
        counts=human_counts(dataset, human_column(None)),
        raters=(),
        human_human=dict.fromkeys([*GROUP, "mean_pairwise_kappa", *PAIR], Undefined(refused)),
        pairwise=None,
        judges=(),
        notes=(note,),
        refused=refused,
    )


def _pairwise(judges: tuple[JudgeReport, ...], found: Patterns, scale: Scale) -> Mapping[str, Any] | None:
    """Of the only judge; without one of people among themselves. Several judges have theirs each."""
    if len(judges) == 1:
        return judges[0].beside.pairwise
    return None if judges or scale.is_continuous else people_votes(found, scale)


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


def _notes(said: Said, between: Mapping[str, Statistic]) -> tuple[str, ...]:
    """What a careful reader would say beside the numbers."""
    notes, words = [], said.words
    if words is not None and words.has_places:
        notes.append("The raters are columns of a table, not known people: figures of single people and pairs are n/a.")
    if words is None:
        notes.append("There are too many labels to compare them person by person here: figures of persons are n/a.")
    alpha = between["krippendorff_alpha"]
    if not isinstance(alpha, Undefined) and alpha.low < TENTATIVE:
        notes.append(
            f"People may not agree reliably among themselves (lower bound of alpha {alpha.low:.4f}, "
            f"below {TENTATIVE}): mend the guideline before trusting any number about a judge."
        )
    if _is_skewed(said, between):
        notes.append("The labels are skewed to one verdict: read the agreement per verdict, not one coefficient alone.")
    return tuple(notes)


def _hard_items(campaign: Campaign | None, column: HumanColumn | KeptColumn) -> tuple[str, ...]:
    """A warning where the items with labels are those on which raters were known to disagree."""
    if campaign is None:
        return ()
    hard = CampaignItem.objects.filter(campaign=campaign, how=CampaignItem.How.DISAGREEMENT).order_by("pk")
    chances = list(hard.values_list("probability", flat=True)[:1])
    if not chances:
        return ()
    if chances[0] is None:
        return (PICKED_FOR_DISAGREEMENT,)
    left = CampaignItem.objects.filter(campaign=campaign).count() - int(column.by_verdict.sum())
    return (HARD_ITEMS_FIRST.format(left=left),) if left > 0 else ()


def _is_skewed(said: Said, between: Mapping[str, Statistic]) -> bool:
    """Whether one verdict is rare, or two coefficients say different things because of it."""
    totals = said.column.label_totals[:2]
    if not said.scale.is_verdict or not totals.sum():
        return False
    alpha, ac1 = between["krippendorff_alpha"], between["gwet_ac1"]
    apart = not isinstance(alpha, Undefined) and not isinstance(ac1, Undefined) and abs(ac1.value - alpha.value)
    return bool(totals.min() < RARE * totals.sum() or apart > FAR_APART)
