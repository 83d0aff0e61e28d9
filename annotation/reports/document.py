"""The whole report as one JSON document: one criterion and campaign at the top, all of them below it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotation.models import Campaign
from annotation.reports.agreement import Question, agreement_report, chosen_campaign
from judging.models import Dataset, Run

OF_ALL = ("dataset", "campaign", "criterion")


def agreement_document(
    dataset: Dataset,
    *,
    campaign: Campaign | None = None,
    runs: Sequence[Run] | None = None,
    question: Question | None = None,
) -> dict[str, Any]:
    """What `report_agreement --json` prints. ReportRefused as for `agreement_report`."""
    asked = question or Question()
    chosen = chosen_campaign(dataset, campaign)
    found = _with_criteria(dataset, chosen, runs, asked)
    others = Campaign.objects.filter(dataset=dataset).order_by("name")
    free = replace(asked, criterion=None)
    return found | {
        "campaigns": [
            _part(found) if other == chosen else _part(_with_criteria(dataset, other, runs, free)) for other in others
        ]
    }


def _with_criteria(
    dataset: Dataset, campaign: Campaign | None, runs: Sequence[Run] | None, question: Question
) -> dict[str, Any]:
    """`criteria` has the same keys for every one; of the chosen one only, if one was chosen and has a name."""
    report = agreement_report(dataset, campaign=campaign, runs=runs, question=question)
    document = report.as_json()
    if report.criterion is not None:
        return document | {"criteria": {report.criterion: _below(document)} if report.criterion else {}}
    questions = {name: replace(question, criterion=name) for name in report.criteria}
    below = {
        name: _below(agreement_report(dataset, campaign=campaign, runs=runs, question=one).as_json())
        for name, one in questions.items()
    }
    return document | {"criteria": below}


def _below(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in OF_ALL}


def _part(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "dataset"}
