"""manage.py assign_items: give the items of a dataset to people."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.campaigns import CampaignRefused, assign_items
from annotation.core.assignment import Order
from annotation.models import Assignment, Campaign
from judging.models import Dataset, Run


class Command(BaseCommand):
    """Make a campaign, or add to it the items that its dataset has gained."""

    help = "Give the items of a dataset to annotators. Asked again with the same settings, adds only new items."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", help="Name of the campaign.")
        parser.add_argument("--dataset", required=True, help="Name of the dataset.")
        parser.add_argument("--run", type=int, help="Number of the run whose judge is shown beside the items.")
        parser.add_argument("--annotators", required=True, help="User names, separated by commas.")
        parser.add_argument("--labels-per-item", type=int, default=2, help="How many people review every item (2).")
        parser.add_argument("--order", choices=[order.value for order in Order], default=Order.SEQUENTIAL.value)
        parser.add_argument("--seed", type=int, default=0, help="Seed of a random order and of who gets what (0).")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            campaign = assign_items(
                dataset_named(options["dataset"]),
                name=options["campaign"],
                run=run_numbered(options["run"]),
                annotators=[name.strip() for name in options["annotators"].split(",") if name.strip()],
                labels_per_item=options["labels_per_item"],
                order=options["order"],
                seed=options["seed"],
            )
        except CampaignRefused as problem:
            raise CommandError(str(problem)) from problem
        summary = summary_of(campaign)
        self.stdout.write(json.dumps(summary, ensure_ascii=False) if options["json"] else in_words(summary))


def dataset_named(name: str) -> Dataset:
    """The dataset of this name."""
    found: Dataset | None = Dataset.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Dataset.objects.ready().order_by("name").values_list("name", flat=True)[:10])
        raise CommandError(f"There is no dataset {name}. Datasets: {known or 'none yet; import one first'}.")
    return found


def run_numbered(number: int | None) -> Run | None:
    """The run of this number; none where none was asked for."""
    if number is None:
        return None
    found: Run | None = Run.objects.filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no run {number}; the page of runs lists their numbers.")
    return found


def summary_of(campaign: Campaign) -> dict[str, Any]:
    """What there is after the command."""
    progress = Assignment.objects.filter(campaign=campaign).progress()
    return {
        "campaign": campaign.name,
        "dataset": campaign.dataset.name,
        "items": campaign.campaign_items.count(),
        "labels_per_item": campaign.labels_per_item,
        "annotators": {row["annotator__name"]: row["total"] for row in progress},
    }


def in_words(summary: dict[str, Any]) -> str:
    """The summary for people."""
    people = ", ".join(f"{name} {total}" for name, total in summary["annotators"].items())
    return f"{summary['campaign']}: {summary['items']} items of {summary['dataset']}; queues: {people}"
