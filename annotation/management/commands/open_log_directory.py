"""manage.py open_log_directory: go on here with what somebody went through with mdk."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotation.actions.log_folders import OpenedLog, files_of, open_log
from annotation.actions.people import CampaignRefused
from judging.actions.imports import ImportRefused


class Command(BaseCommand):
    """Opens the newest of a folder's logs for one person."""

    help = "Open a folder of mdk's logs for a person: its items in their order, the newest decisions as their labels."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", metavar="DIR", type=Path, help="The folder, or the log in it that was gone through."
        )
        parser.add_argument("--annotator", required=True, metavar="NAME", help="The user whose decisions they are.")
        parser.add_argument("--dataset", default="", help="Its name here; without one the last two parts of the path.")
        parser.add_argument("--take", default="", metavar="FILE", help="This manual log or autosave, not the newest.")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *, path: Path, annotator: str, dataset: str, take: str, **options: Any) -> None:
        if not path.exists():
            raise CommandError(f"There is no {path}. Name the folder in which the log lies.")
        try:
            files, folder = files_of(path)
            name = dataset or "/".join(folder.parts[-2:]).lstrip("/")
            opened = open_log(files, annotator=annotator, dataset=name, take=take, folder=folder)
        except (ImportRefused, CampaignRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        address = reverse("review_item", args=[opened.campaign.pk, opened.start])
        if options["json"]:
            self.stdout.write(json.dumps(opened.as_json() | {"address": address}, ensure_ascii=False))
        else:
            self._report(opened, address)

    def _report(self, opened: OpenedLog, address: str) -> None:
        for sentence in opened.sentences:
            self.stdout.write(sentence)
        stored = ", ".join(f"{name} {count}" for name, count in opened.stored.as_json().items() if count)
        self.stdout.write(f"Decisions of {opened.annotator}: {stored or 'none yet'}")
        good, undefined, bad = opened.counts.values()
        self.stdout.write(f"Over the whole file: good {good}, undefined {undefined}, bad {bad}")
        self.stdout.write(f"Campaign '{opened.campaign.name}' of '{opened.campaign.dataset.name}'. Go on at {address}")
