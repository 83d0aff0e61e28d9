"""review_unread: what a judge could not be read on goes to people."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.people import CampaignRefused
from annotation.actions.unread import review_unread
from judging.models import Run


class Command(BaseCommand):
    """Make a campaign of the items of a run that have no value, or add to it."""

    help = "Give people the items that a run's judge could not be read on. run_judge --retry unscored asks it first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, help="Number of the run.")
        parser.add_argument("--annotators", required=True, help="User names, separated by commas.")
        parser.add_argument("--campaign", default="", help="Name of the campaign (run N, unread).")
        parser.add_argument("--labels-per-item", type=int, default=1, help="How many people review every item (1).")
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        run: Run | None = Run.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}; the page of runs lists their numbers.")
        try:
            campaign, gained = review_unread(
                run,
                name=options["campaign"] or f"run {run.pk}, unread",
                annotators=[name.strip() for name in options["annotators"].split(",") if name.strip()],
                labels_per_item=options["labels_per_item"],
            )
        except CampaignRefused as problem:
            raise CommandError(str(problem)) from problem
        found = {"campaign": campaign.name, "gained": gained, "items": campaign.campaign_items.count()}
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            self.stdout.write(f"Campaign {campaign.name}: {gained} items more, {found['items']} in all.")
