"""Changing the rules of a campaign, and closing and opening it."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.actions.bulk_notes import campaign_noted, settle_action
from annotation.actions.campaigns import add_guideline
from annotation.actions.people import CampaignRefused
from annotation.core.rules import CampaignRules
from annotation.core.words import Terms
from annotation.models import BulkAction, Campaign, Label
from judging.models import Rubric, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a lead may change while people work. `rules`: the people and draws in them are left as they are."""

    name: str
    run: Run | None
    terms: Terms
    rules: CampaignRules
    hold_seconds: int


@transaction.atomic
def change_campaign(campaign: Campaign, changes: Changes, *, by: User | None = None) -> Campaign:
    """Store new rules; a changed guideline is its next version. CampaignRefused says why nothing was changed."""
    row: Campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    refuse_changes(row, changes)
    action = BulkAction.objects.create(campaign=row, verb="change_campaign", by=by)
    with campaign_noted(action):
        _store(row, changes)
    settle_action(action, 0)
    return row


def _store(row: Campaign, changes: Changes) -> None:
    kept = CampaignRules.from_json(row.rules)
    rules = replace(
        changes.rules,
        annotators=kept.annotators,
        judge_run2=kept.judge_run2,
        sample=kept.sample,
        limit=kept.limit,
        stratify_by=kept.stratify_by,
        drawn=kept.drawn,
        drawn_by=kept.drawn_by,
        drawn_to=kept.drawn_to,
        opened_log=kept.opened_log,
        log_folder=kept.log_folder,
        logs=kept.logs,
        scales=kept.scales,
    )
    row.name, row.run, row.rubric_id, row.rules = (
        changes.name.strip(),
        changes.run,
        changes.terms.rubric,
        rules.as_json(),
    )
    row.blind_people, row.blind_judge = changes.terms.blind_people, changes.terms.blind_judge
    row.blind_model, row.hold_seconds = changes.terms.blind_model, changes.hold_seconds
    row.save()
    newest = row.guidelines.order_by("-version").first()
    if changes.terms.guideline.strip() != (newest.text.strip() if newest else ""):
        add_guideline(row, changes.terms.guideline)


def refuse_changes(row: Campaign, changes: Changes) -> None:
    """Names are taken once, a run is of the dataset, and labels keep the criteria they answer."""
    if not changes.name.strip():
        raise CampaignRefused(_("A campaign needs a name."))
    if Campaign.objects.filter(dataset=row.dataset_id, name=changes.name.strip()).exclude(pk=row.pk).exists():
        raise CampaignRefused(_("Another campaign of this dataset has this name; choose another one."))
    if changes.run is not None and changes.run.dataset_id != row.dataset_id:
        raise CampaignRefused(_("This run judged another dataset; choose another run."))
    if changes.terms.rubric != row.rubric_id and Label.objects.filter(campaign=row).exists():
        before, after = (criteria_of(pk) for pk in (row.rubric_id, changes.terms.rubric))
        if before != after:
            raise CampaignRefused(
                _(
                    "People have labelled by the criteria of the present rubric: take one with the same criteria and "
                    "scales, or make another campaign."
                )
            )


def criteria_of(rubric: int | None) -> list[tuple[object, ...]]:
    """Names and scales of a rubric."""
    found = Rubric.objects.filter(pk=rubric).first() if rubric else None
    return [(one.name, one.scale) for one in found.parsed_criteria()] if found else []


@transaction.atomic
def close_campaign(campaign: Campaign) -> None:
    """Labels and queues are looked at and no longer changed."""
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)


@transaction.atomic
def open_campaign(campaign: Campaign) -> None:
    """People go on."""
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.OPEN)
