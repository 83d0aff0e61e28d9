"""Items that somebody picked go to people: those behind a figure, those that a list shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext

from annotation.actions.campaigns import campaign_with, names_of, queue_items, refuse_dataset, settings_of
from annotation.actions.people import CampaignRefused, person_of, users_named
from annotation.core.assignment import Order, check_places
from annotation.core.design import Chosen, Design
from annotation.core.words import Terms
from annotation.models import Campaign, CampaignItem
from judging.models import Dataset, Run

AT_ONCE = 500
"""Items that one query asks for: databases take only so many values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Items by their positions in a dataset, and how they are reviewed."""

    name: str
    positions: Sequence[int]
    annotators: Sequence[str]
    run: Run | None = None
    labels_per_item: int = 1
    terms: Terms | None = None
    design: Design = field(default_factory=Design)


@transaction.atomic
def review_picked(dataset: Dataset, picked: Picked) -> Campaign:
    """Give these people these items, in the campaign of this name; asked again, it gains the items it has not.

    CampaignRefused where the dataset has no such item, or the campaign is another one.
    """
    refuse_dataset(dataset, picked.run)
    found = items_at(dataset, picked.positions)
    if missing := sorted(set(picked.positions) - set(found)):
        raise CampaignRefused(
            gettext("The dataset %(dataset)s has no item %(what)s: write numbers of its items.")
            % {"dataset": dataset.name, "what": missing[0]}
        )
    names = names_of(picked.annotators, picked.design.group)
    if problem := picked.design.problem(Order.SEQUENTIAL) or check_places(names, picked.labels_per_item):
        raise CampaignRefused(problem)
    people = [person_of(user) for user in users_named(names)]
    settings = settings_of(picked.design, names) | {
        "run": picked.run,
        "labels_per_item": picked.labels_per_item,
        "order": Order.SEQUENTIAL.value,
        "seed": 0,
    }
    campaign = campaign_with(dataset, picked.name, settings, picked.terms)
    for person in people:
        person.save()
    chosen = [Chosen(item=pk, how=CampaignItem.How.HAND, stratum="", probability=None) for pk in found.values()]
    queue_items(campaign, [(one, picked.labels_per_item) for one in chosen], people)
    return campaign


def items_at(dataset: Dataset, positions: Sequence[int]) -> dict[int, int]:
    """The items at these places of a dataset, by their places; those that there are."""
    found: dict[int, int] = {}
    for start in range(0, len(positions), AT_ONCE):
        part = positions[start : start + AT_ONCE]
        found |= dataset.items.filter(position__in=part).order_by("position").values_list("position", "pk")
    return found
