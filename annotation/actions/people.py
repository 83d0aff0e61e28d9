"""The people of a campaign: who they are, who joins, who leaves, and whose open items others take over."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from annotation.actions.bulk_notes import campaign_noted, noted, settle_action
from annotation.actions.draws import give_place, lock_queues
from annotation.actions.extras import deal_to_another, members, put_at_end
from annotation.actions.refusals import LabelRefused
from annotation.core.lead_reasons import HANDED_OVER
from annotation.models import Annotator, Assignment, BulkAction, Campaign, CampaignItem
from judging.permissions import role_of

CHUNK = 200


class CampaignRefused(ValueError):
    """Why a campaign cannot be made or filled, as a sentence."""


def users_named(names: Sequence[str]) -> list[User]:
    """The accounts of these names, in name order; a name without an account or without a role is refused."""
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    if missing := sorted(set(names) - set(users)):
        raise CampaignRefused(
            gettext("There is no user %(names)s; make the account in the admin (group annotator), or correct the name.")
            % {"names": ", ".join(missing)}
        )
    if idle := sorted(name for name, user in users.items() if role_of(user) is None):
        raise CampaignRefused(
            gettext("User %(names)s cannot review; activate the account and add it to group annotator.")
            % {"names": ", ".join(idle)}
        )
    return [users[name] for name in sorted(users)]


def person_of(user: User) -> Annotator:
    """The annotator a user labels as, not stored yet where new; labels imported under their name become theirs."""
    known = Annotator.objects.filter(user=user).first()
    if known:
        return known
    namesake = Annotator.objects.filter(name=user.username, source="").first()
    if namesake is None:
        return Annotator(name=user.username, user=user)
    if namesake.user_id is not None or namesake.identity != Annotator.Identity.KNOWN:
        raise CampaignRefused(
            gettext("Annotator %(namesake)s belongs to somebody else; rename it in the admin first.")
            % {"namesake": namesake.name}
        )
    namesake.user = user
    return namesake


def people_of(campaign: Campaign) -> list[Annotator]:
    """The annotators of a campaign as its rules name them, in name order; new members of its group are stored."""
    people = [person_of(user) for user in users_named(members(campaign))]
    for person in people:
        if person.pk is None:
            person.save()
    return people


def join(campaign: Campaign, user: User) -> Annotator:
    """The annotator a user is in a campaign, stored at their first visit; who is not one of its people is refused."""
    known: Annotator | None = Annotator.objects.filter(user=user).first()
    there = known is not None and Assignment.objects.filter(campaign=campaign, annotator=known).exists()
    if not there and user.username not in members(campaign):
        raise LabelRefused(_("You are not one of the annotators of this campaign."))
    return known or _stored(user)


@transaction.atomic
def _stored(user: User) -> Annotator:
    """The annotator of an account that had none: of two tabs that come first at once, the second finds the first's."""
    User.objects.select_for_update().get(pk=user.pk)
    person = person_of(user)
    person.save()
    return person


def add_annotators(campaign: Campaign, names: Sequence[str], *, by: User | None = None) -> list[Annotator]:
    """Let more people review in an open campaign; those who are in it already stay. Returns all its people.

    In a dealt campaign they get the places that nobody could take; `hand_over` gives them more.
    """
    refuse_group(campaign)
    users = users_named(sorted({*members(campaign), *names}))
    people = [person_of(user) for user in users]
    with transaction.atomic():
        for person in people:
            person.save()
        action = BulkAction.objects.create(campaign=campaign, verb="add_annotators", by=by)
        store_members(action, [user.username for user in users])
        settle_action(action, 0 if campaign.is_pulled else _deal_wanting(action))
    return people


def _deal_wanting(action: BulkAction) -> int:
    """Deal the places that nobody could take; of how many items."""
    wanting = CampaignItem.objects.filter(campaign=action.campaign, taken__lt=F("wanted"))
    rows = list(wanting.select_for_update(of=("self",), no_key=True).select_related("item").order_by("rank"))
    dealt = 0
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        with noted(action, some):
            dealt += sum(_deal_all(action.campaign, row) > 0 for row in some)
    return dealt


def _deal_all(campaign: Campaign, row: CampaignItem) -> int:
    """Every place of an item that somebody can take; how many."""
    dealt = 0
    while deal_to_another(campaign, row):
        dealt += 1
    return dealt


def remove_annotators(campaign: Campaign, names: Sequence[str], *, by: User | None = None) -> int:
    """Take people out of an open campaign: their open items go to the others, their labels stay. How many items moved.

    Where none of the others can take an item, its place stays open, and `reports.queues.without_people` counts it.
    """
    refuse_group(campaign)
    stay = [name for name in members(campaign) if name not in names]
    if unknown := sorted(set(names) - set(members(campaign))):
        raise CampaignRefused(
            gettext("%(names)s is not in campaign %(campaign)s.")
            % {"names": ", ".join(unknown), "campaign": campaign.name}
        )
    if not stay:
        raise CampaignRefused(gettext("A campaign needs at least one annotator: add somebody first, or close it."))
    action = BulkAction.objects.create(campaign=campaign, verb="remove_annotators", by=by)
    store_members(action, stay)
    others = list(Annotator.objects.filter(user__username__in=stay))
    leavers = Annotator.objects.filter(user__username__in=names)
    moved = sum(_give_away(action, leaver, others, keep=False) for leaver in leavers)
    settle_action(action, moved)
    return moved


def hand_over(
    campaign: Campaign,
    giver: Annotator,
    takers: Sequence[Annotator],
    *,
    count: int | None = None,
    by: User | None = None,
) -> int:
    """Give somebody's open items, or the last `count` of them, to other people of the campaign; how many moved.

    With them they are skipped ("handed over"), with the draft they had. An item that a taker knows goes to another of
    them; where all know it, it stays. In a pulled campaign the places are free for everybody.
    """
    names = set(members(campaign))
    if strangers := sorted(one.name for one in takers if one.user is None or one.user.username not in names):
        raise CampaignRefused(
            gettext("%(names)s is not in campaign %(campaign)s; add them first.")
            % {"names": ", ".join(strangers), "campaign": campaign.name}
        )
    if giver in takers:
        raise CampaignRefused(gettext("%(giver)s has these items already; name somebody else.") % {"giver": giver.name})
    action = BulkAction.objects.create(campaign=campaign, verb="hand_over", by=by)
    moved = _give_away(action, giver, takers, keep=True, count=count)
    settle_action(action, moved)
    return moved


def refuse_group(campaign: Campaign) -> None:
    """Whom a group holds is said where users and groups are kept; a closed campaign has its people."""
    if campaign.state != Campaign.State.OPEN:
        raise CampaignRefused(
            gettext("Campaign %(campaign)s is closed; open it again first.") % {"campaign": campaign.name}
        )
    if campaign.group:
        raise CampaignRefused(
            gettext("The annotators of %(campaign)s are group %(group)s; change its members.")
            % {"campaign": campaign.name, "group": campaign.group}
        )


@transaction.atomic
def store_members(action: BulkAction, names: Sequence[str]) -> None:
    """Write the names into the rules as they are now."""
    row = Campaign.objects.select_for_update(no_key=True).get(pk=action.campaign_id)
    with campaign_noted(action):
        row.rules = row.rules | {"annotators": sorted(names)}
        row.save(update_fields=["rules"])
    action.campaign.rules = row.rules


def _give_away(
    action: BulkAction, giver: Annotator, takers: Sequence[Annotator], *, keep: bool, count: int | None = None
) -> int:
    """From the end of the queue, some at a time, so that nobody waits for long.

    `keep`: what nobody can take stays with its giver, else its place is given back.
    """
    queue = Assignment.objects.queue(action.campaign_id, giver.pk)
    below, looked_at, moved = queue.last_rank() + 1, 0, 0
    while count is None or looked_at < count:
        most = CHUNK if count is None else min(CHUNK, count - looked_at)
        with transaction.atomic():
            lock_queues(takers)
            places = queue.open().filter(placed=True, queue_rank__lt=below).order_by("-queue_rank")
            # An item whose label is being stored at this moment is not open any more: do not wait for it.
            locked = places.select_for_update(of=("self",), skip_locked=True).select_related("campaign_item__item")
            rows = list(locked[:most])
            items = CampaignItem.objects.filter(pk__in=[row.campaign_item_id for row in rows]).order_by("pk")
            with noted(action, list(items.select_for_update(of=("self",), no_key=True))):
                moved += _give_some(action.campaign, rows, takers, keep=keep)
        if not rows:
            break
        below, looked_at = rows[-1].queue_rank, looked_at + len(rows)
    return moved


def _give_some(campaign: Campaign, rows: Sequence[Assignment], takers: Sequence[Annotator], *, keep: bool) -> int:
    loads = {one.pk: Assignment.objects.queue(campaign.pk, one.pk).open().count() for one in takers}
    moved = 0
    for row in reversed(rows):
        taker = None if campaign.is_pulled else _taker(row.campaign_item, takers, loads)
        if taker is not None:
            put_at_end(campaign, row.campaign_item, taker)
            loads[taker.pk] += 1
        elif campaign.is_pulled or not keep:
            give_place(row.campaign_item)
        else:
            continue
        row.state, row.placed, row.held_until = Assignment.State.SKIPPED, False, None
        row.skip_reason, row.draft_rev = HANDED_OVER, row.draft_rev + 1
        row.save(update_fields=["state", "placed", "held_until", "skip_reason", "draft_rev"])
        moved += 1
    return moved


def _taker(row: CampaignItem, takers: Sequence[Annotator], loads: dict[int, int]) -> Annotator | None:
    """Of those who do not know the item, who has the least to do."""
    known = set(Assignment.objects.filter(campaign_item=row).values_list("annotator", flat=True))
    free = [one for one in takers if one.pk not in known]
    return min(free, key=lambda one: (loads[one.pk], one.name), default=None)
