"""Who reaches which queue: an annotator only their own places in campaigns they are in, a lead every campaign.

One is in a campaign by having a place in it, or, where items are pulled, by being named or in its group.
"""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from annotation.models import Annotator, Assignment, Campaign, Guideline, Label
from judging.prepared import Planned

AnyUser = AbstractBaseUser | AnonymousUser


def _places(campaign: Any, queue_rank: Any, user: Any) -> QuerySet[Assignment]:
    places = Assignment.objects.whole().select_related("annotator").order_by()
    newest = Guideline.objects.filter(campaign=campaign).order_by("-version").values("pk")[:1]
    found: QuerySet[Assignment] = places.filter(campaign=campaign, queue_rank=queue_rank, annotator__user=user)
    return found.annotate(guideline_pk=Subquery(newest))


OWN = Planned(_places, 3)


def queue_owner(user: AnyUser) -> Annotator:
    """The annotator that a user is; 404 for one who never had a queue."""
    return get_object_or_404(Annotator, user=user.pk)


def own_assignment(user: AnyUser, campaign_pk: int, queue_rank: int) -> Assignment:
    """One's own place of a queue, with its item and campaign."""
    found: Any = OWN.first(campaign_pk, queue_rank, user.pk or 0)
    if found is None:
        raise Http404
    if found.guideline_pk is None:
        # Told to the campaign, which would look for one otherwise.
        found.campaign.newest_guideline = None
    # The account of this request, whose groups are known already.
    found.annotator.user = user
    own: Assignment = found
    return own


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
