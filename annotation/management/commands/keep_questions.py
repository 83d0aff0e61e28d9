"""manage.py keep_questions: what people approved of a teacher's questions becomes a dataset for MMLU-Branch."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.kept_questions import keep_questions
from annotation.actions.people import CampaignRefused
from annotation.models import Campaign


class Command(BaseCommand):
    """Keep the approved questions of a campaign."""

    help = "Make a dataset of the questions of a teacher that people approved; the rest is counted by what they said."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", help="name of the campaign, or its number")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = keep_questions(campaign_named(options["campaign"]))
        except CampaignRefused as problem:
            raise CommandError(str(problem)) from problem
        summary = {
            "dataset": kept.dataset.name,
            "kept": kept.kept,
            "mended": kept.mended,
            "left_out": dict(kept.left_out),
        }
        left_out = ", ".join(f"{reason} {n}" for reason, n in kept.left_out.items()) or "none"
        text = f"{kept.dataset.name}: {kept.kept} questions, {kept.mended} of them mended; left out: {left_out}"
        self.stdout.write(json.dumps(summary, ensure_ascii=False) if options["json"] else text)


def campaign_named(name: str) -> Campaign:
    """The campaign that is meant; CommandError where none is, or several."""
    found = list(Campaign.objects.filter(pk=int(name)) if name.isdecimal() else Campaign.objects.filter(name=name))
    if len(found) != 1:
        numbers = ", ".join(str(each.pk) for each in found) or "none"
        raise CommandError(f"There is not one campaign {name!r} ({numbers}): name it by its number.")
    campaign: Campaign = found[0]
    return campaign
