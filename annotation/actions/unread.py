"""What a judge could not read goes to people: the items with a reply that has no value, in a campaign."""

from collections.abc import Sequence

from django.db import transaction

from annotation.actions.campaigns import campaign_with, queue_items, refuse_dataset, settings_of
from annotation.actions.people import CampaignRefused, person_of, users_named
from annotation.core.assignment import Order, check_places
from annotation.core.design import Chosen, Design
from annotation.core.words import Terms
from annotation.models import Campaign, CampaignItem
from judging.models import Run
from judging.reports.mt_bench import unrated_items


@transaction.atomic
def review_unread(
    run: Run, *, name: str, annotators: Sequence[str], labels_per_item: int = 1, terms: Terms | None = None
) -> tuple[Campaign, int]:
    """Give these people the items that the judge of a run could not be read on, in the campaign of this name.

    The campaign is made if it is new, with the judge's own criteria unless `terms` says otherwise; asked again, it
    gains what has become unread since. Returns it, and how many items it gained. CampaignRefused where there are none,
    or the campaign is another one.
    """
    items = list(unrated_items(run).values_list("pk", flat=True))
    if not items:
        raise CampaignRefused(
            f"Every answer that run {run.pk} was asked about has a value; there is nothing to review."
        )
    refuse_dataset(run.dataset, run)
    if problem := check_places(annotators, labels_per_item):
        raise CampaignRefused(problem)
    people = [person_of(user) for user in users_named(annotators)]
    settings = settings_of(Design(), annotators) | {
        "run": run,
        "labels_per_item": labels_per_item,
        "order": Order.SEQUENTIAL.value,
        "seed": 0,
    }
    campaign = campaign_with(run.dataset, name, settings, terms or judges_terms(run))
    for person in people:
        person.save()
    chosen = [Chosen(item=item, how=CampaignItem.How.HAND, stratum="", probability=None) for item in items]
    return campaign, queue_items(campaign, [(one, labels_per_item) for one in chosen], people)


def judges_terms(run: Run) -> Terms:
    """What the judge was asked, where it has criteria of its own."""
    return Terms(rubric=run.judge.rubric_id if run.judge is not None else None)
