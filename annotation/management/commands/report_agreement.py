"""report_agreement: what the labels say about the judge."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.models import Campaign
from annotation.reports import AgreementReport, ReportRefused, agreement_report, as_text
from judging.models import Dataset, Run


class Command(BaseCommand):
    """Print the agreement report of a dataset."""

    help = "Agreement between people, and of every judge with people: matrix, coefficients, intervals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name of the dataset.")
        parser.add_argument(
            "--campaign", help="Name of the campaign whose labels count; needed where there are several."
        )
        parser.add_argument(
            "--run", type=int, action="append", metavar="R", help="Number of a run; may be given again. Default: all."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="Also write the confusion matrix of the run.")

    def handle(self, *, dataset: str, campaign: str | None, run: list[int] | None, **options: Any) -> None:
        report = _report(dataset, campaign, run)
        if options["csv"]:
            _write_matrix(report, options["csv"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(as_text(report), ending="")
            if options["csv"]:
                self.stdout.write(f"\nconfusion matrix: {options['csv']}")


def _report(dataset_name: str, campaign_name: str | None, run_numbers: list[int] | None) -> AgreementReport:
    dataset = _dataset(dataset_name)
    campaign = _campaign(dataset, campaign_name) if campaign_name is not None else None
    runs = [_run(dataset, number) for number in run_numbers] if run_numbers else None
    try:
        return agreement_report(dataset, campaign=campaign, runs=runs)
    except ReportRefused as refusal:
        raise CommandError(str(refusal)) from refusal


def _dataset(name: str) -> Dataset:
    datasets = Dataset.objects.ready()
    found: Dataset | None = datasets.filter(name=name).first()
    if found is None:
        names = _listed(datasets.order_by("name").values_list("name", flat=True)[:20])
        raise CommandError(f"There is no dataset {name!r}. Datasets: {names}.")
    return found


def _campaign(dataset: Dataset, name: str) -> Campaign:
    campaigns = Campaign.objects.filter(dataset=dataset)
    found: Campaign | None = campaigns.filter(name=name).first()
    if found is None:
        names = _listed(campaigns.order_by("name").values_list("name", flat=True)[:20])
        raise CommandError(f"Dataset {dataset.name!r} has no campaign {name!r}. Campaigns: {names}.")
    return found


def _run(dataset: Dataset, number: int) -> Run:
    runs = Run.objects.filter(dataset=dataset).select_related("judge__rubric")
    found: Run | None = runs.filter(pk=number).first()
    if found is None:
        listed = _listed(f"{run.pk} ({run.judge or run.model})" for run in runs.order_by("-pk")[:20])
        raise CommandError(f"Dataset {dataset.name!r} has no run {number}. Runs: {listed}.")
    return found


def _listed(names: Any) -> str:
    return ", ".join(str(name) for name in names) or "none"


def _write_matrix(report: AgreementReport, path: Path) -> None:
    if len(report.judges) != 1:
        runs = _listed(f"{judge.run} ({judge.judge} v{judge.version})" for judge in report.judges)
        raise CommandError(f"--csv takes the matrix of one run; choose with --run. Runs: {runs}.")
    try:
        path.write_text(report.judges[0].matrix.as_csv(), encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror}.") from error
