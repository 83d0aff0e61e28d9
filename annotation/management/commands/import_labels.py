"""manage.py import_labels: the verdicts people left in a file -> labels."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.label_imports import LabelImport, import_labels
from judging.actions.imports import ImportRefused, InputFile
from judging.models import Dataset

SHOWN = 50


class Command(BaseCommand):
    """Gives the verdicts of a file their annotator."""

    help = "Take the verdicts of people in a file as the labels of one annotator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dataset", required=True, help="The dataset that has the file's items.")
        parser.add_argument("--annotator", required=True, metavar="NAME", help="Who said what the file says.")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = self._import(options)
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            self._report(outcome)
        if outcome.problems:
            count = len(outcome.problems)
            raise CommandError(f"{count} {'problem' if count == 1 else 'problems'}; no label was stored. Mend them.")

    def _import(self, options: dict[str, Any]) -> LabelImport:
        dataset = Dataset.objects.ready().filter(name=options["dataset"]).first()
        if dataset is None:
            names = ", ".join(Dataset.objects.ready().values_list("name", flat=True)[:20]) or "none yet"
            raise CommandError(f"There is no dataset {options['dataset']!r}. Datasets: {names}.")
        try:
            return import_labels(dataset, InputFile(Path(options["file"])), annotator=options["annotator"])
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _report(self, outcome: LabelImport) -> None:
        for problem in [*outcome.problems, *outcome.unmatched][:SHOWN]:
            self.stderr.write(str(problem))
        if outcome.problems:
            return
        self.stdout.write(
            f"Took {outcome.labels} verdicts of {outcome.annotator} on '{outcome.dataset}' "
            f"(campaign '{outcome.campaign}'):"
        )
        self.stdout.write(f"  new {outcome.new}, unchanged {outcome.unchanged}, changed {outcome.changed}")
        self.stdout.write(f"  with corrected text: {outcome.corrections}")
        if outcome.unmatched:
            self.stdout.write(f"  without an item, left out: {len(outcome.unmatched)}")
