"""manage.py save_log: one person's decisions as the Model Development Kit saves them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.models import Annotator, Campaign
from training_export.actions.log_saving import save_log
from training_export.selection import ExportProblem, campaign_named, dataset_named


class Command(BaseCommand):
    """Writes the manual log and the three verdict files."""

    help = "Save a person's decisions as mdk does: experiment_log_manual_<time>.json and dataset_manual_<time>_*.jsonl."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", metavar="NAME", help="The dataset that the log became.")
        parser.add_argument("--annotator", required=True, metavar="NAME", help="Whose decisions.")
        parser.add_argument("--campaign", default="", help="Where there are several: the one opened from the log.")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *, dataset: str, annotator: str, campaign: str, **options: Any) -> None:
        try:
            saved = save_log(self._campaign(dataset, campaign), self._person(annotator))
        except ExportProblem as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            files = [str(path) for path in saved.files]
            document = {"files": files, "decided": saved.decided, "export": saved.export.pk}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        else:
            self.stdout.write(saved.sentence)

    def _campaign(self, dataset: str, name: str) -> Campaign:
        found = dataset_named(dataset)
        if name:
            return campaign_named(found, name)
        opened: Campaign | None = Campaign.objects.filter(dataset=found, rules__opened_log=True).first()
        if opened is None:
            raise CommandError(f"The dataset {dataset!r} was not opened from a log. Name the campaign with --campaign.")
        return opened

    def _person(self, name: str) -> Annotator:
        person: Annotator | None = Annotator.objects.filter(name=name, source="").first()
        if person is None:
            raise CommandError(f"There is no annotator {name!r}. Correct the name.")
        return person
