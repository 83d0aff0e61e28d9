"""sweep_threshold: a judge's threshold moved along its own scores, on items to tune on."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.splits import look_at_test, settle_split
from annotation.actions.tuning import with_threshold
from annotation.core.tuning.sweep import Steps, as_csv, best, sweep
from annotation.models import Campaign
from annotation.pages.tuning import sweep_chart
from annotation.reports import chosen_campaign
from annotation.reports.tuning import criterion_asked, sweepable
from annotation.reports.which import EVERY, TEST, Which, about, locked_split
from judging.models import Dataset, Run

PLACES = ("low", "high", "step")


class Command(BaseCommand):
    """Try thresholds of a run."""

    help = "What each threshold of a judge comes to beside people's verdicts: CSV and graph, on the items to tune on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_run_arguments(parser)
        parser.add_argument("--min-x", type=float, metavar="X", help="lowest threshold (of the scale; attributes -0.5)")
        parser.add_argument("--max-x", type=float, metavar="X", help="highest threshold (of the scale; attributes 0.5)")
        parser.add_argument("--step", type=float, metavar="S", help="from one to the next (attributes 0.01)")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write the rows, as mdk does")
        parser.add_argument("--svg", type=Path, metavar="FILE", help="write the graph of four lines")
        parser.add_argument("--choose", type=float, metavar="X", help="make the version that decides by X")
        parser.add_argument(
            "--confirm",
            type=float,
            metavar="X",
            help="what X comes to on the locked test part: a look, counted and kept",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        try:
            run, campaign, criterion = asked(options)
            found = self.swept(run, campaign, criterion, options)
            if options["confirm"] is not None:
                found["confirmed"] = confirmed(run, campaign, criterion, options["confirm"])
            if options["choose"] is not None:
                found["judge"] = chosen(run, options["choose"])
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else as_lines(found))

    def swept(self, run: Run, campaign: Campaign, criterion: str, options: dict[str, Any]) -> dict[str, Any]:
        """The rows on the items to tune on, in the files that were asked for too."""
        with about(run.dataset, campaign, EVERY):
            found = sweepable(run, campaign, criterion)
        given = {"low": options["min_x"], "high": options["max_x"], "step": options["step"]}
        steps = Steps(**(asdict(found.steps) | {name: value for name, value in given.items() if value is not None}))
        rows = sweep(found.scored, steps)
        if options["csv"]:
            write(options["csv"], as_csv(rows))
        if options["svg"]:
            write(options["svg"], sweep_chart(rows, "thresholds", mark=found.threshold))
        peak = best(rows)
        return {
            "run": run.pk,
            "part": "dev" if locked_split(run.dataset) else "all",
            "items": len(found.scored.people),
            "without_score": found.without_score,
            "direction": found.scored.direction,
            "threshold": found.threshold,
            "highest_corr": peak.x if peak else None,
            "rows": [asdict(row) for row in rows],
        }


def add_run_arguments(parser: ArgumentParser) -> None:
    """Which run is meant, beside which people's word."""
    parser.add_argument("dataset", help="Name of the dataset.")
    parser.add_argument("--run", type=int, metavar="R", help="Number of a finished run; without it the newest.")
    parser.add_argument("--campaign", help="Name of the campaign whose labels count.")
    parser.add_argument("--criterion", metavar="C", help="What was judged; needed where there are several.")


def asked(options: dict[str, Any]) -> tuple[Run, Campaign, str]:
    """Run, campaign and criterion that are meant; CommandError for what there is not."""
    dataset = Dataset.objects.ready().filter(name=options["dataset"]).first()
    if dataset is None:
        raise CommandError(f"There is no dataset {options['dataset']!r}. Import it with import_dataset.")
    runs = Run.objects.filter(dataset=dataset, judge__isnull=False, state=Run.State.FINISHED)
    runs = runs.select_related("judge__rubric", "dataset").order_by("-pk")
    run = runs.filter(pk=options["run"]).first() if options["run"] else runs.filter(kind=Run.Kind.JUDGE).first()
    if run is None:
        raise CommandError(f"{dataset.name} has no such finished run. First: manage.py run_judge {dataset.name}.")
    named = Campaign.objects.filter(dataset=dataset, name=options["campaign"]).first()
    if options["campaign"] and named is None:
        raise CommandError(f"{dataset.name} has no campaign {options['campaign']!r}.")
    campaign = chosen_campaign(dataset, named)
    if campaign is None:
        raise CommandError(f"Nobody labelled {dataset.name}: there is nothing to tune to. First: assign_items.")
    settle_split(dataset)
    return run, campaign, criterion_asked(campaign, run, options["criterion"])


def confirmed(run: Run, campaign: Campaign, criterion: str, threshold: float) -> dict[str, Any]:
    """What a threshold comes to on the test part; the look is kept first."""
    look_at_test(run.dataset, judges=[run.judge] if run.judge else [], where="sweep_threshold")
    with about(run.dataset, campaign, Which(split=TEST)):
        found = sweepable(run, campaign, criterion)
    row = sweep(found.scored, Steps(low=threshold, high=threshold + 1, step=2))[0]
    return asdict(row) | {"items": len(found.scored.people)}


def chosen(run: Run, threshold: float) -> dict[str, Any]:
    """The version that decides by a threshold."""
    if run.judge is None:
        raise CommandError("This run has no judge.")
    made = with_threshold(run.judge, threshold)
    return {"judge": made.name, "version": made.version}


def as_lines(found: dict[str, Any]) -> str:
    """The table for people."""
    sign = "<=" if found["direction"] == "lower" else ">="
    lines = [
        f"run {found['run']}, {found['items']} items of part {found['part']}; clean where score {sign} x; "
        f"now {found['threshold']}; {found['without_score']} items have no score and no part in this",
        f"{'x':>8} {'recall':>8} {'inv.prec':>8} {'corr':>8} {'positive':>8}",
    ]
    lines += [row_line(row) for row in found["rows"]]
    if "confirmed" in found:
        lines.append(f"on the test part, {found['confirmed']['items']} items:")
        lines.append(row_line(found["confirmed"]))
    if "judge" in found:
        lines.append(f"made {found['judge']['judge']} v{found['judge']['version']}; nothing uses it until it is run")
    return "\n".join(lines)


def row_line(row: dict[str, Any]) -> str:
    """One threshold."""
    names = ("x", "recall", "inversed_precision", "corr", "positive_ratio")
    return " ".join(f"{'n/a' if row[name] is None else format(row[name], '.3f'):>8}" for name in names)


def write(path: Path, text: str) -> None:
    """Write a file; CommandError where it cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror}.") from error
