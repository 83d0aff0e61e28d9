"""What a lead makes of a label: accepted, fixed or rejected. It is kept apart from the label, which is never edited."""

from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.adjudication import adjudicate, standing_gold, undo_adjudication
from annotation.actions.draws import give_place, take_place
from annotation.actions.extras import deal_to_another
from annotation.actions.labels import content_of, current_labels, end_labels, recount_all
from annotation.actions.queue import locked
from annotation.actions.refusals import LabelRefused, refuse_closed
from annotation.actions.rereview import reopen, typed
from annotation.core.adjudication import Decided
from annotation.core.lead_reasons import NOT_WANTED, REJECTED
from annotation.models import Assignment, CampaignItem, Label, LabelReview


class ReviewRefused(ValueError):
    """Why a label was not reviewed, as a sentence for the lead."""


@transaction.atomic
def accept_label(label: Label, *, by: User, comment: str = "") -> LabelReview:
    """The lead agrees with a standing label; said twice in a row it is said once."""
    standing(label)
    newest = newest_review(label)
    if newest and (newest.outcome, newest.lead_id, newest.comment) == (LabelReview.Outcome.ACCEPT, by.pk, comment):
        return newest
    return append(label, LabelReview.Outcome.ACCEPT, by, comment)


@transaction.atomic
def fix_label(label: Label, decided: Decided, *, by: User) -> LabelReview:
    """The lead says it better: their decision is the item's gold label, the annotator's label stays as it is."""
    standing(label)
    adjudicate(label.campaign, label.item, decided, by=by)
    return append(label, LabelReview.Outcome.FIXED, by, decided.comment)


@transaction.atomic
def reject_label(label: Label, *, by: User, comment: str = "") -> LabelReview:
    """The item goes back to its annotator, with the old word as the draft; it counts until there is a new one."""
    row = place_of(label)
    refuse_open(row)
    standing(label)
    review = append(label, LabelReview.Outcome.REJECTED, by, comment)
    reopen(row)
    return review


@transaction.atomic
def reject_to_another(label: Label, *, by: User, comment: str = "") -> LabelReview:
    """The label ends and its place goes to somebody who does not know the item; what was said stays as the draft."""
    row = locked(place_of(label))
    refuse_open(row)
    standing(label)
    labels = current_labels(row)
    review = append(label, LabelReview.Outcome.REJECTED, by, comment)
    row.draft = content_of(row, labels) | {"at": timezone.now().isoformat()}
    end_labels(labels, Label.EndedBy.REJECTED, timezone.now())
    recount_all(row, labels)
    if row.placed:
        give_place(row.campaign_item)
    row.state, row.placed, row.held_until = Assignment.State.SKIPPED, False, None
    row.skip_reason, row.draft_rev = REJECTED, row.draft_rev + 1
    row.save(update_fields=["draft", "state", "placed", "held_until", "skip_reason", "draft_rev"])
    if not row.campaign.is_pulled and deal_to_another(row.campaign, row.campaign_item) is None:
        raise ReviewRefused(_("Everybody in this campaign has had this item already: add somebody, or give it back."))
    return review


@transaction.atomic
def take_review_back(label: Label, *, by: User) -> LabelReview:
    """What a lead said last of a label no longer counts, and what it changed is as it was before.

    What was said before it stands again, as a new row of the same words; so does a label that a rejection ended.
    ReviewRefused where somebody built on it.
    """
    newest = newest_review(label)
    if newest is None or newest.outcome == LabelReview.Outcome.TAKEN_BACK:
        raise ReviewRefused(_("No lead has said anything of this label that could be taken back."))
    if label.ended_by == Label.EndedBy.REJECTED:
        taken = append(label, LabelReview.Outcome.TAKEN_BACK, by, "")
        revive(stand_again(label), newest)
        return taken
    standing(label)
    if newest.outcome == LabelReview.Outcome.FIXED:
        take_fix_back(newest, by)
    elif newest.outcome == LabelReview.Outcome.REJECTED:
        close_again(label)
    taken = append(label, LabelReview.Outcome.TAKEN_BACK, by, "")
    revive(label, newest)
    return taken


def take_fix_back(review: LabelReview, by: User) -> None:
    """The gold label of a fix goes, unless somebody has decided the item since."""
    label = review.label
    gold = standing_gold(label.campaign, label.item)
    if not gold:
        return
    if any((one.by_id, one.comment) != (review.lead_id, review.comment) or one.at > review.at for one in gold):
        raise ReviewRefused(_("Somebody has decided this item anew since: take that decision back first."))
    undo_adjudication(label.campaign, label.item, by=by)


def close_again(label: Label) -> None:
    """The place that a rejection opened is submitted again, unless its annotator has gone on with it."""
    row = locked(place_of(label))
    refuse_open(row)
    if row.state != Assignment.State.DRAFT or "page" in row.draft:
        raise ReviewRefused(_("%(name)s has gone on with this item since.") % {"name": label.annotator.name})
    kept = {} if typed(row) == content_of(row, current_labels(row)) else row.draft
    row.draft, row.state, row.draft_rev = kept, Assignment.State.SUBMITTED, row.draft_rev + 1
    row.save(update_fields=["draft", "state", "draft_rev"])


def stand_again(label: Label) -> Label:
    """A label that went to somebody else stands again, as a new row of the same words, and so does its place."""
    row = locked(place_of(label))
    refuse_open(row)
    if (row.state, row.skip_reason) != (Assignment.State.SKIPPED, REJECTED):
        raise ReviewRefused(_("%(name)s has gone on with this item since.") % {"name": label.annotator.name})
    if not label.surplus and not take_place(row.campaign_item):
        close_newest(row.campaign_item)
        take_place(row.campaign_item)
    row.state, row.placed, row.skip_reason = Assignment.State.SUBMITTED, not label.surplus, ""
    row.draft, row.draft_rev = {}, row.draft_rev + 1
    row.save(update_fields=["state", "placed", "skip_reason", "draft", "draft_rev"])
    again = said_again(label)
    recount_all(row, again)
    return next(one for one in again if one.criterion == label.criterion)


def close_newest(item: CampaignItem) -> None:
    """The place that came last goes, unless its owner has begun; ReviewRefused then."""
    places = Assignment.objects.filter(campaign_item=item, placed=True)
    newest = places.select_for_update(of=("self",)).order_by("-pk").first()
    if newest is None or newest.state != Assignment.State.PENDING or newest.opened_at or newest.draft:
        raise ReviewRefused(_("Somebody else has begun this item meanwhile."))
    give_place(item)
    newest.state, newest.placed, newest.held_until = Assignment.State.SKIPPED, False, None
    newest.skip_reason, newest.draft_rev = NOT_WANTED, newest.draft_rev + 1
    newest.save(update_fields=["state", "placed", "held_until", "skip_reason", "draft_rev"])


def said_again(label: Label) -> list[Label]:
    """The labels that a rejection ended, once more."""
    whose = {"campaign": label.campaign_id, "annotator": label.annotator_id, "item": label.item_id}
    again, key = [], uuid4().hex
    for one in Label.objects.filter(**whose, ended_by=label.ended_by, ended_at=label.ended_at).order_by("pk"):
        one.pk, one.ended_at, one.ended_by, one.client_key = None, None, Label.EndedBy.NOT, key
        one.save(force_insert=True)
        again.append(one)
    return again


def revive(label: Label, taken: LabelReview) -> None:
    """What stood before this counts again, with its lead and its moment."""
    before = LabelReview.objects.filter(label=taken.label_id, pk__lt=taken.pk).order_by("-pk").first()
    if before is not None and before.outcome != LabelReview.Outcome.TAKEN_BACK:
        before.pk, before.label = None, label
        before.save(force_insert=True)


def standing(label: Label) -> None:
    """Only a label that counts is reviewed."""
    if Label.objects.select_for_update(no_key=True).get(pk=label.pk).ended_at is not None:
        raise ReviewRefused(
            _("This label has been replaced or taken back since you opened it. Reload to see the newer one.")
        )


def place_of(label: Label) -> Assignment:
    """Where the label was given; imported labels have no place."""
    places = Assignment.objects.of_items(label.campaign_id, label.annotator_id, [label.item_id])
    found: Assignment | None = places.select_related("campaign").first()
    if found is None:
        raise ReviewRefused(_("This label came with a file: nobody has a place that it could go back to."))
    return found


def refuse_open(row: Assignment) -> None:
    """A closed campaign takes no new words."""
    try:
        refuse_closed(row.campaign)
    except LabelRefused as problem:
        raise ReviewRefused(str(problem)) from problem


def newest_review(label: Label) -> LabelReview | None:
    """What counts of what leads said of a label."""
    return LabelReview.objects.filter(label=label).order_by("-pk").first()


def append(label: Label, outcome: LabelReview.Outcome, by: User, comment: str) -> LabelReview:
    """One more word of a lead."""
    return LabelReview.objects.create(label=label, lead=by, outcome=outcome, comment=comment, at=timezone.now())
