"""Drawing more items into a campaign, so that what is drawn stays one sample."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from annotation.actions.campaigns import DRAWN, note_draws, queue_plan
from annotation.actions.people import CampaignRefused, people_of
from annotation.core.assignment import Order
from annotation.core.design import Chosen, Facts, Stratum, arrange, chance_of_either, chances_of
from annotation.core.rules import CampaignRules, chance_key
from annotation.models import Campaign, CampaignItem
from annotation.reports.doubts import strata_of
from judging.models import Item

BATCH = 500


def queue_more(campaign: Campaign, *, n: int, how: str = CampaignItem.How.RANDOM, seed: int = 0) -> int:
    """Draw `n` more items of the dataset, random or as many from each stratum; how many were still there to be drawn.

    An item's probability becomes the chance of having been taken by any of the draws so far, for those of the earlier
    draws too, so that all of them are one sample. Items without a probability stay out of it. A campaign has one set of
    strata: its own, else the verdicts of its judge, else the categories.
    """
    if campaign.state != Campaign.State.OPEN or campaign.kind != Campaign.Kind.REVIEW:
        raise CampaignRefused(
            gettext("Campaign %(campaign)s takes no more items: it is not an open review.")
            % {"campaign": campaign.name}
        )
    if n < 1 or how not in DRAWN:
        raise CampaignRefused(gettext("Ask for 1 or more items, drawn random or stratified."))
    people = people_of(campaign)
    with transaction.atomic():
        # One draw at a time: the next one has to see whom this one left.
        row = Campaign.objects.select_for_update(no_key=True).select_related(None).get(pk=campaign.pk)
        note_growth(row)
        found = drawn_more(row, n, stratified=how == CampaignItem.How.STRATIFIED, seed=seed)
        raise_chances(row, found)
        note_draws(row, found.chances, found.by)
        campaign.rules = row.rules
        return queue_plan(row, found.chosen, people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a draw took, and the chances from now on, with the key of each item's."""

    chosen: list[Chosen]
    chances: Mapping[str, float]
    keys: Mapping[int, str]
    by: str


def drawn_more(campaign: Campaign, n: int, *, stratified: bool, seed: int) -> Drawn:
    """Draw from the items that the campaign does not have."""
    rules = CampaignRules.from_json(campaign.rules)
    by = strata_for(campaign, rules) if stratified else rules.drawn_by
    strata = strata_of(campaign.dataset, by, campaign.run) if by else {}
    places = dict(Item.objects.filter(dataset=campaign.dataset_id).order_by("position").values_list("pk", "position"))
    known = set(CampaignItem.objects.filter(campaign=campaign).values_list("item", flat=True))
    left = Facts(items=[pk for pk in places if pk not in known], strata=strata)
    of_item = chances_of(left, n, by if stratified else "", seed)
    in_stratum = {strata.get(item, ""): chance for item, chance in of_item.items()}
    for_all = 0.0 if stratified else next(iter(of_item.values()), 0.0)
    names = {*strata.values(), *(key for key in rules.drawn if "@" not in key)} if by else {""}
    firsts = [1, *(bound + 1 for bound in rules.drawn_to)]
    chances = {
        chance_key(rules, name, first): chance_so_far(rules, name, first, in_stratum.get(name, for_all))
        for name in names
        for first in firsts
    }
    keys = {pk: chance_key(rules, strata.get(pk, ""), position) for pk, position in places.items()}
    order = arrange(left, list(of_item), order=Order.STRATIFIED if stratified else Order.RANDOM, seed=seed)
    how = CampaignItem.How.STRATIFIED if stratified else CampaignItem.How.RANDOM
    chosen = [Chosen(item, how, strata.get(item, ""), chances[keys[item]]) for item in order]
    return Drawn(chosen=chosen, chances=chances, keys=keys, by=by)


def note_growth(campaign: Campaign) -> None:
    """Items that came since the last draw had no part in it."""
    rules = CampaignRules.from_json(campaign.rules)
    last = Item.objects.filter(dataset=campaign.dataset_id).last_position()
    if rules.drawn_to and last > rules.drawn_to[-1]:
        campaign.rules = campaign.rules | {"drawn_to": [*rules.drawn_to, last]}
        campaign.save(update_fields=["rules"])


def chance_so_far(rules: CampaignRules, stratum: str, position: int, now: float) -> float:
    """The chance of an item of this stratum, at this position, by the draws before and this one."""
    before = rules.drawn.get(chance_key(rules, stratum, position))
    return chance_of_either(rules.drawn.get(chance_key(rules, "", position), 0.0) if before is None else before, now)


def strata_for(campaign: Campaign, rules: CampaignRules) -> str:
    """What the campaign's items are divided by."""
    return rules.drawn_by or rules.stratify_by or (Stratum.VERDICT if campaign.run_id else Stratum.CATEGORY).value


def raise_chances(campaign: Campaign, drawn: Drawn) -> None:
    """The items of earlier draws had this draw's chance as well."""
    rows = list(CampaignItem.objects.filter(campaign=campaign, how__in=DRAWN, probability__isnull=False))
    for row in rows:
        row.probability = drawn.chances[drawn.keys[row.item_id]]
    CampaignItem.objects.bulk_update(rows, ["probability"], batch_size=BATCH)
