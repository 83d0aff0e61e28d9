"""Items whose value is known beforehand, mixed into everybody's queue: what people say of them tells the lead how
carefully they read. Such a check item is no part of a sample; one the campaign had already stays what it was.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from annotation.actions.draws import is_check_turn, is_swapped, lock_queues, take_place
from annotation.actions.people import CampaignRefused, people_of
from annotation.core.asked import NotAnAnswer, answer_of, criteria_asked
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, GoldLabel
from judging.models import Item

HOW_CHECK = CampaignItem.How.CHECK


def known_from_gold(campaign: Campaign) -> dict[int, str]:
    """Item -> value of the gold labels that other campaigns of the same dataset have on their first criterion."""
    gold = GoldLabel.objects.filter(campaign__dataset=campaign.dataset_id, ended_at=None).exclude(campaign=campaign)
    rows = gold.order_by("-criterion", "pk").values_list("item_id", "value")
    return dict(rows)


def set_known(campaign: Campaign, values: Mapping[int, str]) -> int:
    """Say which value these items (by primary key) have, and queue those that the campaign lacks as check items.

    An empty value is forgotten again. In a dealt campaign the check items are put into everybody's queue where the
    share of known items says, in front of items nobody opened yet, which move to the end. Returns how many are known.
    """
    share = CampaignRules.from_json(campaign.rules).known_share
    items = Item.objects.filter(dataset=campaign.dataset_id).in_bulk(list(values))
    refuse_known(campaign, values, items)
    people = people_of(campaign)
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        there = {row.item_id: row for row in CampaignItem.objects.filter(campaign=campaign, item__in=list(values))}
        for pk, row in there.items():
            row.known_value = values[pk]
        CampaignItem.objects.bulk_update(there.values(), ["known_value"])
        fresh = [items[pk] for pk, value in values.items() if value and pk not in there]
        if fresh and not share:
            raise CampaignRefused(
                gettext("Set the share of items with a known value first: at 0 nobody would meet them.")
            )
        last = CampaignItem.objects.filter(campaign=campaign).aggregate(last=Max("rank"))["last"] or 0
        CampaignItem.objects.bulk_create(
            CampaignItem(
                campaign=campaign,
                item=item,
                rank=last + n,
                how=HOW_CHECK,
                probability=None,
                wanted=0,
                known_value=values[item.pk],
            )
            for n, item in enumerate(fresh, start=1)
        )
        if not campaign.is_pulled:
            for person in people:
                mix_in(campaign, person)
    return CampaignItem.objects.filter(campaign=campaign).exclude(known_value="").count()


def refuse_known(campaign: Campaign, values: Mapping[int, str], items: Mapping[int, Item]) -> None:
    """Values are answers to what the campaign asks of items of its dataset."""
    if campaign.state != Campaign.State.OPEN or campaign.kind != Campaign.Kind.REVIEW:
        raise CampaignRefused(
            gettext("Campaign %(campaign)s is not an open review: nobody would meet its check items.")
            % {"campaign": campaign.name}
        )
    if strangers := sorted(set(values) - set(items)):
        raise CampaignRefused(
            gettext("Item %(what)s is not in dataset %(name)s.") % {"what": strangers[0], "name": campaign.dataset.name}
        )
    criteria = campaign.rubric.parsed_criteria() if campaign.rubric else ()
    for pk, value in values.items():
        asked = criteria_asked(criteria, is_pair=items[pk].kind == Item.Kind.PAIR)[0]
        try:
            _ = value and answer_of(asked, value)
        except (NotAnAnswer, ValueError) as problem:
            raise CampaignRefused(
                gettext("%(value)s is no answer that this campaign asks for (item %(pk)s).")
                % {"value": repr(value), "pk": pk}
            ) from problem


def mix_in(campaign: Campaign, person: Annotator) -> int:
    """Put check items that a person does not know into their dealt queue; how many."""
    lock_queues([person])
    known = Assignment.objects.filter(campaign=campaign, annotator=person).values("campaign_item")
    checks = CampaignItem.objects.filter(campaign=campaign, how=HOW_CHECK).exclude(pk__in=known).select_related("item")
    queue = Assignment.objects.queue(campaign.pk, person.pk)
    last, mixed = queue.last_rank(), 0
    untouched = queue.filter(state=Assignment.State.PENDING, opened_at=None, draft_rev=0)
    ordinary = untouched.exclude(campaign_item__how=HOW_CHECK).select_for_update(of=("self",), skip_locked=True)
    places = list(ordinary.values_list("pk", "queue_rank"))
    turns = ((pk, rank) for pk, rank in places if is_check_turn(campaign, person, rank))
    for check, (moved, rank) in zip(list(checks.order_by("rank")), turns, strict=False):
        Assignment.objects.filter(pk=moved).update(queue_rank=last + mixed + 1)
        take_place(check)
        swapped = is_swapped(campaign, check.item, person)
        Assignment.objects.create(
            campaign=campaign, campaign_item=check, annotator=person, queue_rank=rank, swapped=swapped
        )
        mixed += 1
    return mixed
