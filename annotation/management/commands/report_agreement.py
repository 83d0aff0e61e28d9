"""report_agreement: what the labels say about the judge."""

import json
from argparse import ArgumentParser
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.splits import SplitRefused, look_at_test, settle_split
from annotation.core import figures
from annotation.core.agreement import Level
from annotation.models import Campaign
from annotation.pages.figures import read
from annotation.pages.html import agreement_html
from annotation.reports import (
    MOST_READ_BY_COMMAND,
    AgreementReport,
    Question,
    ReportRefused,
    agreement_document,
    agreement_report,
    as_text,
    document_of,
    judged_runs,
    several_as_text,
)
from annotation.reports.looks import split_of
from annotation.reports.which import PARTS, Which, locked_split
from judging.models import Dataset, Run


class Command(BaseCommand):
    """Print the agreement report of a dataset."""

    help = "Agreement between people, and of every judge with people: matrix, coefficients, intervals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name of the dataset.")
        parser.add_argument("--campaign", help="Name of the campaign whose labels count; without it each has its part.")
        parser.add_argument(
            "--run", type=int, action="append", metavar="R", help="Number of a run; may be given again. Default: all."
        )
        parser.add_argument("--criterion", metavar="C", help="What was judged; needed where there are several.")
        parser.add_argument(
            "--level", choices=[level.value for level in Level], help="What the labels are; without it, see the docs."
        )
        parser.add_argument(
            "--split",
            choices=PARTS,
            default="",
            help="part of a locked split (dev); a look at test is counted and kept",
        )
        parser.add_argument(
            "--without-flagged", action="store_true", help="leave out items whose question or reference is bad"
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="Also write the confusion matrix of the run.")
        parser.add_argument(
            "--html", type=Path, metavar="FILE", help="Also write the report as one page with pictures."
        )

    def handle(self, *, dataset: str, **options: Any) -> None:
        asked = _asked(dataset, options)
        try:
            keep_look(asked)
            if options["html"]:
                _write_page(asked, options["html"])
            if options["json"]:
                self._print_document(asked, options["csv"])
            else:
                self._print_text(asked, options["csv"])
        except (ReportRefused, SplitRefused) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _print_document(self, asked: "Asked", csv: Path | None) -> None:
        document = agreement_document(asked.dataset, campaign=asked.campaign, runs=asked.runs, question=asked.question)
        if csv:
            _write_matrix(asked.report(), csv)
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))

    def _print_text(self, asked: "Asked", csv: Path | None) -> None:
        if csv:
            _write_matrix(asked.report(), csv)
        parts = asked.each_campaign()
        if len(parts) > 1:
            self.stdout.write(several_as_text(asked.dataset, [str(part.campaign) for part in parts]))
        for part in parts:
            report = part.report()
            self.stdout.write(as_text(report), ending="" if len(parts) == 1 else "\n")
            for name in report.criteria if report.criterion is None else ():
                self.stdout.write("\n" + as_text(part.report(name)), ending="")
        if split := split_of(parts[0].report()):
            self.stdout.write("\n" + split_as_text(split))
        for part in parts if asked.question.which.without_flagged else ():
            self.stdout.write("\n" + flagged_as_text(part))
        if csv:
            self.stdout.write(f"\nconfusion matrix: {csv}")


def keep_look(asked: "Asked") -> None:
    """A look at the test part is kept before anything is shown; SplitRefused where nothing is locked away."""
    settle_split(asked.dataset)
    if asked.question.which.shows_test:
        runs = asked.runs if asked.runs is not None else judged_runs(asked.dataset)
        judges = {run.judge.pk: run.judge for run in runs if run.judge}
        look_at_test(asked.dataset, judges=judges.values(), where="report_agreement")
    elif asked.question.which.split and locked_split(asked.dataset) is None:
        raise SplitRefused(f"Nothing of {asked.dataset.name} is locked away: lock a test part first (lock_split).")


def split_as_text(split: dict[str, Any]) -> str:
    """Which part the numbers are about, and the looks at the other."""
    looks = split["looks"]["total"]
    hidden = f"; {split['hidden']} items are locked away" if split["hidden"] else ""
    return f"part: {split['part']}, {split['items']} items{hidden}; looks at the test part so far: {looks}"


def flagged_as_text(asked: "Asked") -> str:
    """The figures with and without flagged items, side by side."""
    report = asked.report()
    found = document_of(report, replace(asked.question, panels=()))["flagged"]
    if found is None:
        return "without flagged items: choose one criterion"
    lines = [f"without {found['items']} flagged items (with, without):"]
    for row in found["rows"]:
        name = f"{row['judge']} v{row['version']}" if row["judge"] else "people"
        pair = [figures.with_interval(read(row[side])) for side in ("with", "without")]
        lines.append(f"  {name:<24} {row['group']}.{row['statistic']:<24} {pair[0]}   {pair[1]}")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the arguments ask for."""

    dataset: Dataset
    campaign: Campaign | None
    runs: list[Run] | None
    question: Question

    def report(self, criterion: str | None = None) -> AgreementReport:
        """The report, of another criterion if one is named."""
        question = self.question if criterion is None else replace(self.question, criterion=criterion)
        return agreement_report(self.dataset, campaign=self.campaign, runs=self.runs, question=question)

    def each_campaign(self) -> list["Asked"]:
        """The same of every campaign, where none was chosen and there are several."""
        campaigns = list(Campaign.objects.filter(dataset=self.dataset).order_by("name"))
        if self.campaign is not None or len(campaigns) < 2:
            return [self]
        return [replace(self, campaign=campaign) for campaign in campaigns]


def _asked(dataset_name: str, options: dict[str, Any]) -> Asked:
    dataset = _dataset(dataset_name)
    level = Level(options["level"]) if options["level"] else None
    return Asked(
        dataset=dataset,
        campaign=_campaign(dataset, options["campaign"]) if options["campaign"] is not None else None,
        runs=[_run(dataset, number) for number in options["run"]] if options["run"] else None,
        question=Question(
            criterion=options["criterion"],
            level=level,
            at_most=MOST_READ_BY_COMMAND,
            which=Which(split=options["split"], without_flagged=options["without_flagged"]),
        ),
    )


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


def _write_page(asked: Asked, path: Path) -> None:
    document = agreement_document(asked.dataset, campaign=asked.campaign, runs=asked.runs, question=asked.question)
    _write(path, agreement_html(document))


def _write_matrix(report: AgreementReport, path: Path) -> None:
    if len(report.judges) != 1:
        runs = _listed(f"{judge.run} ({judge.judge} v{judge.version})" for judge in report.judges)
        raise CommandError(f"--csv takes the matrix of one run; choose with --run. Runs: {runs}.")
    _write(path, report.judges[0].matrix.as_csv())


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror}.") from error
