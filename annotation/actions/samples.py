"""Drawing more items into a campaign, so that what is drawn stays one sample."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from annotation.actions.campaigns import DRAWN, note_draws, queue_plan
from annotation.actions.people import CampaignRefused, people_of
from annotation.core.assignment import Order
from annotation.core.design import Chosen, Facts, Stratum, arrange, chance_of_either, chances_of
from annotation.core.rules import CampaignRules
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
        raise CampaignRefused(f"Campaign {campaign.name} takes no more items: it is not an open review.")
    if n < 1 or how not in DRAWN:
        raise CampaignRefused("Ask for 1 or more items, drawn random or stratified.")
    people = people_of(campaign)
    with transaction.atomic():
        # One draw at a time: the next one has to see whom this one left.
        row = Campaign.objects.select_for_update(no_key=True).select_related(None).get(pk=campaign.pk)
        found = drawn_more(row, n, stratified=how == CampaignItem.How.STRATIFIED, seed=seed)
        raise_chances(row, found.chances, found.strata)
        note_draws(row, found.chances, found.by)
        campaign.rules = row.rules
        return queue_plan(row, found.chosen, people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a draw took, and the chances of each stratum from now on."""

    chosen: list[Chosen]
    chances: Mapping[str, float]
    strata: Mapping[int, str]
    by: str


def drawn_more(campaign: Campaign, n: int, *, stratified: bool, seed: int) -> Drawn:
    """Draw from the items that the campaign does not have."""
    rules = CampaignRules.from_json(campaign.rules)
    by = strata_for(campaign, rules) if stratified else rules.drawn_by
    strata = strata_of(campaign.dataset, by, campaign.run) if by else {}
    items = Item.objects.filter(dataset=campaign.dataset_id).order_by("position").values_list("pk", flat=True)
    known = set(CampaignItem.objects.filter(campaign=campaign).values_list("item", flat=True))
    left = Facts(items=[pk for pk in items if pk not in known], strata=strata)
    of_item = chances_of(left, n, by if stratified else "", seed)
    in_stratum = {strata.get(item, ""): chance for item, chance in of_item.items()}
    for_all = 0.0 if stratified else next(iter(of_item.values()), 0.0)
    names = {*strata.values(), *rules.drawn} if by else {""}
    chances = {name: chance_so_far(rules, name, in_stratum.get(name, for_all)) for name in names}
    order = arrange(left, list(of_item), order=Order.STRATIFIED if stratified else Order.RANDOM, seed=seed)
    how = CampaignItem.How.STRATIFIED if stratified else CampaignItem.How.RANDOM
    chosen = [Chosen(item, how, strata.get(item, ""), chances[strata.get(item, "")]) for item in order]
    return Drawn(chosen=chosen, chances=chances, strata=strata, by=by)


def chance_so_far(rules: CampaignRules, stratum: str, now: float) -> float:
    """The chance of an item of this stratum by the draws before and this one."""
    return chance_of_either(rules.drawn.get(stratum, rules.drawn.get("", 0.0)), now)


def strata_for(campaign: Campaign, rules: CampaignRules) -> str:
    """What the campaign's items are divided by."""
    return rules.drawn_by or rules.stratify_by or (Stratum.VERDICT if campaign.run_id else Stratum.CATEGORY).value


def raise_chances(campaign: Campaign, chances: Mapping[str, float], strata: Mapping[int, str]) -> None:
    """The items of earlier draws had this draw's chance as well."""
    rows = list(CampaignItem.objects.filter(campaign=campaign, how__in=DRAWN, probability__isnull=False))
    for row in rows:
        row.probability = chances[strata.get(row.item_id, "")]
    CampaignItem.objects.bulk_update(rows, ["probability"], batch_size=BATCH)
