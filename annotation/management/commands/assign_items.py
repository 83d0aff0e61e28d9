"""manage.py assign_items: give the items of a dataset to people."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from annotation.actions.campaigns import assign_items
from annotation.actions.extras import members
from annotation.actions.people import CampaignRefused
from annotation.actions.terms import usual_terms
from annotation.core.assignment import Order
from annotation.core.design import Design, Stratum
from annotation.core.rules import CampaignRules, Skipped
from annotation.core.words import Terms
from annotation.models import Assignment, Campaign
from annotation.reports.strata import parts_left_out
from judging.actions.judges import UnknownName, named_rubric, rubric_for
from judging.models import Dataset, Run


class Command(BaseCommand):
    """Make a campaign, or add to it the items that its dataset has gained."""

    help = "Give the items of a dataset to annotators. Asked again with the same settings, adds only new items."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", help="Name of the campaign.")
        parser.add_argument("--dataset", required=True, help="Name of the dataset.")
        parser.add_argument("--run", type=int, help="Number of the run whose judge is shown beside the items.")
        people = parser.add_mutually_exclusive_group(required=True)
        people.add_argument("--annotators", default="", help="User names, separated by commas.")
        people.add_argument("--group", default="", help="Django group whose members draw the items (pulled).")
        parser.add_argument("--labels-per-item", type=int, default=2, help="How many people review every item (2).")
        parser.add_argument("--order", choices=[order.value for order in Order], default=Order.SEQUENTIAL.value)
        parser.add_argument("--seed", type=int, default=0, help="Seed of what is drawn and of who gets what (0).")
        parser.add_argument(
            "--rubric", help="Its criteria are asked; none: good or bad (of promptfoo's results promptfoo_result)."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")
        add_design(parser)
        add_rules(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = dataset_named(options["dataset"])
        try:
            campaign = assign_items(
                dataset,
                name=options["campaign"],
                run=run_numbered(options["run"]),
                annotators=names_in(options["annotators"]),
                labels_per_item=options["labels_per_item"],
                order=options["order"],
                seed=options["seed"],
                terms=terms_of(options["rubric"], dataset),
                design=design_of(options),
            )
        except (CampaignRefused, UnknownName) as problem:
            raise CommandError(str(problem)) from problem
        summary = summary_of(campaign)
        self.stdout.write(json.dumps(summary, ensure_ascii=False) if options["json"] else in_words(summary))


def add_design(parser: ArgumentParser) -> None:
    """Options on which items are taken and how they reach people."""
    parser.add_argument("--sample", type=int, help="Draw so many items; each keeps the chance it had.")
    parser.add_argument("--limit", type=int, help="Take the first so many of the order; they are no sample.")
    parser.add_argument("--stratify-by", choices=list(Stratum), default="", help="Draw as many of each.")
    parser.add_argument("--share", type=float, default=1.0, help="Share of items that get all labels, else one (1.0).")
    parser.add_argument(
        "--distribution", choices=Campaign.Distribution.values, help="dealt: at once; pulled: people draw (dealt)."
    )
    parser.add_argument("--hold-minutes", type=float, default=30, help="How long a drawn item is held (30).")
    parser.add_argument("--other-run", type=int, help="The second run of the order judge_judge.")


def add_rules(parser: ArgumentParser) -> None:
    """Options on what people may and have to do."""
    parser.add_argument("--skipped", choices=list(Skipped), default="", help="Who gets an item that was skipped.")
    parser.add_argument("--skip-reason", action="store_true", help="Who skips an item has to say why.")
    parser.add_argument("--override-reason", action="store_true", help="Who contradicts the judge has to say why.")
    parser.add_argument("--error-types", default="", help="Types of errors to choose from, separated by commas.")
    parser.add_argument("--extra-below", type=float, help="One more label where fewer pairs of people agree.")
    parser.add_argument("--extra-most", type=int, default=1, help="How many more at most (1).")
    parser.add_argument("--known-share", type=float, default=0.0, help="Share of items with a known value (0).")


def design_of(options: dict[str, Any]) -> Design:
    """The design that the options ask for; a group draws its items."""
    rules = CampaignRules(
        error_types=tuple(names_in(options["error_types"])),
        comment_on_skip=options["skip_reason"],
        comment_on_override=options["override_reason"],
        skipped=options["skipped"],
        extra_below=options["extra_below"],
        extra_most=options["extra_most"],
        known_share=options["known_share"],
    )
    by_group = Campaign.Distribution.PULLED if options["group"] else Campaign.Distribution.DEALT
    return Design(
        sample=options["sample"],
        limit=options["limit"],
        stratify_by=options["stratify_by"],
        share=options["share"],
        distribution=options["distribution"] or by_group.value,
        group=options["group"],
        hold_seconds=round(60 * options["hold_minutes"]),
        judge_run2=options["other_run"],
        rules=rules,
    )


def terms_of(rubric: str | None, dataset: Dataset) -> Terms:
    """What people are asked; the usual where nobody said it."""
    if rubric is None:
        return usual_terms(dataset)
    return Terms(rubric=None if rubric == "none" else rubric_for(named_rubric(rubric)).pk)


def names_in(text: str) -> list[str]:
    """Names separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


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
        "labels_wanted": campaign.campaign_items.aggregate(labels=Sum("wanted"))["labels"] or 0,
        "distribution": campaign.distribution,
        "parts_left_out": parts_left_out(campaign),
        "annotators": dict.fromkeys(members(campaign), 0) | {row["annotator__name"]: row["total"] for row in progress},
    }


def in_words(summary: dict[str, Any]) -> str:
    """The summary for people."""
    if summary["distribution"] == Campaign.Distribution.PULLED:
        queues = f"{summary['labels_wanted']} labels, drawn by {', '.join(summary['annotators'])}"
    else:
        queues = "queues: " + ", ".join(f"{name} {total}" for name, total in summary["annotators"].items())
    said = f"{summary['campaign']}: {summary['items']} items of {summary['dataset']}; {queues}"
    return f"{said}\n{summary['parts_left_out']}".rstrip()
