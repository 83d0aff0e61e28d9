"""Who reaches which queue: an annotator only their own places in campaigns they are in, a lead every campaign.

One is in a campaign by having a place in it, or, where items are pulled, by being named or in its group.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.shortcuts import get_object_or_404

from annotation.models import Annotator, Assignment, Campaign, Label
from annotation.querysets import AssignmentQuerySet

AnyUser = AbstractBaseUser | AnonymousUser


def queue_owner(user: AnyUser) -> Annotator:
    """The annotator that a user is; 404 for one who never had a queue."""
    return get_object_or_404(Annotator, user=user.pk)


def own_assignment(
    user: AnyUser, campaign_pk: int, queue_rank: int, places: AssignmentQuerySet | None = None
) -> Assignment:
    """One's own place of a queue, with its item and campaign; of some places only, where they are given."""
    found: Assignment = get_object_or_404(
        (Assignment.objects.all() if places is None else places).whole().select_related("annotator"),
        campaign=campaign_pk,
        queue_rank=queue_rank,
        annotator__user=user.pk,
    )
    return found


def own_label(user: AnyUser, campaign_pk: int, label_pk: int) -> Label:
    """A label one has given in this campaign."""
    return get_object_or_404(Label, pk=label_pk, campaign=campaign_pk, annotator__user=user.pk)


def assignment_of(label: Label) -> Assignment:
    """The place of the queue that a label was given at."""
    places = Assignment.objects.of_items(label.campaign_id, label.annotator_id, [label.item_id])
    found: Assignment = get_object_or_404(
        places.select_related("campaign__dataset", "campaign__rubric", "campaign_item__item")
    )
    return found


def account(user: AnyUser) -> User:
    """The account of somebody who is logged in; 404 for anybody else."""
    return get_object_or_404(User, pk=user.pk)


def review_campaign(user: AnyUser, campaign_pk: int) -> Campaign:
    """A campaign one has items in, or may draw items from."""
    campaigns = Campaign.objects.of_user(user.pk or 0).select_related("dataset")
    found: Campaign = get_object_or_404(campaigns, pk=campaign_pk)
    return found
