"""One more label for an item on which people disagree, and who gets a place that came free in a dealt campaign."""

from collections import defaultdict
from itertools import combinations

from django.contrib.auth.models import User
from django.db.models import Count, F, Q

from annotation.actions.draws import is_swapped, lock_queues, take_place
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Label


def members(campaign: Campaign) -> list[str]:
    """The user names of a campaign's annotators: those of its group, or those it names."""
    if campaign.group:
        users = User.objects.filter(groups__name=campaign.group, is_active=True)
        return list(users.order_by("username").values_list("username", flat=True))
    return list(CampaignRules.from_json(campaign.rules).annotators)


def want_one_more(campaign: Campaign, row: CampaignItem) -> bool:
    """Where the rule says so and all wanted labels are there and disagree, an item wants one label more.

    In a dealt campaign somebody gets it at once. Where everybody has labelled the item already, the place stays open
    for a person who is added later, and `reports.queues` counts it.
    """
    rules = CampaignRules.from_json(campaign.rules)
    if rules.extra_below is None or row.how == CampaignItem.How.CHECK:
        return False
    # Locked, so that of two last labels at the same moment the second sees the first.
    fresh = CampaignItem.objects.select_for_update(no_key=True).get(pk=row.pk)
    if fresh.extra >= rules.extra_most or item_agreement(fresh) >= rules.extra_below:
        return False
    raised = CampaignItem.objects.filter(pk=fresh.pk, wanted=fresh.wanted, taken__gte=fresh.wanted)
    if not raised.update(wanted=F("wanted") + 1, extra=F("extra") + 1, returned=True):
        return False
    if not campaign.is_pulled:
        deal_to_another(campaign, fresh)
    return True


def want_one_less(row: CampaignItem) -> bool:
    """A label was taken back: a place that was opened because people disagreed is closed, if nobody took it."""
    if not row.extra:
        return False
    untaken = CampaignItem.objects.filter(pk=row.pk, extra__gt=0, taken__lt=F("wanted"))
    return untaken.update(wanted=F("wanted") - 1, extra=F("extra") - 1) == 1


def item_agreement(row: CampaignItem) -> float:
    """Of the pairs of people who labelled an item, the share that says the same, for its worst criterion.

    1 while labels are missing, and where there is no pair.
    """
    values: dict[str, list[str]] = defaultdict(list)
    labels = Label.objects.current().filter(campaign=row.campaign_id, item=row.item_id)
    for criterion, value in labels.values_list("criterion", "value"):
        values[criterion].append(value)
    if min((len(said) for said in values.values()), default=0) < max(2, row.wanted):
        return 1.0
    return min(pairs_agreeing(said) for said in values.values())


def pairs_agreeing(values: list[str]) -> float:
    """The share of pairs that are the same."""
    pairs = list(combinations(values, 2))
    return sum(one == other for one, other in pairs) / len(pairs)


def deal_to_another(campaign: Campaign, row: CampaignItem) -> Assignment | None:
    """Give an item to the annotator with the least open items who does not know it; None where there is none."""
    known = Assignment.objects.filter(campaign_item=row).values("annotator")
    people = Annotator.objects.filter(user__username__in=members(campaign), user__is_active=True).exclude(pk__in=known)
    mine = Q(assignments__campaign=campaign, assignments__state__in=[Assignment.State.PENDING, Assignment.State.DRAFT])
    chosen = people.annotate(open=Count("assignments", filter=mine)).order_by("open", "name").first()
    if chosen is None:
        return None
    lock_queues([chosen])
    return put_at_end(campaign, row, chosen) if take_place(row) else None


def put_at_end(campaign: Campaign, row: CampaignItem, annotator: Annotator) -> Assignment:
    """A taken place becomes the last of somebody's queue."""
    return Assignment.objects.create(
        campaign=campaign,
        campaign_item=row,
        annotator=annotator,
        queue_rank=Assignment.objects.queue(campaign.pk, annotator.pk).last_rank() + 1,
        swapped=is_swapped(campaign, row.item, annotator),
    )
