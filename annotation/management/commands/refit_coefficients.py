"""refit_coefficients: the attribute judge's coefficients fitted to people's verdicts, without leaks."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from annotation.actions.splits import look_at_test
from annotation.actions.tuning import decision_of, refitted, with_refit
from annotation.core import figures
from annotation.core.confusion import CLEAN, WRONG
from annotation.core.tuning.paired import Twice, compared
from annotation.core.tuning.refit import Refit, as_yaml, figures_of
from annotation.management.commands.sweep_threshold import add_run_arguments, asked, write
from annotation.models import Campaign
from annotation.pages.figures import read
from annotation.reports.tuning import attribute_samples
from annotation.reports.which import TEST, Which, about
from judging.models import Run

SHOWN = ("accuracy", "precision", "recall", "f1", "cohen_kappa")


class Command(BaseCommand):
    """Refit a run's coefficients."""

    help = "Fit the attribute judge's coefficients to people's verdicts on the items to tune on, and say what it gains."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_run_arguments(parser)
        parser.add_argument(
            "--out", type=Path, metavar="FILE", help="write the YAML that run_judge --coefficients reads"
        )
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="draws the folds (0)")
        parser.add_argument("--choose", action="store_true", help="make the version that scores with them")
        parser.add_argument(
            "--confirm", action="store_true", help="also on the locked test part: a look, counted and kept"
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        try:
            run, campaign, criterion = asked(options)
            made = refitted(run, campaign, criterion, seed=options["seed"])
            found = made.as_json()
            if options["confirm"]:
                found["confirmed"] = confirmed(run, campaign, criterion, made)
            if options["choose"] and run.judge is not None:
                judge = with_refit(run.judge, made.coefficients)
                found["judge"] = {"judge": judge.name, "version": judge.version}
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["out"]:
            write(options["out"], as_yaml(made.coefficients))
        self.stdout.write(json.dumps(found) if options["json"] else as_lines(found))


def confirmed(run: Run, campaign: Campaign, criterion: str, made: Refit) -> dict[str, Any]:
    """Both sets of coefficients on the test part; the look is kept first."""
    look_at_test(run.dataset, judges=[run.judge] if run.judge else [], where="refit_coefficients")
    with about(run.dataset, campaign, Which(split=TEST)):
        found = attribute_samples(run, campaign, criterion)
    old, threshold = decision_of(run)
    words = [np.where(found.scores(each) <= threshold, CLEAN, WRONG) for each in (old, made.coefficients)]
    before, after = (figures_of(word, found.wrong) for word in words)
    return {
        "items": len(found.wrong),
        "before": {name: one.as_json() for name, one in before.items()},
        "after": {name: one.as_json() for name, one in after.items()},
        "difference": compared(Twice(found.keys, found.wrong, *words)).as_json(),
    }


def as_lines(found: dict[str, Any]) -> str:
    """The summary for people."""
    title = f"{found['items']} items, {found['samples']} samples, held out by question in {found['folds']} folds:"
    lines = [title, *_table(found)]
    if "confirmed" in found:
        lines += [f"on the test part, {found['confirmed']['items']} items:", *_table(found["confirmed"])]
    if "judge" in found:
        lines.append(f"made {found['judge']['judge']} v{found['judge']['version']}; nothing uses it until it is run")
    return "\n".join(lines)


def _table(found: dict[str, Any]) -> list[str]:
    rows = [f"  {'':<12} {'before':<34} after"]
    for name in SHOWN:
        if name in found["before"]:
            before, after = (figures.with_interval(read(found[side][name])) for side in ("before", "after"))
            rows.append(f"  {name:<12} {before:<34} {after}")
    difference = figures.with_interval(read(found["difference"]["agreement_difference"]))
    return [*rows, f"  difference of agreement {difference}"]
