"""What an annotator sees of the agreement: their own row and nobody else's."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import assign_items
from annotation.actions.counts import rebuild_counts
from annotation.models import Annotator, Campaign
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User) -> Campaign:
    """Two people who label the same thirty items, and differ on ten."""
    dataset = factories.make_dataset()
    items = factories.make_items(dataset, 30)
    factories.make_user("secret-other", role="annotator")
    campaign = assign_items(dataset, name="round", annotators=[annotator.username, "secret-other"])
    for person, wrong in ((annotator.username, 10), ("secret-other", 0)):
        rater = Annotator.objects.get(name=person)
        for place, item in enumerate(items):
            factories.make_label(campaign, item, rater, "wrong" if place < wrong else "clean")
    rebuild_counts(campaign)
    return campaign


def test_annotators_see_their_own_row_only(annotator_client: Client, campaign: Campaign) -> None:
    html = annotator_client.get(reverse("agreement_own")).content.decode()
    assert "0.666667" in html
    assert '<th scope="row">annotator-1' in html
    assert "secret-other" not in html


def test_a_campaign_of_others_is_not_found(annotator_client: Client, campaign: Campaign) -> None:
    other = factories.make_campaign(factories.make_dataset("other"))
    assert annotator_client.get(reverse("agreement_own"), {"campaign": other.pk}).status_code == 404
    assert annotator_client.get(reverse("agreement_own"), {"campaign": campaign.pk}).status_code == 200


def test_who_labels_nothing_is_told_what_will_stand_here(lead_client: Client) -> None:
    assert "Nothing to show yet" in lead_client.get(reverse("agreement_own")).content.decode()
