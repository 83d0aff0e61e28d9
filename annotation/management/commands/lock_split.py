"""lock_split: lock a part of a dataset away, so that a tuned judge can be tested on it once."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.splits import SplitRefused, lock_split
from annotation.core.splits import SplitRule
from annotation.models import Campaign
from judging.models import Dataset


class Command(BaseCommand):
    """Split a dataset into dev and test."""

    help = "Lock a part of a dataset's items away for one test, alike in people's word and category. Done once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name of the dataset.")
        parser.add_argument("--campaign", help="Whose labels are strata; without it the dataset's only campaign.")
        parser.add_argument("--criterion", default="", metavar="C", help="Whose labels are strata.")
        parser.add_argument("--test-share", type=float, default=0.4, metavar="S", help="Share of the questions (0.4).")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="Draws the same part again (0).")
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        dataset = Dataset.objects.ready().filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"There is no dataset {options['dataset']!r}. Import it with import_dataset.")
        try:
            rule = SplitRule(seed=options["seed"], test_share=options["test_share"])
            campaign = campaign_of(dataset, options["campaign"])
            found = lock_split(dataset, rule, campaign=campaign, criterion=options["criterion"])
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found | {"seed": rule.seed, "test_share": rule.test_share}))
        else:
            self.stdout.write(f"{found['dev']} items to tune on, {found['test']} locked away.")


def campaign_of(dataset: Dataset, name: str | None) -> Campaign | None:
    """The campaign of this name, without one the only one; SplitRefused where several could be meant."""
    campaigns = {campaign.name: campaign for campaign in Campaign.objects.filter(dataset=dataset)}
    if name is not None and name not in campaigns:
        raise SplitRefused(f"{dataset.name} has no campaign {name!r}. Campaigns: {', '.join(campaigns) or 'none'}.")
    if name is None and len(campaigns) > 1:
        raise SplitRefused(f"{dataset.name} has several campaigns; choose one: {', '.join(campaigns)}.")
    return campaigns[name] if name is not None else next(iter(campaigns.values()), None)
