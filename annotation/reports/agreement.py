"""The agreement report of a dataset: people among themselves, then every judge against people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import QuerySet

from annotation.core.agreement import GROUP, PAIR, Level
from annotation.core.counts import Patterns, grouped, in_order, patterns
from annotation.core.intervals import Statistic, Undefined
from annotation.core.kept import folded
from annotation.core.raters import RaterPairs
from annotation.models import Campaign, CampaignItem, CountScale, Label
from annotation.reports.counts import JudgedHistogram, LabelHistogram, judge_pattern_histograms
from annotation.reports.human import HumanColumn, KeptColumn, Rater, human_column, human_counts, kept_column
from annotation.reports.judged import Asked
from annotation.reports.judges import JudgeReport, judge_report
from annotation.reports.people import TOO_MANY_LABELS, pairs_of, score_statistics, statistics
from annotation.reports.refusals import ReportRefused
from annotation.reports.remembered import histograms_of
from annotation.reports.votes import people_votes
from annotation.reports.which import EVERY, Which, about, kept_count
from annotation.reports.words import MOST_READ, MOST_VALUES, Scale, Words, read_words, said_in, scale_of
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
        return replace(_report(dataset, campaign, compared, _Chosen(criteria, chosen, asked)), which=which)


@dataclass(frozen=True, slots=True)
class _Chosen:
    criteria: tuple[str, ...]
    criterion: str
    question: Question


def _report(dataset: Dataset, campaign: Campaign | None, runs: Sequence[Run], chosen: _Chosen) -> AgreementReport:
    criterion, at_most = chosen.criterion, chosen.question.at_most
    # Only the panel of people is worth reading as many labels as a command does.
    most = at_most if "people" in chosen.question.panels else min(at_most, MOST_READ)
    words = read_words(campaign, criterion, at_most=most)
    said = said_in(campaign, criterion, words)
    scale = scale_of(said or _said_by_judges(runs, criterion), chosen.question.level)
    column = _column(campaign, criterion)
    found = column.patterns if scale.is_verdict else _patterns(column, words, scale)
    pairs = pairs_of(words, scale)
    between = statistics(found, words, scale, pairs)
    if scale.is_verdict and isinstance(column, KeptColumn):
        between |= score_statistics(column.histogram, words)
    if words is None and "people" not in chosen.question.panels:
        between = {name: _later(statistic) for name, statistic in between.items()}
    asked = Asked(campaign=campaign, criterion=criterion, scale=scale, words=words, at_most=at_most)
    beside = judged_histograms(runs, column, campaign, criterion)
    judges = tuple(judge_report(run, column, asked, beside.get(run.pk)) for run in runs)
    return AgreementReport(
        dataset=dataset.name,
        dataset_pk=dataset.pk,
        campaign=campaign.name if campaign else "",
        campaign_pk=campaign.pk if campaign else None,
        criterion=criterion,
        criteria=chosen.criteria,
        scale=scale,
        counts=human_counts(dataset, column)
        | ({} if scale.is_verdict else _value_counts(dataset, words, found, scale)),
        raters=_raters(words, column),
        human_human=between,
        pairwise=_pairwise(judges, found, scale),
        judges=judges,
        notes=(*_notes(column, between, words, scale), *_hard_items(campaign, column)),
        is_skewed=scale.is_verdict and _skewed(column, between["krippendorff_alpha"], between["gwet_ac1"]),
        material=Material(
            dataset=dataset,
            campaign=campaign,
            criterion=criterion,
            scale=scale,
            words=words,
            pairs=pairs,
            patterns=found,
            labels=column.histogram if isinstance(column, KeptColumn) else None,
            runs=tuple(runs),
            beside=beside,
        ),
    )


def _later(statistic: Statistic) -> Statistic:
    """What needs every label is left to the panel that reads them."""
    return Undefined(WITH_THE_PANEL) if statistic == Undefined(TOO_MANY_LABELS) else statistic


def _column(campaign: Campaign | None, criterion: str) -> HumanColumn | KeptColumn:
    """What people say, from kept counts; where those are not kept, item by item."""
    kept = kept_column(campaign, criterion=criterion) if campaign else None
    return kept or human_column(campaign, criterion=criterion)


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


def _said_by_judges(runs: Sequence[Run], criterion: str) -> set[tuple[str, str]]:
    """Where nobody labelled anything, the scale is that of the judges; one with verdicts is read by them."""
    if not runs:
        return set()
    judged = Judgment.objects.filter(run=runs[0], criterion=criterion, status="scored").order_by()
    return set(judged.values_list("value", "verdict").distinct()[: MOST_VALUES + 2])


def _patterns(column: HumanColumn | KeptColumn, words: Words | None, scale: Scale) -> Patterns:
    if isinstance(column, KeptColumn) and not scale.is_continuous:
        kept = column.histogram
        return in_order(grouped(folded(kept.counts, [value for value, _ in kept.columns], scale.values), kept.items))
    if scale.is_continuous or words is None:
        return patterns(np.zeros((0, 2), dtype=np.int64))
    return words.patterns(scale)


def _value_counts(dataset: Dataset, words: Words | None, found: Patterns, scale: Scale) -> dict[str, Any]:
    """Counts of items and labels where labels are values that mean no verdict."""
    if words is not None:
        sizes = np.bincount(np.searchsorted(words.item_keys, words.items)) if len(words.items) else words.items
        items, labels, people = len(words.item_keys), len(words.items), len(words.names)
    else:
        sizes, items, labels, people = found.sizes, found.n, int(found.items @ found.sizes), 0
    two = int((sizes >= 2).sum()) if words is not None else found.with_labels(2).n
    by_value = dict(zip(scale.values, (found.items @ found.counts).tolist(), strict=False)) if found.n else {}
    counts: dict[str, Any] = {
        "unreviewed": kept_count(dataset) - items,
        "labels": labels,
        "labels_without_verdict": 0,
    }
    return counts | {"items_with_two_labels": two, "values": by_value} | ({"annotators": people} if people else {})


def _raters(words: Words | None, column: HumanColumn | KeptColumn) -> tuple[Rater, ...]:
    if words is None:
        return column.raters
    labels = np.bincount(words.raters, minlength=len(words.names)).tolist()
    return tuple(Rater(one.pk, one.name, one.identity, labels[at]) for at, one in enumerate(words.names))


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


def _notes(
    column: HumanColumn | KeptColumn, between: Mapping[str, Statistic], words: Words | None, scale: Scale
) -> tuple[str, ...]:
    """What a careful reader would say beside the numbers."""
    notes = []
    if words is not None and words.has_places:
        notes.append("The raters are columns of a table, not known people: figures of single people and pairs are n/a.")
    if words is None:
        notes.append("There are too many labels to compare them person by person here: figures of persons are n/a.")
    alpha, ac1 = between["krippendorff_alpha"], between["gwet_ac1"]
    if not isinstance(alpha, Undefined) and alpha.low < TENTATIVE:
        notes.append(
            f"People may not agree reliably among themselves (lower bound of alpha {alpha.low:.4f}, "
            f"below {TENTATIVE}): mend the guideline before trusting any number about a judge."
        )
    if scale.is_verdict and _skewed(column, alpha, ac1):
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


def _skewed(column: HumanColumn | KeptColumn, alpha: Statistic, ac1: Statistic) -> bool:
    totals = column.label_totals[:2]
    if not totals.sum():
        return False
    apart = not isinstance(alpha, Undefined) and not isinstance(ac1, Undefined) and abs(ac1.value - alpha.value)
    return bool(totals.min() < RARE * totals.sum() or apart > FAR_APART)
