"""manage.py merge_labels: several people's verdicts become one gold set."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from training_export.actions import merge_labels
from training_export.actions.merging import MergeOutcome, MergeSource
from training_export.core.merging import Resolve
from training_export.selection import ExportProblem


class Command(BaseCommand):
    """Writes mdk's merged gold set."""

    help = "Merge the verdicts of several people, from mdk's manual logs and from campaigns, into one gold set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="a manual log or gold set, or a folder: of every folder in it the newest manual log is taken",
        )
        parser.add_argument(
            "--campaign", action="append", default=[], metavar="DATASET/NAME", help="also the labels of this campaign"
        )
        parser.add_argument("--output", type=Path, required=True, help="folder; nothing in it is overwritten")
        parser.add_argument("--basename", default="", metavar="NAME", help="dataset_NAME... instead of dataset...")
        parser.add_argument(
            "--resolve",
            choices=[way.value for way in Resolve],
            default=Resolve.MAJORITY.value,
            help="where people differ: the majority stands (ties stay out), or all of these items stay out",
        )
        parser.add_argument(
            "--adjudicated",
            action="append",
            default=[],
            type=Path,
            metavar="PATH",
            help="a log whose verdicts settle what people differ on",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["paths"] and not options["campaign"]:
            raise CommandError("Name at least one manual log, folder or --campaign to merge.")
        source = MergeSource(paths=options["paths"], campaigns=options["campaign"], adjudicated=options["adjudicated"])
        try:
            outcome = merge_labels(
                source, options["output"], basename=options["basename"], resolve=Resolve(options["resolve"])
            )
        except (ExportProblem, OSError) as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
        else:
            self.report(outcome)

    def report(self, outcome: MergeOutcome) -> None:
        """mdk's table and count line, then what it does not say."""
        merged = outcome.merged
        self.stdout.write(merged.table())
        self.stdout.write(
            f"Said twice by one person (the last counts): {merged.repeated}. Undefined, left out: {merged.undefined}."
        )
        self.stdout.write(f"People differ on {len(merged.conflicts)} items, of which {merged.left_out} are left out.")
        for path in outcome.files:
            self.stdout.write(str(path))
