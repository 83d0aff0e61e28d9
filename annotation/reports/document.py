"""The whole report as one JSON document: one criterion and campaign at the top, all of them below it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotation.core.intervals import Undefined
from annotation.models import Campaign
from annotation.reports.agreement import (
    SEVERAL_CAMPAIGNS,
    AgreementReport,
    Material,
    Question,
    agreement_report,
    chosen_campaign,
    criteria_of,
    without_figures,
)
from annotation.reports.annotators import STATISTICS, alt_test_as_json
from annotation.reports.counts import CountsNotKept, label_histogram
from annotation.reports.fill import filled
from annotation.reports.flagged import flagged_of
from annotation.reports.judged import plain
from annotation.reports.judges import JudgeReport, as_json
from annotation.reports.looks import split_of
from annotation.reports.overview import (
    gate_of,
    headline_of,
    invalid_rates,
    matrix_shares,
    method,
    reliability_of,
    scope_of,
    tables_of,
)
from annotation.reports.remembered import (
    State,
    remembered,
    state_of,
    state_of_items,
    state_of_judge,
    state_of_people,
)
from annotation.reports.trust import budget_as_json, budget_of, corrected_scores_of
from annotation.reports.which import about
from judging.models import Dataset, Run

Document = dict[str, Any]
OF_ALL = ("dataset", "campaign", "criterion")
FORMAT = 1
NOT_ASKED = "the panel of people was not asked for"
NO_DISAGREEMENTS: dict[str, Any] = {
    "clean_to_wrong": None,
    "wrong_to_clean": None,
    "invalid": None,
    "other": None,
    "items": [],
}


def agreement_document(
    dataset: Dataset,
    *,
    campaign: Campaign | None = None,
    runs: Sequence[Run] | None = None,
    question: Question | None = None,
) -> dict[str, Any]:
    """What `report_agreement --json` prints. ReportRefused for runs and campaigns of another dataset, and for a
    criterion that nobody was asked about.

    With several campaigns and none chosen the top says so, and each has its own part.
    """
    asked = question or Question()
    others = list(Campaign.objects.filter(dataset=dataset).order_by("name"))
    free = replace(asked, criterion=None)
    if campaign is None and len(others) > 1:
        parts = [_with_criteria(dataset, other, runs, _if_there(dataset, other, runs, asked)) for other in others]
        return _of_several(dataset, others) | {"criteria": {}, "campaigns": [_part(part) for part in parts]}
    chosen = chosen_campaign(dataset, campaign)
    found = _with_criteria(dataset, chosen, runs, asked)
    return found | {
        "campaigns": [
            _part(found) if other == chosen else _part(_with_criteria(dataset, other, runs, free)) for other in others
        ]
    }


def _of_several(dataset: Dataset, campaigns: Sequence[Campaign]) -> dict[str, Any]:
    names = ", ".join(repr(campaign.name) for campaign in campaigns)
    note = f"There are {len(campaigns)} campaigns, and labels of one are not mixed with those of another: {names}."
    return document_of(without_figures(dataset, None, (), refused=SEVERAL_CAMPAIGNS, note=note))


def _if_there(dataset: Dataset, campaign: Campaign, runs: Sequence[Run] | None, asked: Question) -> Question:
    """A criterion is asked of the campaigns that have it."""
    if asked.criterion is None:
        return asked
    criteria = agreement_report(dataset, campaign=campaign, runs=runs, question=replace(asked, criterion=None)).criteria
    return asked if asked.criterion in criteria else replace(asked, criterion=None)


def _with_criteria(
    dataset: Dataset, campaign: Campaign | None, runs: Sequence[Run] | None, question: Question
) -> dict[str, Any]:
    """`criteria` has the same keys for every one; of the chosen one only, if one was chosen and has a name."""
    report = agreement_report(dataset, campaign=campaign, runs=runs, question=question)
    document = document_of(report, question)
    if report.criterion is not None:
        return document | {"criteria": {report.criterion: _below(document)} if report.criterion else {}}
    below = {}
    for name in report.criteria:
        one = replace(question, criterion=name)
        below[name] = _below(document_of(agreement_report(dataset, campaign=campaign, runs=runs, question=one), one))
    return document | {"criteria": below}


def _below(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in OF_ALL}


def _part(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "dataset"}


def document_of(report: AgreementReport, question: Question | None = None) -> dict[str, Any]:
    """A report and the panels that were asked for: one part of the document."""
    asked = question or Question()
    document = _core(report)
    if report.material is not None:
        with about(report.material.dataset, report.material.campaign, report.which):
            document = filled(document, report.material, asked)
    for judge in document["judges"]:
        judge["gate"] = gate_of(judge)
    if report.which.without_flagged and report.material is not None:
        document["flagged"] = flagged_beside(document, report.material, asked)
    judges = document["judges"]
    return document | {"headline": headline_of(judges[0], document["human_human"]) if judges else None}


def panel_document(
    dataset: Dataset, *, campaign: Campaign | None, runs: Sequence[Run], question: Question
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """One part of the document with the panels asked for, and the criteria there are. Beside many labels it is kept
    while nothing of it changes."""

    def made() -> tuple[dict[str, Any], tuple[str, ...]]:
        report = agreement_report(dataset, campaign=campaign, runs=runs, question=question)
        return document_of(report, question), report.criteria

    return remembered("panel", _state_of_panels(dataset, campaign, runs, question), made)


def _state_of_panels(
    dataset: Dataset, campaign: Campaign | None, runs: Sequence[Run], question: Question
) -> State | None:
    """Everything that panels follow from; None of few labels, and while a run goes on."""
    if campaign is None or any(run.state != Run.State.FINISHED for run in runs):
        return None
    criteria = criteria_of(campaign, runs)
    criterion = question.criterion if question.criterion is not None else next(iter(criteria), "")
    with about(dataset, campaign, question.which):
        try:
            state = state_of(campaign, criterion, label_histogram(campaign, criterion))
        except CountsNotKept:
            return None
    if state is None:
        return None
    judges = [state_of_judge(run) for run in runs]
    return *state, *state_of_items(dataset), *state_of_people(campaign), *judges, repr(question), *criteria


def flagged_beside(document: Document, material: Material, asked: Question) -> Document:
    """The figures of the report beside the same with the flagged items, from kept counts both."""
    which = replace(asked.which, without_flagged=False)
    question = replace(asked, panels=(), which=which, criterion=material.criterion)
    report = agreement_report(material.dataset, campaign=material.campaign, runs=material.runs, question=question)
    return flagged_of(document, _core(report), material.campaign, which.settled(material.dataset))


def _core(report: AgreementReport) -> dict[str, Any]:
    """Everything but the panels, whose keys are there and empty."""
    material = report.material
    judges = [_judge(judge, material) for judge in report.judges]
    return {
        "dataset": report.dataset,
        "campaign": report.campaign or None,
        "criterion": report.criterion,
        "level": str(report.scale.level),
        "format": FORMAT,
        "reason": report.refused or None,
        "left_out": {},
        "scope": _scope(report),
        "split": split_of(report) if report.criterion is not None else None,
        "flagged": None,
        "headline": None,
        "counts": dict(report.counts),
        "human_human": as_json(report.human_human),
        "reliability": reliability_of(material.patterns, report.human_human, report.scale, skewed=report.is_skewed)
        if material
        else None,
        "annotators": [
            {"annotator": rater.name, "identity": rater.identity, "labels": rater.labels, **NOBODY_BESIDE}
            for rater in report.raters
        ],
        "pairs": [],
        "matrix": None,
        "aggregation": None,
        "pairwise": plain(report.pairwise) if report.pairwise is not None else None,
        "disagreements": {"total": None, "items": []},
        "judges": judges,
        "notes": list(report.notes),
        "tables": tables_of(material.labels, material.beside, judges) if material else None,
        "method": method(),
    }


def _scope(report: AgreementReport) -> dict[str, Any] | None:
    found = report.material
    return scope_of(found.campaign, found.criterion, report.scale, report.counts, found.runs) if found else None


_NOTHING = Undefined(NOT_ASKED).as_json()
NOBODY_BESIDE: dict[str, Any] = {
    "items_shared": None,
    **dict.fromkeys(STATISTICS, _NOTHING),
    **dict.fromkeys(("dawid_skene_accuracy", "shrunk_agreement", "median_seconds", "last_at")),
    "rankable": False,
    "alarms": 0,
    "weeks": [],
}
"""An annotator without figures: the panel was not asked for, or they are a column of a table."""


def _judge(judge: JudgeReport, material: Material | None) -> dict[str, Any]:
    found = material.beside.get(judge.run) if material else None
    run = next((run for run in material.runs if run.pk == judge.run), None) if material else None
    scores = corrected_scores_of(found)
    return judge.as_json() | {
        "model": run.judge.model if run and run.judge else "",
        "tokens": judge.tokens,
        "confusion_shares": matrix_shares(judge.matrix),
        **invalid_rates(judge.matrix),
        "alt_test": alt_test_as_json(Undefined(NOT_ASKED)),
        "corrected_score": scores["corrected"].as_json()
        | {name: scores[name].as_json() for name in ("raw", "rogan_gladen", "ppi", "ppi_plus")}
        | {"models": []},
        "slices": [],
        "calibration": None,
        "bias": None,
        "weighted": None,
        "disagreements": NO_DISAGREEMENTS,
        "budget": budget_as_json(budget_of(found)),
        "gate": None,
    }
