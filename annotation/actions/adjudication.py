"""A lead decides what an item's labels come to. A decision is appended and ended, never edited."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.core.adjudication import Decided
from annotation.core.words import Answer
from annotation.models import Campaign, GoldLabel
from judging.actions.revisions import RevisionRefused, restore_item, revise_item
from judging.models import Item, ItemRevision

REASON = "adjudicated in campaign {}"


class AdjudicationRefused(ValueError):
    """Why nothing was decided, as a sentence for the lead at the page."""


@transaction.atomic
def adjudicate(campaign: Campaign, item: Item, decided: Decided, *, by: User) -> list[GoldLabel]:
    """Store a decision; an earlier one ends. Corrected texts become the item's next revision.

    The same decision sent twice is one. AdjudicationRefused says why nothing was stored.
    """
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    standing = standing_gold(campaign, item)
    if decided.known != newest_of(standing):
        if says(standing, decided, by):
            return standing
        raise AdjudicationRefused(_("Somebody else has decided this item meanwhile. Reload to see their decision."))
    try:
        revise_item(item, decided.texts, revision=decided.revision, reason=REASON.format(campaign.name), author=by)
    except RevisionRefused as problem:
        raise AdjudicationRefused(str(problem)) from problem
    now = timezone.now()
    end(standing, now)
    return append(campaign, item, decided, by, now)


@transaction.atomic
def undo_adjudication(campaign: Campaign, item: Item, *, by: User) -> list[GoldLabel]:
    """Take a decision back: it ends, a text that it corrected is what it was before, and so is the decision that it
    replaced. Returns what ended.
    """
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    standing = standing_gold(campaign, item)
    if any(gold.method != GoldLabel.Method.ADJUDICATED for gold in standing):
        raise AdjudicationRefused(_("This decision came with a file: decide anew instead of taking it back."))
    if any(gold.correction for gold in standing):
        take_text_back(campaign, item, by)
    end(standing, timezone.now())
    revive(standing)
    return standing


def revive(ended: Sequence[GoldLabel]) -> list[GoldLabel]:
    """The decision that these replaced stands again, as a new row of the same words, lead and moment."""
    if not ended:
        return []
    last = ended[0]
    replaced = GoldLabel.objects.filter(campaign=last.campaign_id, item=last.item_id, ended_at=last.at)
    newest = Item.objects.values_list("revision", flat=True).get(pk=last.item_id)
    again = []
    for gold in replaced.order_by("pk"):
        if last.correction and last.item_revision is not None and gold.item_revision == last.item_revision - 1:
            # The text that it is about is back, under a new number.
            gold.item_revision = newest
        gold.pk, gold.ended_at = None, None
        again.append(gold)
    return GoldLabel.objects.bulk_create(again)


def take_text_back(campaign: Campaign, item: Item, by: User) -> None:
    """The newest revision goes, if it is the one that this campaign's decision made."""
    newest = ItemRevision.objects.filter(item=item).order_by("-number").first()
    if newest is not None and newest.reason == REASON.format(campaign.name)[:200]:
        restore_item(newest, reason=f"taken back in campaign {campaign.name}", author=by)


def standing_gold(campaign: Campaign, item: Item) -> list[GoldLabel]:
    """The decision that counts, one row per criterion."""
    return list(GoldLabel.objects.filter(campaign=campaign, item=item, ended_at__isnull=True))


def newest_of(standing: Sequence[GoldLabel]) -> int:
    """What a page remembers a decision by."""
    return max((gold.pk for gold in standing), default=0)


def says(standing: Sequence[GoldLabel], decided: Decided, by: User) -> bool:
    """Whether this very decision stands already, by the same lead."""
    stored = {(gold.criterion, gold.value, gold.comment, gold.by_id) for gold in standing}
    corrected = all((gold.correction or {}) == dict(decided.texts) for gold in standing)
    return (
        bool(stored)
        and corrected
        and stored == {(answer.criterion, answer.value, decided.comment, by.pk) for answer in decided.answers}
    )


def end(standing: Sequence[GoldLabel], now: datetime) -> None:
    """A decision changes in this field only."""
    ended = GoldLabel.objects.filter(pk__in=[gold.pk for gold in standing], ended_at__isnull=True)
    ended.update(ended_at=now)


def append(campaign: Campaign, item: Item, decided: Decided, by: User, now: datetime) -> list[GoldLabel]:
    """One row per criterion, all of the same moment, about the text as it is now: a corrected one is the new text."""
    revision = Item.objects.values_list("revision", flat=True).get(pk=item.pk)
    made = [
        GoldLabel(
            campaign=campaign,
            item=item,
            criterion=answer.criterion,
            item_revision=revision,
            value=answer.value,
            score=answer.score,
            verdict=answer.verdict,
            correction=dict(decided.texts) or None,
            comment=decided.comment,
            method=GoldLabel.Method.ADJUDICATED,
            by=by,
            at=now,
        )
        for answer in unique(decided.answers)
    ]
    return GoldLabel.objects.bulk_create(made)


def unique(answers: Sequence[Answer]) -> list[Answer]:
    """One answer per criterion, or a sentence."""
    if not answers or len({answer.criterion for answer in answers}) != len(answers):
        raise AdjudicationRefused(_("A decision has one answer per criterion."))
    return list(answers)
