"""propose_rubric: new prompts for a judge, by a model, from items on which judge and people differ. Always a draft."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotation.actions.proposals import Proposer, propose_rubric
from annotation.management.commands.sweep_threshold import add_run_arguments, asked
from annotation.models import RubricDraft


class Command(BaseCommand):
    """Ask a model for better prompts."""

    help = "Ask a model for better prompts, from items on which judge and people differ; what comes is a draft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_run_arguments(parser)
        parser.add_argument("--engine", default="", metavar="E", help="engine that is asked (the judge's)")
        parser.add_argument("--model", default="", metavar="M", help="model that is asked (the judge's)")
        parser.add_argument("--base-url", default="", metavar="URL", help="address of its server")
        parser.add_argument("--part", metavar="P", help="part of the rubric to rewrite (the first)")
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        given = {name: options[name] for name in ("engine", "model", "base_url", "part")}
        try:
            run, campaign, criterion = asked(options)
            draft = propose_rubric(run, campaign, criterion, Proposer(**given))
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(as_json(draft), ensure_ascii=False) if options["json"] else as_lines(draft))


def as_json(draft: RubricDraft) -> dict[str, Any]:
    """What was proposed, by whom, from which items, and where a person decides."""
    return {
        "draft": draft.pk,
        "judge": {"judge": draft.judge.name, "version": draft.judge.version},
        "proposed_by": draft.proposed_by,
        "shown": draft.shown,
        "prompts": draft.prompts,
        "address": reverse("agreement_tune", args=[draft.dataset_id]),
    }


def as_lines(draft: RubricDraft) -> str:
    """The summary for people."""
    old = draft.base.prompts
    changed = [
        f"--- {part}, {role}\n{text}"
        for part, roles in draft.prompts.items()
        for role, text in roles.items()
        if text != old.get(part, {}).get(role)
    ]
    title = f"draft {draft.pk} for {draft.judge}, proposed by {draft.proposed_by} from {len(draft.shown)} items:"
    address = reverse("agreement_tune", args=[draft.dataset_id])
    return "\n".join([title, *changed, f"Nothing uses it until somebody accepts it on {address}."])
